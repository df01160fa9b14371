//! Territories with their medians kept up to date: what a shift or a swap would cost with the best centre afterwards.

use super::map::Map;
use crate::matrix::pool::NOBODY;

pub(crate) struct Territories<'m, 'p, 'a, const K: usize> {
    pub map: &'m Map<'p, 'a, K>,
    pub owner: Vec<u32>,
    /// `sum[owner * sites + site]`: way of all the owner's units to the site.
    sum: Vec<f64>,
    /// Sites of each owner's units.
    spots: Vec<Vec<u32>>,
    /// Way to the best centre.
    pub way: Vec<f64>,
    pub load: Vec<[f64; K]>,
    pub strain: Vec<f64>,
    pub broken: usize,
    pub cost: f64,
    pub spent: f64,
    seen: Vec<u32>,
    mark: u32,
    stack: Vec<u32>,
}

impl<'m, 'p, 'a, const K: usize> Territories<'m, 'p, 'a, K> {
    pub fn new(map: &'m Map<'p, 'a, K>, owner: Vec<u32>) -> Self {
        let mut all = Territories {
            map,
            sum: if map.is_flat() { Vec::new() } else { vec![0.0; map.owners * map.sites] },
            spots: vec![Vec::with_capacity(map.sites); map.owners],
            way: vec![0.0; map.owners],
            load: vec![[0.0; K]; map.owners],
            strain: vec![0.0; map.owners],
            broken: 0,
            cost: 0.0,
            spent: 0.0,
            seen: vec![0; map.units],
            mark: 0,
            stack: Vec::with_capacity(map.units),
            owner,
        };
        all.recount();
        all
    }

    /// Sums everything anew.
    pub fn recount(&mut self) {
        let map = self.map;
        self.sum.fill(0.0);
        self.load.fill([0.0; K]);
        self.spots.iter_mut().for_each(Vec::clear);
        (self.cost, self.spent, self.broken) = (0.0, 0.0, 0);
        for site in 0..map.sites {
            let owner = self.owner[map.unit_of[site] as usize];
            if owner != NOBODY {
                self.spots[owner as usize].push(site as u32);
            }
        }
        for unit in 0..map.units {
            if self.owner[unit] == NOBODY {
                continue;
            }
            let owner = self.owner[unit] as usize;
            if !map.is_flat() {
                let sum = &mut self.sum[owner * map.sites..(owner + 1) * map.sites];
                sum.iter_mut().zip(map.row(unit)).for_each(|(s, w)| *s += w);
            }
            if map.movable[unit] != NOBODY {
                let i = map.movable[unit] as usize;
                let weight = map.pool.weight(i, owner);
                (0..K).for_each(|k| self.load[owner][k] += weight[k]);
                self.cost += map.pool.cost(i, owner);
                self.spent += map.pool.spends(i, owner);
            }
        }
        for owner in 0..map.owners {
            self.way[owner] = self.best_spot(owner).0;
            self.cost += self.way[owner];
            self.strain[owner] = self.violation(owner, &self.load[owner]);
            self.broken += usize::from(self.strain[owner] > 0.0);
        }
    }

    pub fn violation(&self, owner: usize, load: &[f64; K]) -> f64 {
        let pool = self.map.pool;
        let (lower, upper, scale) = (&pool.lower[owner], &pool.upper[owner], &pool.scale[owner]);
        let mut share = 0.0;
        for k in 0..K {
            share += scale[k] * ((load[k] - upper[k]).max(0.0) + (lower[k] - load[k]).max(0.0));
        }
        share
    }

    /// Way to the best centre and the site it is at; 0 and none for an owner without units.
    pub fn best_spot(&self, owner: usize) -> (f64, Option<usize>) {
        if self.map.is_flat() {
            return (0.0, self.spots[owner].first().map(|&s| s as usize));
        }
        let sum = &self.sum[owner * self.map.sites..(owner + 1) * self.map.sites];
        let best = self.spots[owner].iter().map(|&s| (sum[s as usize], Some(s as usize)));
        best.reduce(|a, b| if b.0 < a.0 { b } else { a }).unwrap_or((0.0, None))
    }

    /// Way of `owner` without `gone` and with `come`.
    fn way_with(&self, owner: usize, gone: Option<usize>, come: Option<usize>) -> f64 {
        let map = self.map;
        if map.is_flat() {
            return 0.0;
        }
        let sum = &self.sum[owner * map.sites..(owner + 1) * map.sites];
        let mut least = f64::INFINITY;
        match (gone, come) {
            (Some(g), None) => {
                let row = map.row(g);
                for &s in &self.spots[owner] {
                    let s = s as usize;
                    if map.unit_of[s] as usize != g {
                        least = least.min(sum[s] - row[s]);
                    }
                }
            }
            (None, Some(c)) => {
                let row = map.row(c);
                for &s in &self.spots[owner] {
                    least = least.min(sum[s as usize] + row[s as usize]);
                }
            }
            (Some(g), Some(c)) => {
                let (out, into) = (map.row(g), map.row(c));
                for &s in &self.spots[owner] {
                    let s = s as usize;
                    if map.unit_of[s] as usize != g {
                        least = least.min(sum[s] - out[s] + into[s]);
                    }
                }
            }
            (None, None) => return self.way[owner],
        }
        if let Some(c) = come {
            let row = map.row(c);
            for s in map.sites_of(c) {
                let out = gone.map_or(0.0, |g| map.row(g)[s]);
                least = least.min(sum[s] - out + row[s]);
            }
        }
        if least.is_finite() { least } else { 0.0 }
    }

    fn strain_with(&self, owner: usize, gone: Option<usize>, come: Option<usize>) -> f64 {
        let (pool, map) = (self.map.pool, self.map);
        let mut load = self.load[owner];
        if let Some(g) = gone {
            let weight = pool.weight(map.movable[g] as usize, owner);
            (0..K).for_each(|k| load[k] -= weight[k]);
        }
        if let Some(c) = come {
            let weight = pool.weight(map.movable[c] as usize, owner);
            (0..K).for_each(|k| load[k] += weight[k]);
        }
        self.violation(owner, &load) - self.strain[owner]
    }

    /// Changes of strain and cost when `u` goes to `to`, and `v`, if any, from there to where `u` was.
    /// `None` where eligibility or the budget of moves forbids it.
    pub fn delta(&self, u: usize, to: usize, v: Option<usize>) -> Option<(f64, f64)> {
        let (pool, map) = (self.map.pool, self.map);
        let from = self.owner[u] as usize;
        let i = map.movable[u] as usize;
        let mut price = pool.cost(i, to) - pool.cost(i, from);
        let mut more = pool.spends(i, to) - pool.spends(i, from);
        if let Some(v) = v {
            let j = map.movable[v] as usize;
            price += pool.cost(j, from) - pool.cost(j, to);
            more += pool.spends(j, from) - pool.spends(j, to);
        }
        if !price.is_finite() || (pool.has_budget && more > 0.0 && self.spent + more > pool.budget) {
            return None;
        }
        let strain = self.strain_with(from, Some(u), v) + self.strain_with(to, v, Some(u));
        let way = self.way_with(from, Some(u), v) + self.way_with(to, v, Some(u)) - self.way[from] - self.way[to];
        Some((strain, way + price))
    }

    pub fn shift(&mut self, unit: usize, to: usize) {
        let map = self.map;
        let from = self.owner[unit] as usize;
        let i = map.movable[unit] as usize;
        self.cost += map.pool.cost(i, to) - map.pool.cost(i, from) - self.way[from] - self.way[to];
        self.spent += map.pool.spends(i, to) - map.pool.spends(i, from);
        if !map.is_flat() {
            let row = map.row(unit);
            self.sum[from * map.sites..(from + 1) * map.sites].iter_mut().zip(row).for_each(|(s, w)| *s -= w);
            self.sum[to * map.sites..(to + 1) * map.sites].iter_mut().zip(row).for_each(|(s, w)| *s += w);
        }
        self.spots[from].retain(|&s| map.unit_of[s as usize] as usize != unit);
        self.spots[to].extend(map.sites_of(unit).map(|s| s as u32));
        self.owner[unit] = to as u32;
        let (gone, come) = (map.pool.weight(i, from), map.pool.weight(i, to));
        for k in 0..K {
            self.load[from][k] -= gone[k];
            self.load[to][k] += come[k];
        }
        for owner in [from, to] {
            self.way[owner] = self.best_spot(owner).0;
            self.cost += self.way[owner];
            self.broken -= usize::from(self.strain[owner] > 0.0);
            self.strain[owner] = self.violation(owner, &self.load[owner]);
            self.broken += usize::from(self.strain[owner] > 0.0);
        }
    }

    /// Does the change leave no territory in more pieces than it is in now?
    pub fn keeps_whole(&mut self, u: usize, to: usize, v: Option<usize>) -> bool {
        if self.map.graph.is_none() {
            return true;
        }
        let from = self.owner[u] as usize;
        let before = self.pieces(from) + self.pieces(to);
        self.owner[u] = to as u32;
        if let Some(v) = v {
            self.owner[v] = from as u32;
        }
        // Spots are not updated, so pieces are counted from the units themselves.
        let after = self.pieces_with(from, v) + self.pieces_with(to, Some(u));
        self.owner[u] = from as u32;
        if let Some(v) = v {
            self.owner[v] = to as u32;
        }
        after <= before
    }

    fn pieces(&mut self, owner: usize) -> usize {
        self.pieces_with(owner, None)
    }

    fn pieces_with(&mut self, owner: usize, extra: Option<usize>) -> usize {
        let Some(graph) = &self.map.graph else { return 1 };
        self.mark += 1;
        let (mark, mut count) = (self.mark, 0);
        let starts = self.spots[owner].iter().map(|&s| self.map.unit_of[s as usize] as usize).chain(extra);
        for start in starts {
            if self.owner[start] != owner as u32 || self.seen[start] == mark {
                continue;
            }
            count += 1;
            self.seen[start] = mark;
            self.stack.push(start as u32);
            while let Some(at) = self.stack.pop() {
                for &next in graph.neighbours(at as usize) {
                    if self.owner[next as usize] == owner as u32 && self.seen[next as usize] != mark {
                        self.seen[next as usize] = mark;
                        self.stack.push(next);
                    }
                }
            }
        }
        count
    }

    /// Pieces beyond one of every territory.
    pub fn breaks(&mut self) -> usize {
        (0..self.map.owners).map(|o| self.pieces(o).saturating_sub(1)).sum()
    }
}
