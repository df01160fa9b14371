//! The policy: which account is in which segment, who serves it in which role, divided how.
pub mod document;
