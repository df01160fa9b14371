//! Thousands of tiny random problems against complete enumeration, and the invariants of every solution.

use bailiwick_engine::{
    Centres, Contiguity, Control, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site, Solution,
    UNASSIGNED, check, score, solve,
};
use proptest::prelude::*;

/// A small generator of numbers (SplitMix64), so that a seed is a problem.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn real(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn chance(&mut self, part: f64) -> bool {
        self.real() < part
    }
}

fn point(dice: &mut Dice, metric: Metric) -> Point {
    match metric {
        Metric::GreatCircle => Point { x: 23.0 + 5.0 * dice.real(), y: 41.0 + 3.0 * dice.real() },
        _ => Point { x: 100.0 * dice.real(), y: 100.0 * dice.real() },
    }
}

fn measure(dice: &mut Dice, units: usize, owners: usize) -> Measure {
    let whole = dice.chance(0.5);
    let values: Vec<f64> = (0..units).map(|_| if whole { dice.below(4) as f64 } else { 3.0 * dice.real() }).collect();
    let mean = values.iter().sum::<f64>() / owners as f64;
    let slack = 0.1 + 0.5 * dice.real();
    let (with_lower, with_upper) = (dice.chance(0.7), dice.chance(0.8));
    Measure {
        lower: vec![if with_lower { mean * (1.0 - slack) } else { 0.0 }; owners],
        upper: vec![if with_upper { mean * (1.0 + slack) } else { f64::INFINITY }; owners],
        values,
    }
}

/// A problem of at most about 4⁷ allocations.
fn world(seed: u64) -> Problem {
    let mut dice = Dice(seed);
    let metric = [Metric::GreatCircle, Metric::Euclidean, Metric::EuclideanFloor][dice.below(3)];
    let owners = 1 + dice.below(4);
    let units = dice.below(if owners > 3 { 7 } else { 9 });
    let mut sites = Vec::new();
    for unit in 0..units {
        for _ in 0..[1, 1, 1, 2, 0][dice.below(5)] {
            let weight = if dice.chance(0.1) { 0.0 } else { 2.0 * dice.real() };
            sites.push(Site { unit: unit as u32, at: point(&mut dice, metric), weight });
        }
    }
    let centres = match dice.chance(0.5) {
        true => Centres::Fixed((0..owners).map(|_| point(&mut dice, metric)).collect()),
        false => Centres::Free,
    };
    let homes = if dice.chance(0.3) {
        (0..owners).map(|_| if dice.chance(0.8) { Some(point(&mut dice, metric)) } else { None }).collect()
    } else {
        Vec::new()
    };
    let measures = (0..dice.below(3)).map(|_| measure(&mut dice, units, owners)).collect();
    let eligibility = if dice.chance(0.4) {
        let owners_of_class =
            (0..3).map(|_| (0..owners as u32).filter(|_| dice.chance(0.7)).collect()).collect::<Vec<Vec<u32>>>();
        Eligibility::Classes { class_of: (0..units).map(|_| dice.below(3) as u32).collect(), owners_of_class }
    } else {
        Eligibility::All
    };
    let some_owner = |dice: &mut Dice, part: f64| dice.chance(part).then(|| dice.below(owners) as u32);
    let fixed = if dice.chance(0.3) { (0..units).map(|_| some_owner(&mut dice, 0.3)).collect() } else { Vec::new() };
    let moves = if dice.chance(0.5) {
        Moves {
            present: (0..units).map(|_| some_owner(&mut dice, 0.8)).collect(),
            price: if dice.chance(0.5) { (0..units).map(|_| 30.0 * dice.real()).collect() } else { Vec::new() },
            weight: if dice.chance(0.3) { (0..units).map(|_| 2.0 * dice.real()).collect() } else { Vec::new() },
            budget: dice.chance(0.6).then(|| dice.below(4) as f64),
        }
    } else {
        Moves::default()
    };
    let contiguity = if dice.chance(0.3) {
        match dice.chance(0.5) {
            true => Contiguity::OfSites,
            false => {
                let edges = (1..units as u32).map(|u| (dice.below(u as usize) as u32, u)).collect();
                match dice.chance(0.5) {
                    true => Contiguity::Edges(edges),
                    false => Contiguity::Map { edges, rim: (0..units as u32).filter(|_| dice.chance(0.4)).collect() },
                }
            }
        }
    } else {
        Contiguity::Ignored
    };
    Problem {
        units,
        owners,
        cost: Cost::Travel { sites, metric, centres, homes },
        measures,
        eligibility,
        fixed,
        moves,
        contiguity,
    }
}

fn choices(problem: &Problem, unit: usize) -> Vec<u32> {
    if let Some(owner) = problem.fixed.get(unit).copied().flatten() {
        return vec![owner];
    }
    match &problem.eligibility {
        Eligibility::All => (0..problem.owners as u32).collect(),
        Eligibility::Classes { class_of, owners_of_class } => owners_of_class[class_of[unit] as usize].clone(),
    }
}

fn spent(problem: &Problem, owner: &[u32]) -> f64 {
    (0..problem.units)
        .filter(|&unit| {
            let present = problem.moves.present.get(unit).copied().flatten();
            present
                .is_some_and(|p| owner[unit] != UNASSIGNED && p != owner[unit] && choices(problem, unit).contains(&p))
        })
        .map(|unit| problem.moves.weight.get(unit).copied().unwrap_or(1.0))
        .sum()
}

/// Travel with each centre at the best of many places: its sites and a descent from their mean.
fn freely_centred(problem: &Problem, owner: &[u32]) -> f64 {
    let Cost::Travel { sites, .. } = &problem.cost else { return 0.0 };
    let mut total = 0.0;
    for j in 0..problem.owners as u32 {
        let own: Vec<&Site> = sites.iter().filter(|s| owner[s.unit as usize] == j).collect();
        let only: Vec<u32> = owner.iter().map(|&o| if o == j { 0 } else { UNASSIGNED }).collect();
        let cost = |at: Point| score::cost(problem, &only, &[at]);
        let Some(first) = own.first() else { continue };
        let count = own.len() as f64;
        let mut best = Point {
            x: own.iter().map(|s| s.at.x).sum::<f64>() / count,
            y: own.iter().map(|s| s.at.y).sum::<f64>() / count,
        };
        let mut least = cost(best);
        for site in &own {
            if cost(site.at) < least {
                (least, best) = (cost(site.at), site.at);
            }
        }
        let mut step = 0.5 * (best.x - first.at.x).hypot(best.y - first.at.y) + 1.0;
        while step > 1e-4 {
            let around = [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)];
            let next = around.map(|(x, y)| Point { x: best.x + x, y: best.y + y });
            match next.into_iter().find(|&at| cost(at) < least - 1e-12) {
                Some(at) => (least, best) = (cost(at), at),
                None => step *= 0.5,
            }
        }
        total += least;
    }
    total
}

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
    let (mut free_worse, mut free_compared) = (0.0f64, 0);
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
    println!("free: {free_compared} compared: {:.3} % above the optimum", 100.0 * free_worse / free_compared as f64);
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
