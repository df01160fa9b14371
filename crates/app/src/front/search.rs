//! Which bounds are tried, in which order, until enough plans are found.

use std::path::Path;

use super::choose::{compromise, undominated};
use super::point::{Dimension, Point, is_varied};
use super::write::{Stage, keep_plans};
use crate::error::AppError;
use crate::plan::outcome::PoolOutcome;
use crate::plan::variation::Variation;
use crate::plan::{Plan, Request, Step, make_plan};
use crate::project::Project;

/// Fewer plans than these are no front.
pub const LEAST: usize = 7;

pub struct FrontRequest<'a> {
    /// How many plans are wanted, [`LEAST`] or more.
    pub plans: usize,
    /// What is weighed against each other; everything that can be when empty.
    pub between: Vec<Dimension>,
    /// The policy's own plan, which the front is drawn around.
    pub own: &'a Plan,
    pub base_version: Option<String>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Front {
    pub dimensions: Vec<Dimension>,
    /// What `cost` is: `km` or `missing skill levels`.
    pub cost_unit: String,
    /// Plans computed, the dominated ones among them.
    pub computed: usize,
    pub points: Vec<Point>,
}

/// Computes the front, and leaves its plans in `dir`, each in a folder of its own.
pub fn find_front(
    project: &Project,
    request: &Request,
    front: &FrontRequest,
    dir: &Path,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Front, AppError> {
    let varied: Vec<&PoolOutcome> = front.own.pools.iter().filter(|outcome| is_varied(outcome)).collect();
    let (dimensions, cost_unit) = dimensions_of(&varied, &front.between)?;
    let stage = Stage::open(dir)?;
    let mut search = Search {
        project,
        request,
        front,
        stage,
        loosest: loosest(&varied),
        dimensions,
        tried: vec![],
        most: front.plans * 3 + 6,
        progress,
    };
    search.run()?;
    let kept = undominated(&search.points(), &search.dimensions);
    let mut order: Vec<usize> = kept;
    let points = search.points();
    order.sort_by(|a, b| {
        let key = |index: &usize| (points[*index].moves, points[*index].max_deviation, points[*index].cost);
        key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut chosen: Vec<Point> = order.iter().map(|index| points[*index].clone()).collect();
    if let Some(index) = compromise(&chosen, &search.dimensions) {
        chosen[index].recommended = true;
    }
    chosen.iter_mut().enumerate().for_each(|(index, point)| point.plan = format!("{:02}", index + 1));
    let front = Front { dimensions: search.dimensions.clone(), cost_unit, computed: points.len(), points: chosen };
    let folders: Vec<(usize, &str)> =
        order.iter().zip(&front.points).map(|(index, point)| (*index, point.plan.as_str())).collect();
    keep_plans(search.stage, &folders, &front)?;
    Ok(front)
}

/// What can pull apart in these pools.
fn dimensions_of(varied: &[&PoolOutcome], between: &[Dimension]) -> Result<(Vec<Dimension>, String), AppError> {
    let balanced = varied.iter().any(|outcome| outcome.measures.iter().any(|m| m.tolerance.is_some()));
    let travels = varied.iter().any(|outcome| outcome.routing.form == "territories");
    let fits = varied.iter().any(|outcome| outcome.routing.form == "fit");
    let held = varied.iter().any(|outcome| outcome.moved_from_staff() + outcome.kept() > 0);
    let asked = [(Dimension::MaxDeviation, balanced), (Dimension::Cost, travels || fits), (Dimension::Moves, held)];
    let dimensions: Vec<Dimension> = asked
        .iter()
        .filter(|(dimension, there)| *there && (between.is_empty() || between.contains(dimension)))
        .map(|(dimension, _)| *dimension)
        .collect();
    if dimensions.len() < 2 {
        return Err(AppError::Missing {
            message: String::from("there are no two things to weigh against each other here, so there is no front"),
            remedy: String::from(
                "a front needs two of: a balanced measure, territories or fit, and present holders (--against, or an \
                 assignments source)",
            ),
        });
    }
    Ok((dimensions, String::from(if travels { "km" } else { "missing skill levels" })))
}

/// The factor that makes the tightest tolerance ± 100 %: nobody has more than double.
fn loosest(varied: &[&PoolOutcome]) -> f64 {
    let tolerances = varied.iter().flat_map(|outcome| &outcome.measures).filter_map(|measure| measure.tolerance);
    tolerances.fold(f64::INFINITY, f64::min).recip().clamp(2.0, 1e6)
}

struct Search<'a> {
    project: &'a Project,
    request: &'a Request,
    front: &'a FrontRequest<'a>,
    stage: Stage,
    loosest: f64,
    dimensions: Vec<Dimension>,
    tried: Vec<(Variation, Point)>,
    /// Plans after which the search ends, whatever it has found.
    most: usize,
    progress: &'a (dyn Fn(Step) + Sync),
}

/// Tolerances, as factors of the policy's own, that plans are made for beside present holders.
const TIGHT: f64 = 0.2;

impl Search<'_> {
    fn points(&self) -> Vec<Point> {
        self.tried.iter().map(|(_, point)| point.clone()).collect()
    }

    fn run(&mut self) -> Result<(), AppError> {
        let own = Variation::default();
        self.record(own, self.front.own)?;
        if self.dimensions.contains(&Dimension::Moves) { self.run_with_moves() } else { self.run_without_moves() }
    }

    /// Balance against nearness: tolerances from a fifth of the policy's to ± 100 %, in equal ratios, then between the
    /// neighbours on the front that are furthest apart.
    fn run_without_moves(&mut self) -> Result<(), AppError> {
        let steps = self.front.plans;
        let ratio = (self.loosest / TIGHT).powf(1.0 / (steps - 1) as f64);
        for step in 0..steps {
            self.attempt(Variation { tolerance: TIGHT * ratio.powi(step as i32), ..Variation::default() })?;
        }
        self.halve_steps(|a, b| Variation { tolerance: (a.tolerance * b.tolerance).sqrt(), ..*a })
    }

    /// The payoff table first: nobody moves, and everybody may. Then budgets in equal steps between the two, for
    /// tolerances tighter than the policy's, the policy's, and looser.
    fn run_with_moves(&mut self) -> Result<(), AppError> {
        let none = Variation { moves: Some(0.0), ..Variation::default() };
        let all = Variation { moves: Some(1.0), price: 0.0, ..Variation::default() };
        self.attempt(none)?;
        let free = self.attempt(all)?;
        let held: usize = self.front.own.pools.iter().filter(|outcome| is_varied(outcome)).map(held_accounts).sum();
        let share = (free as f64 / held.max(1) as f64).clamp(0.01, 1.0);
        // Where nearness does not count, the tightest tolerance is always the best one.
        let tolerances = match self.dimensions.contains(&Dimension::Cost) {
            true => vec![1.0, TIGHT, self.loosest.sqrt()],
            false => vec![TIGHT],
        };
        let steps = self.front.plans.div_ceil(tolerances.len()).max(2) + 1;
        for step in 1..=steps {
            let budget = share * step as f64 / steps as f64;
            for &tolerance in &tolerances {
                // Below what everybody would move, the policy's prices say which relationships move last.
                let price = if step == steps { 0.0 } else { 1.0 };
                self.attempt(Variation { tolerance, moves: Some(budget), price })?;
            }
        }
        self.halve_steps(|a, b| {
            let budgets = (a.moves.unwrap_or(share), b.moves.unwrap_or(share));
            let tolerance = (a.tolerance * b.tolerance).sqrt();
            Variation { tolerance, moves: Some((budgets.0 + budgets.1) / 2.0), price: a.price.min(b.price) }
        })
    }

    /// Tries what lies between neighbours of the front, the widest step first, until there are enough plans.
    fn halve_steps(&mut self, between: impl Fn(&Variation, &Variation) -> Variation) -> Result<(), AppError> {
        while self.tried.len() < self.most {
            let points = self.points();
            let mut kept = undominated(&points, &self.dimensions);
            if kept.len() >= self.front.plans {
                return Ok(());
            }
            let last = *self.dimensions.last().unwrap_or(&Dimension::Cost);
            kept.sort_by(|a, b| points[*a].value(last).total_cmp(&points[*b].value(last)));
            let mut pairs: Vec<(f64, Variation)> = kept
                .windows(2)
                .map(|pair| {
                    let width = self.width(&points, pair[0], pair[1]);
                    (width, between(&self.tried[pair[0]].0, &self.tried[pair[1]].0))
                })
                .filter(|(_, middle)| self.tried.iter().all(|(tried, _)| tried != middle))
                .collect();
            pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
            let Some((_, middle)) = pairs.first() else { return Ok(()) };
            self.attempt(*middle)?;
        }
        Ok(())
    }

    /// How far apart two points are, each dimension as a share of what it spans.
    fn width(&self, points: &[Point], a: usize, b: usize) -> f64 {
        let spread = |dimension: &Dimension| {
            let values: Vec<f64> = points.iter().map(|point| point.value(*dimension)).collect();
            let span =
                values.iter().copied().fold(0.0, f64::max) - values.iter().copied().fold(f64::INFINITY, f64::min);
            if span > 0.0 { (values[a] - values[b]).abs() / span } else { 0.0 }
        };
        self.dimensions.iter().map(spread).sum()
    }

    /// Makes the plan of a variation, unless there is one; gives the accounts it moves.
    fn attempt(&mut self, variation: Variation) -> Result<usize, AppError> {
        if let Some((_, point)) = self.tried.iter().find(|(tried, _)| *tried == variation) {
            return Ok(point.moves);
        }
        let number = self.tried.len();
        let share = 1.0 / self.most as f64;
        let request = Request { variation, ..self.request.clone() };
        let plan = make_plan(self.project, &request, &|step| {
            let fraction = (number as f64 + step.fraction) * share;
            (self.progress)(Step { what: format!("front, plan {number}: {}", step.what), fraction, ..step });
        })?;
        self.record(variation, &plan)
    }

    fn record(&mut self, variation: Variation, plan: &Plan) -> Result<usize, AppError> {
        let point = Point::of(plan, variation);
        self.stage.put(self.tried.len(), self.project, plan, self.front.base_version.clone())?;
        let moves = point.moves;
        self.tried.push((variation, point));
        Ok(moves)
    }
}

fn held_accounts(outcome: &PoolOutcome) -> usize {
    outcome.moved_from_staff() + outcome.kept()
}
