//! The inner loops, for measuring alone: `cargo bench -p bailiwick-bench`. Nothing else may use this.
//!
//! A kernel is a closure that does its work a fixed number of times on a problem made from a fixed seed. What it borrows
//! lives as long as the program: a benchmark makes each once.

use crate::bound;
use crate::contiguity::{self, Connected};
use crate::control::Control;
use crate::matrix::knapsack::{Climb, Core, Scratch, Worth};
use crate::matrix::pool::{Pool, Slots};
use crate::matrix::prices::Prices;
use crate::matrix::state::{State, Weighing};
use crate::medians::map::Map;
use crate::medians::territories::Territories;
use crate::model::Model;
use crate::moves::{Allocation, Guard};
use crate::problem::{Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site};
use crate::travel::metric::place;
use crate::travel::terrain::Terrain;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One inner loop.
pub struct Kernel {
    pub name: &'static str,
    /// How often one run does it.
    pub times: u64,
    /// The sum of what was computed, so that nothing is optimised away.
    pub run: Box<dyn FnMut() -> f64>,
}

/// All kernels, ready to run.
pub fn all() -> Vec<Kernel> {
    vec![
        shift_of_a_matrix(),
        swap_of_a_matrix(),
        cheapest_owner(),
        round_of_knapsacks(),
        shift_on_the_ground(),
        dual_at_centres(),
        articulation(),
        shift_of_a_median(),
    ]
}

fn keep<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// Units with whole weights, and whole costs for each owner.
fn matrix(units: usize, owners: usize) -> &'static Problem {
    let mut dice = ChaCha8Rng::seed_from_u64(1);
    let values: Vec<f64> = (0..units).map(|_| f64::from(dice.random_range(5..25u32))).collect();
    let upper = (values.iter().sum::<f64>() * 1.1 / owners as f64).floor();
    let rows = (0..units * owners).map(|_| f64::from(dice.random_range(10..50u32))).collect();
    keep(Problem {
        cost: Cost::Matrix(rows),
        ..plain(units, owners, Measure { values, lower: vec![0.0; owners], upper: vec![upper; owners] })
    })
}

/// Units scattered over a square.
fn ground(units: usize, owners: usize, centres: Centres) -> &'static Problem {
    let mut dice = ChaCha8Rng::seed_from_u64(2);
    let mut site = |unit: usize| Site {
        unit: unit as u32,
        at: Point { x: dice.random_range(0.0..100.0), y: dice.random_range(0.0..100.0) },
        weight: dice.random_range(1.0..3.0),
    };
    let sites: Vec<Site> = (0..units).map(&mut site).collect();
    let values: Vec<f64> = sites.iter().map(|site| site.weight).collect();
    let mean = values.iter().sum::<f64>() / owners as f64;
    let limits = Measure { values, lower: vec![0.95 * mean; owners], upper: vec![1.05 * mean; owners] };
    keep(Problem {
        cost: Cost::Travel { sites, metric: Metric::Euclidean, centres, homes: Vec::new() },
        contiguity: Contiguity::OfSites,
        ..plain(units, owners, limits)
    })
}

fn plain(units: usize, owners: usize, measure: Measure) -> Problem {
    Problem {
        units,
        owners,
        cost: Cost::Zero,
        measures: vec![measure],
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    }
}

/// Columns of the square, one an owner.
fn columns(problem: &Problem) -> Vec<u32> {
    let Cost::Travel { sites, .. } = &problem.cost else { return Vec::new() };
    sites.iter().map(|site| (site.at.x / 100.0 * problem.owners as f64) as u32).collect()
}

/// Some units and owners to try, the same in every run.
fn trials(units: usize, owners: usize) -> Vec<(usize, usize)> {
    let mut dice = ChaCha8Rng::seed_from_u64(3);
    (0..10_000).map(|_| (dice.random_range(0..units), dice.random_range(0..owners))).collect()
}

fn state(units: usize, owners: usize) -> State<'static, 'static, 1> {
    let problem = matrix(units, owners);
    let pool: &'static Pool<'static, 1> = keep(Pool::new(problem, Slots::of(problem)));
    let weighing =
        Weighing { scale: pool.scale.clone(), due: vec![[1.0]; owners], prices: vec![[1.0]; owners], tolerance: 1.0 };
    State::new(pool, (0..units).map(|unit| (unit % owners) as u32).collect(), keep(weighing))
}

fn shift_of_a_matrix() -> Kernel {
    let (state, trials) = (state(2000, 50), trials(2000, 50));
    let one = move |&(unit, to): &(usize, usize)| state.shift_strain(unit, to).0 + state.shift_cost(unit, to);
    Kernel { name: "matrix: a shift evaluated", times: 10_000, run: Box::new(move || trials.iter().map(&one).sum()) }
}

fn swap_of_a_matrix() -> Kernel {
    let (state, trials) = (state(2000, 50), trials(2000, 2000));
    let one = move |&(u, v): &(usize, usize)| state.swap_delta(u, v).0;
    Kernel { name: "matrix: a swap evaluated", times: 10_000, run: Box::new(move || trials.iter().map(&one).sum()) }
}

fn cheapest_owner() -> Kernel {
    let problem = matrix(2000, 50);
    let pool: Pool<1> = Pool::new(problem, Slots::of(problem));
    let prices = Prices { of: vec![[0.5]; 50], ..Prices::zero(50) };
    let run = move || (0..2000).map(|unit| prices.cheapest(&pool, unit).1).sum();
    Kernel { name: "matrix: the cheapest of 50 owners at prices", times: 2000, run: Box::new(run) }
}

fn round_of_knapsacks() -> Kernel {
    let problem = matrix(400, 20);
    let pool: Pool<1> = Pool::new(problem, Slots::of(problem));
    let least = |unit| Prices::zero(20).cheapest(&pool, unit).1 + 5.0;
    let start = Worth { of: (0..400).map(least).collect(), bound: f64::NEG_INFINITY };
    let core = Core::of(&pool, usize::MAX);
    let run = move || {
        let Some(mut core) = core.clone() else { return 0.0 };
        let plan = Climb { target: f64::INFINITY, rounds: 10, pull: 0.01 };
        let mut worth = start.clone();
        core.climb(&mut worth, &plan, &mut Scratch::default(), &mut 0, &Control::unbounded(1));
        worth.bound
    };
    Kernel { name: "matrix: a round of 20 knapsacks of 400 units", times: 10, run: Box::new(run) }
}

fn shift_on_the_ground() -> Kernel {
    let problem = ground(5000, 50, Centres::Free);
    let allocation = Allocation::new(keep(Model::new(problem)), columns(problem));
    let trials = trials(5000, 50);
    let one = move |&(unit, to): &(usize, usize)| allocation.shift_change(unit, to, &|_| 1.0);
    Kernel {
        name: "territories: the limits of a shift",
        times: 10_000,
        run: Box::new(move || trials.iter().map(&one).sum()),
    }
}

fn dual_at_centres() -> Kernel {
    let problem = ground(20_000, 100, Centres::Free);
    let model = Model::new(problem);
    let Cost::Travel { sites, metric, .. } = &problem.cost else { return nothing() };
    let terrain = Terrain::new(&model, sites, *metric, problem.units);
    let centres: Vec<_> = sites.iter().step_by(200).map(|site| place(*metric, site.at)).collect();
    let prices = vec![0.1; 100];
    let run = move || bound::at_given_centres(&model, &terrain, &centres, &prices);
    Kernel {
        name: "territories: the dual of 20,000 units at 100 centres, with and without prices",
        times: 1,
        run: Box::new(run),
    }
}

fn articulation() -> Kernel {
    let problem = ground(5000, 20, Centres::Free);
    let model = keep(Model::new(problem));
    let Ok(Some(graph)) = contiguity::graph_of_model(problem, model, &Control::unbounded(1)) else { return nothing() };
    let graph = keep(graph);
    let allocation = Allocation::new(model, columns(problem));
    let owner_of = |unit: u32| allocation.owner[unit as usize];
    let away =
        |unit: usize| graph.neighbours(unit).iter().map(|&next| owner_of(next)).find(|&o| o != owner_of(unit as u32));
    let trials: Vec<(usize, u32)> = (0..5000).filter_map(|unit| Some((unit, away(unit)?))).collect();
    let (times, mut guard) = (trials.len() as u64, Connected::new(graph));
    let run = move || trials.iter().filter(|&&(unit, to)| guard.allows(&allocation, unit, to as usize)).count() as f64;
    Kernel { name: "territories: does a shift keep them in one piece", times, run: Box::new(run) }
}

fn shift_of_a_median() -> Kernel {
    let problem = ground(500, 10, Centres::Medians);
    let Cost::Travel { sites, metric, .. } = &problem.cost else { return nothing() };
    let pool: &'static Pool<'static, 1> = keep(Pool::new(problem, Slots::of(problem)));
    let territories = Territories::new(keep(Map::new(problem, pool, sites, *metric)), columns(problem));
    let trials: Vec<_> = trials(500, 10).into_iter().take(1000).collect();
    let one = move |&(unit, to): &(usize, usize)| territories.delta(unit, to, None).map_or(0.0, |(_, way)| way);
    Kernel {
        name: "medians: a shift evaluated, with the best centres after it",
        times: 1000,
        run: Box::new(move || trials.iter().map(&one).sum()),
    }
}

fn nothing() -> Kernel {
    Kernel { name: "nothing", times: 0, run: Box::new(|| 0.0) }
}
