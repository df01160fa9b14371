//! Thousands of tiny random problems against complete enumeration, and the invariants of every solution.

mod worlds;

use bailiwick_engine::{Centres, Contiguity, Control, Cost, Problem, Solution, UNASSIGNED, check, score, solve};
use proptest::prelude::*;
use worlds::{choices, freely_centred, spent, world};

/// Least violation of all allocations within the budget, and the least cost among those that keep all limits.
fn enumerate(problem: &Problem) -> (f64, Option<f64>) {
    let choices: Vec<Vec<u32>> = (0..problem.units)
        .map(|unit| Some(choices(problem, unit)).filter(|c| !c.is_empty()).unwrap_or(vec![UNASSIGNED]))
        .collect();
    let mut at = vec![0; problem.units];
    let (mut violation, mut cost): (f64, Option<f64>) = (f64::INFINITY, None);
    loop {
        let owner: Vec<u32> = at.iter().zip(&choices).map(|(&i, c)| c[i]).collect();
        if problem.moves.budget.is_none_or(|budget| spent(problem, &owner) <= budget + 1e-9) {
            let loads = score::loads(problem, &owner);
            let here = score::violation(problem, &loads);
            violation = violation.min(here);
            if here == 0.0 {
                let travel = match &problem.cost {
                    Cost::Travel { centres: Centres::Fixed(centres), .. } => score::cost(problem, &owner, centres),
                    _ => freely_centred(problem, &owner),
                };
                let total = travel + score::move_cost(problem, &owner);
                cost = Some(cost.map_or(total, |best: f64| best.min(total)));
            }
        }
        let Some(turn) = (0..at.len()).find(|&unit| at[unit] + 1 < choices[unit].len()) else {
            return (violation, cost);
        };
        at[turn] += 1;
        at[..turn].fill(0);
    }
}

fn solved(problem: &Problem, seed: u64) -> Solution {
    let solution = solve(problem, &Control::unbounded(seed)).expect("well formed");
    let faults = check::referee(problem, &solution);
    assert!(faults.is_empty(), "{faults:?}\n{problem:?}\n{solution:?}");
    assert!(solution.objective.is_finite());
    assert!(solution.centres.iter().all(|c| c.x.is_finite() && c.y.is_finite()));
    assert!(solution.prices.iter().flatten().all(|p| p.is_finite()));
    solution
}

#[test]
fn limits_are_kept_wherever_they_can_be_and_bounds_hold() {
    let (mut worse, mut gaps, mut compared) = (0.0f64, 0.0, 0);
    let (mut free_worse, mut free_gaps, mut free_compared) = (0.0f64, 0.0, 0);
    for seed in 0..3000 {
        let problem = world(seed);
        let solution = solved(&problem, seed);
        let (violation, cost) = enumerate(&problem);
        let reached = score::violation(&problem, &solution.loads);
        assert!(reached <= violation + 1e-7, "seed {seed}: violation {reached}, {violation} is possible\n{problem:?}");
        if let Some(cost) = cost {
            let given = matches!(&problem.cost, Cost::Travel { centres: Centres::Fixed(_), .. });
            let bound = solution.lower_bound.unwrap_or(0.0);
            assert!(!given || solution.lower_bound.is_some(), "given centres have a bound");
            assert!(bound <= cost + 1e-5 * (1.0 + cost.abs()), "seed {seed}: bound {bound} above the optimum {cost}");
            if !given && problem.contiguity == Contiguity::Ignored {
                free_worse += (solution.objective - cost) / (1.0 + cost);
                free_gaps += (cost - bound) / (1.0 + cost);
                free_compared += 1;
            }
            if given && problem.contiguity == Contiguity::Ignored {
                worse += (solution.objective - cost) / (1.0 + cost);
                gaps += (cost - bound) / (1.0 + cost);
                compared += 1;
            }
        }
    }
    println!(
        "{compared} compared: {:.3} % above the optimum, bounds {:.3} % below",
        100.0 * worse / compared as f64,
        100.0 * gaps / compared as f64
    );
    println!(
        "free: {free_compared} compared: {:.3} % above the optimum, bounds {:.3} % below",
        100.0 * free_worse / free_compared as f64,
        100.0 * free_gaps / free_compared as f64
    );
    assert!(free_worse / (free_compared as f64) < 0.02, "mean excess {}", free_worse / free_compared as f64);
    assert!(worse / (compared as f64) < 0.02, "mean excess {}", worse / compared as f64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_solution_passes_the_referee(seed in any::<u64>()) {
        solved(&world(seed), seed);
    }

    #[test]
    fn the_number_of_threads_changes_nothing(seed in any::<u64>()) {
        let problem = world(seed);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| solved(&problem, seed))
        };
        prop_assert_eq!(with(1), with(3));
    }
}
