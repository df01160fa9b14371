//! Quality on published instances with known optima: bound ≤ optimum ≤ cost, and the optimum reached where it should be.
//!
//! The deadline counts calls, not seconds, so that the tests do the same on any machine.

use bailiwick_engine::{
    Centres, Contiguity, Control, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site, Solution, check,
    solve,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// `../shared/instances` beside the repository, if it is there.
fn instances() -> Option<PathBuf> {
    let mut at = Path::new(env!("CARGO_MANIFEST_DIR"));
    loop {
        let beside = at.parent()?.join("shared/instances");
        if beside.is_dir() {
            return Some(beside);
        }
        at = at.parent()?;
    }
}

fn numbers(path: &Path) -> Vec<f64> {
    let text = std::fs::read_to_string(path).expect("a readable instance");
    text.split_whitespace().map(|word| word.parse().expect("a number")).collect()
}

/// Solves until done or until the engine has asked for the time so often.
fn solved(problem: &Problem, asked: u64) -> Solution {
    let count = AtomicU64::new(0);
    let out_of_time = || count.fetch_add(1, Ordering::Relaxed) >= asked;
    let control =
        Control { seed: 1, out_of_time: &out_of_time, cancelled: &|| false, patient: false, progress: &|_| {} };
    let solution = solve(problem, &control).expect("well formed");
    let faults = check::referee(problem, &solution);
    assert!(faults.is_empty(), "{faults:?}");
    assert!(solution.shortfalls.is_empty(), "{:?}", solution.shortfalls);
    solution
}

fn problem(units: usize, owners: usize, cost: Cost, measures: Vec<Measure>) -> Problem {
    Problem {
        units,
        owners,
        cost,
        measures,
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    }
}

fn generalised_assignment(path: &Path) -> Problem {
    let all = numbers(path);
    let (owners, units) = (all[0] as usize, all[1] as usize);
    let (costs, rest) = all[2..].split_at(owners * units);
    let (weights, capacities) = rest.split_at(owners * units);
    let rows = (0..units * owners).map(|i| costs[i % owners * units + i / owners]).collect();
    let measure = |owner: usize| {
        let mut upper = vec![f64::INFINITY; owners];
        upper[owner] = capacities[owner];
        Measure { values: weights[owner * units..][..units].to_vec(), lower: vec![0.0; owners], upper }
    };
    problem(units, owners, Cost::Matrix(rows), (0..owners).map(measure).collect())
}

#[test]
fn generalised_assignment_reaches_known_optima() {
    let Some(dir) = instances() else {
        println!("skipped: ../shared is absent");
        return;
    };
    let known = [
        ("gap1-0", 261.0),
        ("gap5-2", 383.0),
        ("gap9-4", 488.0),
        ("gap12-3", 954.0),
        ("a20100", 1158.0),
        ("a10200", 2623.0),
        ("b05100", 1843.0),
        ("b20100", 1166.0),
        ("c05100", 1931.0),
        ("c20100", 1243.0),
    ];
    for (name, optimum) in known {
        let solution = solved(&generalised_assignment(&dir.join("gap").join(name)), 100_000);
        let bound = solution.lower_bound.expect("a bound");
        assert!(bound <= optimum, "{name}: bound {bound} above {optimum}");
        assert_eq!(solution.objective, optimum, "{name}");
    }
    for (name, best, above) in
        [("d20200", 12235.0, 0.002), ("e40400", 44561.0, 0.0015), ("c40400", 4244.0, 0.0005), ("e05100", 12681.0, 0.0)]
    {
        let solution = solved(&generalised_assignment(&dir.join("gap").join(name)), 120_000);
        assert!(solution.lower_bound.is_some_and(|bound| bound <= best + 9.0), "{name}");
        assert!(solution.objective <= best * (1.0 + above), "{name}: {}", solution.objective);
    }
}

#[test]
fn capacitated_medians_reach_known_optima() {
    let Some(dir) = instances() else {
        println!("skipped: ../shared is absent");
        return;
    };
    for name in ["pmedcap1-01", "pmedcap1-09", "pmedcap1-13", "pmedcap1-19"] {
        let all = numbers(&dir.join("cpmp").join(name).with_extension("txt"));
        let (optimum, units, owners, capacity) = (all[1], all[2] as usize, all[3] as usize, all[4]);
        let sites = (0..units)
            .map(|u| Site { unit: u as u32, at: Point { x: all[5 + 4 * u + 1], y: all[5 + 4 * u + 2] }, weight: 1.0 })
            .collect();
        let (metric, centres) = (Metric::EuclideanFloor, Centres::Medians);
        let values = (0..units).map(|u| all[5 + 4 * u + 3]).collect();
        let measure = Measure { values, lower: vec![0.0; owners], upper: vec![capacity; owners] };
        let cost = Cost::Travel { sites, metric, centres, homes: Vec::new() };
        let solution = solved(&problem(units, owners, cost, vec![measure]), 20_000);
        let bound = solution.lower_bound.expect("a bound");
        assert!(bound <= optimum, "{name}: bound {bound} above {optimum}");
        assert_eq!(solution.objective, optimum, "{name}");
    }
}

fn territory_design(path: &Path) -> Problem {
    let all = numbers(path);
    let units = all[0] as usize;
    let row = |u: usize| &all[1 + 7 * u..1 + 7 * u + 7];
    let sites = (0..units).map(|u| Site { unit: u as u32, at: Point { x: row(u)[1], y: row(u)[2] }, weight: 1.0 });
    let (metric, centres) = (Metric::Euclidean, Centres::Medians);
    let cost = Cost::Travel { sites: sites.collect(), metric, centres, homes: Vec::new() };
    let rest = &all[1 + 7 * units..];
    let edges = rest[0] as usize;
    let ends = rest[1..1 + 2 * edges].chunks_exact(2).map(|e| (e[0] as u32, e[1] as u32)).collect();
    let owners = rest[1 + 2 * edges] as usize;
    let measure = |k: usize| {
        let tolerance = rest[3 + 2 * edges + k];
        let values: Vec<f64> = (0..units).map(|u| row(u)[3 + k]).collect();
        let mean = values.iter().sum::<f64>() / owners as f64;
        Measure { values, lower: vec![mean * (1.0 - tolerance); owners], upper: vec![mean * (1.0 + tolerance); owners] }
    };
    Problem { contiguity: Contiguity::Edges(ends), ..problem(units, owners, cost, (0..3).map(measure).collect()) }
}

#[test]
fn territory_design_is_balanced_connected_and_compact() {
    let Some(dir) = instances() else {
        println!("skipped: ../shared is absent");
        return;
    };
    for (name, reference) in [("2DU60-05-1", 5305.57), ("2DU80-05-13", 5698.43), ("2DU120-05-8", 7996.53)] {
        let problem = territory_design(&dir.join("tdp").join(name).with_extension("dat"));
        let solution = solved(&problem, 12_000);
        assert_eq!(solution.contiguous, Some(true), "{name}");
        assert!(solution.objective <= reference * 1.001, "{name}: {} against {reference}", solution.objective);
        assert!(solution.lower_bound.is_some_and(|bound| bound <= reference), "{name}");
    }
}

#[test]
fn the_number_of_threads_does_not_change_the_plan() {
    let Some(dir) = instances() else {
        println!("skipped: ../shared is absent");
        return;
    };
    let problem = generalised_assignment(&dir.join("gap/b20100"));
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| solve(&problem, &Control::unbounded(3)).expect("well formed"))
    };
    assert_eq!(with(1), with(3));
}
