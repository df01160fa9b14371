//! Whenever time runs out there is an answer, at once, and more time never makes it worse.
//!
//! Time is counted in looks at the control, on one thread, so that the tests say the same on every machine.

mod scattered;

use bailiwick_engine::{
    Centres, Contiguity, Control, Cost, Measure, Moves, Point, Problem, Solution, SolveError, check, score, solve,
};
use scattered::scattered;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Solves on one thread until the control has been asked `asks` times; returns how often it was asked after that.
fn solve_for(problem: &Problem, asks: usize) -> (Solution, usize) {
    let asked = AtomicUsize::new(0);
    let out_of_time = || asked.fetch_add(1, Ordering::Relaxed) >= asks;
    let control =
        Control { seed: 3, out_of_time: &out_of_time, cancelled: &|| false, patient: true, progress: &|_| {} };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one");
    let solution = pool.install(|| solve(problem, &control)).expect("well formed");
    let faults = check::referee(problem, &solution);
    assert!(faults.is_empty(), "after {asks}: {faults:?}");
    (solution, asked.load(Ordering::Relaxed).saturating_sub(asks))
}

fn never_worse(problem: &Problem, most_after: usize) {
    let all = solve_for(problem, usize::MAX / 2).0;
    let mut best = (f64::INFINITY, f64::INFINITY);
    let mut asks = 0;
    loop {
        let (solution, after) = solve_for(problem, asks);
        assert!(after <= most_after, "cancelled at {asks}, asked {after} times more");
        let now = (score::violation(problem, &solution.loads), solution.objective);
        assert!(now.0 <= best.0 + 1e-9, "violation rises from {} to {} at {asks}", best.0, now.0);
        if now.0 >= best.0 - 1e-9 && solution.contiguous != Some(true) {
            assert!(now.1 <= best.1 * (1.0 + 1e-9), "cost rises from {} to {} at {asks}", best.1, now.1);
        }
        best = now;
        if after == 0 {
            assert_eq!(solution, all);
            return;
        }
        asks = 2 * asks + 50;
    }
}

/// Solves on one thread until the control has been asked `asks` times and then cancels. Returns whether there is an
/// answer, and how often it was asked after that.
fn cancelled_after(problem: &Problem, asks: usize) -> (Option<Solution>, usize) {
    let asked = AtomicUsize::new(0);
    let cancelled = || asked.fetch_add(1, Ordering::Relaxed) >= asks;
    let control = Control { cancelled: &cancelled, ..Control::unbounded(3) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one");
    let solution = match pool.install(|| solve(problem, &control)) {
        Ok(solution) => Some(solution),
        Err(error) => {
            assert_eq!(error, SolveError::Cancelled);
            None
        }
    };
    (solution, asked.load(Ordering::Relaxed).saturating_sub(asks))
}

/// Whenever it is cancelled there is no answer, and next to nothing is done any more.
fn leaves_off(problem: &Problem, most_after: usize) {
    let mut asks = 0;
    while asks < 20_000 {
        let (solution, after) = cancelled_after(problem, asks);
        if after == 0 {
            assert!(solution.is_some(), "nobody cancelled, and there is no answer");
            return;
        }
        assert!(solution.is_none(), "an answer after a cancellation at {asks}");
        assert!(after <= most_after, "cancelled at {asks}, asked {after} times more");
        asks = 2 * asks + 1;
    }
}

#[test]
fn a_cancelled_solve_leaves_off_at_once() {
    // With one centre for each owner, with free ones, in one piece, and on a budget of moves.
    leaves_off(&scattered(1_500, 8, 0.05), 60);
    leaves_off(&scattered(4_000, 16, 0.05), 60);
    let mut problem = scattered(900, 6, 0.05);
    problem.contiguity = Contiguity::OfSites;
    leaves_off(&problem, 60);
    problem.moves =
        Moves { present: (0..900).map(|unit| Some(unit % 6)).collect(), budget: Some(200.0), ..Moves::default() };
    leaves_off(&problem, 60);
}

#[test]
fn a_cancelled_matrix_leaves_off_at_once() {
    let (units, owners) = (600, 12);
    let cost = (0..units * owners).map(|pair| 10.0 + ((pair * 7919) % 97) as f64).collect();
    let values = (0..units).map(|unit| 5.0 + ((unit * 31) % 17) as f64).collect();
    let limit = Measure { values, lower: vec![0.0; owners], upper: vec![670.0; owners] };
    let mut problem = scattered(units, owners, 0.05);
    (problem.cost, problem.measures) = (Cost::Matrix(cost), vec![limit]);
    leaves_off(&problem, 60);
}

#[test]
fn a_first_answer_keeps_two_limits_without_any_time() {
    for (units, owners) in [(2_000, 7), (4_000, 16), (12_000, 30)] {
        let (solution, _) = solve_for(&scattered(units, owners, 0.05), 0);
        assert!(solution.shortfalls.is_empty(), "{units} × {owners}: {:?}", solution.shortfalls);
    }
}

#[test]
fn more_time_is_never_worse() {
    never_worse(&scattered(1_500, 8, 0.05), 40);
}

#[test]
fn more_time_is_never_worse_in_one_piece() {
    let mut problem = scattered(900, 6, 0.05);
    problem.contiguity = Contiguity::OfSites;
    never_worse(&problem, 40);
}

#[test]
fn more_time_is_never_worse_from_given_centres() {
    let mut problem = scattered(1_200, 6, 0.05);
    if let Cost::Travel { centres, .. } = &mut problem.cost {
        *centres = Centres::Fixed((0..6).map(|j| Point { x: 20.5 + j as f64, y: 44.0 }).collect());
    }
    never_worse(&problem, 40);
}

#[test]
fn more_time_is_never_worse_on_a_budget_of_moves() {
    let mut problem = scattered(1_200, 6, 0.05);
    problem.moves =
        Moves { present: (0..1_200).map(|u| Some(u % 6)).collect(), budget: Some(300.0), ..Moves::default() };
    never_worse(&problem, 40);
}
