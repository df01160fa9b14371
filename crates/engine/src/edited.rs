//! An allocation that people change unit by unit: what of it lies apart, and what it costs now.
//!
//! Nothing is searched here. The neighbourhood is made once ([`Parts::of`]) and asked after every change.

use std::collections::BTreeMap;

use crate::contiguity::{self, Graph};
use crate::problem::{Centres, Cost, Point, Problem};
use crate::solution::UNASSIGNED;
use crate::travel::centre::Pull;
use crate::travel::metric::{place, point};

/// Rounds of Weiszfeld's step; the middle is near already.
const ROUNDS: usize = 15;

/// Who neighbours whom, where territories are to be in one piece.
#[derive(Debug, Clone)]
pub struct Parts {
    graph: Graph,
    /// Units from here on stand for land without anything on it; territories may be connected through it.
    empty: usize,
}

impl Parts {
    /// The neighbourhood that the problem asks for; `None` where it asks for none. Units from `empty` on are land that
    /// nobody needs to have.
    #[must_use]
    pub fn of(problem: &Problem, empty: usize) -> Option<Parts> {
        contiguity::graph(problem).map(|graph| Parts { graph, empty })
    }

    /// The part of its owner's territory that each unit is in: 0 in the largest (of equals the one that comes first), 1 and
    /// so on in those that lie apart from it; `u32::MAX` where nobody has the unit.
    #[must_use]
    pub fn of_owners(&self, owner: &[u32]) -> Vec<u32> {
        let (piece, pieces) = self.pieces(owner);
        // Of each owner its pieces: how large, and which.
        let mut sizes = vec![0u32; pieces];
        piece.iter().filter(|piece| **piece != u32::MAX).for_each(|piece| sizes[*piece as usize] += 1);
        let mut of_owner: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut seen = vec![false; pieces];
        for (unit, &at) in piece.iter().enumerate().filter(|(_, at)| **at != u32::MAX) {
            if !std::mem::replace(&mut seen[at as usize], true) {
                of_owner.entry(owner[unit]).or_default().push(at);
            }
        }
        let mut rank = vec![0u32; pieces];
        for pieces in of_owner.values_mut() {
            pieces.sort_by_key(|piece| (std::cmp::Reverse(sizes[*piece as usize]), *piece));
            (0..).zip(pieces.iter()).for_each(|(place, piece)| rank[*piece as usize] = place);
        }
        piece.into_iter().map(|piece| if piece == u32::MAX { u32::MAX } else { rank[piece as usize] }).collect()
    }

    fn pieces(&self, owner: &[u32]) -> (Vec<u32>, usize) {
        let units = self.graph.units();
        let held = |unit: usize| unit < self.empty && owner[unit] != UNASSIGNED;
        let mut piece = vec![u32::MAX; units];
        // By which piece a unit of empty land was crossed last.
        let mut crossed = vec![u32::MAX; units];
        let (mut count, mut open) = (0u32, vec![]);
        for unit in (0..units).filter(|unit| held(*unit)) {
            if piece[unit] != u32::MAX {
                continue;
            }
            piece[unit] = count;
            open.push(unit as u32);
            while let Some(at) = open.pop() {
                for &to in self.graph.neighbours(at as usize) {
                    let next = to as usize;
                    if next >= self.empty {
                        if std::mem::replace(&mut crossed[next], count) != count {
                            open.push(to);
                        }
                    } else if piece[next] == u32::MAX && owner[next] == owner[unit] {
                        piece[next] = count;
                        open.push(to);
                    }
                }
            }
            count += 1;
        }
        piece.truncate(self.empty.min(units));
        (piece, count as usize)
    }
}

/// The centres from which owners serve their units best: the weighted geometric median (Weiszfeld 1937, as in the search),
/// from the middle of what they have, so that it does not matter what they had before. Centres that the problem gives stay;
/// only those of `changed` owners are moved.
#[must_use]
pub fn recentred(problem: &Problem, owner: &[u32], centres: &[Point], changed: &[bool]) -> Vec<Point> {
    let Cost::Travel { sites, metric, centres: asked, .. } = &problem.cost else { return centres.to_vec() };
    if let Centres::Fixed(fixed) = asked {
        return fixed.clone();
    }
    let mut moved = centres.to_vec();
    moved.resize(problem.owners, Point { x: f64::NAN, y: f64::NAN });
    let of = |unit: u32| owner[unit as usize] as usize;
    let wanted = |owner: usize| changed.get(owner).copied().unwrap_or(false);
    let mut middle = vec![(0.0, 0.0, 0.0); problem.owners];
    for site in sites.iter().filter(|site| wanted(of(site.unit))) {
        let sum = &mut middle[of(site.unit)];
        *sum = (sum.0 + site.at.x, sum.1 + site.at.y, sum.2 + 1.0);
    }
    for (centre, (x, y, count)) in moved.iter_mut().zip(&middle) {
        if *count > 0.0 {
            *centre = Point { x: x / count, y: y / count };
        }
    }
    let mut places: Vec<_> = moved.iter().map(|at| place(*metric, *at)).collect();
    for _ in 0..ROUNDS {
        let mut pulls = vec![Pull::default(); problem.owners];
        for site in sites.iter().filter(|site| wanted(of(site.unit))) {
            let owner = of(site.unit);
            pulls[owner].add(*metric, &place(*metric, site.at), site.weight, &places[owner], 1e-9);
        }
        for (owner, pull) in pulls.iter().enumerate().filter(|(owner, _)| wanted(*owner)) {
            places[owner] = pull.next(*metric, &places[owner]);
        }
    }
    for (owner, place) in places.into_iter().enumerate().filter(|(owner, _)| wanted(*owner)) {
        moved[owner] = point(*metric, place);
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Contiguity, Eligibility, Metric, Moves, Site};

    fn on_a_line(contiguity: Contiguity, units: usize) -> Problem {
        let site = |unit: usize| Site { unit: unit as u32, at: Point { x: unit as f64, y: 0.0 }, weight: 1.0 };
        Problem {
            units,
            owners: 2,
            cost: Cost::Travel {
                sites: (0..units).map(site).collect(),
                metric: Metric::Euclidean,
                centres: Centres::Free,
                homes: vec![],
            },
            measures: vec![],
            eligibility: Eligibility::All,
            fixed: vec![],
            moves: Moves::default(),
            contiguity,
        }
    }

    #[test]
    fn what_lies_apart_from_the_largest_part_is_told() {
        let chain = Contiguity::Edges((0..5).map(|unit| (unit, unit + 1)).collect());
        let parts = Parts::of(&on_a_line(chain, 6), 6).expect("neighbours");
        assert_eq!(parts.of_owners(&[0, 0, 1, 0, 1, 1]), [0, 0, 1, 1, 0, 0]);
        assert_eq!(parts.of_owners(&[0, UNASSIGNED, 0, 0, 1, 1]), [1, u32::MAX, 0, 0, 0, 0]);
        assert!(Parts::of(&on_a_line(Contiguity::Ignored, 6), 6).is_none());
    }

    #[test]
    fn empty_land_connects() {
        // 0 and 1 touch only through 4, which has nothing on it; 2 and 3 likewise through 5.
        let edges = Contiguity::Edges(vec![(0, 4), (4, 1), (1, 2), (2, 5), (5, 3), (4, 5)]);
        let parts = Parts::of(&on_a_line(edges, 6), 4).expect("neighbours");
        assert_eq!(parts.of_owners(&[0, 0, 1, 1]), [0, 0, 0, 0]);
        assert_eq!(parts.of_owners(&[0, 1, 0, 1]), [0, 0, 0, 0]);
    }

    #[test]
    fn centres_follow_what_owners_have() {
        let problem = on_a_line(Contiguity::Ignored, 5);
        let start = [Point { x: 0.0, y: 0.0 }, Point { x: f64::NAN, y: f64::NAN }];
        let found = recentred(&problem, &[0, 0, 0, 1, 1], &start, &[true, true]);
        assert!((found[0].x - 1.0).abs() < 0.2, "{found:?}");
        assert!((3.0..=4.0).contains(&found[1].x), "{found:?}");
        let kept = recentred(&problem, &[0, 0, 0, 1, 1], &[start[0], start[0]], &[false, false]);
        assert_eq!(kept, [start[0], start[0]]);
    }
}
