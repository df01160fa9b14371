//! Everything that somebody sees on a day, in a fixed number of queries: accounts, and who holds them.

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::id::EmployeeId;
use jiff::civil::Date;

use crate::db::{query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, date_text};
use crate::reach::Within;
use crate::record::Record;

/// The accounts that the employee `$3` holds on the day `$2`: asked once for the whole list, not for each account.
const PORTFOLIO: &str = "SELECT f.account_id FROM assignments f WHERE f.superseded_at IS NULL AND f.employee_id = $3 \
     AND f.valid_from <= $2 AND (f.valid_to IS NULL OR f.valid_to > $2)";

/// Who holds a role of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderOf {
    pub account_id: String,
    pub role: String,
    /// Empty where the role is not divided by product lines.
    pub product_line: String,
    pub employee_id: String,
    /// As the plan in force had it.
    pub segment: String,
}

impl Ledger {
    /// All accounts seen on the day, by id; only those that an employee holds in some role, where one is named.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn accounts_seen(
        &self,
        within: Within<'_>,
        on: Date,
        employee: Option<&EmployeeId>,
    ) -> Result<Vec<AccountRecord>, StoreError> {
        let rows = query(sql(format!(
            "{} SELECT a.account_id, a.name, a.parent_id, a.attributes FROM accounts a \
             WHERE CAST($2 AS TEXT) IS NOT NULL AND {} \
             AND (CAST($3 AS TEXT) IS NULL OR a.account_id IN ({PORTFOLIO})) ORDER BY 1",
            within.table(),
            within.sees()
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(employee.map(EmployeeId::as_str))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(AccountRecord::read).collect()
    }

    /// Who holds the accounts seen on the day, by account, role and product line.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn holders_seen(&self, within: Within<'_>, on: Date) -> Result<Vec<HolderOf>, StoreError> {
        self.holders_beside(within, on, None).await
    }

    /// The same of those accounts alone that an employee holds in some role, where one is named.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn holders_beside(
        &self,
        within: Within<'_>,
        on: Date,
        employee: Option<&EmployeeId>,
    ) -> Result<Vec<HolderOf>, StoreError> {
        let seen = match within {
            Within::Everybody => "1 = 1".to_owned(),
            _ => format!("h.account_id IN (SELECT a.account_id FROM accounts a WHERE {})", within.sees()),
        };
        let rows = query(sql(format!(
            "{} SELECT h.account_id, h.role, h.product_line, h.employee_id, h.segment FROM assignments h \
             WHERE h.superseded_at IS NULL AND h.valid_from <= $2 AND (h.valid_to IS NULL OR h.valid_to > $2) \
             AND {seen} AND (CAST($3 AS TEXT) IS NULL OR h.account_id IN ({PORTFOLIO})) ORDER BY 1, 2, 3",
            within.table()
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(employee.map(EmployeeId::as_str))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(HolderOf {
                    account_id: row.try_get(0)?,
                    role: row.try_get(1)?,
                    product_line: row.try_get(2)?,
                    employee_id: row.try_get(3)?,
                    segment: row.try_get(4)?,
                })
            })
            .collect()
    }
}
