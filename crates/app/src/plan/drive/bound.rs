//! What no plan by road can undercut, wherever its centres are: see [`bailiwick_engine::network`].

use bailiwick_engine::Control;
use bailiwick_engine::network::{Demand, Network};
use rustc_hash::FxHashMap;

use super::Trip;

impl Trip<'_> {
    /// Minutes × weight that every plan costs at least. `known` is what one costs.
    pub(super) fn lower_bound(&self, known: f64, control: &Control) -> f64 {
        // Centres are where accounts are; other places of the file are only passed through.
        let mut index: FxHashMap<u32, u32> = FxHashMap::default();
        let mut places = vec![];
        let mut part = |((unit, place), weight): ((&u32, &u32), &f64)| {
            let place = *index.entry(*place).or_insert_with(|| {
                places.push(*place);
                places.len() as u32 - 1
            });
            Demand { unit: *unit, place, weight: *weight }
        };
        let demand: Vec<Demand> = self.built.unit_of.iter().zip(&self.place).zip(&self.weight).map(&mut part).collect();
        let minutes = |from: &u32| places.iter().map(|to| self.roads.minutes(*from, *to) as f32).collect::<Vec<_>>();
        let ways = places.iter().flat_map(minutes).collect();
        Network::new(&self.built.problem, &demand, places.len(), ways).lower_bound(known, control)
    }
}

#[cfg(test)]
mod tests {
    use bailiwick_engine::{Control, Cost, Eligibility, Measure, Moves, Problem, UNASSIGNED};
    use proptest::prelude::*;

    use super::super::roads::Roads;
    use super::*;
    use crate::plan::build_problem::Built;

    const TOWNS: usize = 4;

    /// Accounts as (unit, town, weight), what a unit takes of the measure, who may serve it, and the slack of the limits.
    type Country = (Vec<(u32, u32, f64)>, Vec<f64>, Vec<Vec<u32>>, usize, f64);

    fn countries() -> impl Strategy<Value = Country> {
        (2usize..=5, 1usize..=3).prop_flat_map(|(units, owners)| {
            let towns = 0..TOWNS as u32;
            let more = prop::collection::vec((0..units as u32, towns.clone(), 0.0..9.0_f64), 0..4);
            let one_each = prop::collection::vec((towns, prop_oneof![Just(0.0), 1.0..9.0_f64]), units);
            let accounts = (one_each, more).prop_map(|(one_each, more)| {
                let first = one_each.into_iter().enumerate().map(|(unit, (town, weight))| (unit as u32, town, weight));
                first.chain(more).collect()
            });
            let takes = prop::collection::vec(0.0..5.0_f64, units);
            let who = prop::sample::subsequence((0..owners as u32).collect::<Vec<_>>(), 0..=owners);
            (accounts, takes, prop::collection::vec(who, units), Just(owners), 0.1..1.5_f64)
        })
    }

    /// A round trip, with one way that takes longer back.
    fn roads() -> Roads {
        Roads::read("from,to,minutes\nA,B,10\nB,C,20\nC,D,5\nD,A,40\nA,D,15\n")
            .unwrap_or_else(|fault| panic!("{}", fault.what))
    }

    fn built((accounts, takes, who, owners, slack): &Country) -> Built {
        let mean = takes.iter().sum::<f64>() / *owners as f64;
        let measure = Measure {
            values: takes.clone(),
            lower: vec![(mean * (1.0 - slack)).max(0.0); *owners],
            upper: vec![mean * (1.0 + slack); *owners],
        };
        let class_of = (0..takes.len() as u32).collect();
        let problem = Problem {
            units: takes.len(),
            owners: *owners,
            cost: Cost::Zero,
            measures: vec![measure],
            eligibility: Eligibility::Classes { class_of, owners_of_class: who.clone() },
            fixed: vec![],
            moves: Moves::default(),
            contiguity: Default::default(),
        };
        Built {
            problem,
            unit_of: accounts.iter().map(|(unit, ..)| *unit).collect(),
            whole_of: None,
            measure_names: vec![],
            balanced: vec![],
            broken: vec![],
            weight: String::new(),
            ways: None,
            missing: vec![],
        }
    }

    /// The least of all allocations that keep the limits, each owner at the town with accounts that serves it best.
    fn optimum(trip: &Trip) -> Option<f64> {
        let problem = &trip.built.problem;
        let Eligibility::Classes { owners_of_class, .. } = &problem.eligibility else { return None };
        let choices: Vec<Vec<u32>> =
            owners_of_class.iter().map(|who| if who.is_empty() { vec![UNASSIGNED] } else { who.clone() }).collect();
        let all: usize = choices.iter().map(Vec::len).product();
        let cost = |mut number: usize| {
            let owner: Vec<u32> = choices
                .iter()
                .map(|choices| {
                    let choice = choices[number % choices.len()];
                    number /= choices.len();
                    choice
                })
                .collect();
            let loads = bailiwick_engine::score::loads(problem, &owner);
            if !bailiwick_engine::score::shortfalls(problem, &loads).is_empty() {
                return None;
            }
            let from = |at: u32, me: u32| -> f64 {
                let accounts = trip.built.unit_of.iter().zip(&trip.place).zip(&trip.weight);
                let own = accounts.filter(|((unit, _), _)| owner[**unit as usize] == me);
                own.map(|((_, to), weight)| weight * trip.roads.minutes(at, *to)).sum()
            };
            let least = |me| trip.place.iter().map(|at| from(*at, me)).fold(f64::INFINITY, f64::min);
            Some((0..problem.owners as u32).map(least).sum::<f64>())
        };
        (0..all).filter_map(cost).reduce(f64::min)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn no_plan_by_road_undercuts_its_bound(country in countries(), known in 1.0..3.0_f64) {
            let roads = roads();
            let built = built(&country);
            let (accounts, .., owners, _) = &country;
            let trip = Trip {
                roads: &roads,
                place: accounts.iter().map(|(_, town, _)| *town).collect(),
                weight: accounts.iter().map(|(.., weight)| *weight).collect(),
                built: &built,
                owners: *owners,
            };
            if let Some(optimum) = optimum(&trip) {
                let bound = trip.lower_bound(known * optimum, &Control::unbounded(1));
                prop_assert!(bound <= optimum + 1e-9 * (1.0 + optimum), "{bound} exceeds {optimum}");
            }
        }
    }
}
