//! The customers of the demo company: makers and sellers of food, hotels, hospitals, schools, chains and sole traders.
//!
//! Places follow population (to the power ¾, since a firm of this size reaches small towns too), scattered a few
//! kilometres around the city and never towards the water. Potentials are lognormal, as sales usually are.

use std::collections::BTreeMap;

use super::cities::{CITIES, City, away};
use super::dice::Dice;
use super::names::{self, Name};

/// The product lines sold, in the order of [`Account::potential`].
pub const LINES: [&str; 3] = ["refrigeration", "kitchen", "packaging"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    Private,
    Company,
    Public,
}

impl Ownership {
    pub fn word(self) -> &'static str {
        match self {
            Ownership::Private => "private",
            Ownership::Company => "company",
            Ownership::Public => "public",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Direct,
    Dealer,
    Chain,
    Franchise,
}

impl Channel {
    pub fn word(self) -> &'static str {
        match self {
            Channel::Direct => "direct",
            Channel::Dealer => "dealer",
            Channel::Chain => "chain",
            Channel::Franchise => "franchise",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub id: String,
    pub name: Name,
    /// Index of the company above it in its group.
    pub parent: Option<usize>,
    /// Place in the chain: `headquarters`, `regional centre`, `store`, or nothing.
    pub place: &'static str,
    pub city: &'static City,
    pub latitude: f64,
    pub longitude: f64,
    pub industry: &'static str,
    pub ownership: Ownership,
    pub channel: Channel,
    pub language: &'static str,
    /// Nothing sold yet.
    pub prospect: bool,
    /// Year of the first contact.
    pub since: u16,
    /// EUR a year it could buy of each line.
    pub potential: [f64; 3],
    /// EUR it is expected to buy in the coming year.
    pub expected: f64,
    /// 0 to 100: its standing on its own market.
    pub market_position: u8,
    /// Cents bought in the last twelve months, returns deducted; filled in from the orders.
    pub revenue: i64,
    /// Orders of the last three years; filled in from them.
    pub orders: u32,
}

impl Account {
    pub fn country(&self) -> &'static str {
        self.city.country
    }

    pub fn total_potential(&self) -> f64 {
        self.potential.iter().sum()
    }

    /// The line that is installed at a customer, or that a prospect is most interested in.
    pub fn equipment(&self) -> &'static str {
        let best = (0..LINES.len())
            .fold(0, |best, line| if self.potential[line] > self.potential[best] { line } else { best });
        LINES[best]
    }

    /// The line it would buy next: another one than stands there already, where there is one.
    pub fn interest(&self) -> &'static str {
        let equipment = self.equipment();
        let other = (0..LINES.len()).filter(|line| LINES[*line] != equipment && self.potential[*line] > 0.0);
        let next = other.max_by(|a, b| self.potential[*a].total_cmp(&self.potential[*b]));
        if self.prospect { equipment } else { next.map_or(equipment, |line| LINES[line]) }
    }

    /// Hours a year of hunting, selling, care, service and administration.
    pub fn hours(&self) -> [f64; 5] {
        let size = (1.0 + self.total_potential() / 1000.0).ln();
        let orders = f64::from(self.orders) / 3.0;
        if self.prospect {
            [4.0 + size * 2.0, 1.0 + size, 0.5, 0.25, 0.5]
        } else {
            [0.5, 2.0 + size * 2.0 + orders, 1.0 + size * 1.5, 1.0 + size + orders * 1.5, 0.5 + orders * 0.75]
        }
    }
}

struct Industry {
    name: &'static str,
    share: f64,
    public: f64,
    private: f64,
    /// How likely it buys each line.
    lines: [f64; 3],
}

const fn industry(name: &'static str, share: f64, public: f64, private: f64, lines: [f64; 3]) -> Industry {
    Industry { name, share, public, private, lines }
}

const INDUSTRIES: &[Industry] = &[
    industry("retail", 0.22, 0.0, 0.35, [0.95, 0.2, 0.2]),
    industry("hospitality", 0.20, 0.0, 0.30, [0.5, 0.95, 0.0]),
    industry("bakery", 0.11, 0.0, 0.25, [0.4, 0.9, 0.3]),
    industry("dairy", 0.09, 0.0, 0.05, [0.9, 0.1, 0.7]),
    industry("meat", 0.09, 0.0, 0.05, [0.95, 0.1, 0.6]),
    industry("beverages", 0.07, 0.0, 0.02, [0.5, 0.0, 0.9]),
    industry("healthcare", 0.08, 0.75, 0.0, [0.7, 0.7, 0.0]),
    industry("education", 0.06, 0.85, 0.0, [0.3, 0.95, 0.0]),
    industry("pharma", 0.04, 0.0, 0.0, [0.9, 0.0, 0.5]),
    industry("logistics", 0.04, 0.0, 0.0, [0.95, 0.0, 0.3]),
];

/// Where the company sells, and how much of it.
const COUNTRIES: &[(&str, f64, &str)] = &[
    ("BG", 0.55, "bg"),
    ("RO", 0.20, "ro"),
    ("GR", 0.09, "el"),
    ("RS", 0.07, "sr"),
    ("MK", 0.05, "mk"),
    ("TR", 0.04, "tr"),
];

/// Generates the customers; chains and their members come first.
pub fn find_customers(dice: &mut Dice, count: usize) -> Vec<Account> {
    let mut accounts = Vec::with_capacity(count);
    let chains = count / 125;
    for number in 0..chains {
        let members = (4.0 + 9.0 * dice.unit() + 22.0 * dice.unit().powi(4)) as usize;
        let room = count - accounts.len();
        found_chain(dice, &mut accounts, number, members.min(room));
    }
    while accounts.len() < count {
        let account = single(dice);
        accounts.push(account);
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, account) in accounts.iter_mut().enumerate() {
        account.id = format!("C{:05}", index + 1);
        let times = seen.entry(account.name.latin.clone()).or_default();
        *times += 1;
        names::number(&mut account.name, *times);
    }
    accounts
}

fn single(dice: &mut Dice) -> Account {
    let (country, _, language) = COUNTRIES[dice.weighted(COUNTRIES.iter().map(|(_, share, _)| *share))];
    let city = city_of(dice, country);
    let industry = &INDUSTRIES[dice.weighted(INDUSTRIES.iter().map(|industry| industry.share))];
    let lot = dice.unit();
    let ownership = if lot < industry.public {
        Ownership::Public
    } else if lot < industry.public + industry.private {
        Ownership::Private
    } else {
        Ownership::Company
    };
    let name = match ownership {
        Ownership::Public => names::institution(country, industry.name, city.name, city.name_bg),
        Ownership::Private => names::sole_trader(dice, country),
        Ownership::Company => names::company(dice, country, industry.name),
    };
    let international = ownership == Ownership::Company && dice.chance(0.05);
    let mut account = at(dice, city, industry, ownership, name, if international { "en" } else { language });
    if ownership == Ownership::Company && dice.chance(0.02) {
        account.channel = Channel::Dealer;
        account.potential = account.potential.map(|line| line * 3.0);
    }
    account
}

/// A chain: headquarters, regional centres where it is large, and stores, mostly in one country.
fn found_chain(dice: &mut Dice, accounts: &mut Vec<Account>, number: usize, members: usize) {
    let (country, _, language) = COUNTRIES[dice.weighted(COUNTRIES.iter().map(|(_, share, _)| *share))];
    let industry = &INDUSTRIES[usize::from(dice.chance(0.35))];
    let channel = if dice.chance(0.3) { Channel::Franchise } else { Channel::Chain };
    let brand = names::brand(number, industry.name);
    let head = accounts.len();
    let centres = if members > 15 { 3 } else { 0 };
    for member in 0..members {
        let (place, place_bg, parent) = match member {
            0 => ("headquarters", "централа", None),
            m if m <= centres => ("regional centre", "регионален център", Some(head)),
            m if centres > 0 => ("store", "", Some(head + 1 + m % centres)),
            _ => ("store", "", Some(head)),
        };
        let city = city_of(dice, country);
        let extra = |word: &str| if word.is_empty() { String::new() } else { format!(" {word}") };
        let shown = if place == "store" { "" } else { place };
        let bulgarian = if country == "BG" {
            format!("{} {}{} #", brand.bulgarian, city.name_bg, extra(place_bg))
        } else {
            String::new()
        };
        let name = Name { latin: format!("{} {}{} #", brand.latin, city.name, extra(shown)), bulgarian };
        let mut account = at(dice, city, industry, Ownership::Company, name, language);
        account.channel = channel;
        account.place = place;
        account.parent = parent;
        account.prospect = false;
        if member == 0 {
            account.potential = account.potential.map(|line| line * 4.0);
        }
        accounts.push(account);
    }
}

fn city_of(dice: &mut Dice, country: &str) -> &'static City {
    let cities = CITIES.iter().filter(|city| city.country == country);
    let index = dice.weighted(cities.clone().map(|city| f64::from(city.population).powf(0.75)));
    cities.clone().nth(index).unwrap_or(&CITIES[0])
}

fn at(
    dice: &mut Dice,
    city: &'static City,
    industry: &'static Industry,
    ownership: Ownership,
    name: Name,
    language: &'static str,
) -> Account {
    // Wider around large cities; by the water close to the centre and towards the land only.
    let reach = 1.5 + (f64::from(city.population) / 10_000.0).sqrt().min(12.0) * 0.45;
    let (km, bearing) = match city.land {
        Some(land) => (0.2 + (reach * 0.5 * dice.normal().abs()).min(9.0), land + dice.between(-50.0, 50.0)),
        None => (0.2 + (reach * dice.normal().abs()).min(18.0), dice.between(0.0, 360.0)),
    };
    let (latitude, longitude) = away(city, km, bearing);
    let size = match ownership {
        Ownership::Private => 7.0,
        Ownership::Public => 8.5,
        Ownership::Company => 8.9,
    } + 0.95 * dice.normal();
    let mut potential =
        industry.lines.map(|likely| if dice.chance(likely) { size.exp() * dice.between(0.3, 1.0) } else { 0.0 });
    if potential.iter().all(|line| *line == 0.0) {
        let line = dice.weighted(industry.lines.iter().copied());
        potential[line] = size.exp();
    }
    let potential = potential.map(f64::round);
    let total: f64 = potential.iter().sum();
    let prospect = dice.chance(0.2);
    let wish = if prospect { dice.between(0.0, 0.3) } else { dice.between(0.4, 1.0) };
    let standing = 12.0 * (1.0 + total / 1000.0).ln() + 12.0 * dice.normal();
    Account {
        id: String::new(),
        name,
        parent: None,
        place: "",
        city,
        latitude,
        longitude,
        industry: industry.name,
        ownership,
        channel: Channel::Direct,
        language,
        prospect,
        since: if prospect { 2025 } else { 2012 + dice.below(13) as u16 },
        potential,
        expected: (total * wish).round(),
        market_position: standing.clamp(1.0, 100.0) as u8,
        revenue: 0,
        orders: 0,
    }
}
