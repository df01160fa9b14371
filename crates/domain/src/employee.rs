//! An employee, as the ledger keeps them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::EmployeeId;

/// What is known of an employee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmployeeRecord {
    pub id: EmployeeId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<EmployeeId>,
    /// Every further column of the source, `email` and `phone` among them when present.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
}
