//! Digests of rows: what an audit entry vouches for.
//!
//! Every field is fed to SHA-256 with a tag and its length, so that no two different rows have the same bytes. An entry
//! touches rows of several tables; each table has a section, and the entry's digest is that of all sections.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// Accumulates fields, and hashes them some thousand bytes at a time.
#[derive(Clone, Default)]
pub(crate) struct Fields {
    hashed: Sha256,
    waiting: Vec<u8>,
}

/// Bytes that are hashed at a time.
const AT_ONCE: usize = 4_096;

impl Fields {
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        let mut head = [1; 9];
        head[1..].copy_from_slice(&(text.len() as u64).to_le_bytes());
        self.waiting.extend_from_slice(&head);
        self.waiting.extend_from_slice(text.as_bytes());
        if self.waiting.len() >= AT_ONCE {
            self.hashed.update(&self.waiting);
            self.waiting.clear();
        }
        self
    }

    pub(crate) fn maybe(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => {
                self.waiting.push(0);
                self
            }
        }
    }

    pub(crate) fn int(&mut self, number: i64) -> &mut Self {
        let mut bytes = [2; 9];
        bytes[1..].copy_from_slice(&number.to_le_bytes());
        self.waiting.extend_from_slice(&bytes);
        self
    }

    pub(crate) fn bytes(&self) -> [u8; 32] {
        self.hashed.clone().chain_update(&self.waiting).finalize().into()
    }

    pub(crate) fn hex(&self) -> String {
        hex(&self.bytes())
    }
}

/// What one audit entry did to which table. The numbers are part of the digests: new ones go to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    Policy,
    Accounts,
    Employees,
    Replaced,
    Plan,
    PlansArchived,
    Superseded,
    Assigned,
    Routes,
    Absences,
    AbsencesEnded,
    Proposals,
    PlanEvents,
    HandOvers,
    TakenBack,
    Contacts = 30,
    ContactsBefore,
    Needs,
    NeedsBefore,
    Particulars,
    ParticularsBefore,
    Ways,
    WaysBefore,
    Communications,
    CommunicationsBefore,
    Cards,
    CardsBefore,
    PlanEdits = 60,
    Appeals,
    AppealsBefore,
    Splits = 50,
    SplitsBefore,
    Disputes,
    DisputesBefore,
    PayPeriods,
    PayPeriodsBefore,
}

/// Digest of all rows of one audit entry.
#[derive(Default)]
pub(crate) struct Touched(BTreeMap<Section, Fields>);

impl Touched {
    pub(crate) fn section(&mut self, section: Section) -> &mut Fields {
        self.0.entry(section).or_default()
    }

    /// Empty where no row was touched.
    pub(crate) fn hex(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut all = Fields::default();
        for (section, fields) in &self.0 {
            all.int(*section as i64).text(&fields.hex());
        }
        all.hex()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
