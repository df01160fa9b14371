//! Territories in one piece, none within another, within several tight limits.

mod scattered;

use bailiwick_engine::{
    Centres, Contiguity, Control, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site, Solution, check,
    solve,
};
use scattered::scattered;

fn solved(problem: &Problem) -> Solution {
    let solution = solve(problem, &Control::unbounded(5)).expect("well formed");
    let faults = check::referee(problem, &solution);
    assert!(faults.is_empty(), "{faults:?}");
    solution
}

fn holds(solution: &Solution) {
    assert!(solution.shortfalls.is_empty(), "{:?}", solution.shortfalls);
    assert_eq!((solution.contiguous, solution.enclaves), (Some(true), Some(0)));
}

#[test]
fn two_tight_limits_are_kept_in_one_piece() {
    let mut problem = scattered(2_500, 12, 0.05);
    problem.contiguity = Contiguity::OfSites;
    holds(&solved(&problem));
}

#[test]
fn two_tight_limits_are_kept_in_one_piece_from_given_centres() {
    let mut problem = scattered(2_000, 8, 0.05);
    problem.contiguity = Contiguity::OfSites;
    if let Cost::Travel { centres, .. } = &mut problem.cost {
        let at = |j: usize| Point { x: 20.5 + (j % 3) as f64, y: 42.5 + (j / 3) as f64 };
        *centres = Centres::Fixed((0..8).map(at).collect());
    }
    holds(&solved(&problem));
}

/// A board of units; its edge is the outside. Owner 0 lives in the middle, owner 1 anywhere around it.
fn board(side: usize, centres: Vec<Point>) -> Problem {
    let unit = |x: usize, y: usize| (y * side + x) as u32;
    let squares = || (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let sites = squares()
        .map(|(x, y)| Site { unit: unit(x, y), at: Point { x: x as f64, y: y as f64 }, weight: 1.0 })
        .collect();
    let across = squares().filter(|(x, _)| x + 1 < side).map(|(x, y)| (unit(x, y), unit(x + 1, y)));
    let down = squares().filter(|(_, y)| y + 1 < side).map(|(x, y)| (unit(x, y), unit(x, y + 1)));
    let outer = |&(x, y): &(usize, usize)| x == 0 || y == 0 || x + 1 == side || y + 1 == side;
    let owners = centres.len();
    let mean = (side * side) as f64 / owners as f64;
    Problem {
        units: side * side,
        owners,
        cost: Cost::Travel { sites, metric: Metric::Euclidean, centres: Centres::Fixed(centres), homes: Vec::new() },
        measures: vec![Measure {
            values: vec![1.0; side * side],
            lower: vec![0.9 * mean; owners],
            upper: vec![1.1 * mean; owners],
        }],
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Map {
            edges: across.chain(down).collect(),
            rim: squares().filter(outer).map(|(x, y)| unit(x, y)).collect(),
        },
    }
}

#[test]
fn no_territory_lies_within_another() {
    // Both live in the middle, so the cheapest division is a disc within a ring.
    let mut problem = board(15, vec![Point { x: 7.0, y: 7.0 }, Point { x: 7.0, y: 7.0 }]);
    if let Cost::Travel { sites, .. } = &mut problem.cost {
        sites.iter_mut().filter(|s| (s.at.x - 7.0).hypot(s.at.y - 7.0) < 6.0).for_each(|s| s.weight = 2.0);
    }
    holds(&solved(&problem));
    let middle = Point { x: 7.0, y: 7.0 };
    let corners = [(0.0, 0.0), (14.0, 0.0), (0.0, 14.0), (14.0, 14.0)].map(|(x, y)| Point { x, y });
    holds(&solved(&board(15, [middle].into_iter().chain(corners).collect())));
}

#[test]
fn a_city_ringed_by_the_country_gets_a_way_out() {
    // One owner may serve anything, the other only what lies outside the city: a disc within a ring, if it could be.
    let mut problem = board(15, vec![Point { x: 7.0, y: 7.0 }, Point { x: 40.0, y: 7.0 }]);
    let far = |u: usize| ((u % 15) as f64 - 7.0).hypot((u / 15) as f64 - 7.0) > 3.5;
    problem.eligibility = Eligibility::Classes {
        class_of: (0..225).map(|u| u32::from(far(u))).collect(),
        owners_of_class: vec![vec![0], vec![0, 1]],
    };
    problem.measures[0].lower = vec![30.0, 150.0];
    problem.measures[0].upper = vec![75.0, 195.0];
    holds(&solved(&problem));
}
