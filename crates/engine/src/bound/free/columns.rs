//! Many places where a centre may be, and the best territory around each of them at given worths.
//!
//! This is where worths are searched for, so that nothing here needs to be exact: units are cells, a place sees the cells
//! near it only, and centres lie nowhere but at the places.

use super::cover::plain;
use super::families::{Family, charge, keeper};
use super::sack::{improve_prices, most, net};
use crate::model::{Model, NOBODY};
use crate::travel::cells::Cells;
use crate::travel::metric::{Place, distance};
use crate::travel::terrain::Terrain;
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;
use rustc_hash::FxHashSet;

/// A place sees as many cells as make up so many territories, and farther ones only once their worths make them gain.
const REACH: f64 = 2.0;

/// Cells looked over together.
const BUNCH: usize = 32;

/// Owners with something to themselves that are looked at for one place.
const OWN: usize = 4;

/// Cells that lie together: their middle, how far they reach from it, their most worth a weight and most of each measure.
type Bunch<'b> = (&'b [u32], Place, f64, f64, Vec<f64>);

/// A place, the cells around it and the way to each.
pub(crate) struct Spot {
    pub cells: Vec<u32>,
    pub way: Vec<f64>,
    value: Vec<f64>,
}

/// The territories one family or one owner could have around one place.
pub(crate) struct Column {
    pub spot: u32,
    pub family: u32,
    pub own: u32,
    charge: Vec<f64>,
    pub prices: Vec<f64>,
    /// The most it gains at the worths, and how much of each cell it then takes.
    pub most: f64,
    pub taken: Vec<f64>,
    /// How many owners have it in the relaxed solution.
    pub share: f64,
}

pub(crate) struct Columns<'a> {
    pub model: &'a Model,
    pub families: &'a [Family],
    pub spots: Vec<Spot>,
    pub all: Vec<Column>,
    terrain: &'a Terrain,
    cells: &'a Cells,
    members: Vec<Vec<u32>>,
    places: &'a [Place],
}

impl<'a> Columns<'a> {
    /// `size` is a unit's share of a territory.
    pub fn new(
        model: &'a Model,
        terrain: &'a Terrain,
        cells: &'a Cells,
        families: &'a [Family],
        size: &[f64],
        places: &'a [Place],
    ) -> Self {
        let members = members(&cells.of, cells.model.units);
        let size = summed(&cells.of, cells.model.units, size);
        let keeper: Vec<u32> = (0..cells.model.units).map(|cell| keeper(&cells.model, cell)).collect();
        let middles: Vec<GeomWithData<Place, u32>> = (0..cells.model.units)
            .filter_map(|cell| cells.terrain.middle(cell).map(|at| GeomWithData::new(at, cell as u32)))
            .collect();
        let nowhere: Vec<u32> =
            (0..cells.model.units as u32).filter(|&c| cells.terrain.middle(c as usize).is_none()).collect();
        let tree = RTree::bulk_load(middles);
        let look = |at: &Place| {
            let (mut seen, mut list) = (0.0, nowhere.clone());
            for near in tree.nearest_neighbor_iter(*at) {
                list.push(near.data);
                seen += size[near.data as usize];
                if seen >= REACH {
                    break;
                }
            }
            let way = |cell: &u32| members[*cell as usize].iter().map(|&u| terrain.travel_plain(u as usize, at)).sum();
            let value = list.iter().flat_map(|&c| cells.model.value(c as usize)).copied().collect();
            Spot { way: list.iter().map(way).collect(), cells: list, value }
        };
        let spots: Vec<Spot> = places.par_iter().map(look).collect();
        let mut columns =
            Columns { model: &cells.model, families, spots, all: Vec::new(), terrain, cells, members, places };
        let mut family_of = vec![0; model.owners];
        for (index, family) in families.iter().enumerate() {
            family.own.iter().for_each(|&owner| family_of[owner as usize] = index);
        }
        for spot in 0..columns.spots.len() {
            (0..families.len()).for_each(|family| columns.add(spot, family, NOBODY));
            for owner in keepers(&columns.spots[spot], &keeper, &size) {
                columns.add(spot, family_of[owner as usize], owner);
            }
        }
        columns
    }

    /// Shows every place the cells farther off that would gain at the worths. How many were shown.
    pub fn look_farther(&mut self, worth: &[f64]) -> usize {
        let (cells, measures) = (self.cells, self.model.measures);
        let metric = plain(self.terrain.metric);
        let index: Vec<u32> =
            (0..cells.model.units as u32).filter(|&c| cells.terrain.middle(c as usize).is_some()).collect();
        let reach = |cell: u32, prices: &[f64]| {
            let weight = cells.terrain.weight_of(cell as usize).max(1e-300);
            net(worth[cell as usize], cells.model.value(cell as usize), prices) / weight
        };
        let mut lowest = vec![vec![0.0f64; measures]; self.spots.len()];
        for column in &self.all {
            lowest[column.spot as usize].iter_mut().zip(&column.prices).for_each(|(l, &p)| *l = l.min(p));
        }
        let least: Vec<f64> = (0..measures).map(|q| lowest.iter().map(|l| l[q]).fold(0.0, f64::min)).collect();
        let bunches: Vec<Bunch> = index
            .chunks(BUNCH)
            .map(|bunch| {
                let middle = cells.terrain.middle(bunch[bunch.len() / 2] as usize).unwrap_or_default();
                let away = |&c: &u32| cells.terrain.middle(c as usize).map_or(0.0, |at| distance(metric, &at, &middle));
                let none = vec![0.0; measures];
                let most = bunch.iter().map(|&c| reach(c, &none)).fold(0.0, f64::max);
                let each = (0..measures).map(|q| {
                    let ratio =
                        |&c: &u32| cells.model.value(c as usize)[q] / cells.terrain.weight_of(c as usize).max(1e-300);
                    if least[q] < 0.0 { bunch.iter().map(ratio).fold(0.0, f64::max) } else { 0.0 }
                });
                (bunch, middle, bunch.iter().map(away).fold(0.0, f64::max), most, each.collect())
            })
            .collect();
        let look = |spot: usize| -> Vec<u32> {
            let (at, prices) = (&self.places[spot], &lowest[spot]);
            let in_reach = |b: &&Bunch| {
                let most = b.3 - prices.iter().zip(&b.4).map(|(p, v)| p * v).sum::<f64>();
                distance(metric, &b.1, at) - b.2 < most
            };
            let gains = |&c: &u32| {
                cells.terrain.middle(c as usize).is_some_and(|middle| distance(metric, &middle, at) < reach(c, prices))
            };
            let known: FxHashSet<u32> = self.spots[spot].cells.iter().copied().collect();
            let near = bunches.iter().filter(in_reach).flat_map(|b| b.0).copied();
            near.filter(|c| gains(c) && !known.contains(c)).collect()
        };
        let shown: Vec<Vec<u32>> = (0..self.spots.len()).into_par_iter().map(look).collect();
        for (index, (spot, more)) in self.spots.iter_mut().zip(&shown).enumerate() {
            let way = |&c: &u32| {
                self.members[c as usize]
                    .iter()
                    .map(|&u| self.terrain.travel_plain(u as usize, &self.places[index]))
                    .sum::<f64>()
            };
            spot.way.extend(more.iter().map(way));
            spot.value.extend(more.iter().flat_map(|&c| cells.model.value(c as usize)).copied());
            spot.cells.extend(more);
        }
        for column in &mut self.all {
            let family = &self.families[column.family as usize];
            let more = &shown[column.spot as usize];
            column.charge.extend(more.iter().map(|&c| charge(self.model, family, column.own, c as usize)));
            column.taken.resize(column.charge.len(), 0.0);
        }
        shown.iter().map(Vec::len).sum()
    }

    fn add(&mut self, spot: usize, family: usize, own: u32) {
        let charge_of = |&cell: &u32| charge(self.model, &self.families[family], own, cell as usize);
        let charge: Vec<f64> = self.spots[spot].cells.iter().map(charge_of).collect();
        let taken = vec![0.0; charge.len()];
        let prices = vec![0.0; self.model.measures];
        let (spot, family) = (spot as u32, family as u32);
        self.all.push(Column { spot, family, own, charge, prices, most: 0.0, taken, share: 0.0 });
    }

    /// Fills every column at the worths.
    pub fn fill(&mut self, worth: &[f64], rounds: usize) {
        let (spots, families) = (&self.spots, self.families);
        let measures = self.model.measures;
        let floor = vec![f64::NEG_INFINITY; measures];
        self.all.par_iter_mut().with_min_len(64).for_each_init(
            || (Vec::new(), Vec::new()),
            |(gain, scratch), column| {
                let (spot, limits) = (&spots[column.spot as usize], &families[column.family as usize].limits);
                gain.clear();
                let items = spot.cells.iter().zip(spot.way.iter().zip(&column.charge));
                gain.extend(items.map(|(&cell, (way, charge))| worth[cell as usize] - way - charge));
                improve_prices(gain, &spot.value, limits, &floor, &mut column.prices, rounds, scratch);
                column.prices.iter_mut().filter(|p| !p.is_finite()).for_each(|p| *p = 0.0);
                column.most = most(gain, &spot.value, limits, &column.prices);
                let share = |net: f64, gain: f64| {
                    if net.abs() <= 1e-9 * gain.abs() { 0.5 } else { f64::from(u8::from(net > 0.0)) }
                };
                for (i, taken) in column.taken.iter_mut().enumerate() {
                    let value = &spot.value[i * measures..(i + 1) * measures];
                    *taken = share(net(gain[i], value, &column.prices), gain[i]);
                }
            },
        );
    }

    /// Σ over owners of the most one can gain, smoothed by `heat` (0: not at all); shares are set where it is smoothed.
    pub fn total(&mut self, heat: f64) -> f64 {
        let own_count: Vec<usize> = self.families.iter().map(|f| f.own.len()).collect();
        let mut total = 0.0;
        let mut share = vec![0.0; self.all.len()];
        for (index, family) in self.families.iter().enumerate() {
            let of_family = |c: &&Column| c.family as usize == index;
            let top = self.all.iter().filter(of_family).map(|c| c.most).fold(f64::NEG_INFINITY, f64::max);
            let best = self.all.iter().filter(of_family).filter(|c| c.own == NOBODY).map(|c| c.most);
            let best = best.fold(f64::NEG_INFINITY, f64::max);
            let weight = |most: f64| if heat > 0.0 { ((most - top) / heat).exp() } else { 0.0 };
            // Weights of the columns open to all, and of each owner's own.
            let common: f64 =
                self.all.iter().filter(of_family).filter(|c| c.own == NOBODY).map(|c| weight(c.most)).sum();
            let (mut sums, mut tops) = (vec![common; own_count[index]], vec![best; own_count[index]]);
            let place = |own: u32| family.own.binary_search(&own).unwrap_or(0);
            for column in self.all.iter().filter(of_family).filter(|c| c.own != NOBODY) {
                sums[place(column.own)] += weight(column.most);
                let at = &mut tops[place(column.own)];
                *at = at.max(column.most);
            }
            if heat <= 0.0 {
                total += family.plain as f64 * best + tops.iter().sum::<f64>();
                continue;
            }
            let log = |sum: f64| top + heat * sum.max(1e-300).ln();
            total += if family.plain > 0 { family.plain as f64 * log(common) } else { 0.0 };
            total += sums.iter().map(|&sum| log(sum)).sum::<f64>();
            let plain = if family.plain > 0 { family.plain as f64 / common.max(1e-300) } else { 0.0 };
            let of_common = plain + sums.iter().map(|&sum| 1.0 / sum.max(1e-300)).sum::<f64>();
            for (share, column) in share.iter_mut().zip(&self.all).filter(|(_, c)| c.family as usize == index) {
                let each = if column.own == NOBODY { of_common } else { 1.0 / sums[place(column.own)].max(1e-300) };
                *share = each * weight(column.most);
            }
        }
        if heat > 0.0 {
            self.all.iter_mut().zip(share).for_each(|(column, share)| column.share = share);
        }
        total
    }

    /// The places, the one where most is gained first.
    pub fn ranked(&self) -> Vec<u32> {
        let mut most = vec![f64::NEG_INFINITY; self.spots.len()];
        self.all.iter().for_each(|c| most[c.spot as usize] = most[c.spot as usize].max(c.most));
        let mut ranked: Vec<u32> = (0..self.spots.len() as u32).collect();
        ranked.sort_by(|&a, &b| most[b as usize].total_cmp(&most[a as usize]).then(a.cmp(&b)));
        ranked
    }

    /// How often each cell is taken in the relaxed solution.
    pub fn coverage(&self) -> Vec<f64> {
        let mut coverage = vec![0.0; self.model.units];
        for column in self.all.iter().filter(|c| c.share > 1e-9) {
            let cells = &self.spots[column.spot as usize].cells;
            for (&cell, taken) in cells.iter().zip(&column.taken) {
                coverage[cell as usize] += column.share * taken;
            }
        }
        coverage
    }
}

/// The owners with most to themselves among the cells of a place.
fn keepers(spot: &Spot, keeper: &[u32], size: &[f64]) -> Vec<u32> {
    let mut held: Vec<(u32, f64)> = Vec::new();
    for &cell in &spot.cells {
        let owner = keeper[cell as usize];
        match held.iter_mut().find(|(known, _)| *known == owner) {
            Some((_, sum)) => *sum += size[cell as usize],
            None if owner != NOBODY => held.push((owner, size[cell as usize])),
            None => {}
        }
    }
    held.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    held.truncate(OWN);
    held.into_iter().map(|(owner, _)| owner).collect()
}

/// Sums over the units of each cell.
pub(crate) fn summed(of: &[u32], cells: usize, of_unit: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; cells];
    of.iter().zip(of_unit).for_each(|(&cell, v)| sums[cell as usize] += v);
    sums
}

/// The units of each cell.
pub(crate) fn members(of: &[u32], cells: usize) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); cells];
    of.iter().enumerate().for_each(|(unit, &cell)| members[cell as usize].push(unit as u32));
    members
}
