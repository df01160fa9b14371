//! Little is moved after a hire, a leaver or the growth of one region: the budget of moves is kept exactly, and limits are
//! reached wherever it allows.

mod scattered;

use bailiwick_engine::{Control, Eligibility, Moves, Problem, Solution, check, solve};
use scattered::scattered;

const UNITS: usize = 2_000;
const OWNERS: usize = 8;

fn solved(problem: &Problem) -> Solution {
    let solution = solve(problem, &Control::unbounded(2)).expect("well formed");
    let faults = check::referee(problem, &solution);
    assert!(faults.is_empty(), "{faults:?}");
    solution
}

/// Limits around the mean of those who work, none for the last owner if it does not.
fn band(problem: &mut Problem, working: usize, tolerance: f64) {
    for measure in &mut problem.measures {
        let mean = measure.values.iter().sum::<f64>() / working as f64;
        let limit = |factor: f64| (0..OWNERS).map(|j| if j < working { factor * mean } else { 0.0 }).collect();
        (measure.lower, measure.upper) = (limit(1.0 - tolerance), limit(1.0 + tolerance));
    }
}

/// All eight at work, or seven: a plan to start from.
fn with_plan_of(working: usize) -> (Problem, Vec<Option<u32>>) {
    let mut problem = scattered(UNITS, OWNERS, 0.05);
    band(&mut problem, working, 0.05);
    problem.eligibility =
        Eligibility::Classes { class_of: vec![0; UNITS], owners_of_class: vec![(0..working as u32).collect()] };
    let plan = solved(&problem);
    assert!(plan.shortfalls.is_empty());
    (problem, plan.owner.into_iter().map(Some).collect())
}

/// What the moves take, and whether all limits are kept.
fn outcome(problem: &Problem) -> (f64, bool, Solution) {
    let solution = solved(problem);
    let eligible = |owner: u32| match &problem.eligibility {
        Eligibility::All => true,
        Eligibility::Classes { owners_of_class, .. } => owners_of_class[0].contains(&owner),
    };
    let spent = (0..UNITS)
        .filter(|&u| problem.moves.present[u].is_some_and(|at| at != solution.owner[u] && eligible(at)))
        .map(|u| problem.moves.weight.get(u).copied().unwrap_or(1.0))
        .sum();
    (spent, solution.shortfalls.is_empty(), solution)
}

#[test]
fn somebody_new_is_filled_up_and_nobody_else_changes_more_than_needed() {
    let (mut problem, present) = with_plan_of(OWNERS - 1);
    band(&mut problem, OWNERS, 0.05);
    problem.eligibility = Eligibility::All;
    for (budget, reached) in [(0.0, false), (50.0, false), (330.0, true), (600.0, true)] {
        problem.moves = Moves { present: present.clone(), budget: Some(budget), ..Moves::default() };
        let (spent, kept, solution) = outcome(&problem);
        println!("hire: budget {budget}, spent {spent}, kept {kept}, cost {}", solution.objective);
        assert!(spent <= budget, "{spent} of {budget}");
        assert_eq!(kept, reached, "budget {budget}: {:?}", solution.shortfalls);
    }
}

#[test]
fn what_a_leaver_held_is_shared_out_and_little_else_moves() {
    let (mut problem, present) = with_plan_of(OWNERS);
    band(&mut problem, OWNERS - 1, 0.05);
    problem.eligibility =
        Eligibility::Classes { class_of: vec![0; UNITS], owners_of_class: vec![(0..OWNERS as u32 - 1).collect()] };
    for (budget, reached) in [(0.0, false), (500.0, true)] {
        problem.moves = Moves { present: present.clone(), budget: Some(budget), ..Moves::default() };
        let (spent, kept, solution) = outcome(&problem);
        println!("leaver: budget {budget}, spent {spent}, kept {kept}, cost {}", solution.objective);
        assert!(spent <= budget, "{spent} of {budget}");
        assert!(kept || !reached, "budget {budget}: {:?}", solution.shortfalls);
    }
}

#[test]
fn growth_of_one_region_moves_borders_within_a_budget_of_weight() {
    let (mut problem, present) = with_plan_of(OWNERS);
    for measure in &mut problem.measures {
        for (value, owner) in measure.values.iter_mut().zip(&present) {
            *value *= if *owner == Some(0) { 1.3 } else { 1.0 };
        }
    }
    band(&mut problem, OWNERS, 0.05);
    let weight = problem.measures[0].values.clone();
    let total: f64 = weight.iter().sum();
    for (share, reached) in [(0.002, false), (0.06, true), (0.12, true)] {
        let budget = share * total;
        problem.moves = Moves { present: present.clone(), weight: weight.clone(), budget: Some(budget), price: vec![] };
        let (spent, kept, solution) = outcome(&problem);
        println!("growth: budget {budget:.0}, spent {spent:.0}, kept {kept}, cost {}", solution.objective);
        assert!(spent <= budget * (1.0 + 1e-9), "{spent} of {budget}");
        assert!(kept || !reached, "budget {budget}: {:?}", solution.shortfalls);
    }
}

#[test]
fn a_larger_budget_costs_less() {
    let (mut problem, present) = with_plan_of(OWNERS);
    // Every seventh account sits with the wrong person.
    let misplaced = |(unit, owner): (usize, Option<u32>)| {
        if unit % 7 == 0 { owner.map(|owner| (owner + 1 + unit as u32 % 3) % OWNERS as u32) } else { owner }
    };
    let present: Vec<Option<u32>> = present.into_iter().enumerate().map(misplaced).collect();
    problem.measures.iter_mut().for_each(|m| m.lower.fill(0.0));
    problem.measures.iter_mut().for_each(|m| m.upper.iter_mut().for_each(|u| *u *= 1.3));
    let mut last = f64::INFINITY;
    for budget in [0.0, 20.0, 60.0, 150.0, 290.0] {
        problem.moves = Moves { present: present.clone(), budget: Some(budget), ..Moves::default() };
        let (spent, kept, solution) = outcome(&problem);
        println!("misplaced: budget {budget}, spent {spent}, kept {kept}, cost {}", solution.objective);
        assert!(spent <= budget && kept);
        assert!(solution.objective < last * (1.0 + 1e-9), "{} after {last}", solution.objective);
        assert!(spent >= 0.95 * budget, "{spent} of {budget} brings more");
        last = solution.objective;
    }
}
