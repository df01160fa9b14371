//! The ledger's version: what a plan was made against, so that a stale plan is noticed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// State of a ledger: changes with every change. Opaque to everyone but the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LedgerVersion {
    seq: u64,
    hash: String,
}

/// The text is no version of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a version of a ledger: expected the text that `plan` wrote, such as 12-9f86d081884c7d65")]
pub struct VersionError(String);

/// Hexadecimal digits of the hash that a version keeps.
const DIGITS: usize = 16;

impl LedgerVersion {
    /// The version after the audit entry with this number and hash.
    #[must_use]
    pub fn after(seq: u64, hash: &str) -> Self {
        LedgerVersion { seq, hash: hash.chars().take(DIGITS).collect() }
    }

    /// The version of a ledger nothing was ever written to.
    #[must_use]
    pub fn empty() -> Self {
        LedgerVersion { seq: 0, hash: "0".repeat(DIGITS) }
    }

    /// Number of the last audit entry.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether an audit entry of this version's number may carry this hash.
    #[must_use]
    pub fn agrees_with(&self, hash: &str) -> bool {
        hash.starts_with(&self.hash)
    }
}

impl fmt::Display for LedgerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.seq, self.hash)
    }
}

impl FromStr for LedgerVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let wrong = || VersionError(text.to_owned());
        let (seq, hash) = text.trim().split_once('-').ok_or_else(wrong)?;
        let seq = seq.parse().map_err(|_| wrong())?;
        if hash.len() != DIGITS || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        Ok(LedgerVersion { seq, hash: hash.to_ascii_lowercase() })
    }
}

impl TryFrom<String> for LedgerVersion {
    type Error = VersionError;
    fn try_from(text: String) -> Result<Self, VersionError> {
        text.parse()
    }
}

impl From<LedgerVersion> for String {
    fn from(version: LedgerVersion) -> String {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_survives_writing_and_reading() {
        let version = LedgerVersion::after(12, "9f86d081884c7d659a2feaa0c55ad015");
        assert_eq!(version.to_string(), "12-9f86d081884c7d65");
        assert_eq!(version.to_string().parse(), Ok(version.clone()));
        assert_eq!(LedgerVersion::empty().to_string().parse(), Ok(LedgerVersion::empty()));
        assert!("12".parse::<LedgerVersion>().is_err());
        assert!("12-xyz".parse::<LedgerVersion>().is_err());
    }
}
