//! Who a user is to an OpenID provider.

use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::EmployeeId;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::{query, sql};
use crate::error::StoreError;
use crate::ledger::Ledger;
use crate::user::{self, UserRecord, entry};

impl Ledger {
    /// The active user of an identity.
    pub async fn user_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<UserRecord>, StoreError> {
        let row = query(sql(format!(
            "SELECT {} FROM identities i JOIN users u ON u.user_id = i.user_id \
             WHERE i.issuer = $1 AND i.subject = $2 AND u.active = 1",
            user::columns_of("u")
        )))
        .bind(issuer)
        .bind(subject)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(user::read).transpose()
    }

    /// Says that an identity is a user, from now on.
    ///
    /// # Errors
    /// [`StoreError::IdentityTaken`] if the identity is another's, or the user has another identity of this provider.
    pub async fn link_identity(
        &self,
        (issuer, subject): (&str, &str),
        user: &UserRecord,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let known: Option<String> =
            query("SELECT user_id FROM identities WHERE issuer = $1 AND (subject = $2 OR user_id = $3)")
                .bind(issuer)
                .bind(subject)
                .bind(user.id.to_string())
                .scalar_optional(&mut tx)
                .await?;
        if known.is_some() {
            return Err(StoreError::IdentityTaken { user: user.name.clone() });
        }
        query("INSERT INTO identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4)")
            .bind(issuer)
            .bind(subject)
            .bind(user.id.to_string())
            .bind(at.as_microsecond())
            .execute(&mut tx)
            .await?;
        let after = json!({ "issuer": issuer, "subject": subject });
        entry(&mut tx, &user.name, at, AuditAction::IdentityLinked, &user.name, Value::Null, after).await?;
        tx.commit().await
    }

    /// The employee who has this address, if exactly one has.
    pub async fn employee_of_email(&self, email: &str) -> Result<Option<EmployeeId>, StoreError> {
        let email = email.trim().to_lowercase();
        let has = |employee: &EmployeeRecord| {
            let kept = employee.attributes.get("email").and_then(Value::as_str);
            kept.is_some_and(|kept| kept.trim().to_lowercase() == email)
        };
        let mut found = self.employees().await?.into_iter().filter(has);
        Ok(match (found.next(), found.next()) {
            (Some(one), None) => Some(one.id),
            _ => None,
        })
    }

    /// The user who is this employee, if exactly one is.
    pub async fn user_of_employee(&self, employee: &EmployeeId) -> Result<Option<UserRecord>, StoreError> {
        let rows = query(sql(format!(
            "SELECT {} FROM users u WHERE u.employee_id = $1 AND u.active = 1 ORDER BY u.user_id LIMIT 2",
            user::columns_of("u")
        )))
        .bind(employee.as_str())
        .fetch_all(&self.pool)
        .await?;
        match rows.as_slice() {
            [row] => user::read(row).map(Some),
            _ => Ok(None),
        }
    }

    /// Whether a user of this id has an identity of this provider.
    pub async fn has_identity(&self, issuer: &str, user: Uuid) -> Result<bool, StoreError> {
        let found: Option<String> = query("SELECT subject FROM identities WHERE issuer = $1 AND user_id = $2")
            .bind(issuer)
            .bind(user.to_string())
            .scalar_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }
}
