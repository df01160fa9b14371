//! From worths to a bound: what each owner can gain at most is proven over the whole ground, and where a few places gain more
//! than all others the worths there are lowered.

use super::columns::members;
use super::cover::{Block, Cover, Excess, Kind, Proof};
use super::families::{Family, keeper};
use super::{CELLS, CLOSE, Spread, space};
use crate::control::Control;
use crate::model::{Model, NOBODY};
use crate::problem::Point;
use crate::travel::cells;
use crate::travel::terrain::Terrain;

/// Proofs of mended worths, at most.
const PROOFS: usize = 2;

/// Levels tried for what a territory should gain.
const STEPS: u32 = 12;

/// Rounds of mending worths at the places where much is gained, before the ground as a whole is looked at.
const AT_PLACES: usize = 3;

/// All that a proof is about.
pub(crate) struct Case<'a> {
    pub model: &'a Model,
    pub terrain: &'a Terrain,
    pub families: &'a [Family],
    pub spread: &'a [Spread],
    /// Each unit's share of a territory.
    pub size: &'a [f64],
    /// Mean cost of a territory.
    pub mean: f64,
    /// No price is tried below.
    pub floor: &'a [f64],
    /// Places where much is gained.
    pub seen: &'a [Point],
    pub control: &'a Control<'a>,
}

/// The best bound that the worths give, or what comes of mending them.
pub(crate) fn prove(case: &Case, mut worth: Vec<f64>) -> f64 {
    let Case { model, terrain, families, spread, control, .. } = *case;
    let cells = cells::gather(model, terrain, CELLS, control);
    let groups = members(&cells.of, cells.model.units);
    let mut kinds: Vec<Kind> = (0..families.len()).map(|family| Kind { family, own: NOBODY }).collect();
    for (family, of) in families.iter().enumerate() {
        kinds.extend(of.own.iter().map(|&own| Kind { family, own }));
    }
    let weight = terrain.weight.iter().sum::<f64>() / model.owners as f64;
    let mut best = f64::NEG_INFINITY;
    for round in 0..AT_PLACES + PROOFS {
        let block = |(cell, units): (usize, &Vec<u32>)| {
            let middle = cells.terrain.middle(cell).unwrap_or([1.0, 0.0, 0.0]);
            Block::new(model, terrain, &worth, case.size, keeper(&cells.model, cell), units.clone(), middle)
                .with(spread)
        };
        let blocks = groups.iter().enumerate().map(block).collect();
        let (kinds, close) = (kinds.clone(), CLOSE * case.mean);
        let cover = Cover { model, terrain, families, spread, worth: &worth, blocks, kinds, close, weight, control };
        let gains = cover.gains(case.seen, case.floor);
        if round < AT_PLACES {
            let most = most_of_each(&cover.kinds, &gains);
            let common: Vec<f64> = (0..families.len()).map(|kind| common(&gains, kind, model.owners)).collect();
            let lower = lowered(case, &common, &most, &gains);
            worth.iter_mut().zip(lower).for_each(|(w, l)| *w -= l);
            continue;
        }
        let mut reached = most_of_each(&cover.kinds, &gains);
        raise_to_owners(families, &cover.kinds, &mut reached);
        let proof = cover.most(&space::ground(terrain), &reached, case.floor);
        best = best.max(value(families, &cover.kinds, &worth, &proof));
        if proof.excess.is_empty() || control.is_over() {
            break;
        }
        let low: Vec<f64> = reached.iter().map(|r| r + close).collect();
        let lower = lowered(case, &low, &proof.most, &proof.excess);
        worth.iter_mut().zip(lower).for_each(|(w, l)| *w -= l);
    }
    best
}

/// What a family gains is of no interest below what each of its owners gains with what it has to itself.
fn raise_to_owners(families: &[Family], kinds: &[Kind], reached: &mut [f64]) {
    for (family, of) in families.iter().enumerate().filter(|(_, of)| of.plain == 0) {
        let own = kinds.iter().zip(reached.iter()).filter(|(kind, _)| kind.family == family && kind.own != NOBODY);
        let least = own.map(|(_, reached)| *reached).fold(f64::INFINITY, f64::min);
        reached[family] = if of.own.is_empty() { reached[family] } else { reached[family].max(least) };
    }
}

/// All worths less what the owners gain at most.
fn value(families: &[Family], kinds: &[Kind], worth: &[f64], proof: &Proof) -> f64 {
    let mut sum: f64 = worth.iter().sum();
    let mut size: f64 = worth.iter().map(|w| w.abs()).sum();
    for (kind, &most) in kinds.iter().zip(&proof.most) {
        // An owner may have its territory where it has nothing to itself.
        let (count, most) = match kind.own {
            NOBODY => (families[kind.family].plain as f64, most),
            _ => (1.0, most.max(proof.most[kind.family])),
        };
        if count > 0.0 {
            sum -= count * most;
            size += count * most.abs();
        }
    }
    // Less what rounding may have added.
    sum - 1e-9 * size
}

fn most_of_each(kinds: &[Kind], gains: &[Excess]) -> Vec<f64> {
    let mut most = vec![f64::NEG_INFINITY; kinds.len()];
    gains.iter().for_each(|gain| most[gain.kind] = most[gain.kind].max(gain.most));
    most
}

/// What a family gains at several places for every owner.
fn common(gains: &[Excess], kind: usize, owners: usize) -> f64 {
    let mut all: Vec<f64> = gains.iter().filter(|gain| gain.kind == kind).map(|gain| gain.most).collect();
    all.sort_by(|a, b| b.total_cmp(a));
    all.get((2 * owners).min(all.len().saturating_sub(1))).copied().unwrap_or(f64::NEG_INFINITY)
}

/// How much to lower each worth so that no place gains much more than most do, which is between `low` and `high`: lowered
/// once, it counts for all the owners that a family has.
fn lowered(case: &Case, low: &[f64], high: &[f64], excess: &[Excess]) -> Vec<f64> {
    let mut lower = vec![0.0; case.model.units];
    for (index, family) in case.families.iter().enumerate().filter(|(_, family)| family.plain > 1) {
        // The families are the first kinds.
        let of_family: Vec<&Excess> = excess.iter().filter(|e| e.kind == index).collect();
        let mut best = (0.0, Vec::new());
        for step in 0..STEPS {
            let wanted = low[index] + (high[index] - low[index]) * f64::from(step) / f64::from(STEPS);
            let mut by = vec![0.0f64; case.model.units];
            for excess in of_family.iter().filter(|e| e.most > wanted) {
                let total: f64 = excess.units.iter().map(|&unit| case.size[unit as usize]).sum();
                for &unit in excess.units.iter().filter(|_| total > 0.0) {
                    let by = &mut by[unit as usize];
                    *by = by.max((excess.most - wanted) * case.size[unit as usize] / total);
                }
            }
            let gain = family.plain as f64 * (high[index] - wanted) - by.iter().sum::<f64>();
            if gain > best.0 {
                best = (gain, by);
            }
        }
        lower.iter_mut().zip(&best.1).for_each(|(l, b)| *l = f64::max(*l, *b));
    }
    lower
}
