//! Assignment by a matrix against brute force on tiny problems, and its properties on larger ones.

use bailiwick_engine::{
    Contiguity, Control, Cost, Eligibility, Measure, Moves, Problem, Solution, UNASSIGNED, check, score, solve,
};

/// A generator of its own, so that the tests do not depend on the engine's.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn unit(&mut self) -> f64 {
        self.below(1 << 20) as f64 / (1u64 << 20) as f64
    }
}

fn solved(problem: &Problem, seed: u64) -> Solution {
    let solution = solve(problem, &Control::unbounded(seed)).expect("well formed");
    let faults = check::referee(problem, &solution);
    assert!(faults.is_empty(), "{faults:?}\n{problem:?}");
    solution
}

fn plain(units: usize, owners: usize, cost: Cost, measures: Vec<Measure>) -> Problem {
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

fn tiny(draw: &mut Draw) -> Problem {
    let (units, owners) = (1 + draw.below(6) as usize, 1 + draw.below(3) as usize);
    let whole = draw.below(2) == 0;
    let mut number = |most: u64| if whole { draw.below(most + 1) as f64 } else { draw.unit() * most as f64 };
    let rows = (0..units * owners).map(|_| number(20)).collect();
    let mut measures = Vec::new();
    for _ in 0..draw.below(4) {
        let values: Vec<f64> =
            (0..units).map(|_| if whole { draw.below(10) as f64 } else { 10.0 * draw.unit() }).collect();
        let mean = values.iter().sum::<f64>() / owners as f64;
        let with_lower = draw.below(2) == 0;
        let width = draw.unit();
        let limit = |factor: f64| if whole { (mean * factor).floor() } else { mean * factor };
        let upper = (0..owners).map(|_| limit(1.0 + width)).collect();
        let lower = (0..owners).map(|_| if with_lower { limit(1.0 - width) } else { 0.0 }).collect();
        measures.push(Measure { values, lower, upper });
    }
    let cost = if draw.below(6) == 0 { Cost::Zero } else { Cost::Matrix(rows) };
    let mut problem = plain(units, owners, cost, measures);
    if draw.below(3) == 0 {
        let lists = (0..2).map(|_| (0..owners as u32).filter(|_| draw.below(3) > 0).collect()).collect();
        let class_of = (0..units).map(|_| draw.below(2) as u32).collect();
        problem.eligibility = Eligibility::Classes { class_of, owners_of_class: lists };
    }
    if draw.below(4) == 0 {
        problem.fixed = (0..units).map(|_| (draw.below(3) == 0).then(|| draw.below(owners as u64) as u32)).collect();
    }
    if draw.below(3) == 0 {
        problem.moves.present =
            (0..units).map(|_| (draw.below(4) > 0).then(|| draw.below(owners as u64) as u32)).collect();
        if draw.below(2) == 0 {
            problem.moves.price = (0..units).map(|_| draw.below(6) as f64).collect();
        }
        if draw.below(2) == 0 {
            problem.moves.weight = (0..units).map(|_| draw.below(3) as f64).collect();
        }
        if draw.below(2) == 0 {
            problem.moves.budget = Some(draw.below(4) as f64);
        }
    }
    problem
}

/// Least violation and, at that, least cost, by trying everything.
fn brute_force(problem: &Problem) -> (f64, f64) {
    let choices: Vec<Vec<u32>> = (0..problem.units)
        .map(|u| match (problem.fixed.get(u).copied().flatten(), &problem.eligibility) {
            (Some(owner), _) => vec![owner],
            (None, Eligibility::All) => (0..problem.owners as u32).collect(),
            (None, Eligibility::Classes { class_of, owners_of_class }) => {
                let list = &owners_of_class[class_of[u] as usize];
                if list.is_empty() { vec![UNASSIGNED] } else { list.clone() }
            }
        })
        .collect();
    let mut best = (f64::INFINITY, f64::INFINITY);
    let mut at = vec![0; problem.units];
    loop {
        let owner: Vec<u32> = at.iter().zip(&choices).map(|(&i, list)| list[i]).collect();
        if within_budget(problem, &owner, &choices) {
            let violation = score::violation(problem, &score::loads(problem, &owner));
            let cost = score::cost(problem, &owner, &[]) + score::move_cost(problem, &owner);
            let same = (violation - best.0).abs() <= 1e-9;
            if violation < best.0 - 1e-9 || (same && cost < best.1) {
                best = (violation, cost);
            }
        }
        let Some(next) = (0..problem.units).find(|&u| at[u] + 1 < choices[u].len()) else { return best };
        at[next] += 1;
        at[..next].fill(0);
    }
}

fn within_budget(problem: &Problem, owner: &[u32], choices: &[Vec<u32>]) -> bool {
    let Some(budget) = problem.moves.budget else { return true };
    let mut spent = 0.0;
    for u in 0..problem.units {
        if let Some(present) = problem.moves.present.get(u).copied().flatten()
            && owner[u] != present
            && choices[u].contains(&present)
        {
            spent += problem.moves.weight.get(u).copied().unwrap_or(1.0);
        }
    }
    spent <= budget + 1e-9
}

#[test]
fn thousands_of_tiny_problems_agree_with_brute_force() {
    let mut draw = Draw(42);
    let (mut worse, mut bounded) = (0, 0);
    let rounds = 2000;
    for round in 0..rounds {
        let problem = tiny(&mut draw);
        let solution = solved(&problem, round);
        let (violation, cost) = brute_force(&problem);
        let found = score::violation(&problem, &solution.loads);
        assert!(found <= violation + 1e-6, "round {round}: violation {found} against {violation}\n{problem:?}");
        if let Some(bound) = solution.lower_bound {
            bounded += 1;
            assert!(bound <= cost + 1e-6, "round {round}: bound {bound} above the optimum {cost}\n{problem:?}");
        }
        assert!(solution.objective >= cost - 1e-6, "round {round}");
        worse += u64::from(solution.objective > cost + 1e-6);
    }
    assert!(bounded > rounds / 3, "only {bounded} bounds");
    assert_eq!(worse, 0, "{worse} of {rounds} above the optimum");
}

#[test]
fn one_seat_a_value_is_the_cheapest_matching() {
    // Owner i is best at value i and everybody has one seat.
    let seats = 12;
    let rows: Vec<f64> = (0..seats * seats)
        .map(|i| if i / seats == (i % seats * 5) % seats { 0.0 } else { 1.0 + (i * 7 % 11) as f64 })
        .collect();
    let one = Measure { values: vec![1.0; seats], lower: vec![0.0; seats], upper: vec![1.0; seats] };
    let solution = solved(&plain(seats, seats, Cost::Matrix(rows), vec![one]), 1);
    assert!(solution.shortfalls.is_empty());
    assert_eq!((solution.objective, solution.lower_bound), (0.0, Some(0.0)));
}

#[test]
fn more_values_than_seats_is_reported() {
    let one = Measure { values: vec![1.0; 5], lower: vec![0.0; 3], upper: vec![1.0; 3] };
    let solution = solved(&plain(5, 3, Cost::Matrix(vec![1.0; 15]), vec![one]), 1);
    assert_eq!(solution.shortfalls.iter().map(|s| s.by).sum::<f64>(), 2.0);
    assert_eq!(solution.lower_bound, None);
}

#[test]
fn loads_without_cost_are_even() {
    let mut draw = Draw(9);
    let (units, owners) = (5000, 25);
    let values: Vec<f64> = (0..units).map(|_| 1.0 + 4.0 * draw.unit() * draw.unit()).collect();
    let mean = values.iter().sum::<f64>() / owners as f64;
    let even = Measure { values, lower: vec![mean * 0.9995; owners], upper: vec![mean * 1.0005; owners] };
    let solution = solved(&plain(units, owners, Cost::Zero, vec![even]), 1);
    assert!(solution.shortfalls.is_empty(), "{:?}", solution.shortfalls);
}

#[test]
fn two_bands_are_kept_close_to_the_bound() {
    let mut draw = Draw(11);
    let (units, owners) = (3000, 15);
    let rows = (0..units * owners).map(|_| draw.unit()).collect();
    let mut band = || {
        let values: Vec<f64> = (0..units).map(|_| 1.0 + 9.0 * draw.unit()).collect();
        let mean = values.iter().sum::<f64>() / owners as f64;
        Measure { values, lower: vec![mean * 0.97; owners], upper: vec![mean * 1.03; owners] }
    };
    let bands = vec![band(), band()];
    let solution = solved(&plain(units, owners, Cost::Matrix(rows), bands), 1);
    assert!(solution.shortfalls.is_empty());
    assert!(solution.gap().is_some_and(|gap| gap < 0.01), "{:?}", solution.gap());
}

#[test]
fn little_is_moved_when_moves_cost_or_are_budgeted() {
    let mut draw = Draw(5);
    let (units, owners) = (400, 8);
    let values: Vec<f64> = (0..units).map(|_| 1.0 + draw.unit()).collect();
    let mean = values.iter().sum::<f64>() / owners as f64;
    let band = Measure { values, lower: vec![mean * 0.9; owners], upper: vec![mean * 1.1; owners] };
    let mut problem = plain(units, owners, Cost::Zero, vec![band]);
    problem.moves.present = (0..units).map(|u| Some((u * u * owners / (units * units)) as u32)).collect();
    problem.moves.price = vec![1.0; units];
    let priced = solved(&problem, 1);
    assert!(priced.shortfalls.is_empty());
    problem.moves.price.clear();
    problem.moves.budget = Some(priced.moved as f64);
    let budgeted = solved(&problem, 1);
    assert!(budgeted.moved <= priced.moved);
    assert!(budgeted.shortfalls.is_empty(), "{:?}", budgeted.shortfalls);
    assert!(priced.gap().is_some_and(|gap| gap < 0.05), "{:?}", priced.gap());
}

#[test]
fn owners_get_one_piece_each_on_a_grid() {
    let mut draw = Draw(3);
    let (side, owners) = (12, 4);
    let units = side * side;
    let mut edges = Vec::new();
    for u in 0..units as u32 {
        if !(u + 1).is_multiple_of(side as u32) {
            edges.push((u, u + 1));
        }
        if u + (side as u32) < units as u32 {
            edges.push((u, u + side as u32));
        }
    }
    let rows = (0..units * owners).map(|_| draw.unit()).collect();
    let count = Measure { values: vec![1.0; units], lower: vec![32.0; owners], upper: vec![40.0; owners] };
    let mut problem = plain(units, owners, Cost::Matrix(rows), vec![count]);
    let free = solved(&problem, 1);
    problem.contiguity = Contiguity::Edges(edges);
    let solution = solved(&problem, 1);
    assert_eq!(solution.contiguous, Some(true));
    assert!(solution.shortfalls.is_empty());
    assert!(solution.objective >= free.objective - 1e-9);
    assert!(solution.lower_bound.is_some_and(|bound| bound <= solution.objective));
}

#[test]
fn time_out_still_gives_a_plan() {
    let mut draw = Draw(8);
    let (units, owners) = (2000, 10);
    let rows = (0..units * owners).map(|_| draw.unit()).collect();
    let values = (0..units).map(|_| 1.0 + draw.unit()).collect();
    let limit = Measure { values, lower: vec![0.0; owners], upper: vec![310.0; owners] };
    let problem = plain(units, owners, Cost::Matrix(rows), vec![limit]);
    let control = Control { seed: 1, out_of_time: &|| true, cancelled: &|| false, patient: true, progress: &|_| {} };
    let solution = solve(&problem, &control).expect("well formed");
    assert!(check::referee(&problem, &solution).is_empty());
}

/// Weights and costs that run against each other, and capacities at 0.8 of the mean load (type e of Laguna et al. 1995,
/// "Tabu search for the multilevel generalized assignment problem").
fn tight(units: usize, owners: usize, seed: u64) -> Problem {
    let mut draw = Draw(seed);
    let weight: Vec<f64> =
        (0..units * owners).map(|_| (1.0 - 10.0 * (draw.unit() + 1e-6).ln()).floor().max(1.0)).collect();
    let rows = weight.iter().map(|weight| (1000.0 / weight - 10.0 * draw.unit()).floor().max(0.0)).collect();
    let measure = |owner: usize| {
        let values: Vec<f64> = (0..units).map(|unit| weight[unit * owners + owner]).collect();
        let capacity = (0.8 * values.iter().sum::<f64>() / owners as f64).floor();
        let mut upper = vec![f64::INFINITY; owners];
        upper[owner] = capacity;
        Measure { values, lower: vec![0.0; owners], upper }
    };
    plain(units, owners, Cost::Matrix(rows), (0..owners).map(measure).collect())
}

#[test]
fn limits_are_kept_whenever_time_runs_out() {
    use std::sync::atomic::{AtomicU64, Ordering};
    for seed in 1..=3 {
        let problem = tight(400, 40, seed);
        for asked in [0, 1, 3, 10, 30, 100, 200, 300, 500, 1000, 3000] {
            let count = AtomicU64::new(0);
            let out_of_time = || count.fetch_add(1, Ordering::Relaxed) >= asked;
            let control =
                Control { seed: 1, out_of_time: &out_of_time, cancelled: &|| false, patient: true, progress: &|_| {} };
            let solution = solve(&problem, &control).expect("well formed");
            assert!(check::referee(&problem, &solution).is_empty());
            assert!(solution.shortfalls.is_empty(), "after {asked} questions: {:?}", solution.shortfalls);
        }
    }
}

#[test]
fn what_capacity_cannot_hold_is_shared_fairly() {
    // 1,000 hours for five owners who can take 100, 100, 100, 200 and 300: the total missing is 200 however it is split.
    // Costs of 0 and 1 leave many cheapest ways: fairness decides between them, and costs nothing.
    let upper = vec![100.0, 100.0, 100.0, 200.0, 300.0];
    let hours = Measure { values: vec![1.0; 1000], lower: vec![0.0; 5], upper: upper.clone() };
    let mut draw = Draw(17);
    let rows: Vec<f64> = (0..5000).map(|_| draw.below(2) as f64).collect();
    for cost in [Cost::Zero, Cost::Matrix(rows)] {
        let solution = solved(&plain(1000, 5, cost, vec![hours.clone()]), 1);
        assert_eq!(solution.shortfalls.iter().map(|s| s.by).sum::<f64>(), 200.0);
        for (owner, limit) in upper.iter().enumerate() {
            let excess = solution.loads[0][owner] / limit - 1.0;
            assert!((excess - 0.25).abs() <= 0.02, "owner {owner}: {:?}", solution.loads[0]);
        }
    }
}

#[test]
fn the_number_of_threads_does_not_change_a_large_pool() {
    let mut draw = Draw(21);
    let (units, owners) = (6000, 30);
    let rows = (0..units * owners).map(|_| draw.unit()).collect();
    let values: Vec<f64> = (0..units).map(|_| 1.0 + draw.unit()).collect();
    let mean = values.iter().sum::<f64>() / owners as f64;
    let band = Measure { values, lower: vec![mean * 0.98; owners], upper: vec![mean * 1.02; owners] };
    let problem = plain(units, owners, Cost::Matrix(rows), vec![band]);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| solved(&problem, 4))
    };
    assert_eq!(with(1), with(3));
}

/// Cancelled at any of its looks at the clock, a solve still ends with a valid plan.
#[test]
fn cancelled_at_any_moment_gives_a_valid_plan() {
    let mut draw = Draw(23);
    let (units, owners) = (3000, 12);
    let rows: Vec<f64> = (0..units * owners).map(|_| draw.unit()).collect();
    let values: Vec<f64> = (0..units).map(|_| 1.0 + draw.unit()).collect();
    let mean = values.iter().sum::<f64>() / owners as f64;
    let limit = Measure { values, lower: vec![0.0; owners], upper: vec![mean * 1.2; owners] };
    for cost in [Cost::Zero, Cost::Matrix(rows)] {
        let problem = plain(units, owners, cost, vec![limit.clone()]);
        for asked in [0, 1, 2, 5, 10, 30, 100, 300, 1000] {
            let count = std::sync::atomic::AtomicU64::new(0);
            let out_of_time = || count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= asked;
            let control =
                Control { seed: 1, out_of_time: &out_of_time, cancelled: &|| false, patient: true, progress: &|_| {} };
            let solution = solve(&problem, &control).expect("well formed");
            assert!(check::referee(&problem, &solution).is_empty());
            assert!(solution.owner.iter().all(|&owner| owner != UNASSIGNED));
        }
    }
}
