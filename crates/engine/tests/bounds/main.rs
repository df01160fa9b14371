//! A bound never exceeds the optimum: thousands of tiny problems of every kind, solved completely.

mod network;
#[path = "../worlds/mod.rs"]
mod worlds;

use bailiwick_engine::{Centres, Control, Cost, Problem, Site, UNASSIGNED, score, solve};
use worlds::{Dice, choices, freely_centred, spent, world};

#[derive(Debug, Clone, Copy)]
enum Kind {
    Matrix,
    Given,
    Free,
    Medians,
}

/// The tiny problem of the seed, its cost made one of the kind.
fn world_of(kind: Kind, seed: u64) -> Problem {
    let mut problem = world(seed);
    let mut dice = Dice(seed ^ 0xb0);
    let Cost::Travel { mut sites, metric, centres, homes } = problem.cost else { panic!("a world has travel") };
    if matches!(kind, Kind::Medians) && dice.chance(0.8) {
        // The bound at medians speaks of units with one site each.
        let at = |dice: &mut Dice| bailiwick_engine::Point { x: 20.0 * dice.real(), y: 20.0 * dice.real() };
        sites = (0..problem.units as u32).map(|unit| Site { unit, at: at(&mut dice), weight: 1.0 }).collect();
    }
    let given = || {
        Centres::Fixed(vec![sites.first().map_or(bailiwick_engine::Point { x: 0.0, y: 0.0 }, |s| s.at); problem.owners])
    };
    let centres = match (kind, centres) {
        (Kind::Given, Centres::Fixed(points)) => Centres::Fixed(points),
        (Kind::Given, _) => given(),
        (Kind::Medians, _) => Centres::Medians,
        _ => Centres::Free,
    };
    problem.cost = match kind {
        Kind::Matrix => {
            let whole = dice.chance(0.5);
            let cost = |dice: &mut Dice| if whole { dice.below(50) as f64 } else { 50.0 * dice.real() };
            Cost::Matrix((0..problem.units * problem.owners).map(|_| cost(&mut dice)).collect())
        }
        _ => Cost::Travel { sites, metric, centres, homes },
    };
    problem
}

/// Each owner's centre at the best of its own sites.
fn at_medians(problem: &Problem, sites: &[Site], owner: &[u32]) -> f64 {
    (0..problem.owners as u32)
        .map(|j| {
            let only: Vec<u32> = owner.iter().map(|&o| if o == j { 0 } else { UNASSIGNED }).collect();
            let own = sites.iter().filter(|site| owner[site.unit as usize] == j);
            own.map(|site| score::cost(problem, &only, &[site.at])).reduce(f64::min).unwrap_or(0.0)
        })
        .sum()
}

fn cost_of(problem: &Problem, owner: &[u32]) -> f64 {
    let way = match &problem.cost {
        Cost::Travel { centres: Centres::Fixed(centres), .. } => score::cost(problem, owner, centres),
        Cost::Travel { centres: Centres::Medians, sites, .. } => at_medians(problem, sites, owner),
        Cost::Travel { .. } => freely_centred(problem, owner),
        _ => score::cost(problem, owner, &[]),
    };
    way + score::move_cost(problem, owner)
}

/// The least cost of all allocations that keep the limits and the budget.
fn optimum(problem: &Problem) -> Option<f64> {
    let choices: Vec<Vec<u32>> = (0..problem.units)
        .map(|unit| Some(choices(problem, unit)).filter(|c| !c.is_empty()).unwrap_or(vec![UNASSIGNED]))
        .collect();
    let mut at = vec![0; problem.units];
    let mut least: Option<f64> = None;
    loop {
        let owner: Vec<u32> = at.iter().zip(&choices).map(|(&i, c)| c[i]).collect();
        if problem.moves.budget.is_none_or(|budget| spent(problem, &owner) <= budget + 1e-9)
            && score::shortfalls(problem, &score::loads(problem, &owner)).is_empty()
        {
            let cost = cost_of(problem, &owner);
            least = Some(least.map_or(cost, |best: f64| best.min(cost)));
        }
        let Some(turn) = (0..at.len()).find(|&unit| at[unit] + 1 < choices[unit].len()) else { return least };
        at[turn] += 1;
        at[..turn].fill(0);
    }
}

fn never_above_the_optimum(kind: Kind, worlds: std::ops::Range<u64>) {
    let (mut bounded, mut compared, mut gaps) = (0, 0, 0.0);
    for seed in worlds {
        let problem = world_of(kind, seed);
        let solution = solve(&problem, &Control::unbounded(seed)).expect("well formed");
        let kept = solution.shortfalls.is_empty();
        assert!(!kept || solution.lower_bound.is_some(), "{kind:?} {seed}: limits are kept, and no bound is told");
        let (Some(bound), Some(cost)) = (solution.lower_bound, optimum(&problem)) else { continue };
        assert!(bound <= cost + 1e-6 * (1.0 + cost.abs()), "{kind:?} {seed}: {bound} above {cost}\n{problem:?}");
        bounded += usize::from(bound > 0.0);
        compared += 1;
        gaps += (cost - bound) / (1.0 + cost.abs());
    }
    println!(
        "{kind:?}: {compared} compared, {bounded} above nothing, {:.2} % below on average",
        100.0 * gaps / f64::from(compared)
    );
    assert!(compared > 60 && bounded > 20, "{kind:?}: {compared} compared, {bounded} bounded");
}

#[test]
fn of_a_matrix() {
    never_above_the_optimum(Kind::Matrix, 10_000..12_000);
}

#[test]
fn at_given_centres() {
    never_above_the_optimum(Kind::Given, 20_000..22_000);
}

#[test]
fn with_free_centres() {
    never_above_the_optimum(Kind::Free, 30_000..33_000);
}

#[test]
fn at_medians_of_their_own() {
    never_above_the_optimum(Kind::Medians, 40_500..40_750);
}
