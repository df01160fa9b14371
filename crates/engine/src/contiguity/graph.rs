//! The graph of neighbouring units.
//!
//! Of sites: the Delaunay triangulation, less edges far longer than those around them (they cross empty land or water),
//! except where nothing at all lies between their ends (the edges of Gabriel & Sokal 1969, "A new statistical approach to
//! geographic variation analysis", Systematic Zoology 18) or an edge is needed to keep the whole connected (those of a
//! minimum spanning tree, Kruskal 1956).
//! On the sphere the triangulation is made on an equirectangular projection scaled at the middle latitude.

use crate::control::{Control, OutOfTime};
use crate::problem::{Metric, Site};
use crate::solution::UNASSIGNED;
use rayon::prelude::*;
use spade::{DelaunayTriangulation, HasPosition, Point2, Triangulation};

/// An edge is pruned when it is longer than this many times the median edge at either end.
const TOO_LONG: f64 = 6.0;

/// Adjacency in one array.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    start: Vec<u32>,
    next: Vec<u32>,
    /// Whether each unit lies at the outside or at empty land; `None` where nobody knows.
    rim: Option<Vec<bool>>,
}

struct Edge {
    length: f64,
    a: u32,
    b: u32,
    /// Nothing lies in the circle over the edge.
    clear: bool,
}

struct Spot {
    at: Point2<f64>,
    unit: u32,
}

impl HasPosition for Spot {
    type Scalar = f64;
    fn position(&self) -> Point2<f64> {
        self.at
    }
}

impl Graph {
    pub fn of_edges(units: usize, edges: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut pairs: Vec<(u32, u32)> = edges.filter(|(a, b)| a != b).flat_map(|(a, b)| [(a, b), (b, a)]).collect();
        pairs.par_sort_unstable();
        pairs.dedup();
        let mut start = vec![0u32; units + 1];
        for &(a, _) in &pairs {
            start[a as usize + 1] += 1;
        }
        for unit in 0..units {
            start[unit + 1] += start[unit];
        }
        Graph { start, next: pairs.into_iter().map(|(_, b)| b).collect(), rim: None }
    }

    pub fn of_sites(units: usize, sites: &[Site], metric: Metric, control: &Control) -> Result<Self, OutOfTime> {
        let spots = project(sites, metric);
        let mut links: Vec<(u32, u32)> = Vec::new();
        let mut rim = Vec::new();
        let chosen = triangulate(spots, &mut links, &mut rim, control)?;
        control.go_on()?;
        let edges = prune(units, chosen, &mut rim);
        control.go_on()?;
        let outside = Graph::of_edges(units, links.iter().copied()).spread(rim);
        Ok(Graph::of_edges(units, edges.into_iter().chain(links)).with_rim(outside.into_iter()))
    }

    /// The same with the units that lie at the outside or at empty land.
    pub fn with_rim(mut self, units: impl Iterator<Item = u32>) -> Self {
        let mut rim = vec![false; self.units()];
        units.for_each(|unit| rim[unit as usize] = true);
        self.rim = Some(rim);
        self
    }

    /// The units and all that are linked to them.
    fn spread(&self, mut open: Vec<u32>) -> Vec<u32> {
        let mut met = vec![false; self.units()];
        open.iter().for_each(|&unit| met[unit as usize] = true);
        let mut at = 0;
        while at < open.len() {
            for &next in self.neighbours(open[at] as usize) {
                if !std::mem::replace(&mut met[next as usize], true) {
                    open.push(next);
                }
            }
            at += 1;
        }
        open
    }

    pub fn knows_rim(&self) -> bool {
        self.rim.is_some()
    }

    #[inline]
    pub fn at_rim(&self, unit: usize) -> bool {
        self.rim.as_ref().is_some_and(|rim| rim[unit])
    }

    #[inline]
    pub fn neighbours(&self, unit: usize) -> &[u32] {
        &self.next[self.start[unit] as usize..self.start[unit + 1] as usize]
    }

    /// The same among some units only (sorted), renumbered in their order.
    pub fn among(&self, units: &[u32]) -> Self {
        let here = |unit: u32| units.binary_search(&unit).ok().map(|at| at as u32);
        let edges = units.iter().enumerate().flat_map(|(at, &unit)| {
            self.neighbours(unit as usize).iter().filter_map(move |&next| here(next).map(|next| (at as u32, next)))
        });
        let graph = Graph::of_edges(units.len(), edges);
        if !self.knows_rim() {
            return graph;
        }
        let opens = |unit: u32| {
            self.at_rim(unit as usize) || self.neighbours(unit as usize).iter().any(|&next| here(next).is_none())
        };
        let rim: Vec<u32> = (0..units.len() as u32).filter(|&at| opens(units[at as usize])).collect();
        graph.with_rim(rim.into_iter())
    }

    /// Groups of units as the new units; groups touch where any of their units do.
    pub fn of_groups(&self, group_of: &[u32], groups: usize) -> Self {
        let edges = (0..self.units())
            .flat_map(|unit| self.neighbours(unit).iter().map(move |&next| (group_of[unit], group_of[next as usize])));
        Graph::of_edges(groups, edges)
    }

    pub fn units(&self) -> usize {
        self.start.len() - 1
    }

    /// The piece each unit belongs to (pieces are numbered from 0) and the number of pieces; unassigned units are in none.
    pub fn pieces(&self, owner: &[u32]) -> (Vec<u32>, usize) {
        let mut piece = vec![u32::MAX; self.units()];
        let (mut count, mut open) = (0, Vec::new());
        for unit in 0..self.units() {
            if piece[unit] != u32::MAX || owner[unit] == UNASSIGNED {
                continue;
            }
            piece[unit] = count;
            open.push(unit as u32);
            while let Some(at) = open.pop() {
                for &to in self.neighbours(at as usize) {
                    if piece[to as usize] == u32::MAX && owner[to as usize] == owner[at as usize] {
                        piece[to as usize] = count;
                        open.push(to);
                    }
                }
            }
            count += 1;
        }
        (piece, count as usize)
    }
}

fn project(sites: &[Site], metric: Metric) -> Vec<Spot> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for site in sites {
        low = low.min(site.at.y);
        high = high.max(site.at.y);
    }
    let squeeze = match metric {
        Metric::GreatCircle => (0.5 * (low + high)).to_radians().cos().abs().max(0.01),
        _ => 1.0,
    };
    // Subnormal co-ordinates are refused by the triangulation; they are zero for our purpose.
    let clean = |v: f64| if v.abs() < 1e-12 { 0.0 } else { v };
    sites
        .iter()
        .map(|site| Spot { at: Point2::new(clean(site.at.x * squeeze), clean(site.at.y)), unit: site.unit })
        .collect()
}

/// Edges of the triangulation between different units with their lengths; units at one place, and the places of one
/// unit's neighbours, are linked through `links`.
fn triangulate(
    mut spots: Vec<Spot>,
    links: &mut Vec<(u32, u32)>,
    rim: &mut Vec<u32>,
    control: &Control,
) -> Result<Vec<Edge>, OutOfTime> {
    spots.par_sort_by(|a, b| a.at.x.total_cmp(&b.at.x).then(a.at.y.total_cmp(&b.at.y)).then(a.unit.cmp(&b.unit)));
    for pair in spots.windows(2) {
        if pair[0].at == pair[1].at {
            links.push((pair[0].unit, pair[1].unit));
        }
    }
    spots.dedup_by(|later, first| later.at == first.at);
    let link =
        |p: &[Spot]| Edge { length: p[0].at.distance_2(p[1].at).sqrt(), a: p[0].unit, b: p[1].unit, clear: true };
    let by_hand: Vec<Edge> = spots.windows(2).map(link).collect();
    Ok(match mesh(spots, control)? {
        Some(mesh) => {
            rim.extend(mesh.convex_hull().map(|edge| edge.from().data().unit));
            if mesh.num_inner_faces() == 0 {
                // All in one line: everything is at the outside.
                rim.extend(mesh.vertices().map(|vertex| vertex.data().unit));
            }
            mesh.undirected_edges()
                .enumerate()
                .map(|(index, edge)| {
                    if index % 4096 == 0 {
                        control.go_on()?;
                    }
                    let [a, b] = edge.vertices();
                    let there = edge.as_directed();
                    let clear =
                        [there, there.rev()].into_iter().filter_map(|side| side.opposite_vertex()).all(|vertex| {
                            let (at, from, to) = (vertex.position(), a.position(), b.position());
                            (from.x - at.x) * (to.x - at.x) + (from.y - at.y) * (to.y - at.y) >= 0.0
                        });
                    Ok(Edge { length: edge.length_2().sqrt(), a: a.data().unit, b: b.data().unit, clear })
                })
                .collect::<Result<_, _>>()?
        }
        // Co-ordinates beyond the triangulation's range: a chain is better than nothing.
        None => by_hand,
    })
}

/// The triangulation, point by point along a curve that keeps neighbours together (Amenta, Choi & Rote 2003,
/// "Incremental constructions con BRIO"), so that it can be left off at any point. `None` where a co-ordinate is out of
/// range.
fn mesh(spots: Vec<Spot>, control: &Control) -> Result<Option<DelaunayTriangulation<Spot>>, OutOfTime> {
    let mut mesh = DelaunayTriangulation::<Spot>::new();
    let mut last = None;
    for (index, spot) in along_curve(spots).into_iter().enumerate() {
        if index % 1024 == 0 {
            control.go_on()?;
        }
        let inserted = match last {
            Some(near) => mesh.insert_with_hint(spot, near),
            None => mesh.insert(spot),
        };
        match inserted {
            Ok(vertex) => last = Some(vertex),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(mesh))
}

/// The spots in the order of Hilbert's curve.
fn along_curve(spots: Vec<Spot>) -> Vec<Spot> {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for Spot { at, .. } in &spots {
        (low[0], low[1]) = (low[0].min(at.x), low[1].min(at.y));
        (high[0], high[1]) = (high[0].max(at.x), high[1].max(at.y));
    }
    let reach = (high[0] - low[0]).max(high[1] - low[1]).max(f64::MIN_POSITIVE);
    let grid = |v: f64, low: f64| ((v - low) / reach * f64::from(u16::MAX)) as u32;
    let mut keyed: Vec<(u32, Spot)> =
        spots.into_iter().map(|spot| (hilbert(grid(spot.at.x, low[0]), grid(spot.at.y, low[1])), spot)).collect();
    // Stable: spots in one square of the grid keep their order.
    keyed.par_sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, spot)| spot).collect()
}

/// Position along Hilbert's curve over a grid of 2¹⁶ × 2¹⁶ (Warren 2012, "Hacker's Delight", chapter 16).
fn hilbert(mut x: u32, mut y: u32) -> u32 {
    let mut position = 0;
    for bit in (0..16).rev() {
        let (right, up) = (x >> bit & 1, y >> bit & 1);
        position = position << 2 | ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            std::mem::swap(&mut x, &mut y);
        }
    }
    position
}

/// Drops edges far longer than their surroundings unless nothing lies between their ends or the whole would fall apart;
/// what they led across is open land, so their ends are added to the rim.
fn prune(units: usize, mut edges: Vec<Edge>, rim: &mut Vec<u32>) -> Vec<(u32, u32)> {
    edges.par_sort_unstable_by(|x, y| x.length.total_cmp(&y.length).then((x.a, x.b).cmp(&(y.a, y.b))));
    let usual = median_edges(units, &edges);
    let mut root: Vec<u32> = (0..units as u32).collect();
    let mut kept = Vec::with_capacity(edges.len());
    for Edge { length, a, b, clear } in edges {
        let joins = join(&mut root, a, b);
        if joins || clear || length <= TOO_LONG * usual[a as usize].max(usual[b as usize]) {
            kept.push((a, b));
        } else {
            rim.extend([a, b]);
        }
    }
    kept
}

/// Median length of the edges at each unit; `edges` is sorted by length.
fn median_edges(units: usize, edges: &[Edge]) -> Vec<f64> {
    let mut degree = vec![0u32; units];
    edges.iter().for_each(|&Edge { a, b, .. }| {
        degree[a as usize] += 1;
        degree[b as usize] += 1;
    });
    let mut met = vec![0u32; units];
    let mut median = vec![0.0; units];
    for &Edge { length, a, b, .. } in edges {
        for unit in [a as usize, b as usize] {
            met[unit] += 1;
            if 2 * met[unit] <= degree[unit] + 1 {
                median[unit] = length;
            }
        }
    }
    median
}

fn join(root: &mut [u32], a: u32, b: u32) -> bool {
    let (a, b) = (find(root, a), find(root, b));
    root[a as usize] = b;
    a != b
}

fn find(root: &mut [u32], mut unit: u32) -> u32 {
    while root[unit as usize] != unit {
        root[unit as usize] = root[root[unit as usize] as usize];
        unit = root[unit as usize];
    }
    unit
}
