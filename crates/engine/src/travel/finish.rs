//! The end of a search, unit by unit.

use super::arcs::{Arcs, Served};
use super::centre;
use super::locate::{Ground, Pace, Sites, largest_share, locate};
use super::prices::Market;
use super::regroup::{Plan, hard_value, regroup};
use super::search::{Found, Usual};
use super::terrain::Terrain;
use crate::control::{Control, Progress};
use crate::model::Model;
use crate::moves::{self, Allocation, Unguarded};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

const WIDTH: usize = 10;

/// Allocates the units to given centres: prices, whole units, limits mended, then downhill.
pub(crate) fn allocate<'a>(
    model: &'a Model,
    terrain: &'a Terrain,
    mut sites: Sites,
    usual: Usual,
    near: &(dyn Fn(usize) -> &'a [u32] + Sync),
    control: &Control,
) -> Found {
    let ground = Ground { model, terrain, among: near };
    let mut market = Market::default();
    let pace = Pace {
        rounds: 0,
        steps: 12,
        width: WIDTH,
        from_heat: 0.01,
        to_heat: 0.01,
        penalty: usual.penalty,
        cold: false,
    };
    let arcs = locate(ground, &mut sites, pace, &mut market, control);
    let mut allocation = Allocation::new(model, largest_share(&arcs, &market.share));
    let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
    moves::settle(&mut allocation, &served, &sites.prices, &mut Unguarded, control);
    Found {
        owner: allocation.owner,
        centres: sites.centres,
        prices: sites.prices,
        method: "prices + shift + swap".to_owned(),
    }
}

/// Takes an allocation of cells on to the units: boundaries between neighbours are drawn anew, then downhill.
#[allow(clippy::too_many_arguments)]
pub(crate) fn refine<'a>(
    model: &'a Model,
    terrain: &'a Terrain,
    mut sites: Sites,
    mut owner: Vec<u32>,
    usual: Usual,
    near: &(dyn Fn(usize) -> &'a [u32] + Sync),
    random: &mut ChaCha8Rng,
    control: &Control,
) -> Found {
    let report = |phase, fraction, objective| (control.progress)(Progress { phase, fraction, objective });
    let value = |sites: &Sites, owner: &[u32]| {
        hard_value(model, terrain, &sites.centres, &Allocation::new(model, owner.to_vec()), usual.penalty)
    };
    let ground = Ground { model, terrain, among: near };
    report("refining", 0.7, Some(value(&sites, &owner)));
    let pace =
        Pace { rounds: 3, steps: 4, width: WIDTH, from_heat: 0.05, to_heat: 0.01, penalty: usual.penalty, cold: false };
    let plan = Plan { pace, most: 5, trials: 1, sow: false };
    regroup(ground, &mut sites, &mut owner, plan, 2 * model.owners, random, control);
    report("refining", 0.9, Some(value(&sites, &owner)));
    let arcs = Arcs::choose(model, terrain, &sites.centres, &vec![0.0; sites.prices.len()], WIDTH, near);
    let mut allocation = Allocation::new(model, owner);
    {
        let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
        moves::settle(&mut allocation, &served, &sites.prices, &mut Unguarded, control);
    }
    for _ in 0..2 {
        if (control.out_of_time)() {
            break;
        }
        recentre(model, terrain, &allocation.owner, &mut sites);
        let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
        moves::descend(&mut allocation, &served, &mut Unguarded, control);
    }
    recentre(model, terrain, &allocation.owner, &mut sites);
    report("refining", 1.0, Some(value(&sites, &allocation.owner)));
    let method = "location-allocation + regroup + shift + swap".to_owned();
    Found { owner: allocation.owner, centres: sites.centres, prices: sites.prices, method }
}

/// Moves each centre to the geometric median of what its owner holds.
pub(crate) fn recentre(model: &Model, terrain: &Terrain, owner: &[u32], sites: &mut Sites) {
    let blur = centre::blur(terrain);
    let mut members = vec![Vec::new(); model.owners];
    owner.iter().enumerate().for_each(|(unit, &owner)| members[owner as usize].push(unit as u32));
    sites
        .centres
        .par_iter_mut()
        .zip(&members)
        .for_each(|(at, members)| *at = centre::median(terrain, members, *at, 60, blur));
}
