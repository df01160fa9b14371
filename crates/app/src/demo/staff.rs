//! The forty people of the demo company, the two who left and the one who joined.

use super::accounts::{Account, Channel, Ownership};
use super::cities::{CITIES, City};
use super::dice::Dice;
use super::names::{self, Name};
use super::orders::Date;

/// Which work somebody is hired for. Policy conditions speak of departments and positions; this is the generator's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Team {
    Management,
    Hunters,
    SalesBulgaria,
    SalesRomania,
    SalesAbroad,
    PublicSector,
    Chains,
    InsideSales,
    Products,
    Care,
    ServiceBulgaria,
    ServiceAbroad,
    Administration,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Employee {
    pub id: String,
    pub name: Name,
    pub team: Team,
    pub position: &'static str,
    pub department: &'static str,
    /// Index of the manager among the employees.
    pub manager: Option<usize>,
    pub country: &'static str,
    pub city: &'static City,
    /// `skill:level; …`, levels 1 to 3.
    pub skills: &'static str,
    /// `language:level; …`, levels 1 to 5.
    pub languages: &'static str,
    /// Part of the public sector answered for, where there is one.
    pub seat: &'static str,
    /// Accounts the employee can take where work is divided by skill.
    pub capacity: usize,
    pub hired: Date,
    /// The day from which somebody who has gone is not at work any more.
    pub left: Option<Date>,
}

impl Employee {
    pub fn at(&self) -> (f64, f64) {
        (self.city.latitude, self.city.longitude)
    }

    pub fn is_here(&self) -> bool {
        self.left.is_none()
    }

    pub fn is_new(&self) -> bool {
        self.hired == JOINED
    }

    pub fn speaks(&self, language: &str) -> bool {
        level(self.languages, language) > 0
    }
}

/// The level of a skill or language in `name:level; …`; 0 when it is not held.
pub fn level(held: &str, wanted: &str) -> u32 {
    let entries = held.split(';').filter_map(|entry| entry.trim().split_once(':'));
    entries.filter(|(name, _)| *name == wanted).filter_map(|(_, level)| level.parse().ok()).next().unwrap_or(0)
}

const JOINED: Date = Date { year: 2025, month: 12, day: 1 };
const LEFT: Date = Date { year: 2025, month: 12, day: 1 };
const FORMER: &str = "Former employees";

struct Post(Team, &'static str, &'static str, &'static str, &'static str, &'static str);

/// Team, position, department, home, languages, skills. The order gives the ids.
const POSTS: &[Post] = {
    use Team::*;
    &[
        Post(Management, "Managing director", "Management", "Sofia", "bg:5; en:5", "negotiation:3; customer care:3"),
        Post(
            Management,
            "Commercial director",
            "Management",
            "Sofia",
            "bg:5; en:5; ro:3",
            "negotiation:3; customer care:3",
        ),
        Post(
            Management,
            "Head of service",
            "Service",
            "Plovdiv",
            "bg:5; en:4",
            "refrigeration:3; kitchen:3; packaging:3; customer care:3",
        ),
        Post(
            Hunters,
            "Client specialist",
            "New customers",
            "Sofia",
            "bg:5; en:4",
            "retail:3; hospitality:3; dairy:2; customer care:2",
        ),
        Post(
            Hunters,
            "Client specialist",
            "New customers",
            "Bucharest",
            "ro:5; en:5",
            "retail:3; beverages:3; pharma:2; customer care:2",
        ),
        Post(
            Hunters,
            "Client specialist",
            "New customers",
            "Thessaloniki",
            "el:5; tr:3; en:4",
            "hospitality:3; logistics:2; customer care:2",
        ),
        Post(
            Hunters,
            "Client specialist",
            "New customers",
            "Nis",
            "sr:5; mk:4; bg:4; en:3",
            "meat:3; bakery:3; dairy:3; customer care:2",
        ),
        Post(
            SalesBulgaria,
            "Sales specialist",
            "Sales Bulgaria",
            "Sofia",
            "bg:5; en:4",
            "retail:3; pharma:2; customer care:2",
        ),
        Post(
            SalesBulgaria,
            "Sales specialist",
            "Sales Bulgaria",
            "Plovdiv",
            "bg:5; en:3",
            "dairy:3; meat:2; customer care:2",
        ),
        Post(
            SalesBulgaria,
            "Sales specialist",
            "Sales Bulgaria",
            "Pleven",
            "bg:5; ro:2",
            "meat:3; bakery:2; customer care:2",
        ),
        Post(
            SalesBulgaria,
            "Sales specialist",
            "Sales Bulgaria",
            "Stara Zagora",
            "bg:5; en:3",
            "bakery:3; beverages:2; customer care:2",
        ),
        Post(
            SalesBulgaria,
            "Sales specialist",
            "Sales Bulgaria",
            "Varna",
            "bg:5; en:4",
            "hospitality:3; customer care:1",
        ),
        Post(
            SalesRomania,
            "Sales specialist",
            "Sales Romania",
            "Bucharest",
            "ro:5; en:4",
            "retail:3; logistics:2; customer care:2",
        ),
        Post(
            SalesRomania,
            "Sales specialist",
            "Sales Romania",
            "Cluj-Napoca",
            "ro:5; en:4",
            "dairy:3; meat:2; customer care:2",
        ),
        Post(
            SalesAbroad,
            "Sales specialist",
            "Sales abroad",
            "Thessaloniki",
            "el:5; en:5",
            "hospitality:3; dairy:2; retail:2; customer care:3",
        ),
        Post(
            SalesAbroad,
            "Sales specialist",
            "Sales abroad",
            "Skopje",
            "mk:5; sr:5; bg:4; en:3",
            "bakery:3; meat:3; retail:2; customer care:2",
        ),
        Post(
            SalesAbroad,
            "Sales specialist",
            "Sales abroad",
            "Edirne",
            "tr:5; en:4; bg:3",
            "beverages:3; retail:3; logistics:2; customer care:2",
        ),
        Post(
            PublicSector,
            "Public sector manager",
            "Public sector",
            "Sofia",
            "bg:5; en:3",
            "healthcare:3; education:3; customer care:3",
        ),
        Post(
            PublicSector,
            "Public sector manager",
            "Public sector",
            "Bucharest",
            "ro:5; en:4",
            "healthcare:3; education:2; customer care:3",
        ),
        Post(
            PublicSector,
            "Public sector manager",
            "Public sector",
            "Sofia",
            "bg:5; en:5; sr:3; el:2",
            "healthcare:2; education:2; customer care:2",
        ),
        Post(
            Chains,
            "Chain manager",
            "Chains",
            "Sofia",
            "bg:5; en:5; sr:3; mk:3",
            "retail:3; hospitality:2; customer care:3",
        ),
        Post(
            Chains,
            "Chain manager",
            "Chains",
            "Bucharest",
            "ro:5; en:5; bg:3",
            "retail:3; hospitality:3; customer care:2",
        ),
        Post(
            InsideSales,
            "Inside sales specialist",
            "Inside sales",
            "Sofia",
            "bg:5; en:4; ro:3; sr:2",
            "hospitality:2; customer care:2",
        ),
        Post(
            InsideSales,
            "Inside sales specialist",
            "Inside sales",
            "Sofia",
            "bg:5; en:4; el:3; tr:3",
            "retail:2; customer care:2",
        ),
        Post(
            Products,
            "Product specialist",
            "Key accounts",
            "Sofia",
            "bg:5; en:5",
            "refrigeration:3; negotiation:2; customer care:3",
        ),
        Post(
            Products,
            "Product specialist",
            "Key accounts",
            "Plovdiv",
            "bg:5; en:5; ro:2",
            "kitchen:3; negotiation:3; customer care:2",
        ),
        Post(
            Products,
            "Product specialist",
            "Key accounts",
            "Sofia",
            "bg:5; en:4",
            "packaging:3; refrigeration:1; negotiation:2; customer care:2",
        ),
        Post(
            Care,
            "Account manager",
            "Customer care",
            "Sofia",
            "bg:5; en:4",
            "dairy:3; meat:2; healthcare:2; customer care:3",
        ),
        Post(
            Care,
            "Account manager",
            "Customer care",
            "Sofia",
            "bg:5; mk:4; sr:4; en:3",
            "bakery:3; retail:2; education:3; customer care:3",
        ),
        Post(
            Care,
            "Account manager",
            "Customer care",
            "Ruse",
            "ro:5; bg:5; en:4",
            "beverages:3; retail:3; pharma:2; customer care:3",
        ),
        Post(
            Care,
            "Account manager",
            "Customer care",
            "Thessaloniki",
            "el:5; tr:4; en:4; bg:3",
            "hospitality:3; logistics:3; customer care:3",
        ),
        Post(
            ServiceBulgaria,
            "Service engineer",
            "Service",
            "Sofia",
            "bg:5",
            "refrigeration:3; kitchen:3; packaging:2; customer care:2",
        ),
        Post(
            ServiceBulgaria,
            "Service engineer",
            "Service",
            "Plovdiv",
            "bg:5",
            "refrigeration:3; kitchen:2; packaging:3; customer care:2",
        ),
        Post(
            ServiceBulgaria,
            "Service engineer",
            "Service",
            "Varna",
            "bg:5; en:2",
            "refrigeration:2; kitchen:3; packaging:2; customer care:2",
        ),
        Post(
            ServiceAbroad,
            "Service engineer",
            "Service abroad",
            "Bucharest",
            "ro:5; en:3",
            "refrigeration:3; kitchen:2; customer care:2",
        ),
        Post(
            ServiceAbroad,
            "Service engineer",
            "Service abroad",
            "Thessaloniki",
            "el:5; en:4",
            "refrigeration:2; kitchen:3; customer care:2",
        ),
        Post(
            ServiceAbroad,
            "Service engineer",
            "Service abroad",
            "Skopje",
            "mk:5; sr:4; en:3",
            "packaging:3; refrigeration:2; customer care:2",
        ),
        Post(Administration, "Administrator", "Administration", "Sofia", "bg:5; en:4", "customer care:3"),
        Post(Administration, "Administrator", "Administration", "Sofia", "bg:5; en:3; ro:3", "customer care:2"),
        Post(Administration, "Administrator", "Administration", "Plovdiv", "bg:5; en:3; sr:2", "customer care:2"),
        // Those who left: last year's accounts are still in their names.
        Post(SalesBulgaria, "Sales specialist", FORMER, "Burgas", "bg:5; tr:3", "hospitality:3; customer care:2"),
        Post(Care, "Account manager", FORMER, "Sofia", "bg:5; en:4", "retail:3; customer care:2"),
    ]
};

/// Seats of the public sector, in the order of its managers.
pub const SEATS: [&str; 3] = ["Bulgaria", "Romania", "Other countries"];

/// The whole team, with capacities that suffice for these accounts.
pub fn hire(dice: &mut Dice, accounts: &[Account]) -> Vec<Employee> {
    let mut seats = SEATS.iter();
    let mut team: Vec<Employee> = Vec::with_capacity(POSTS.len());
    for (index, Post(kind, position, department, home, languages, skills)) in POSTS.iter().enumerate() {
        let city = CITIES.iter().find(|city| city.name == *home).unwrap_or(&CITIES[0]);
        let mut name = names::person(dice, city.country);
        while team.iter().any(|other| other.name.latin == name.latin) {
            name = names::person(dice, city.country);
        }
        let joiner = *kind == Team::SalesBulgaria && *home == "Varna";
        let hired = if joiner {
            JOINED
        } else {
            Date { year: 2015 + dice.below(8) as u16, month: 1 + dice.below(12) as u8, day: 1 }
        };
        team.push(Employee {
            id: format!("E-{:03}", index + 1),
            name,
            team: *kind,
            position,
            department,
            manager: manager(*kind, position),
            country: city.country,
            city,
            skills,
            languages,
            seat: if *kind == Team::PublicSector { seats.next().copied().unwrap_or("") } else { "" },
            capacity: 0,
            hired,
            left: (*department == FORMER).then_some(LEFT),
        });
    }
    for index in 0..team.len() {
        team[index].capacity = capacity(&team, index, accounts);
    }
    team
}

fn manager(team: Team, position: &str) -> Option<usize> {
    const DIRECTOR: usize = 0;
    const COMMERCIAL: usize = 1;
    const SERVICE: usize = 2;
    match team {
        Team::Management if position == "Managing director" => None,
        Team::Management => Some(DIRECTOR),
        Team::ServiceBulgaria | Team::ServiceAbroad => Some(SERVICE),
        _ => Some(COMMERCIAL),
    }
}

/// Accounts that come to somebody when each is shared equally among those able to serve it, and a third more.
fn capacity(team: &[Employee], index: usize, accounts: &[Account]) -> usize {
    let me = &team[index];
    if !me.is_here() || !serves_by_skill(me.team) {
        return 0;
    }
    let colleagues = |can: &dyn Fn(&Employee) -> bool| {
        team.iter().filter(|other| other.is_here() && other.team == me.team && can(other)).count()
    };
    // Few different demands, many accounts: count accounts by demand first.
    let mut demands: Vec<(&str, usize)> = Vec::new();
    for account in accounts.iter().filter(|account| comes_to(me.team, account)) {
        let demand = if me.team == Team::ServiceAbroad { account.equipment() } else { account.language };
        match demands.iter_mut().find(|(known, _)| *known == demand) {
            Some((_, count)) => *count += 1,
            None => demands.push((demand, 1)),
        }
    }
    let can = |employee: &Employee, demand: &str| match me.team {
        Team::ServiceAbroad => level(employee.skills, demand) > 0,
        _ => employee.speaks(demand),
    };
    let load: f64 = (demands.iter().filter(|(demand, _)| can(me, demand)))
        .map(|(demand, count)| *count as f64 / colleagues(&|other| can(other, demand)).max(1) as f64)
        .sum();
    ((load * 1.35 / 10.0).ceil() * 10.0) as usize
}

fn serves_by_skill(team: Team) -> bool {
    matches!(team, Team::Hunters | Team::SalesAbroad | Team::Care | Team::ServiceAbroad)
}

/// Roughly the pool of the policy; a little more than it, so that capacities suffice.
fn comes_to(team: Team, account: &Account) -> bool {
    let at_home = account.country() == "BG";
    match team {
        Team::SalesAbroad => {
            !at_home
                && account.country() != "RO"
                && account.ownership == Ownership::Company
                && account.channel != Channel::Chain
                && account.channel != Channel::Franchise
        }
        Team::Care => account.ownership != Ownership::Private,
        Team::ServiceAbroad => !at_home,
        _ => true,
    }
}
