//! The end of a search, unit by unit: allocate under the prices, mend limits, go downhill, recentre.

use super::arcs::Served;
use super::centre;
use super::locate::{Ground, Pace, Sites, largest_share, locate};
use super::prices::Market;
use super::search::{Found, Usual};
use super::terrain::Terrain;
use crate::control::{Control, Progress};
use crate::model::Model;
use crate::moves::{self, Allocation, Unguarded};
use rayon::prelude::*;

const WIDTH: usize = 10;

/// Allocates the units to the centres found.
pub(crate) fn finish<'a>(
    model: &'a Model,
    terrain: &'a Terrain,
    mut sites: Sites,
    usual: Usual,
    given: bool,
    near: &(dyn Fn(usize) -> &'a [u32] + Sync),
    control: &Control,
) -> Found {
    let report = |phase, fraction, objective| (control.progress)(Progress { phase, fraction, objective });
    let ground = Ground { model, terrain, among: near };
    let mut market = Market::default();
    let pace = Pace {
        rounds: if given { 0 } else { 4 },
        steps: if given { 12 } else { 3 },
        width: WIDTH,
        from_heat: 0.03,
        to_heat: 0.01,
        penalty: usual.penalty,
        cold: false,
    };
    let arcs = locate(ground, &mut sites, pace, &mut market, control);
    report("balancing", 0.75, Some(sites.value));
    let owner = largest_share(&arcs, &market.share);
    let mut allocation = Allocation::new(model, owner);
    {
        let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
        moves::settle(&mut allocation, &served, &sites.prices, &mut Unguarded, control);
    }
    report("improving", 0.85, None);
    for _ in 0..3 {
        if given || (control.out_of_time)() {
            break;
        }
        recentre(terrain, &allocation, &mut sites, 20);
        let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
        moves::descend(&mut allocation, &served, &mut Unguarded, control);
    }
    if !given {
        recentre(terrain, &allocation, &mut sites, 200);
    }
    Found {
        owner: allocation.owner,
        centres: sites.centres,
        prices: sites.prices,
        method: "location-allocation + regroup".to_owned(),
    }
}

fn recentre(terrain: &Terrain, allocation: &Allocation, sites: &mut Sites, rounds: usize) {
    let blur = centre::blur(terrain);
    sites
        .centres
        .par_iter_mut()
        .enumerate()
        .for_each(|(owner, at)| *at = centre::median(terrain, allocation.members(owner), *at, rounds, blur));
}
