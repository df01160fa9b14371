//! The ledger's tables, for what goes through all of them: a backup and what is made of it again.

/// A table: its name, its columns in the order in which they are written, and what its rows are ordered by.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) key: &'static str,
    pub(crate) columns: &'static [Column],
}

/// Whole number or text; either may be missing.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    Int(&'static str),
    Text(&'static str),
}

impl Column {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Column::Int(name) | Column::Text(name) => name,
        }
    }
}

use Column::{Int, Text};

/// In an order in which their rows may be inserted.
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "audit",
        key: "seq",
        columns: &[
            Int("seq"),
            Int("recorded_at"),
            Text("actor"),
            Text("action"),
            Text("subject"),
            Text("before_state"),
            Text("after_state"),
            Text("reason"),
            Text("digest"),
            Text("hash"),
        ],
    },
    Table {
        name: "accounts",
        key: "account_id",
        columns: &[
            Text("account_id"),
            Text("name"),
            Text("parent_id"),
            Text("attributes"),
            Text("search"),
            Text("digest"),
            Int("recorded_at"),
            Int("recorded_by"),
        ],
    },
    Table {
        name: "account_history",
        key: "account_id, recorded_by",
        columns: &[
            Text("account_id"),
            Text("name"),
            Text("parent_id"),
            Text("attributes"),
            Int("recorded_at"),
            Int("recorded_by"),
            Int("superseded_at"),
            Int("superseded_by"),
        ],
    },
    Table {
        name: "employees",
        key: "employee_id",
        columns: &[
            Text("employee_id"),
            Text("name"),
            Text("position"),
            Text("department"),
            Text("manager_id"),
            Text("attributes"),
            Text("search"),
            Text("digest"),
            Int("recorded_at"),
            Int("recorded_by"),
        ],
    },
    Table {
        name: "employee_history",
        key: "employee_id, recorded_by",
        columns: &[
            Text("employee_id"),
            Text("name"),
            Text("position"),
            Text("department"),
            Text("manager_id"),
            Text("attributes"),
            Int("recorded_at"),
            Int("recorded_by"),
            Int("superseded_at"),
            Int("superseded_by"),
        ],
    },
    Table {
        name: "policies",
        key: "version",
        columns: &[
            Int("version"),
            Text("text"),
            Text("sha256"),
            Text("frozen"),
            Int("recorded_at"),
            Int("recorded_by"),
        ],
    },
    Table {
        name: "plans",
        key: "recorded_by",
        columns: &[
            Text("plan_id"),
            Int("policy_version"),
            Text("base_version"),
            Text("state"),
            Text("effective_on"),
            Text("scope"),
            Text("summary"),
            Text("routing"),
            Text("actor"),
            Int("recorded_at"),
            Int("recorded_by"),
            Int("archived_by"),
        ],
    },
    Table {
        name: "assignments",
        key: "id",
        columns: &[
            Int("id"),
            Text("account_id"),
            Text("role"),
            Text("product_line"),
            Text("employee_id"),
            Text("segment"),
            Text("territory"),
            Text("rule"),
            Text("reason"),
            Text("why"),
            Text("valid_from"),
            Text("valid_to"),
            Int("recorded_at"),
            Int("recorded_by"),
            Int("superseded_at"),
            Int("superseded_by"),
        ],
    },
    Table {
        name: "route_decisions",
        key: "id",
        columns: &[
            Int("id"),
            Text("account_id"),
            Text("effective_on"),
            Text("arrival"),
            Text("owners"),
            Text("why"),
            Text("seed"),
            Int("recorded_at"),
            Int("recorded_by"),
        ],
    },
    Table {
        name: "absences",
        key: "id",
        columns: &[
            Int("id"),
            Text("employee_id"),
            Text("valid_from"),
            Text("valid_to"),
            Text("reason"),
            Int("recorded_at"),
            Int("recorded_by"),
            Int("superseded_at"),
            Int("superseded_by"),
        ],
    },
    Table {
        name: "covers",
        key: "absence_id, role, product_line",
        columns: &[Int("absence_id"), Text("role"), Text("product_line"), Text("substitute_id"), Text("rule")],
    },
    Table {
        name: "proposals",
        key: "recorded_by",
        columns: &[
            Text("plan_id"),
            Text("effective_on"),
            Text("base_version"),
            Text("summary"),
            Text("content"),
            Int("recorded_at"),
            Int("recorded_by"),
        ],
    },
    Table {
        name: "plan_events",
        key: "id",
        columns: &[
            Int("id"),
            Text("plan_id"),
            Text("step"),
            Text("actor"),
            Text("comment"),
            Int("recorded_at"),
            Int("recorded_by"),
        ],
    },
    Table {
        name: "handovers",
        key: "id",
        columns: &[
            Int("id"),
            Text("employee_id"),
            Text("effective_on"),
            Text("reason"),
            Int("recorded_at"),
            Int("recorded_by"),
            Int("superseded_at"),
            Int("superseded_by"),
        ],
    },
    // Sessions stay behind: people sign in again.
    Table {
        name: "users",
        key: "user_id",
        columns: &[
            Text("user_id"),
            Text("name"),
            Text("name_key"),
            Text("display_name"),
            Text("password_hash"),
            Text("roles"),
            Text("employee_id"),
            Int("active"),
            Int("failed"),
            Int("locked_until"),
            Int("version"),
            Int("created_at"),
        ],
    },
    Table {
        name: "identities",
        key: "issuer, subject",
        columns: &[Text("issuer"), Text("subject"), Text("user_id"), Int("created_at")],
    },
    Table {
        name: "webhooks",
        key: "webhook_id",
        columns: &[
            Text("webhook_id"),
            Text("url"),
            Text("secret"),
            Text("events"),
            Int("active"),
            Int("failing_since"),
            Text("disabled"),
            Int("version"),
            Int("created_at"),
        ],
    },
    Table {
        name: "tokens",
        key: "token_id",
        columns: &[
            Text("token_id"),
            Text("user_id"),
            Text("name"),
            Text("secret_hash"),
            Text("scopes"),
            Int("created_at"),
            Int("expires_at"),
            Int("revoked_at"),
            Text("used_on"),
        ],
    },
];
