//! Territories by minutes on the road instead of kilometres as the crow flies.
//!
//! The policy names a file of ways between places; between two places that are not listed the quickest way along listed
//! ones counts (Dijkstra 1959, "A note on two problems in connexion with graphs", Numerische Mathematik 1), so that a table
//! of all pairs and a graph of roads do alike. Owners are then found by the minutes to the centres, and each centre moves to
//! the place that is quickest for what its owner got, again and again (Maranzana 1964, "On the location of supply points to
//! minimize transport costs", Operational Research Quarterly 15: location–allocation on a network).

use bailiwick_data::Table;
use bailiwick_domain::finding::{Finding, suggest};
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::{Around, Drive, Territories, Text};
use bailiwick_engine::{Cost, Point, Problem, Solution, UNASSIGNED};
use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::build_problem::Built;
use super::outcome::{NOBODY, Why};
use super::shapes::Fault;
use super::solve::Solver;
use super::units::Land;
use super::vacancies::VACANT;
use crate::classify::{compile, data_finding};
use crate::error::AppError;
use crate::pool::Pool;

/// Rounds of locating centres, at most; a handful is enough, the first bring most.
const ROUNDS: usize = 8;
/// A round that gains less than this share of the whole is the last.
const LITTLE: f64 = 1e-4;
/// Places between which all ways are kept: some 200 MB.
const MOST_PLACES: usize = 5000;

/// Minutes from each place to each.
pub struct Roads {
    pub names: Vec<String>,
    index: FxHashMap<String, u32>,
    /// `minutes[from * names.len() + to]`; infinite where there is no way.
    minutes: Vec<f32>,
}

impl Roads {
    #[must_use]
    pub fn minutes(&self, from: u32, to: u32) -> f64 {
        f64::from(self.minutes[from as usize * self.names.len() + to as usize])
    }

    /// Reads ways: from, to and minutes under a header. A way counts in both directions unless the other is listed too.
    ///
    /// # Errors
    /// Which row is wrong.
    pub fn read(text: &str) -> Result<Roads, Fault> {
        let three = "write a place, another and the minutes between them in each row, under a header";
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
        let mut roads = Roads { names: vec![], index: FxHashMap::default(), minutes: vec![] };
        let mut listed: FxHashMap<(u32, u32), f64> = FxHashMap::default();
        for (row, record) in reader.records().enumerate() {
            let fault = |what: String| Fault { what: format!("row {}: {what}", row + 2), remedy: String::from(three) };
            let record = record.map_err(|error| fault(error.to_string()))?;
            let cell = |at: usize| record.get(at).filter(|cell| !cell.is_empty());
            let (Some(from), Some(to), Some(minutes)) = (cell(0), cell(1), cell(2)) else {
                return Err(fault(String::from("it has fewer than three values")));
            };
            let number = minutes.parse::<f64>().ok().filter(|minutes| minutes.is_finite() && *minutes >= 0.0);
            let Some(number) = number else {
                return Err(fault(format!("\"{minutes}\" is no number of minutes from 0 up")));
            };
            let way = (roads.place(from), roads.place(to));
            let known = listed.entry(way).or_insert(number);
            *known = known.min(number);
        }
        if roads.names.len() > MOST_PLACES {
            return Err(Fault {
                what: format!("it has {} places, more than {MOST_PLACES}", roads.names.len()),
                remedy: String::from("take larger places, such as the first digits of a postcode"),
            });
        }
        roads.close(&listed);
        Ok(roads)
    }

    fn place(&mut self, name: &str) -> u32 {
        if let Some(known) = self.index.get(name) {
            return *known;
        }
        let next = self.names.len() as u32;
        self.index.insert(name.to_owned(), next);
        self.names.push(name.to_owned());
        next
    }

    /// The quickest way from each place to each.
    fn close(&mut self, listed: &FxHashMap<(u32, u32), f64>) {
        let mut graph: DiGraph<(), f64, u32> = DiGraph::with_capacity(self.names.len(), 2 * listed.len());
        self.names.iter().for_each(|_| {
            graph.add_node(());
        });
        for (&(from, to), &minutes) in listed {
            graph.add_edge(NodeIndex::from(from), NodeIndex::from(to), minutes);
            if !listed.contains_key(&(to, from)) {
                graph.add_edge(NodeIndex::from(to), NodeIndex::from(from), minutes);
            }
        }
        let size = self.names.len();
        self.minutes = vec![f32::INFINITY; size * size];
        self.minutes.par_chunks_mut(size.max(1)).enumerate().for_each(|(from, row)| {
            let from = NodeIndex::from(from as u32);
            for (to, minutes) in dijkstra(&graph, from, None, |way| *way.weight()) {
                row[to.index()] = minutes as f32;
            }
        });
    }
}

/// A pool seen along its roads.
struct Trip<'a> {
    roads: &'a Roads,
    /// Place of each account of the pool.
    place: Vec<u32>,
    /// Weight of each account of the pool.
    weight: Vec<f64>,
    built: &'a Built,
    owners: usize,
}

/// Owners by minutes on the road, and the reason of each account of the pool.
pub fn solve(
    solver: &Solver,
    pool: &Pool,
    staff: &[u32],
    territories: &Territories,
    built: &mut Built,
    share: f64,
    report: &(dyn Fn(f64) + Sync),
) -> Result<Solution, AppError> {
    let Some(drive) = &territories.drive else { return solver.run(&built.problem, share, report) };
    let (roads, place) = ways(&solver.land(), pool, drive)?;
    let weights = solver.measures.get(&built.weight);
    let weight = pool.accounts.iter().map(|account| weights[*account as usize]).collect();
    let (solution, minutes) = {
        let trip = Trip { roads: &roads, place, weight, built, owners: staff.len() };
        let (solution, centres) = match territories.around {
            Around::Home => {
                let centres = homes(solver, pool, staff, drive, &roads)?;
                (solver.run(&trip.problem(&centres), share, report)?, centres)
            }
            Around::Compact => trip.locate(solver, share, report)?,
        };
        let minutes = trip.reasons(&solution, &centres, staff);
        let at = trip.middles(solver, pool, &centres);
        (Solution { centres: at, ..solution }, minutes)
    };
    built.ways = Some(minutes);
    Ok(solution)
}

impl Trip<'_> {
    /// The assignment by minutes to the centres.
    fn problem(&self, centres: &[u32]) -> Problem {
        let owners = self.owners;
        let mut rows = vec![0.0; self.built.problem.units * owners];
        for ((unit, &place), weight) in self.built.unit_of.iter().zip(&self.place).zip(&self.weight) {
            let row = &mut rows[*unit as usize * owners..(*unit as usize + 1) * owners];
            for (cost, centre) in row.iter_mut().zip(centres) {
                *cost += weight * self.roads.minutes(*centre, place);
            }
        }
        Problem { cost: Cost::Matrix(rows), ..self.built.problem.clone() }
    }

    /// Centres wherever they are best: from what the crow would choose, in rounds.
    fn locate(
        &self,
        solver: &Solver,
        share: f64,
        report: &(dyn Fn(f64) + Sync),
    ) -> Result<(Solution, Vec<u32>), AppError> {
        let within = |from: f64, to: f64| move |fraction: f64| report(from + (to - from) * fraction);
        let crow = solver.run(&self.built.problem, 0.2 * share, &within(0.0, 0.2))?;
        let mut owner = crow.owner;
        let mut best: Option<(Solution, Vec<u32>)> = None;
        for round in 0..ROUNDS {
            let centres = self.centres(&owner);
            if best.as_ref().is_some_and(|(_, known)| *known == centres) {
                break;
            }
            let at = 0.2 + 0.8 * round as f64 / ROUNDS as f64;
            let step = within(at, at + 0.8 / ROUNDS as f64);
            let solution = solver.run(&self.problem(&centres), share / ROUNDS as f64, &step)?;
            owner.clone_from(&solution.owner);
            let before = best.as_ref().map(|(known, _)| known);
            let gain = before.map_or(f64::INFINITY, |known| known.objective - solution.objective);
            let worth = before.map_or(0.0, |known| LITTLE * known.objective.abs());
            let broken =
                |solution: &Solution| solution.shortfalls.len() + usize::from(solution.contiguous == Some(false));
            let better =
                before.is_none_or(|known| (broken(&solution), solution.objective) < (broken(known), known.objective));
            if better {
                // The bound is one for these centres alone, and they might lie anywhere.
                let lower_bound = (self.owners == 1).then_some(solution.objective);
                best = Some((Solution { lower_bound, ..solution }, centres));
            }
            if gain <= worth {
                break;
            }
        }
        best.ok_or_else(|| AppError::Referee(vec![String::from("no centres were found")]))
    }

    /// The place that is quickest for what each owner got, among the places it got something at.
    fn centres(&self, owner: &[u32]) -> Vec<u32> {
        let mut load: Vec<FxHashMap<u32, f64>> = vec![FxHashMap::default(); self.owners];
        for ((unit, &place), weight) in self.built.unit_of.iter().zip(&self.place).zip(&self.weight) {
            if let Some(load) = load.get_mut(owner[*unit as usize] as usize) {
                // A weightless account still wants a centre that is near.
                *load.entry(place).or_default() += weight.max(1e-9);
            }
        }
        let anywhere = self.place.first().copied().unwrap_or(0);
        load.par_iter()
            .map(|load| {
                let mut places: Vec<(u32, f64)> = load.iter().map(|(place, weight)| (*place, *weight)).collect();
                places.sort_unstable_by_key(|(place, _)| *place);
                let cost = |at: u32| -> f64 { places.iter().map(|&(to, w)| w * self.roads.minutes(at, to)).sum() };
                let all = places.iter().map(|&(at, _)| (cost(at), at));
                all.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map_or(anywhere, |(_, at)| at)
            })
            .collect()
    }

    /// Minutes from the owner's centre to each account of the pool, and from the quickest other's.
    fn reasons(&self, solution: &Solution, centres: &[u32], staff: &[u32]) -> Vec<Why> {
        let why = |(unit, &place): (&u32, &u32)| {
            let owner = solution.owner[*unit as usize];
            if owner == UNASSIGNED {
                return Why::NoPlace;
            }
            let minutes = |owner: usize| self.roads.minutes(centres[owner], place);
            let others = (0..self.owners).filter(|other| *other != owner as usize && staff[*other] != VACANT);
            let next =
                others.map(|other| (minutes(other), other)).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            Why::Drive {
                minutes: minutes(owner as usize) as f32,
                next: next.map_or(NOBODY, |(_, other)| staff[other]),
                next_minutes: next.map_or(f32::INFINITY, |(minutes, _)| minutes as f32),
            }
        };
        self.built.unit_of.iter().zip(&self.place).map(why).collect()
    }

    /// Where the accounts of each centre's place lie, for the map.
    fn middles(&self, solver: &Solver, pool: &Pool, centres: &[u32]) -> Vec<Point> {
        let mut sums: FxHashMap<u32, (f64, f64, f64)> = FxHashMap::default();
        for (account, place) in pool.accounts.iter().zip(&self.place) {
            if let Some(at) = solver.places[*account as usize] {
                let sum = sums.entry(*place).or_default();
                *sum = (sum.0 + at.x, sum.1 + at.y, sum.2 + 1.0);
            }
        }
        let nowhere = Point { x: f64::NAN, y: f64::NAN };
        let middle = |sum: &(f64, f64, f64)| Point { x: sum.0 / sum.2, y: sum.1 / sum.2 };
        centres.iter().map(|place| sums.get(place).map_or(nowhere, middle)).collect()
    }
}

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
fn homes(solver: &Solver, pool: &Pool, staff: &[u32], drive: &Drive, roads: &Roads) -> Result<Vec<u32>, AppError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn roads(rows: &str) -> Roads {
        Roads::read(&format!("from,to,minutes\n{rows}"))
            .map_err(|fault| fault.what)
            .unwrap_or_else(|what| panic!("{what}"))
    }

    #[test]
    fn what_is_not_listed_is_the_quickest_way_along_what_is() {
        let roads = roads("A,B,10\nB,C,5\nA,C,30\nC,D,1\n");
        let minutes = |from: &str, to: &str| roads.minutes(roads.index[from], roads.index[to]);
        assert_eq!(minutes("A", "C"), 15.0);
        assert_eq!(minutes("D", "A"), 16.0);
        assert_eq!(minutes("B", "B"), 0.0);
    }

    #[test]
    fn a_way_listed_in_both_directions_may_take_longer_in_one() {
        let roads = roads("A,B,10\nB,A,25\n");
        assert_eq!((roads.minutes(0, 1), roads.minutes(1, 0)), (10.0, 25.0));
    }

    #[test]
    fn a_wrong_row_is_named() {
        let told = |rows: &str| Roads::read(&format!("from,to,minutes\n{rows}")).err().map(|fault| fault.what);
        assert_eq!(told("A,B,10\nA,C,soon\n"), Some(String::from("row 3: \"soon\" is no number of minutes from 0 up")));
        assert_eq!(told("A,B\n"), Some(String::from("row 2: it has fewer than three values")));
        assert_eq!(told("A,B,-1\n"), Some(String::from("row 2: \"-1\" is no number of minutes from 0 up")));
    }
}
