//! How far somebody sees: the employees at or below them in the reporting line, and the accounts those answer for on a
//! day, in whatever role, as holders or as substitutes. One condition serves lists and single accounts, so that they cannot disagree.

use bailiwick_domain::access::{Operation, Principal, Reach};
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::id::{AccountId, EmployeeId, RoleName};
use jiff::civil::Date;

use crate::db::{query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, date_text};
use crate::record::{Record, id, like_pattern};

/// Whose matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within<'a> {
    Nobody,
    One(&'a EmployeeId),
    /// The employee and everybody who reports to them, directly or through others.
    Below(&'a EmployeeId),
    Everybody,
}

impl<'a> Within<'a> {
    #[must_use]
    pub fn of(principal: &'a Principal, operation: Operation) -> Self {
        match (principal.reach(operation), &principal.employee) {
            (Reach::All, _) => Within::Everybody,
            (Reach::Below, Some(employee)) => Within::Below(employee),
            (Reach::Own, Some(employee)) => Within::One(employee),
            _ => Within::Nobody,
        }
    }

    pub(crate) fn top(self) -> &'a str {
        match self {
            Within::One(employee) | Within::Below(employee) => employee.as_str(),
            Within::Nobody | Within::Everybody => "",
        }
    }

    /// A common table of the employees within, from the first parameter. UNION leaves out who was met before, so a
    /// reporting line that runs in a circle ends.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Within::Below(_) => {
                "WITH RECURSIVE within (employee_id) AS (SELECT employee_id FROM employees WHERE employee_id = $1 \
                 UNION SELECT e.employee_id FROM employees e JOIN within w ON e.manager_id = w.employee_id)"
            }
            Within::One(_) | Within::Nobody | Within::Everybody => {
                "WITH within (employee_id) AS (SELECT employee_id FROM employees WHERE employee_id = $1)"
            }
        }
    }

    /// Condition that the column names an employee within, beside [`Within::table`].
    pub(crate) fn holds(self, column: &str) -> String {
        match self {
            Within::Everybody => "1 = 1".to_owned(),
            Within::Nobody => "1 = 0".to_owned(),
            Within::One(_) | Within::Below(_) => format!("{column} IN (SELECT employee_id FROM within)"),
        }
    }

    /// Condition on an account `a`: somebody within answers for it on the day of the second parameter, as its holder or as
    /// the one who stands in for a holder who is away that day. Who stands in is found as
    /// [`bailiwick_domain::absence::stand_in`] finds it: the cover of the role and product line, else the one for
    /// everything else, and on while whoever is found is away too.
    pub(crate) fn sees(self) -> &'static str {
        match self {
            Within::Everybody => "1 = 1",
            Within::Nobody => "1 = 0",
            Within::One(_) | Within::Below(_) => {
                "EXISTS (SELECT 1 FROM assignments s WHERE s.superseded_at IS NULL AND s.account_id = a.account_id \
                 AND s.valid_from <= $2 AND (s.valid_to IS NULL OR s.valid_to > $2) \
                 AND (s.employee_id IN (SELECT employee_id FROM within) OR (s.employee_id IN (\
                 SELECT w.employee_id FROM absences w WHERE w.superseded_at IS NULL AND w.valid_from <= $2 \
                 AND (w.valid_to IS NULL OR w.valid_to > $2)) AND EXISTS (\
                 WITH RECURSIVE asked (employee_id) AS (SELECT s.employee_id UNION \
                 SELECT c.substitute_id FROM asked q JOIN absences w ON w.employee_id = q.employee_id \
                 AND w.superseded_at IS NULL AND w.valid_from <= $2 AND (w.valid_to IS NULL OR w.valid_to > $2) \
                 JOIN covers c ON c.absence_id = w.id AND ((c.role = s.role AND c.product_line = s.product_line) \
                 OR (c.role = '' AND NOT EXISTS (SELECT 1 FROM covers d WHERE d.absence_id = w.id \
                 AND d.role = s.role AND d.product_line = s.product_line)))) \
                 SELECT 1 FROM asked q WHERE q.employee_id IN (SELECT employee_id FROM within) AND NOT EXISTS (\
                 SELECT 1 FROM absences w WHERE w.employee_id = q.employee_id AND w.superseded_at IS NULL \
                 AND w.valid_from <= $2 AND (w.valid_to IS NULL OR w.valid_to > $2))))))"
            }
        }
    }
}

/// Which accounts are wanted, and from where on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountsWanted {
    /// The beginning of the id, or part of the name.
    pub text: String,
    /// Somebody who answers for the account on the day …
    pub employee: Option<EmployeeId>,
    /// … in this role.
    pub role: Option<RoleName>,
    /// What an earlier page said of the next.
    pub after: Option<AccountCursor>,
    pub limit: u32,
}

/// Some of the accounts that were wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountPage {
    pub accounts: Vec<AccountRecord>,
    /// Where the next page begins, if there is one.
    pub next: Option<AccountCursor>,
}

/// Where a page ends: how well the last account fits the text, and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountCursor {
    fit: u8,
    last: String,
}

impl std::fmt::Display for AccountCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.fit, self.last)
    }
}

impl std::str::FromStr for AccountCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (fit, last) = text.split_once('.').ok_or(())?;
        let fit = fit.parse().ok().filter(|fit| *fit < 3).ok_or(())?;
        Ok(AccountCursor { fit, last: last.to_owned() })
    }
}

impl Ledger {
    /// Who is within, by id.
    pub async fn employees_within(&self, within: Within<'_>) -> Result<Vec<EmployeeId>, StoreError> {
        let rows = match within {
            Within::Nobody => return Ok(vec![]),
            Within::Everybody => query("SELECT employee_id FROM employees ORDER BY employee_id"),
            Within::One(_) | Within::Below(_) => {
                query(sql(format!("{} SELECT employee_id FROM within ORDER BY 1", within.table()))).bind(within.top())
            }
        };
        let rows = rows.fetch_all(&self.pool).await?;
        rows.iter().map(|row| id(row.try_get(0)?)).collect()
    }

    /// Whether the account is among what is seen on the day; no when there is no such account.
    pub async fn sees_account(&self, within: Within<'_>, account: &AccountId, on: Date) -> Result<bool, StoreError> {
        let found: Option<String> = query(sql(format!(
            "{} SELECT a.account_id FROM accounts a WHERE CAST($2 AS TEXT) IS NOT NULL AND a.account_id = $3 AND {}",
            within.table(),
            within.sees()
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(account.as_str())
        .scalar_optional(&self.pool)
        .await?;
        Ok(found.is_some())
    }

    /// A page of the accounts seen on the day: first those whose id begins with the text, then those whose name does,
    /// then those whose name holds it; each by id.
    pub async fn accounts_within(
        &self,
        within: Within<'_>,
        on: Date,
        wanted: &AccountsWanted,
    ) -> Result<AccountPage, StoreError> {
        let pattern = like_pattern(&wanted.text);
        let (fit, last) = wanted.after.as_ref().map_or((-1, ""), |after| (i64::from(after.fit), after.last.as_str()));
        let rows = query(sql(format!(
            "{} SELECT account_id, name, parent_id, attributes, fit FROM (\
             SELECT a.account_id, a.name, a.parent_id, a.attributes, \
             CASE WHEN a.search LIKE $3 ESCAPE '\\' THEN 0 WHEN a.search LIKE $5 ESCAPE '\\' THEN 1 ELSE 2 END AS fit \
             FROM accounts a WHERE (a.search LIKE $3 ESCAPE '\\' OR a.search LIKE $4 ESCAPE '\\') \
             AND CAST($2 AS TEXT) IS NOT NULL AND {} \
             AND ((CAST($8 AS TEXT) IS NULL AND CAST($9 AS TEXT) IS NULL) OR EXISTS (\
             SELECT 1 FROM assignments f WHERE f.superseded_at IS NULL AND f.account_id = a.account_id \
             AND f.valid_from <= $2 AND (f.valid_to IS NULL OR f.valid_to > $2) \
             AND (CAST($8 AS TEXT) IS NULL OR f.employee_id = $8) AND (CAST($9 AS TEXT) IS NULL OR f.role = $9)))\
             ) AS found WHERE fit > $6 OR (fit = $6 AND account_id > $7) ORDER BY fit, account_id LIMIT $10",
            within.table(),
            within.sees()
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(format!("{pattern}%"))
        .bind(format!("%\n%{pattern}%"))
        .bind(format!("%\n{pattern}%"))
        .bind(fit)
        .bind(last)
        .bind(wanted.employee.as_ref().map(EmployeeId::as_str))
        .bind(wanted.role.as_ref().map(RoleName::as_str))
        .bind(i64::from(wanted.limit) + 1)
        .fetch_all(&self.pool)
        .await?;
        let most = wanted.limit as usize;
        let accounts = rows.iter().take(most).map(AccountRecord::read).collect::<Result<Vec<_>, _>>()?;
        let next = match (rows.len() > most, accounts.last()) {
            (true, Some(account)) => {
                let fit: i32 = rows[most - 1].try_get(4)?;
                Some(AccountCursor { fit: u8::try_from(fit).unwrap_or(0), last: account.id.to_string() })
            }
            _ => None,
        };
        Ok(AccountPage { accounts, next })
    }
}
