//! A company of many millions of customers in many segments, as Parquet, with its policy: what `bailiwick plan` is measured
//! on beyond a million accounts.
//!
//! Each region has five segments, told apart by ownership, importance (a score over two parameters), industry, size and
//! channel; each segment has people of its own, in proportion to its customers, and is divided into balanced territories.

use std::fmt::Write;
use std::path::Path;

use bailiwick_data::{RowCells, RowsWriter};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::generate::{Base, Customer};
use crate::run::BenchError;

const INDUSTRIES: [&str; 12] = [
    "energy",
    "machinery",
    "chemicals",
    "food",
    "retail",
    "construction",
    "transport",
    "health",
    "education",
    "finance",
    "agriculture",
    "software",
];
const CHANNELS: [&str; 4] = ["direct", "dealer", "distributor", "online"];
const OWNERSHIPS: [&str; 3] = ["public", "private", "mixed"];
/// Segments of a region.
const TIERS: usize = 5;
const CITIES: usize = 1000;
/// Rows written at once.
const PIECE: usize = 65_536;
/// Places of a segment that its people may live at.
const HOMES: usize = 400;
/// Of this potential are the upper five in a hundred, about: e to the power of 9 + 1.1 × 1.645.
const VIP: f64 = 49_500.0;

/// What a customer is beside place and potential.
struct Kind {
    region: usize,
    industry: usize,
    channel: usize,
    ownership: usize,
    staff: i32,
    revenue: f64,
}

impl Kind {
    fn draw(dice: &mut ChaCha8Rng, customer: &Customer, base: &Base, regions: usize) -> Kind {
        let (_, longitude) = base.cities[customer.city];
        let region = (((longitude + 5.0) / 45.0 * regions as f64) as usize).min(regions - 1);
        let roll: f64 = dice.random_range(0.0..1.0);
        let ownership = if roll < 0.08 { 0 } else { 1 + usize::from(roll > 0.9) };
        Kind {
            region,
            industry: dice.random_range(0..INDUSTRIES.len()),
            channel: dice.random_range(0..CHANNELS.len()),
            ownership,
            staff: 1 + (dice.random_range(0.0..1.0f64).powi(6) * 2000.0) as i32,
            revenue: customer.potential * dice.random_range(0.2..0.6),
        }
    }

    /// The segment, in the order of the policy. Importance is about what the policy makes of it: only staffing rests on it.
    fn segment(&self, customer: &Customer, regions: usize) -> usize {
        let tier = match self {
            Kind { ownership: 0, .. } => 0,
            _ if customer.potential > VIP => 1,
            Kind { industry: 0..3, .. } => 2,
            Kind { channel: 1, .. } => 3,
            _ if self.staff >= 250 => 3,
            _ => 4,
        };
        tier * regions + self.region
    }
}

fn region_name(region: usize) -> String {
    format!("R{:02}", region + 1)
}

fn department(segment: usize) -> String {
    format!("D{:02}", segment + 1)
}

/// The policy with so many segments, each with its own people.
fn policy(segments: usize) -> String {
    let regions = segments / TIERS;
    let mut text = String::from(
        r#"[company]
name = "Many"
[sources.accounts]
file = "accounts.parquet"
[sources.employees]
file = "employees.parquet"
[principles]
ownership = "ownership"
importance = { score = { potential = 0.7, revenue_12m = 0.3 }, classes = { VIP = 0.95, regular = 0.0 } }
[measures]
workload = "workload"
potential = "potential"
"#,
    );
    let tier = |tier: usize, region: &str| match tier {
        0 => (format!("Public, {region}"), format!("ownership = 'public' AND region = '{region}'")),
        1 => (format!("VIP, {region}"), format!("importance = 'VIP' AND region = '{region}'")),
        2 => (
            format!("Industry, {region}"),
            format!("industry IN ('energy', 'machinery', 'chemicals') AND region = '{region}'"),
        ),
        3 => (
            format!("Dealers and large, {region}"),
            format!("(channel = 'dealer' OR staff >= 250) AND region = '{region}'"),
        ),
        _ => (format!("Others, {region}"), format!("region = '{region}'")),
    };
    // Writing to a string cannot fail.
    for segment in 0..segments {
        let (name, when) = tier(segment / regions, &region_name(segment % regions));
        let _ = writeln!(text, "[[segments]]\nname = \"{name}\"\nwhen = \"{when}\"");
    }
    for segment in 0..segments {
        let (name, _) = tier(segment / regions, &region_name(segment % regions));
        let _ = writeln!(
            text,
            "[[coverage]]\nsegment = \"{name}\"\nrole = \"sales-specialist\"\nstaff = \"department = '{}'\"\n\
             divide = {{ territories = {{ balance = {{ workload = 0.05, potential = 0.05 }} }} }}",
            department(segment)
        );
    }
    text
}

/// Writes `accounts.parquet`, `employees.parquet` and `bailiwick.toml` into `folder`.
pub fn generate(
    accounts: usize,
    employees: usize,
    segments: usize,
    seed: u64,
    folder: &Path,
) -> Result<(), BenchError> {
    if segments == 0 || !segments.is_multiple_of(TIERS) || employees < segments || employees > accounts {
        let message = format!("segments come in {TIERS}s, each with an employee, and employees with an account");
        return Err(BenchError::Table(message));
    }
    let failed = |source| BenchError::Io { path: folder.display().to_string(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    std::fs::write(folder.join("bailiwick.toml"), policy(segments)).map_err(failed)?;
    let regions = segments / TIERS;
    let mut base = Base::new(CITIES, seed);
    let mut dice = ChaCha8Rng::seed_from_u64(seed ^ 0x5e9);
    let mut size = vec![0usize; segments];
    let mut homes: Vec<Vec<(f64, f64)>> = vec![vec![]; segments];
    let mut rows = RowsWriter::new(
        &folder.join("accounts.parquet"),
        &[
            "account_id",
            "name",
            "latitude",
            "longitude",
            "city",
            "region",
            "industry",
            "channel",
            "ownership",
            "staff",
            "revenue_12m",
            "workload",
            "potential",
        ],
    );
    let names: Vec<String> = (0..regions).map(region_name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let cities: Vec<String> = (0..CITIES).map(|city| format!("City {city:04}")).collect();
    let cities: Vec<&str> = cities.iter().map(String::as_str).collect();
    for from in (0..accounts).step_by(PIECE) {
        let count = PIECE.min(accounts - from);
        let drawn: Vec<(Customer, Kind)> = (0..count)
            .map(|_| {
                let customer = base.customer();
                let kind = Kind::draw(&mut dice, &customer, &base, regions);
                let segment = kind.segment(&customer, regions);
                size[segment] += 1;
                if homes[segment].len() < HOMES {
                    homes[segment].push(customer.at);
                }
                (customer, kind)
            })
            .collect();
        let ids: Vec<String> = (from..from + count).map(|account| format!("A{account:08}")).collect();
        let titles: Vec<String> = (from..from + count).map(|account| format!("Customer No. {account:08}")).collect();
        let number =
            |of: &dyn Fn(&(Customer, Kind)) -> f64| RowCells::Numbers(drawn.iter().map(|one| Some(of(one))).collect());
        let word = |of: &dyn Fn(&(Customer, Kind)) -> usize| drawn.iter().map(|one| Some(of(one) as u32)).collect();
        let cents = |value: f64| (value * 100.0).round() / 100.0;
        let columns = vec![
            RowCells::Texts(ids.iter().map(|id| Some(id.as_str())).collect()),
            RowCells::Texts(titles.iter().map(|title| Some(title.as_str())).collect()),
            number(&|(customer, _)| (customer.at.0 * 1e6).round() / 1e6),
            number(&|(customer, _)| (customer.at.1 * 1e6).round() / 1e6),
            RowCells::Words { names: &cities, rows: word(&|(customer, _)| customer.city) },
            RowCells::Words { names: &names, rows: word(&|(_, kind)| kind.region) },
            RowCells::Words { names: &INDUSTRIES, rows: word(&|(_, kind)| kind.industry) },
            RowCells::Words { names: &CHANNELS, rows: word(&|(_, kind)| kind.channel) },
            RowCells::Words { names: &OWNERSHIPS, rows: word(&|(_, kind)| kind.ownership) },
            number(&|(_, kind)| f64::from(kind.staff)),
            number(&|(_, kind)| cents(kind.revenue)),
            number(&|(customer, _)| (customer.workload * 1000.0).round() / 1000.0),
            number(&|(customer, _)| cents(customer.potential)),
        ];
        rows.write(columns).map_err(|error| BenchError::Table(error.to_string()))?;
    }
    rows.finish().map_err(|error| BenchError::Table(error.to_string()))?;
    write_employees(&apportion(&size, employees), &homes, folder)
}

/// People of each segment: one each, the others in proportion to its customers (largest remainders).
fn apportion(size: &[usize], employees: usize) -> Vec<usize> {
    let (total, rest) = (size.iter().sum::<usize>(), employees - size.len());
    let mut people: Vec<usize> = size.iter().map(|size| 1 + size * rest / total).collect();
    let mut order: Vec<usize> = (0..size.len()).collect();
    order.sort_by_key(|segment| (std::cmp::Reverse(size[*segment] * rest % total), *segment));
    let left = employees - people.iter().sum::<usize>();
    order.into_iter().take(left).for_each(|segment| people[segment] += 1);
    people
}

fn write_employees(people: &[usize], homes: &[Vec<(f64, f64)>], folder: &Path) -> Result<(), BenchError> {
    let each: Vec<(usize, (f64, f64))> = people
        .iter()
        .enumerate()
        .flat_map(|(segment, count)| (0..*count).map(move |one| (segment, one)))
        .map(|(segment, one)| (segment, homes[segment].get(one % HOMES).copied().unwrap_or((48.0, 15.0))))
        .collect();
    let ids: Vec<String> = (0..each.len()).map(|employee| format!("E{employee:05}")).collect();
    let departments: Vec<String> = each.iter().map(|(segment, _)| department(*segment)).collect();
    let texts = |texts: &'_ [String]| texts.iter().map(|text| Some(text.clone())).collect::<Vec<_>>();
    let (ids, departments) = (texts(&ids), texts(&departments));
    let mut rows =
        RowsWriter::new(&folder.join("employees.parquet"), &["employee_id", "department", "latitude", "longitude"]);
    rows.write(vec![
        RowCells::Texts(ids.iter().map(Option::as_deref).collect()),
        RowCells::Texts(departments.iter().map(Option::as_deref).collect()),
        RowCells::Numbers(each.iter().map(|(_, at)| Some(at.0)).collect()),
        RowCells::Numbers(each.iter().map(|(_, at)| Some(at.1)).collect()),
    ])
    .and_then(|()| rows.finish())
    .map_err(|error| BenchError::Table(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_apportioned_to_the_last() {
        assert_eq!(apportion(&[10, 10, 80], 10), [2, 2, 6]);
        assert_eq!(apportion(&[0, 1, 1], 5).iter().sum::<usize>(), 5);
    }
}
