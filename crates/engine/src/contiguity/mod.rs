//! Connected territories: who neighbours whom, whether a move keeps a territory in one piece, and how broken ones are
//! mended.

mod graph;
mod guard;
mod mend;

use crate::model::Model;
use crate::problem::{Contiguity, Cost, Problem};
pub(crate) use graph::Graph;
pub(crate) use guard::Connected;
pub(crate) use mend::mend;

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

/// The same among the model's units only.
pub(crate) fn graph_of_model(problem: &Problem, model: &Model) -> Option<Graph> {
    let whole = graph(problem)?;
    if model.units == problem.units {
        return Some(whole);
    }
    Some(whole.among(&model.unit_of))
}
