//! skeleton

pub mod demo;
