//! Many sites: free centres first, then the best own site of each territory, assigned again as a matrix in turn.

use crate::control::{Control, Progress};
use crate::problem::{Centres, Cost, Point, Problem, Site};
use crate::score;
use crate::solution::{Solution, UNASSIGNED};
use crate::travel;
use crate::travel::metric::{distance, place};
use rayon::prelude::*;

/// Assignments in turn with medians.
const TURNS: usize = 4;
/// Sites tried as the centre of one territory.
const TRIED: usize = 400;
/// Most units × owners written out as a matrix.
const MOST_ARCS: usize = 50_000_000;

/// `None` where nobody wants it any more.
pub(crate) fn solve(problem: &Problem, sites: &[Site], control: &Control) -> Option<Solution> {
    let Cost::Travel { metric, homes, .. } = &problem.cost else {
        return Some(crate::matrix::solve(problem, control));
    };
    let mut free = problem.clone();
    free.cost = Cost::Travel { sites: sites.to_vec(), metric: *metric, centres: Centres::Free, homes: homes.clone() };
    let start = travel::solve(&free, control)?;
    // Medians cost no less than centres anywhere.
    let bound = start.lower_bound;
    let mut best = at_medians(problem, sites, start.owner, &start.centres);
    if problem.units * problem.owners > MOST_ARCS || problem.contiguity != crate::problem::Contiguity::Ignored {
        return Some(bounded(best, bound));
    }
    for turn in 0..TURNS {
        if control.is_over() {
            break;
        }
        let fraction = 0.6 + 0.4 * turn as f64 / TURNS as f64;
        (control.progress)(Progress { phase: "locating", fraction, objective: Some(best.objective) });
        let places: Vec<_> = best.centres.iter().map(|&c| place(*metric, c)).collect();
        let mut rows = vec![0.0; problem.units * problem.owners];
        for site in sites {
            let at = place(*metric, site.at);
            let row = &mut rows[site.unit as usize * problem.owners..][..problem.owners];
            row.iter_mut().zip(&places).for_each(|(cost, to)| *cost += site.weight * distance(*metric, &at, to));
        }
        let mut fixed = problem.clone();
        fixed.cost = Cost::Matrix(rows);
        let assigned = crate::matrix::solve(&fixed, control);
        let next = at_medians(problem, sites, assigned.owner, &best.centres);
        let violation = |s: &Solution| score::violation(problem, &s.loads);
        let worse = violation(&next) > violation(&best) + 1e-12;
        if worse || (violation(&next) >= violation(&best) - 1e-12 && next.objective >= best.objective) {
            break;
        }
        best = next;
    }
    Some(bounded(best, bound))
}

fn bounded(mut solution: Solution, bound: Option<f64>) -> Solution {
    if solution.shortfalls.is_empty() {
        solution.lower_bound = bound.or(Some(0.0));
    }
    solution
}

/// Puts each centre at the best of the owner's sites near where it was.
fn at_medians(problem: &Problem, sites: &[Site], owner: Vec<u32>, near: &[Point]) -> Solution {
    let Cost::Travel { metric, .. } = &problem.cost else {
        return score::finish(problem, owner, near.to_vec(), "");
    };
    let mut own: Vec<Vec<u32>> = vec![Vec::new(); problem.owners];
    for (i, site) in sites.iter().enumerate() {
        if owner[site.unit as usize] != UNASSIGNED {
            own[owner[site.unit as usize] as usize].push(i as u32);
        }
    }
    let places: Vec<_> = sites.iter().map(|s| place(*metric, s.at)).collect();
    let centres = (0..problem.owners)
        .into_par_iter()
        .map(|o| {
            let centre = place(*metric, near[o]);
            let apart = |&i: &u32| distance(*metric, &places[i as usize], &centre);
            let mut tried: Vec<(f64, u32)> = own[o].iter().map(|i| (apart(i), *i)).collect();
            tried.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            tried.truncate(TRIED);
            let way = |i: u32| -> f64 {
                let to = &places[i as usize];
                own[o].iter().map(|&j| sites[j as usize].weight * distance(*metric, &places[j as usize], to)).sum()
            };
            let best = tried.iter().map(|&(_, i)| (way(i), i)).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            best.map_or(near[o], |(_, i)| sites[i as usize].at)
        })
        .collect();
    score::finish(problem, owner, centres, "location-allocation + medians")
}
