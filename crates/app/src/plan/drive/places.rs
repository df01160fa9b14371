//! The place on the road of each account and each home, and what is refused: no place, an unknown one, one without a way.

use bailiwick_data::Table;
use bailiwick_domain::finding::{Finding, suggest};
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::{Drive, Text};

use super::roads::Roads;
use crate::classify::{compile, data_finding};
use crate::error::AppError;
use crate::plan::shapes::Fault;
use crate::plan::solve::Solver;
use crate::plan::units::Land;
use crate::plan::vacancies::VACANT;
use crate::pool::Pool;

/// The roads, and the place of each account of the pool.
///
/// # Errors
/// The file cannot be used, an account has no place in it, or not all places can be reached.
pub fn ways(land: &Land, pool: &Pool, drive: &Drive) -> Result<(Roads, Vec<u32>), AppError> {
    let path = land.base.join(drive.file.get_ref());
    let text = std::fs::read_to_string(&path).map_err(AppError::io("read", &path))?;
    let roads = Roads::read(&text).map_err(|Fault { what, remedy }| {
        let message = format!("{} cannot be used: {what}", drive.file.get_ref());
        refusal(land.policy, &drive.file, Finding::error("drive-file", message, remedy))
    })?;
    let place = places_of_accounts(land, pool, drive, &roads)?;
    refuse_unreachable(land.policy, drive, &roads, &place)?;
    Ok((roads, place))
}

fn refusal(policy: &Policy, at: &Text, finding: Finding) -> AppError {
    AppError::refused(policy, vec![finding.at(policy.place(at))])
}

fn places_of_accounts(land: &Land, pool: &Pool, drive: &Drive, roads: &Roads) -> Result<Vec<u32>, AppError> {
    let Land { policy, accounts, .. } = land;
    let names = texts(policy, &drive.place, accounts)?;
    let of = pool.accounts.iter().map(|account| (names[*account as usize].as_deref(), *account));
    let id = |account: u32| land.account_ids[account as usize].clone();
    look_up(policy, roads, drive, &drive.place, "accounts", of, &id)
}

fn texts(policy: &Policy, text: &Text, table: &Table) -> Result<Vec<Option<String>>, AppError> {
    let refuse = |finding: Finding| AppError::refused(policy, vec![finding]);
    let expression = compile(policy, text, &table.columns()).map_err(refuse)?;
    expression.texts(table).map_err(|error| refuse(data_finding(policy, text, &error)))
}

/// The places where the staff live.
pub fn homes(solver: &Solver, pool: &Pool, staff: &[u32], drive: &Drive, roads: &Roads) -> Result<Vec<u32>, AppError> {
    let text = drive.home.as_ref().unwrap_or(&drive.place);
    let names = texts(solver.policy, text, &solver.staff.table)?;
    if staff.contains(&VACANT) {
        let message = format!("a territory of {} is vacant and has no home to start from", pool.title());
        let remedy = "write around = \"compact\", or a count of at most the staff";
        return Err(refusal(solver.policy, text, Finding::error("drive-place-missing", message, remedy)));
    }
    let of = staff.iter().map(|employee| (names[*employee as usize].as_deref(), *employee));
    let id = |employee: u32| solver.staff.ids[employee as usize].clone();
    look_up(solver.policy, roads, drive, text, "employees", of, &id)
}

fn look_up<'n>(
    policy: &Policy,
    roads: &Roads,
    drive: &Drive,
    text: &Text,
    whose: &str,
    names: impl Iterator<Item = (Option<&'n str>, u32)>,
    id: &dyn Fn(u32) -> String,
) -> Result<Vec<u32>, AppError> {
    let (mut found, mut without, mut unknown) = (vec![], vec![], vec![]);
    for (name, row) in names {
        match name.map(str::trim).filter(|name| !name.is_empty()) {
            None => without.push(id(row)),
            Some(name) => match roads.index.get(name) {
                Some(place) => found.push(*place),
                None => unknown.push(name.to_owned()),
            },
        }
    }
    if !without.is_empty() {
        let count = without.len() as u64;
        without.truncate(3);
        let message = format!("{whose} have no place on the road: \"{}\" is empty", text.get_ref());
        let finding =
            Finding::error("drive-place-missing", message, "fill the column, or write coalesce(column, 'elsewhere')");
        return Err(refusal(policy, text, finding.counting(count, without)));
    }
    if let Some(first) = unknown.first() {
        let message = format!("{whose} are in places that are not in {}", drive.file.get_ref());
        let near = suggest(first, roads.names.iter().map(String::as_str));
        let remedy = format!("add ways to them, or correct \"{}\": {near}", text.get_ref());
        let count = unknown.len() as u64;
        unknown.sort_unstable();
        unknown.dedup();
        unknown.truncate(3);
        return Err(refusal(
            policy,
            text,
            Finding::error("drive-place-unknown", message, remedy).counting(count, unknown),
        ));
    }
    Ok(found)
}

/// Every account must be reached from every other: whoever gets one may have its centre at the other.
fn refuse_unreachable(policy: &Policy, drive: &Drive, roads: &Roads, place: &[u32]) -> Result<(), AppError> {
    let Some(&first) = place.first() else { return Ok(()) };
    let apart = |to: u32| !(roads.minutes(first, to) + roads.minutes(to, first)).is_finite();
    let mut far: Vec<u32> = place.iter().copied().filter(|to| apart(*to)).collect();
    far.sort_unstable();
    far.dedup();
    if far.is_empty() {
        return Ok(());
    }
    let message =
        format!("no way in {} leads from {} to every place", drive.file.get_ref(), roads.names[first as usize]);
    let samples = far.iter().take(3).map(|place| roads.names[*place as usize].clone()).collect();
    let remedy = "add the ways that are missing, a ferry with its minutes for instance";
    let finding = Finding::error("drive-unreachable", message, remedy).counting(far.len() as u64, samples);
    Err(refusal(policy, &drive.file, finding))
}
