//! Lower bounds: what no solution that keeps all limits can undercut.

mod apart;
mod climb;
mod coarse;
mod free;
mod given;
pub mod network;

pub(crate) use climb::{Relaxed, climb};
pub(crate) use free::Known;
pub(crate) use given::at_given_centres;

use crate::control::Control;
use crate::model::Model;
use crate::travel::terrain::Terrain;

/// More units than this are looked at by cells: the sharp bound would take longer than the solve.
const MOST_UNITS: usize = 12_000;
/// The same where there is time to spare.
const MOST_UNITS_OF_PATIENT: usize = 40_000;

/// More units than this have the easy bound alone unless there is time to spare: the few cells that would be quick to look
/// at prove little.
const MOST_BY_CELLS: usize = 60_000;

/// With free centres: the sharp bound, the easy one beside it.
pub(crate) fn with_free_centres(model: &Model, terrain: &Terrain, known: &Known, control: &Control) -> Option<f64> {
    let easy = apart::with_free_centres(model, terrain, control);
    let most = if control.patient { MOST_UNITS_OF_PATIENT } else { MOST_UNITS };
    let sharp = if model.units <= most {
        free::with_free_centres(model, terrain, known, control)
    } else if !control.patient && model.units > MOST_BY_CELLS {
        None
    } else {
        coarse::with_free_centres(model, terrain, known, control)
    };
    easy.into_iter().chain(sharp).reduce(f64::max)
}
