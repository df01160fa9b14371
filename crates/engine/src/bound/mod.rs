//! Lower bounds: what no solution that keeps all limits can undercut.

mod free;
mod given;

pub(crate) use free::with_free_centres;
pub(crate) use given::at_given_centres;
