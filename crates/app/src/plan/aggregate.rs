//! Basic units: where a pool has very many accounts, those that lie together and are alike in all that matters go to the
//! solver as one.
//!
//! This is how territories are designed in practice: of basic areas, not of customers (Kalcsics, Nickel & Schröder 2005,
//! "Towards a unified territorial design approach", TOP 13). Areas here are the cells of H3, a hierarchy of hexagons in which
//! each has seven children: a cell is divided until none of what it holds, by any measure that is limited, is more than a
//! part of what the limits leave open, so that a unit never stands in the way of balance, and until it is small against a
//! territory, so that borders stay fine. Only units of the same kind (same people eligible, same present holder, same
//! skills asked for) become one. Groups, units that the policy names and what is pinned stay as they are.
//!
//! All numbers of a basic unit are sums over its accounts, so loads, budgets and capacities are exact. What is lost is that
//! a unit is not divided; `bailiwick-bench aggregate` measures how much that is.

use h3o::{CellIndex, LatLng, Resolution};
use rayon::prelude::*;

use bailiwick_engine::{Eligibility, Measure, Moves, Point, Site};

/// Pools of fewer units are solved account by account in seconds.
const MANY: usize = 150_000;
/// With fewer units a person, basic units are hardly fewer than accounts, and little time is saved …
const A_PERSON: usize = 5_000;
/// … unless there are so many that solving them account by account takes minutes (`bench/RESULTS.md`).
const VERY_MANY: usize = 2_000_000;

/// Whether a pool of so many units is worth putting together for so many people.
pub fn is_worth_it(units: usize, people: usize) -> bool {
    units >= VERY_MANY || units >= MANY && units >= A_PERSON * people
}

/// A basic unit is at most this part of what the limits of a measure leave open.
const OF_ROOM: f64 = 0.25;
/// Basic units of a territory, at least.
const A_TERRITORY: f64 = 200.0;
/// Of a cell of this resolution (150 m across) everything counts as being in one place.
const FINEST: Resolution = Resolution::Ten;

/// A unit that stays as it is.
pub const ALONE: u32 = u32::MAX;

/// What units are and what they weigh, one entry each.
pub struct Fine<'a> {
    /// Units of different kinds never become one; [`ALONE`] with none.
    pub kind: Vec<u32>,
    /// The cell of [`cells`], 0 where place does not matter or is not known.
    pub cell: Vec<u64>,
    /// Amounts, and how much of each a basic unit may hold.
    pub bounds: Vec<(&'a [f64], f64)>,
}

/// Which basic unit each unit is part of.
pub struct Merge {
    pub of: Vec<u32>,
    pub units: usize,
}

/// Cells of the finest resolution, as numbers that sort by place; 0 where there is no place.
pub fn cells(places: &[Option<Point>]) -> Vec<u64> {
    let cell = |at: &Option<Point>| {
        let at = (*at)?;
        Some(u64::from(LatLng::new(at.y, at.x).ok()?.to_cell(FINEST)))
    };
    places.par_iter().map(|at| cell(at).unwrap_or(0)).collect()
}

/// How much of a measure one basic unit may hold; `None` where no limit says so, 0 where nothing is left open.
pub fn bound_of_measure(measure: &Measure) -> Option<f64> {
    let total: f64 = measure.values.iter().sum();
    let owners = measure.upper.len() as f64;
    let taking = measure.lower.iter().zip(&measure.upper).filter(|(_, upper)| **upper > 0.0);
    let band = taking.map(|(lower, upper)| (upper - lower) / 2.0).fold(f64::INFINITY, f64::min);
    let above = (measure.upper.iter().sum::<f64>() - total) / owners;
    let lower: f64 = measure.lower.iter().sum();
    let below = if lower > 0.0 { (total - lower) / owners } else { f64::INFINITY };
    let room = band.min(above).min(below);
    room.is_finite().then(|| (OF_ROOM * room).max(0.0))
}

/// How much of the budget of moves one basic unit may take.
pub fn bound_of_moves(moves: &Moves, owners: usize) -> Option<f64> {
    moves.budget.filter(|budget| *budget > 0.0).map(|budget| OF_ROOM * budget / owners as f64)
}

/// How much weight one basic unit may have for borders to stay fine.
pub fn bound_of_weight(weights: &[f64], owners: usize) -> f64 {
    weights.iter().sum::<f64>() / owners as f64 / A_TERRITORY
}

/// Puts units together. The numbers of basic units follow the first of the units in them.
pub fn merge(fine: &Fine) -> Merge {
    let heavy = |unit: usize| fine.bounds.iter().any(|(amount, bound)| amount[unit] > *bound);
    let mut order: Vec<u32> = (0..fine.kind.len() as u32)
        .into_par_iter()
        .filter(|unit| fine.kind[*unit as usize] != ALONE && !heavy(*unit as usize))
        .collect();
    order.par_sort_unstable_by_key(|unit| (fine.kind[*unit as usize], fine.cell[*unit as usize], *unit));
    let runs: Vec<&[u32]> = order.chunk_by(|a, b| fine.kind[*a as usize] == fine.kind[*b as usize]).collect();
    let joined: Vec<Vec<&[u32]>> = runs
        .into_par_iter()
        .flat_map_iter(|run| run.chunk_by(|a, b| area(fine, *a, 0) == area(fine, *b, 0)))
        .map(|run| {
            let mut joined = vec![];
            divide(fine, run, 0, &mut joined);
            joined
        })
        .collect();
    let mut first: Vec<u32> = (0..fine.kind.len() as u32).collect();
    for unit in joined.iter().flatten() {
        let least = unit.iter().copied().min().unwrap_or_default();
        unit.iter().for_each(|member| first[*member as usize] = least);
    }
    let mut of = vec![0; first.len()];
    let mut units = 0;
    for unit in 0..first.len() {
        let least = first[unit] as usize;
        of[unit] = if least == unit {
            units += 1;
            units - 1
        } else {
            of[least]
        };
    }
    Merge { of, units: units as usize }
}

/// The cell of a unit at a resolution.
fn area(fine: &Fine, unit: u32, resolution: u8) -> u64 {
    let cell = CellIndex::try_from(fine.cell[unit as usize]).ok();
    let parent = cell.zip(Resolution::try_from(resolution).ok()).and_then(|(cell, resolution)| cell.parent(resolution));
    parent.map_or(0, u64::from)
}

/// Divides what lies in one cell of a resolution until every part is within the bounds.
fn divide<'a>(fine: &Fine, run: &'a [u32], resolution: u8, joined: &mut Vec<&'a [u32]>) {
    if fits(fine, run) {
        joined.push(run);
    } else if resolution < u8::from(FINEST) && fine.cell[run[0] as usize] != 0 {
        // The members of a cell stand side by side, for a cell's number begins with that of its parent.
        for part in run.chunk_by(|a, b| area(fine, *a, resolution + 1) == area(fine, *b, resolution + 1)) {
            divide(fine, part, resolution + 1, joined);
        }
    } else {
        fill(fine, run, joined);
    }
}

fn fits(fine: &Fine, run: &[u32]) -> bool {
    let sum = |amount: &[f64]| run.iter().map(|unit| amount[*unit as usize]).sum::<f64>();
    fine.bounds.iter().all(|(amount, bound)| sum(amount) <= *bound)
}

/// What is in one place, one after the other, as much as a basic unit may hold.
fn fill<'a>(fine: &Fine, run: &'a [u32], joined: &mut Vec<&'a [u32]>) {
    let mut from = 0;
    let mut held = vec![0.0; fine.bounds.len()];
    for (at, unit) in run.iter().enumerate() {
        let over = |(held, (amount, bound)): (&f64, &(&[f64], f64))| held + amount[*unit as usize] > *bound;
        if held.iter().zip(&fine.bounds).any(over) {
            joined.push(&run[from..at]);
            from = at;
            held.fill(0.0);
        }
        held.iter_mut().zip(&fine.bounds).for_each(|(held, (amount, _))| *held += amount[*unit as usize]);
    }
    joined.push(&run[from..]);
}

impl Merge {
    pub fn sum(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.units];
        self.of.iter().zip(values).for_each(|(unit, value)| sums[*unit as usize] += value);
        sums
    }

    /// What all units of a basic unit have in common; nothing where there is nothing.
    pub fn common<T: Copy + Default>(&self, values: &[T]) -> Vec<T> {
        if values.is_empty() {
            return vec![];
        }
        let mut common = vec![T::default(); self.units];
        self.of.iter().zip(values).for_each(|(unit, value)| common[*unit as usize] = *value);
        common
    }

    pub fn measure(&self, measure: Measure) -> Measure {
        Measure { values: self.sum(&measure.values), ..measure }
    }

    pub fn eligibility(&self, eligibility: Eligibility) -> Eligibility {
        match eligibility {
            Eligibility::All => Eligibility::All,
            Eligibility::Classes { class_of, owners_of_class } => {
                Eligibility::Classes { class_of: self.common(&class_of), owners_of_class }
            }
        }
    }

    pub fn moves(&self, moves: Moves) -> Moves {
        if moves.present.is_empty() {
            return moves;
        }
        Moves {
            present: self.common(&moves.present),
            price: self.sum(&moves.price),
            weight: self.sum(&moves.weight),
            budget: moves.budget,
        }
    }
}

/// The sites of each unit that `is_merged` as one in their middle, by weight; the others as they are. Sorted by unit.
pub fn gather(sites: Vec<Site>, is_merged: &[bool]) -> Vec<Site> {
    let gathered = sites.chunk_by(|a, b| a.unit == b.unit).map(|sites| match sites {
        [_] => sites.to_vec(),
        _ if !is_merged[sites[0].unit as usize] => sites.to_vec(),
        _ => vec![middle(sites)],
    });
    gathered.flatten().collect()
}

/// The middle of some sites on the sphere.
fn middle(sites: &[Site]) -> Site {
    let weight: f64 = sites.iter().map(|site| site.weight).sum();
    let mut sum = [0.0; 3];
    for site in sites {
        let (x, y) = (site.at.x.to_radians(), site.at.y.to_radians());
        let part = if weight > 0.0 { site.weight } else { 1.0 };
        let unit = [y.cos() * x.cos(), y.cos() * x.sin(), y.sin()];
        sum.iter_mut().zip(unit).for_each(|(sum, unit)| *sum += part * unit);
    }
    let at = Point { x: sum[1].atan2(sum[0]).to_degrees(), y: sum[2].atan2(sum[0].hypot(sum[1])).to_degrees() };
    Site { unit: sites[0].unit, at, weight }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn basic_units_are_made_where_there_are_many_accounts_a_person() {
        assert!(is_worth_it(200_000, 20) && is_worth_it(150_000, 30));
        assert!(!is_worth_it(149_999, 1) && !is_worth_it(150_000, 31));
        assert!(!is_worth_it(1_000_000, 1_000) && is_worth_it(2_000_000, 1_000));
    }

    /// Kind, place, amount.
    type Scattered = (u32, Option<(f64, f64)>, f64);

    /// Units around two towns.
    fn scattered() -> impl Strategy<Value = Vec<Scattered>> {
        let place = prop_oneof![
            4 => (22.9..23.8, 42.5..42.9).prop_map(Some),
            4 => (-0.3..0.2, 51.3..51.7).prop_map(Some),
            1 => (179.9..180.0, 16.0..16.2).prop_map(Some),
            1 => Just(None),
        ];
        let kind = prop_oneof![8 => 0u32..3, 1 => Just(ALONE)];
        prop::collection::vec((kind, place, 0.0..10.0f64), 1..400)
    }

    proptest! {
        #[test]
        fn basic_units_are_alike_within_bounds_and_hold_everything_once(
            units in scattered(), most in prop_oneof![Just(0.0), 1.0..200.0], count in 1.0..40.0f64,
        ) {
            let places: Vec<Option<Point>> =
                units.iter().map(|(_, at, _)| at.map(|(x, y)| Point { x, y })).collect();
            let (amount, one): (Vec<f64>, Vec<f64>) = units.iter().map(|(.., amount)| (*amount, 1.0)).unzip();
            let fine = Fine {
                kind: units.iter().map(|(kind, ..)| *kind).collect(),
                cell: cells(&places),
                bounds: vec![(&amount, most), (&one, count)],
            };
            let merge = merge(&fine);
            prop_assert_eq!(merge.of.len(), units.len());
            let mut members: Vec<Vec<usize>> = vec![vec![]; merge.units];
            merge.of.iter().enumerate().for_each(|(unit, of)| members[*of as usize].push(unit));
            for members in members {
                prop_assert!(!members.is_empty());
                let sum: f64 = members.iter().map(|unit| amount[*unit]).sum();
                if members.len() > 1 {
                    prop_assert!(sum <= most * (1.0 + 1e-12) && members.len() as f64 <= count);
                    let alike = |unit: &usize| {
                        fine.kind[*unit] == fine.kind[members[0]] && fine.kind[*unit] != ALONE
                            && places[*unit].is_some() == places[members[0]].is_some()
                    };
                    prop_assert!(members.iter().all(alike));
                }
            }
            prop_assert!((merge.sum(&amount).iter().sum::<f64>() - amount.iter().sum::<f64>()).abs() < 1e-9);
        }
    }

    #[test]
    fn what_lies_together_becomes_one_and_what_lies_apart_does_not() {
        let places: Vec<Option<Point>> = (0..100)
            .map(|unit| Some(Point { x: if unit < 50 { 23.3 } else { 27.9 }, y: 42.6 + f64::from(unit % 50) * 1e-6 }))
            .collect();
        let one = vec![1.0; 100];
        let units =
            |bound: f64| merge(&Fine { kind: vec![0; 100], cell: cells(&places), bounds: vec![(&one, bound)] }).units;
        assert_eq!(units(50.0), 2);
        assert_eq!(units(10.0), 10);
        assert_eq!(units(0.5), 100);
    }

    #[test]
    fn the_middle_is_between_also_across_the_date_line() {
        let site = |x: f64, weight: f64| Site { unit: 0, at: Point { x, y: 0.0 }, weight };
        let middle = gather(vec![site(179.0, 1.0), site(-179.0, 1.0)], &[true]);
        assert_eq!(middle.len(), 1);
        assert!((middle[0].at.x.abs() - 180.0).abs() < 1e-9 && middle[0].weight == 2.0);
        assert_eq!(gather(vec![site(1.0, 1.0), site(2.0, 1.0)], &[false]).len(), 2);
    }

    #[test]
    fn limits_say_how_much_a_unit_may_hold() {
        let measure = |lower: f64, upper: f64| Measure {
            values: vec![1.0; 1000],
            lower: vec![lower; 10],
            upper: vec![upper; 10],
        };
        assert_eq!(bound_of_measure(&measure(95.0, 105.0)), Some(1.25));
        assert_eq!(bound_of_measure(&measure(0.0, f64::INFINITY)), None);
        // A capacity that only just suffices leaves little open, one that does not suffices nothing.
        assert_eq!(bound_of_measure(&measure(0.0, 102.0)), Some(0.5));
        assert_eq!(bound_of_measure(&measure(0.0, 90.0)), Some(0.0));
    }
}
