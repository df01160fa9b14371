//! The face of the engine on small problems, judged by the referee.

use bailiwick_engine::{
    Centres, Contiguity, Control, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site, UNASSIGNED, check,
    solve,
};

fn row_of_towns(units: usize, owners: usize) -> Problem {
    let sites = (0..units).map(|u| Site { unit: u as u32, at: Point { x: u as f64, y: 0.0 }, weight: 1.0 }).collect();
    Problem {
        units,
        owners,
        cost: Cost::Travel { sites, metric: Metric::Euclidean, centres: Centres::Free, homes: Vec::new() },
        measures: vec![Measure {
            values: vec![1.0; units],
            lower: vec![(units / owners) as f64; owners],
            upper: vec![units.div_ceil(owners) as f64; owners],
        }],
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    }
}

fn solved(problem: &Problem) -> bailiwick_engine::Solution {
    let solution = solve(problem, &Control::unbounded(7)).expect("well formed");
    let faults = check::referee(problem, &solution);
    assert!(faults.is_empty(), "{faults:?}");
    solution
}

#[test]
fn a_row_is_cut_into_equal_pieces() {
    let solution = solved(&row_of_towns(12, 3));
    assert!(solution.shortfalls.is_empty());
    assert!((solution.objective - 12.0).abs() < 1e-6, "{}", solution.objective);
}

#[test]
fn nobody_eligible_leaves_a_unit_unassigned() {
    let mut problem = row_of_towns(6, 2);
    problem.measures.clear();
    problem.eligibility =
        Eligibility::Classes { class_of: vec![0, 0, 1, 0, 0, 0], owners_of_class: vec![vec![0, 1], vec![]] };
    let solution = solved(&problem);
    assert_eq!(solution.owner[2], UNASSIGNED);
}

#[test]
fn fixed_units_stay_even_where_they_are_far() {
    let mut problem = row_of_towns(8, 2);
    problem.fixed = vec![None; 8];
    problem.fixed[0] = Some(1);
    problem.fixed[7] = Some(1);
    let solution = solved(&problem);
    assert_eq!((solution.owner[0], solution.owner[7]), (1, 1));
}

#[test]
fn odd_shapes_are_solved() {
    for (units, owners) in [(0, 1), (0, 3), (1, 1), (1, 4), (3, 3), (2, 7), (9, 1)] {
        solved(&row_of_towns(units, owners));
    }
}

#[test]
fn all_at_one_place_is_balanced() {
    let mut problem = row_of_towns(40, 20);
    if let Cost::Travel { sites, .. } = &mut problem.cost {
        sites.iter_mut().for_each(|site| site.at = Point { x: 3.0, y: 4.0 });
    }
    let solution = solved(&problem);
    assert!(solution.shortfalls.is_empty(), "{:?}", solution.shortfalls);
}

#[test]
fn no_weight_and_no_sites_do_no_harm() {
    let mut problem = row_of_towns(10, 2);
    if let Cost::Travel { sites, .. } = &mut problem.cost {
        sites.iter_mut().for_each(|site| site.weight = 0.0);
        sites.remove(4);
    }
    let solution = solved(&problem);
    assert!(solution.objective.abs() < 1e-12);
    assert!(solution.centres.iter().all(|c| c.x.is_finite() && c.y.is_finite()));
}

#[test]
fn without_any_time_there_is_still_a_solution() {
    let control = Control { seed: 1, out_of_time: &|| true, cancelled: &|| false, patient: true, progress: &|_| {} };
    let mut problem = row_of_towns(300, 5);
    let solution = solve(&problem, &control).expect("well formed");
    assert!(check::referee(&problem, &solution).is_empty());
    problem.moves = Moves { present: vec![Some(0); 300], budget: Some(100.0), ..Moves::default() };
    let solution = solve(&problem, &control).expect("well formed");
    assert!(check::referee(&problem, &solution).is_empty());
}

#[test]
fn homes_decide_who_gets_which_territory() {
    let mut problem = row_of_towns(12, 3);
    if let Cost::Travel { homes, .. } = &mut problem.cost {
        *homes = [10.5, 1.5, 5.5].map(|x| Some(Point { x, y: 0.0 })).to_vec();
    }
    let solution = solved(&problem);
    assert_eq!((solution.owner[0], solution.owner[5], solution.owner[11]), (1, 2, 0));
}

#[test]
fn a_budget_is_spent_on_limits_first() {
    let mut problem = row_of_towns(20, 2);
    problem.measures[0].lower = vec![8.0; 2];
    problem.moves = Moves { present: vec![Some(0); 20], budget: Some(8.0), ..Moves::default() };
    let solution = solved(&problem);
    assert!(solution.shortfalls.is_empty() || solution.shortfalls.iter().all(|s| s.over), "{:?}", solution.shortfalls);
    assert_eq!(solution.moved, 8);
}

#[test]
fn territories_are_in_one_piece_on_a_ring() {
    let mut problem = row_of_towns(24, 4);
    problem.contiguity = Contiguity::Edges((0..24).map(|u| (u, (u + 1) % 24)).collect());
    let solution = solved(&problem);
    assert_eq!(solution.contiguous, Some(true));
    assert!(solution.shortfalls.is_empty());
}
