//! Lower bounds: what no solution that keeps all limits can undercut.

mod given;

pub(crate) use given::at_given_centres;
