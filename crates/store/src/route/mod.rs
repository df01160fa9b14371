//! Routing: who takes an arrival, decided elsewhere and kept here, batch by batch.

mod list;
mod turn;

use std::collections::{BTreeSet, HashMap};

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::{AssignmentKey, NewAssignment, Span, fill};
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId, ProductLine, RoleName};
use bailiwick_domain::ledger::LedgerVersion;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::assignment::{self, Draft};
use crate::audit::{self, Change, NewEntry};
use crate::db::bulk::{self, Target};
use crate::db::{Connection, Param, Row, query, sql};
use crate::digest::{Section, Touched};
use crate::error::StoreError;
use crate::handover;
use crate::ledger::{Ledger, count, date, date_text, json as read_json, moment, next_id};
use crate::record::{self, id};

pub use list::DecisionsWanted;
pub use turn::{RouteGround, RouteTurn};

/// One arrival, and who shall take it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRoute {
    /// What arrived.
    pub arrival: Value,
    pub account: AccountId,
    /// Proposed owners; a role that is held already keeps its owner.
    pub assignments: Vec<NewAssignment>,
    /// The rule chain in full.
    pub why: Value,
    /// With it the decision can be made again.
    pub seed: u64,
}

/// Arrivals that are decided together.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteBatch {
    /// Refuse if the ledger has changed since; `None`: whatever has happened.
    pub base_version: Option<LedgerVersion>,
    /// From this day on.
    pub on: Date,
    /// New accounts and changed ones.
    pub accounts: Vec<AccountRecord>,
    pub decisions: Vec<NewRoute>,
}

/// Who holds a role of an arrival's account, and whether they did before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteOwner {
    pub role: RoleName,
    pub product_line: Option<ProductLine>,
    pub employee: EmployeeId,
    pub kept: bool,
}

/// What a batch came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    /// Number of the first decision; the others follow it.
    pub first: u64,
    /// Owners for each decision, in the order handed in.
    pub owners: Vec<Vec<RouteOwner>>,
    pub opened: u64,
    pub kept: u64,
    pub version: LedgerVersion,
    pub recorded_at: Timestamp,
}

/// A decision as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteDecision {
    pub id: u64,
    pub account: AccountId,
    pub on: Date,
    pub arrival: Value,
    pub owners: Vec<RouteOwner>,
    pub why: Value,
    pub seed: u64,
    pub recorded_at: Timestamp,
    /// Number of the audit entry that recorded it.
    pub recorded_by: u64,
}

impl Ledger {
    /// Keeps the decisions in one transaction. An account × role × product line that is held on the date keeps its
    /// owner; one that is not gets the proposed owner from the date on, up to the next change recorded for it, if any.
    ///
    /// # Errors
    /// [`StoreError::UnknownAccount`], [`StoreError::UnknownEmployee`], [`StoreError::Stale`]; nothing is changed then.
    pub async fn record_route(&self, batch: &RouteBatch, actor: &str, at: Timestamp) -> Result<Routed, StoreError> {
        let mut tx = self.begin().await?;
        let head = audit::head(&mut tx).await?;
        if let Some(base) = &batch.base_version {
            audit::require_version(&mut tx, base, &head).await?;
        }
        let mut change = Change::begin(head, actor, at);
        let routed = record_batch(&mut tx, &mut change, batch).await?;
        tx.commit().await?;
        Ok(routed)
    }
}

/// Writes all that a batch comes to.
pub(crate) async fn record_batch(
    conn: &mut Connection,
    change: &mut Change<'_>,
    batch: &RouteBatch,
) -> Result<Routed, StoreError> {
    let on = date_text(batch.on)?;
    let before = change.version();
    record::save(conn, change, &batch.accounts, "arrived", |_| ()).await?;
    require_known(conn, batch).await?;
    let proposed = batch.decisions.iter().flat_map(|decision| &decision.assignments);
    handover::refuse_leavers(conn, proposed.map(|new| &new.employee)).await?;

    let mut present = present(conn, batch, &on).await?;
    let (mut drafts, mut owners) = (Vec::new(), Vec::with_capacity(batch.decisions.len()));
    let (mut opened, mut kept) = (0u64, 0u64);
    for decision in &batch.decisions {
        let mut held = Vec::with_capacity(decision.assignments.len());
        for new in &decision.assignments {
            let rows = present.entry(new.key()).or_default();
            let spans: Vec<Span<'_>> =
                rows.iter().map(|(who, from, to)| Span { employee: who.as_str(), from: *from, to: *to }).collect();
            let opening = fill(&spans, batch.on).open;
            if let Some((from, to)) = opening {
                drafts.push(Draft::new(new, from, to));
                rows.push((new.employee.clone(), from, to));
                opened += 1;
            } else {
                kept += 1;
            }
            let covering = rows.iter().find(|(_, from, to)| *from <= batch.on && to.is_none_or(|to| batch.on < to));
            held.push(RouteOwner {
                role: new.role.clone(),
                product_line: new.product_line.clone(),
                employee: covering.map_or_else(|| new.employee.clone(), |(who, _, _)| who.clone()),
                kept: opening.is_none(),
            });
        }
        owners.push(held);
    }

    let (seq, moment_of_change) = (change.next_seq(), change.at_micros());
    let mut touched = Touched::default();
    assignment::insert(conn, &drafts, moment_of_change, seq, &mut touched, |_| ()).await?;
    let first = insert_decisions(conn, batch, &on, &owners, moment_of_change, seq, &mut touched).await?;
    let subject = match batch.decisions.as_slice() {
        [one] => one.account.to_string(),
        many => format!("{} arrivals", many.len()),
    };
    change
        .append(
            conn,
            NewEntry {
                action: AuditAction::RouteRecorded,
                subject,
                before: json!({"version": before.to_string()}),
                after: json!({"decisions": batch.decisions.len(), "opened": opened, "kept": kept, "on": on}),
                reason: "arrived".to_owned(),
                digest: touched.hex(),
            },
        )
        .await?;
    Ok(Routed { first, owners, opened, kept, version: change.version(), recorded_at: moment(moment_of_change)? })
}

async fn require_known(conn: &mut Connection, batch: &RouteBatch) -> Result<(), StoreError> {
    let given: BTreeSet<&str> = batch.accounts.iter().map(|account| account.id.as_str()).collect();
    let proposals = || batch.decisions.iter().flat_map(|decision| &decision.assignments);
    let accounts: BTreeSet<&str> = batch
        .decisions
        .iter()
        .map(|decision| decision.account.as_str())
        .chain(proposals().map(|new| new.account.as_str()))
        .filter(|id| !given.contains(id))
        .collect();
    let accounts: Vec<&str> = accounts.into_iter().collect();
    if let Some(account) = record::missing::<AccountRecord>(conn, &accounts).await? {
        return Err(StoreError::UnknownAccount { account: id(&account)? });
    }
    let employees: BTreeSet<&str> = proposals().map(|new| new.employee.as_str()).collect();
    let employees: Vec<&str> = employees.into_iter().collect();
    if let Some(employee) = record::missing::<EmployeeRecord>(conn, &employees).await? {
        return Err(StoreError::UnknownEmployee { employee: id(&employee)? });
    }
    Ok(())
}

type Held = Vec<(EmployeeId, Date, Option<Date>)>;

/// What is recorded of the batch's accounts from the date on.
async fn present(
    conn: &mut Connection,
    batch: &RouteBatch,
    on: &str,
) -> Result<HashMap<AssignmentKey, Held>, StoreError> {
    let accounts: BTreeSet<&str> =
        batch.decisions.iter().flat_map(|decision| &decision.assignments).map(|new| new.account.as_str()).collect();
    let accounts: Vec<&str> = accounts.into_iter().collect();
    let mut present: HashMap<AssignmentKey, Held> = HashMap::new();
    if accounts.is_empty() {
        return Ok(present);
    }
    let among = conn.among("account_id", 2);
    let mut rows = query(sql(format!(
        "SELECT account_id, role, product_line, employee_id, valid_from, valid_to FROM assignments \
         WHERE superseded_at IS NULL AND (valid_to IS NULL OR valid_to > $1) AND {among} \
         ORDER BY account_id, role, product_line, valid_from"
    )))
    .bind(on)
    .bind(accounts.as_slice())
    .fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let line: &str = row.try_get(2)?;
        let key = AssignmentKey {
            account: id(row.try_get(0)?)?,
            role: id(row.try_get(1)?)?,
            product_line: if line.is_empty() { None } else { Some(id(line)?) },
        };
        let to: Option<&str> = row.try_get(5)?;
        let held = (id(row.try_get(3)?)?, date(row.try_get(4)?)?, to.map(date).transpose()?);
        present.entry(key).or_default().push(held);
    }
    drop(rows);
    Ok(present)
}

async fn insert_decisions(
    conn: &mut Connection,
    batch: &RouteBatch,
    on: &str,
    owners: &[Vec<RouteOwner>],
    at: i64,
    seq: i64,
    touched: &mut Touched,
) -> Result<u64, StoreError> {
    let next: i64 = next_id(conn, "route_decisions").await?;
    let rows: Vec<StoredRoute> = (next..)
        .zip(batch.decisions.iter().zip(owners))
        .map(|(id, (decision, owners))| StoredRoute {
            id,
            account: decision.account.to_string(),
            on: on.to_owned(),
            arrival: decision.arrival.to_string(),
            owners: serde_json::to_string(owners).unwrap_or_default(),
            why: decision.why.to_string(),
            seed: decision.seed.to_string(),
            at,
            seq,
        })
        .collect();
    for row in &rows {
        row.digest(touched);
    }
    let target = Target {
        table: "route_decisions",
        columns: &[
            "id",
            "account_id",
            "effective_on",
            "arrival",
            "owners",
            "why",
            "seed",
            "recorded_at",
            "recorded_by",
        ],
        suffix: "",
    };
    bulk::insert(conn, target, &rows, StoredRoute::values, |_| ()).await?;
    Ok(count(next))
}

/// A decision as it is stored.
pub(crate) struct StoredRoute {
    id: i64,
    account: String,
    on: String,
    arrival: String,
    owners: String,
    why: String,
    seed: String,
    at: i64,
    pub(crate) seq: i64,
}

impl StoredRoute {
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(StoredRoute {
            id: row.try_get(0)?,
            account: row.try_get(1)?,
            on: row.try_get(2)?,
            arrival: row.try_get(3)?,
            owners: row.try_get(4)?,
            why: row.try_get(5)?,
            seed: row.try_get(6)?,
            at: row.try_get(7)?,
            seq: row.try_get(8)?,
        })
    }

    fn values<'r>(&'r self, values: &mut Vec<Param<'r>>) {
        values.extend([
            self.id.into(),
            Param::from(&self.account),
            Param::from(&self.on),
            Param::from(&self.arrival),
            Param::from(&self.owners),
            Param::from(&self.why),
            Param::from(&self.seed),
            self.at.into(),
            self.seq.into(),
        ]);
    }

    pub(crate) fn digest(&self, touched: &mut Touched) {
        touched
            .section(Section::Routes)
            .int(self.id)
            .text(&self.account)
            .text(&self.on)
            .text(&self.arrival)
            .text(&self.owners)
            .text(&self.why)
            .text(&self.seed)
            .int(self.at);
    }

    fn decision(self) -> Result<RouteDecision, StoreError> {
        Ok(RouteDecision {
            id: count(self.id),
            account: id(&self.account)?,
            on: date(&self.on)?,
            arrival: read_json("an arrival", &self.arrival)?,
            owners: serde_json::from_str(&self.owners).map_err(|_| crate::ledger::bad("owners", &self.owners))?,
            why: read_json("a rule chain", &self.why)?,
            seed: self.seed.parse().map_err(|_| crate::ledger::bad("a seed", &self.seed))?,
            recorded_at: moment(self.at)?,
            recorded_by: count(self.seq),
        })
    }
}
