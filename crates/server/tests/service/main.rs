//! The service asked as others ask it, on both databases where it keeps anything. One program, because linking costs more than a test.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[macro_use]
#[path = "../../../store/tests/common/mod.rs"]
mod common;
mod house;

mod api;
mod approval;
mod credits;
mod customers;
mod drafts;
mod jobs;
mod matrix;
mod oidc;
mod pay;
mod people;
mod planning;
mod shutdown;
mod studies;
mod traffic;
mod webhooks;
mod writing;
