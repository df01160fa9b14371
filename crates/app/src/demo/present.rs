//! Who held whom last year: near enough to sensible to be believed, unbalanced enough to be planned anew.
//!
//! Two people have left since and still hold their accounts; one has joined and holds none.

use super::accounts::{Account, Channel, Ownership};
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
    let of = |kind: Team| -> Vec<usize> {
        (0..team.len()).filter(|index| team[*index].team == kind && !team[*index].is_new()).collect()
    };
    let groups: Vec<usize> = (0..accounts.len()).map(|account| head_of(accounts, account)).collect();
    let pick = |from: &[usize], turn: usize| from.get(turn % from.len().max(1)).copied().unwrap_or(0);

    let regional = |country: &'static str| -> Vec<usize> {
        let of_country = |account: &usize| is_regional(&accounts[*account]) && accounts[*account].country() == country;
        (0..accounts.len()).filter(of_country).collect()
    };
    let mut seller: Vec<usize> = (0..accounts.len())
        .map(|index| {
            let account = &accounts[index];
            match (account.ownership, account.country()) {
                (Ownership::Public, "BG") => pick(&of(Team::PublicSector), 0),
                (Ownership::Public, "RO") => pick(&of(Team::PublicSector), 1),
                (Ownership::Public, _) => pick(&of(Team::PublicSector), 2),
                (Ownership::Private, _) => pick(&of(Team::InsideSales), usize::from(index % 5 > 1)),
                _ if in_chain(account) => pick(&of(Team::Chains), usize::from(groups[index].is_multiple_of(3))),
                _ => speakers(team, &of(Team::SalesAbroad), account.language, index),
            }
        })
        .collect();
    give_to_the_nearest(accounts, team, &regional("BG"), &of(Team::SalesBulgaria), &mut seller);
    give_to_the_nearest(accounts, team, &regional("RO"), &of(Team::SalesRomania), &mut seller);

    let mut engineer: Vec<usize> = vec![0; accounts.len()];
    let (home, abroad): (Vec<usize>, Vec<usize>) =
        (0..accounts.len()).partition(|account| accounts[*account].country() == "BG");
    give_to_the_nearest(accounts, team, &home, &of(Team::ServiceBulgaria), &mut engineer);
    for index in abroad {
        let able: Vec<usize> = (of(Team::ServiceAbroad).into_iter())
            .filter(|employee| level(team[*employee].skills, accounts[index].equipment()) > 0)
            .collect();
        engineer[index] = nearest(accounts, team, index, &able);
    }

    let (hunters, care, administrators) = (of(Team::Hunters), of(Team::Care), of(Team::Administration));
    (0..accounts.len())
        .map(|index| {
            let language = accounts[index].language;
            let turn = if in_chain(&accounts[index]) { groups[index] } else { index };
            [
                speakers(team, &hunters, language, index),
                seller[index],
                speakers(team, &care, language, turn),
                engineer[index],
                pick(&administrators, [0, 0, 1, 1, 2][index % 5]),
            ]
        })
        .collect()
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

/// Someone who speaks the language best, in turn where several do.
fn speakers(team: &[Employee], among: &[usize], language: &str, turn: usize) -> usize {
    let skill = |employee: &usize| level(team[*employee].languages, language);
    let best = among.iter().map(skill).max().unwrap_or(0);
    let able: Vec<usize> = among.iter().copied().filter(|employee| skill(employee) == best).collect();
    able.get(turn % able.len().max(1)).copied().unwrap_or(0)
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
