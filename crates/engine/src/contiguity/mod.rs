//! Connected territories: who neighbours whom, whether a move keeps a territory in one piece, and how broken ones are
//! mended.

mod graph;

use crate::problem::{Contiguity, Cost, Problem};
pub(crate) use graph::Graph;

/// The neighbourhood the problem asks for; `None` where there is none to be had (contiguity of sites without sites).
pub(crate) fn graph(problem: &Problem) -> Option<Graph> {
    match (&problem.contiguity, &problem.cost) {
        (Contiguity::Ignored, _) => None,
        (Contiguity::Edges(edges), _) => Some(Graph::of_edges(problem.units, edges.iter().copied())),
        (Contiguity::OfSites, Cost::Travel { sites, metric, .. }) => {
            Some(Graph::of_sites(problem.units, sites, *metric))
        }
        (Contiguity::OfSites, _) => None,
    }
}
