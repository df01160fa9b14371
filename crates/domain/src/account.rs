//! An account: a customer company or person, as the ledger keeps it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::AccountId;

/// What is known of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountRecord {
    pub id: AccountId,
    pub name: String,
    /// The group or chain it belongs to; need not be an account of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AccountId>,
    /// Every further column of the source.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
}
