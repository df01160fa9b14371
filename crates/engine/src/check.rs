//! An independent referee: everything a solution claims, computed again in the plainest way.
//!
//! It shares no code with `score`, `model` or the search, so that a mistake there cannot hide itself here.

use crate::problem::{Centres, Contiguity, Cost, Eligibility, Metric, Point, Problem};
use crate::solution::{Solution, UNASSIGNED};
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with the solution, in words; empty when it holds.
///
/// Limits that are not kept are no fault as long as they are reported, each with the right amount.
pub fn referee(problem: &Problem, solution: &Solution) -> Vec<String> {
    let mut faults = Vec::new();
    if solution.owner.len() != problem.units {
        return vec![format!("{} units, but {} owners are listed", problem.units, solution.owner.len())];
    }
    check_eligibility(problem, solution, &mut faults);
    if !faults.is_empty() {
        return faults;
    }
    check_moves(problem, solution, &mut faults);
    check_loads(problem, solution, &mut faults);
    check_cost(problem, solution, &mut faults);
    check_contiguity(problem, solution, &mut faults);
    faults
}

fn check_eligibility(problem: &Problem, solution: &Solution, faults: &mut Vec<String>) {
    for (unit, &owner) in solution.owner.iter().enumerate() {
        let fixed = problem.fixed.get(unit).copied().flatten();
        let may: Option<&[u32]> = match &problem.eligibility {
            Eligibility::All => None,
            Eligibility::Classes { class_of, owners_of_class } => Some(&owners_of_class[class_of[unit] as usize]),
        };
        if let Some(must) = fixed {
            if owner != must {
                faults.push(format!("unit {unit} is fixed at owner {must} but given to {owner}"));
            }
        } else if owner == UNASSIGNED {
            if may.is_none_or(|list| !list.is_empty()) {
                faults.push(format!("unit {unit} is unassigned though somebody may serve it"));
            }
        } else if owner as usize >= problem.owners {
            faults.push(format!("unit {unit} is given to owner {owner}, who does not exist"));
        } else if may.is_some_and(|list| !list.contains(&owner)) {
            faults.push(format!("unit {unit} is given to owner {owner}, who is not eligible"));
        }
    }
}

fn check_moves(problem: &Problem, solution: &Solution, faults: &mut Vec<String>) {
    let (mut moved, mut spent) = (0, 0.0);
    for (unit, &owner) in solution.owner.iter().enumerate() {
        let Some(present) = problem.moves.present.get(unit).copied().flatten() else { continue };
        if owner == UNASSIGNED || owner == present {
            continue;
        }
        moved += 1;
        let fixed_elsewhere = problem.fixed.get(unit).copied().flatten().is_some_and(|fixed| fixed != present);
        let not_eligible = match &problem.eligibility {
            Eligibility::All => false,
            Eligibility::Classes { class_of, owners_of_class } => {
                !owners_of_class[class_of[unit] as usize].contains(&present)
            }
        };
        if !fixed_elsewhere && !not_eligible {
            spent += if problem.moves.weight.is_empty() { 1.0 } else { problem.moves.weight[unit] };
        }
    }
    if moved != solution.moved {
        faults.push(format!("{moved} units moved, but {} are reported", solution.moved));
    }
    if let Some(budget) = problem.moves.budget
        && spent > budget * (1.0 + 1e-9) + 1e-9
    {
        faults.push(format!("moves take {spent} of a budget of {budget}"));
    }
}

fn check_loads(problem: &Problem, solution: &Solution, faults: &mut Vec<String>) {
    let mut broken = 0;
    for (index, measure) in problem.measures.iter().enumerate() {
        let mean = measure.values.iter().sum::<f64>() / problem.owners as f64;
        for owner in 0..problem.owners {
            let load: f64 = (0..problem.units)
                .filter(|&unit| solution.owner[unit] == owner as u32)
                .map(|unit| measure.values[unit])
                .sum();
            let claimed = solution.loads[index][owner];
            if !near(load, claimed) {
                faults.push(format!("owner {owner} carries {load} of measure {index}, but {claimed} is reported"));
            }
            let (lower, upper) = (measure.lower[owner], measure.upper[owner]);
            let missed = [(true, load - upper, upper), (false, lower - load, lower)];
            for (over, by, limit) in missed {
                if by > 2e-9 * limit.max(mean) {
                    broken += 1;
                    let reported = solution.shortfalls.iter().any(|s| {
                        (s.measure, s.owner, s.over) == (index, owner as u32, over)
                            && (s.by - by).abs() <= 1e-6 * load.max(mean)
                    });
                    if !reported {
                        faults.push(format!("owner {owner} misses a limit of measure {index} by {by}, unreported"));
                    }
                }
            }
        }
    }
    if broken == 0 && !solution.shortfalls.is_empty() {
        faults.push(format!("all limits are kept, but {} shortfalls are reported", solution.shortfalls.len()));
    }
}

fn check_cost(problem: &Problem, solution: &Solution, faults: &mut Vec<String>) {
    let mut total = 0.0;
    for (unit, &owner) in solution.owner.iter().enumerate() {
        if owner == UNASSIGNED {
            continue;
        }
        if let Cost::Matrix(rows) = &problem.cost {
            total += rows[unit * problem.owners + owner as usize];
        }
        let present = problem.moves.present.get(unit).copied().flatten();
        if present.is_some_and(|present| present != owner) && !problem.moves.price.is_empty() {
            total += problem.moves.price[unit];
        }
    }
    if let Cost::Travel { sites, metric, centres, .. } = &problem.cost {
        if solution.centres.len() != problem.owners {
            faults.push(format!("{} owners, but {} centres", problem.owners, solution.centres.len()));
            return;
        }
        if let Centres::Fixed(given) = centres
            && *given != solution.centres
        {
            faults.push("given centres were moved".to_owned());
        }
        for site in sites {
            let owner = solution.owner[site.unit as usize];
            if owner != UNASSIGNED {
                total += site.weight * way(*metric, solution.centres[owner as usize], site.at);
            }
        }
    }
    if !near(total, solution.objective) {
        faults.push(format!("the cost is {total}, but {} is reported", solution.objective));
    }
    if let Some(bound) = solution.lower_bound
        && solution.shortfalls.is_empty()
        && bound > solution.objective * (1.0 + 1e-9) + 1e-6
    {
        faults.push(format!("the lower bound {bound} exceeds the cost {}", solution.objective));
    }
}

/// Haversine, unlike the search.
fn way(metric: Metric, a: Point, b: Point) -> f64 {
    let plane = (a.x - b.x).hypot(a.y - b.y);
    match metric {
        Metric::Euclidean => plane,
        Metric::EuclideanFloor => (plane + 1e-9).floor(),
        Metric::GreatCircle => {
            let (lat_a, lat_b) = (a.y.to_radians(), b.y.to_radians());
            let (north, east) = ((lat_b - lat_a) / 2.0, (b.x - a.x).to_radians() / 2.0);
            let h = north.sin().powi(2) + lat_a.cos() * lat_b.cos() * east.sin().powi(2);
            2.0 * 6371.0088 * h.sqrt().min(1.0).asin()
        }
    }
}

fn check_contiguity(problem: &Problem, solution: &Solution, faults: &mut Vec<String>) {
    let (edges, rim) = match &problem.contiguity {
        Contiguity::Edges(edges) => (edges, None),
        Contiguity::Map { edges, rim } => (edges, Some(rim)),
        Contiguity::Ignored | Contiguity::OfSites => return,
    };
    let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &(a, b) in edges {
        if solution.owner[a as usize] == solution.owner[b as usize] {
            next.entry(a).or_default().push(b);
            next.entry(b).or_default().push(a);
        }
    }
    let mut seen = BTreeSet::new();
    let mut pieces: BTreeMap<u32, usize> = BTreeMap::new();
    for unit in 0..problem.units as u32 {
        if solution.owner[unit as usize] == UNASSIGNED || !seen.insert(unit) {
            continue;
        }
        *pieces.entry(solution.owner[unit as usize]).or_default() += 1;
        let mut open = vec![unit];
        while let Some(at) = open.pop() {
            open.extend(next.get(&at).into_iter().flatten().copied().filter(|&to| seen.insert(to)));
        }
    }
    let whole = pieces.values().all(|&count| count <= 1);
    if solution.contiguous != Some(whole) {
        faults.push(format!("contiguous is {whole}, but {:?} is reported", solution.contiguous));
    }
    let enclaves = rim.map(|rim| enclaves(edges, rim, &solution.owner));
    if solution.enclaves != enclaves {
        faults.push(format!("there are {enclaves:?} enclaves, but {:?} are reported", solution.enclaves));
    }
}

/// Pieces of one owner that border on exactly one other, and neither on the outside nor on what nobody serves.
fn enclaves(edges: &[(u32, u32)], rim: &[u32], owner: &[u32]) -> usize {
    // The least unit of each piece stands for it: names sink along the edges until none changes.
    let mut name: Vec<u32> = (0..owner.len() as u32).collect();
    let mut sinks = true;
    while sinks {
        sinks = false;
        for &(a, b) in edges.iter().filter(|(a, b)| owner[*a as usize] == owner[*b as usize]) {
            let least = name[a as usize].min(name[b as usize]);
            sinks |= name[a as usize] != least || name[b as usize] != least;
            (name[a as usize], name[b as usize]) = (least, least);
        }
    }
    let mut around: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for &(a, b) in edges.iter().filter(|(a, b)| owner[*a as usize] != owner[*b as usize]) {
        around.entry(name[a as usize]).or_default().insert(owner[b as usize]);
        around.entry(name[b as usize]).or_default().insert(owner[a as usize]);
    }
    let open: BTreeSet<u32> = rim.iter().map(|&unit| name[unit as usize]).collect();
    let within_one = |(name, owners): &(&u32, &BTreeSet<u32>)| {
        owner[**name as usize] != UNASSIGNED
            && owners.len() == 1
            && !owners.contains(&UNASSIGNED)
            && !open.contains(name)
    };
    around.iter().filter(within_one).count()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * (1.0 + a.abs().max(b.abs()))
}
