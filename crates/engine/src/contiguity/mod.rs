//! Connected territories: who neighbours whom, whether a move keeps a territory in one piece and no other within it, and
//! how broken ones are mended.

mod enclave;
mod graph;
mod guard;
mod mend;
mod shape;

use crate::control::{Control, OutOfTime};
use crate::model::Model;
use crate::problem::{Contiguity, Cost, Problem};
pub(crate) use enclave::{Open, open_up};
pub(crate) use graph::Graph;
pub(crate) use guard::Connected;
pub(crate) use mend::mend;
pub(crate) use shape::Shape;

/// The neighbourhood the problem asks for; `None` where there is none to be had (contiguity of sites without sites).
pub(crate) fn graph(problem: &Problem) -> Option<Graph> {
    graph_in_time(problem, &Control::unbounded(0)).ok().flatten()
}

fn graph_in_time(problem: &Problem, control: &Control) -> Result<Option<Graph>, OutOfTime> {
    Ok(match (&problem.contiguity, &problem.cost) {
        (Contiguity::Ignored, _) => None,
        (Contiguity::Edges(edges), _) => Some(Graph::of_edges(problem.units, edges.iter().copied())),
        (Contiguity::Map { edges, rim }, _) => {
            Some(Graph::of_edges(problem.units, edges.iter().copied()).with_rim(rim.iter().copied()))
        }
        (Contiguity::OfSites, Cost::Travel { sites, metric, .. }) => {
            Some(Graph::of_sites(problem.units, sites, *metric, control)?)
        }
        (Contiguity::OfSites, _) => None,
    })
}

/// The same among the model's units only.
pub(crate) fn graph_of_model(problem: &Problem, model: &Model, control: &Control) -> Result<Option<Graph>, OutOfTime> {
    let whole = graph_in_time(problem, control)?;
    Ok(whole.map(|whole| if model.units == problem.units { whole } else { whole.among(&model.unit_of) }))
}
