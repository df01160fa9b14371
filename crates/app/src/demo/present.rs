//! Who held whom last year: near enough to sensible to be believed, unbalanced enough to be planned anew.
//!
//! Two people have left since and still hold their accounts; one has joined and holds none.

use super::accounts::{Account, Channel, LINES, Ownership};
use super::cities::km_between;
use super::dice::Dice;
use super::orders::Date;
use super::staff::{Employee, Team, level};

/// The five standard roles (SPEC 3.3), in the order of [`Account::hours`].
pub const ROLES: [&str; 5] =
    ["client-specialist", "sales-specialist", "customer-service-specialist", "service-manager", "administrator"];

/// One line of last year's allocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    pub account: usize,
    pub role: usize,
    pub employee: usize,
    pub since: Date,
}

/// Last year's holder of each role: `holders[account][role]`.
pub fn last_years_holders(accounts: &[Account], team: &[Employee]) -> Vec<[usize; 5]> {
    let heads: Vec<usize> = (0..accounts.len()).map(|account| head_of(accounts, account)).collect();
    let seller = sellers(accounts, team, &heads);
    let engineer = engineers(accounts, team);
    let hunters = Speakers::of(accounts, team, &last_year(team, Team::Hunters));
    let care = Speakers::of(accounts, team, &last_year(team, Team::Care));
    let administrators = last_year(team, Team::Administration);
    (0..accounts.len())
        .map(|index| {
            let account = &accounts[index];
            let turn = if in_chain(account) { heads[index] } else { index };
            [
                hunters.pick(account.language, index),
                seller[index],
                care.pick(account.language, turn),
                engineer[index],
                in_turn(&administrators, [0, 0, 1, 1, 2][index % 5]),
            ]
        })
        .collect()
}

/// Those of a team who worked last year.
fn last_year(team: &[Employee], kind: Team) -> Vec<usize> {
    (0..team.len()).filter(|index| team[*index].team == kind && !team[*index].is_new()).collect()
}

fn in_turn(among: &[usize], turn: usize) -> usize {
    among.get(turn % among.len().max(1)).copied().unwrap_or(0)
}

fn sellers(accounts: &[Account], team: &[Employee], heads: &[usize]) -> Vec<usize> {
    let public = last_year(team, Team::PublicSector);
    let (inside, chains) = (last_year(team, Team::InsideSales), last_year(team, Team::Chains));
    let abroad = Speakers::of(accounts, team, &last_year(team, Team::SalesAbroad));
    let mut seller: Vec<usize> = (accounts.iter().enumerate())
        .map(|(index, account)| match (account.ownership, account.country()) {
            (Ownership::Public, "BG") => in_turn(&public, 0),
            (Ownership::Public, "RO") => in_turn(&public, 1),
            (Ownership::Public, _) => in_turn(&public, 2),
            (Ownership::Private, _) => in_turn(&inside, usize::from(index % 5 > 1)),
            _ if in_chain(account) => in_turn(&chains, usize::from(heads[index].is_multiple_of(3))),
            _ => abroad.pick(account.language, index),
        })
        .collect();
    for (country, kind) in [("BG", Team::SalesBulgaria), ("RO", Team::SalesRomania)] {
        let of_country = |account: &usize| is_regional(&accounts[*account]) && accounts[*account].country() == country;
        let pool: Vec<usize> = (0..accounts.len()).filter(of_country).collect();
        give_to_the_nearest(accounts, team, &pool, &last_year(team, kind), &mut seller);
    }
    seller
}

fn engineers(accounts: &[Account], team: &[Employee]) -> Vec<usize> {
    let mut engineer: Vec<usize> = vec![0; accounts.len()];
    let (home, abroad): (Vec<usize>, Vec<usize>) =
        (0..accounts.len()).partition(|account| accounts[*account].country() == "BG");
    give_to_the_nearest(accounts, team, &home, &last_year(team, Team::ServiceBulgaria), &mut engineer);
    let travelling = last_year(team, Team::ServiceAbroad);
    let able: Vec<(&str, Vec<usize>)> = (LINES.into_iter())
        .map(|line| {
            (line, travelling.iter().copied().filter(|employee| level(team[*employee].skills, line) > 0).collect())
        })
        .collect();
    for index in abroad {
        let equipment = accounts[index].equipment();
        let able = able.iter().find(|(line, _)| *line == equipment).map_or(&travelling, |(_, able)| able);
        engineer[index] = nearest(accounts, team, index, able);
    }
    engineer
}

/// The allocation as it is written down: a few accounts are too new to have anybody.
pub fn write_down(dice: &mut Dice, accounts: &[Account], team: &[Employee], holders: &[[usize; 5]]) -> Vec<Holding> {
    let mut holdings = Vec::with_capacity(accounts.len() * 5);
    for (account, of_account) in holders.iter().enumerate() {
        if dice.chance(0.04) {
            continue;
        }
        let first = accounts[account].since.max(2019);
        let year = first + dice.below(usize::from(2026 - first)) as u16;
        let known = if accounts[account].prospect { 0..2 } else { 0..5 };
        holdings.extend(known.map(|role| {
            let employee = of_account[role];
            let since = Date { year, month: 1, day: 1 }.max(team[employee].hired);
            Holding { account, role, employee, since }
        }));
    }
    holdings
}

fn in_chain(account: &Account) -> bool {
    matches!(account.channel, Channel::Chain | Channel::Franchise)
}

fn is_regional(account: &Account) -> bool {
    account.ownership == Ownership::Company && !in_chain(account)
}

fn head_of(accounts: &[Account], mut account: usize) -> usize {
    while let Some(parent) = accounts[account].parent {
        account = parent;
    }
    account
}

/// For each language, those of a team who speak it best.
struct Speakers(Vec<(&'static str, Vec<usize>)>);

impl Speakers {
    fn of(accounts: &[Account], team: &[Employee], among: &[usize]) -> Speakers {
        let mut known: Vec<(&'static str, Vec<usize>)> = Vec::new();
        for account in accounts {
            if known.iter().all(|(language, _)| *language != account.language) {
                let skill = |employee: &usize| level(team[*employee].languages, account.language);
                let best = among.iter().map(skill).max().unwrap_or(0);
                known.push((
                    account.language,
                    among.iter().copied().filter(|employee| skill(employee) == best).collect(),
                ));
            }
        }
        Speakers(known)
    }

    /// One of them, in turn.
    fn pick(&self, language: &str, turn: usize) -> usize {
        let able = self.0.iter().find(|(known, _)| *known == language).map_or(&[][..], |(_, able)| able);
        in_turn(able, turn)
    }
}

fn distance(accounts: &[Account], team: &[Employee], account: usize, employee: usize) -> f64 {
    km_between((accounts[account].latitude, accounts[account].longitude), team[employee].at())
}

fn nearest(accounts: &[Account], team: &[Employee], account: usize, among: &[usize]) -> usize {
    let by_distance = |a: &&usize, b: &&usize| {
        distance(accounts, team, account, **a).total_cmp(&distance(accounts, team, account, **b))
    };
    among.iter().min_by(by_distance).copied().unwrap_or(0)
}

/// Each account to the nearest, after a few rounds of keeping the busiest at arm's length: their distance is lengthened
/// a little each round. Rough on purpose.
fn give_to_the_nearest(accounts: &[Account], team: &[Employee], pool: &[usize], among: &[usize], holder: &mut [usize]) {
    let km: Vec<Vec<f64>> = pool
        .iter()
        .map(|account| among.iter().map(|employee| distance(accounts, team, *account, *employee)).collect())
        .collect();
    let mut lengthened = vec![0.0; among.len()];
    let mean = pool.len() as f64 / among.len().max(1) as f64;
    for _ in 0..10 {
        let mut load = vec![0.0; among.len()];
        for (account, row) in pool.iter().zip(&km) {
            let longer = |place: usize| row[place] + lengthened[place];
            let best = (0..among.len()).fold(0, |best, place| if longer(place) < longer(best) { place } else { best });
            holder[*account] = among.get(best).copied().unwrap_or(0);
            if let Some(load) = load.get_mut(best) {
                *load += 1.0;
            }
        }
        for (longer, load) in lengthened.iter_mut().zip(&load) {
            *longer += 12.0 * (load / mean - 1.0);
        }
    }
}
