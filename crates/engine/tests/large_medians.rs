//! Medians with more units than a table of all ways can hold.

use bailiwick_engine::{
    Centres, Contiguity, Control, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site, check, solve,
};

/// Units on a jittered square, of unequal loads, each owner's within 5 % of the mean.
fn town(units: usize, owners: usize, contiguity: Contiguity) -> Problem {
    let mut state = 7u64;
    let mut real = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let side = (units as f64).sqrt().ceil();
    let mut site = |unit: usize| {
        let (row, column) = ((unit as f64 / side).floor(), unit as f64 % side);
        let at = Point { x: column + 0.8 * real(), y: row + 0.8 * real() };
        Site { unit: unit as u32, at, weight: 0.5 + real() }
    };
    let sites: Vec<Site> = (0..units).map(&mut site).collect();
    let values: Vec<f64> = sites.iter().map(|s| s.weight).collect();
    let mean = values.iter().sum::<f64>() / owners as f64;
    let cost = Cost::Travel { sites, metric: Metric::Euclidean, centres: Centres::Medians, homes: Vec::new() };
    Problem {
        units,
        owners,
        cost,
        measures: vec![Measure { values, lower: vec![0.95 * mean; owners], upper: vec![1.05 * mean; owners] }],
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity,
    }
}

/// Feasible, each centre at one of the owner's own sites, and not far above the least that any tiling costs: hexagons of
/// equal area reach 0.377 × weight × √area, and no division into that many parts does better on average.
fn solved(problem: &Problem) {
    let solution = solve(problem, &Control::unbounded(1)).expect("well formed");
    let faults = check::referee(problem, &solution);
    assert!(faults.is_empty(), "{faults:?}");
    assert!(solution.shortfalls.is_empty(), "{:?}", solution.shortfalls);
    if problem.contiguity != Contiguity::Ignored {
        assert_eq!(solution.contiguous, Some(true));
    }
    let Cost::Travel { sites, .. } = &problem.cost else { panic!("travel") };
    for (owner, centre) in solution.centres.iter().enumerate() {
        let own = |s: &Site| solution.owner[s.unit as usize] == owner as u32 && s.at == *centre;
        assert!(sites.iter().any(own), "the centre of {owner} is not at a site of its own");
    }
    let weight: f64 = sites.iter().map(|s| s.weight).sum();
    let least = 0.377 * weight * (problem.units as f64 / problem.owners as f64).sqrt();
    println!(
        "{} by {:.3} above hexagons, bound {:?}",
        solution.method,
        solution.objective / least,
        solution.lower_bound
    );
    assert!(solution.objective < 1.08 * least, "{} against {least}", solution.objective);
    let bound = solution.lower_bound.expect("a bound");
    assert!(bound <= solution.objective && bound > 0.9 * solution.objective, "bound {bound}");
}

#[test]
fn twenty_thousand_units_have_medians() {
    solved(&town(20_000, 50, Contiguity::Ignored));
}

#[test]
fn connected_where_that_is_asked_for() {
    solved(&town(6_000, 20, Contiguity::OfSites));
}
