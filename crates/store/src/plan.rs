//! Plans: making one the truth from a date.
//!
//! One transaction: what is planned is compared with what is recorded, key by key (both sorted, so it is a merge; what is
//! recorded is read as it comes and kept nowhere), the domain says what each key needs ([`hand_over`], [`close`]), and the
//! rows are written in bulk. Whatever goes wrong before the end, nothing has happened.

use std::collections::BTreeSet;
use std::sync::Arc;

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::{
    Amendment, AssignmentKey, Later, LaterChange, NewAssignment, Outcome, Span, close, hand_over,
};
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{EmployeeId, PlanId, ProductLine, RoleName};
use bailiwick_domain::ledger::LedgerVersion;
use bailiwick_domain::numbering::Numbering;
use bailiwick_domain::plan::PlanStep;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::assignment::{self, Draft, Interned, SEPARATOR, line_text, unpack};
use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, Row, Source, query};
use crate::digest::{Section, Touched};
use crate::error::StoreError;
use crate::handover;
use crate::ledger::{Ledger, Progress, canonical, count, date, date_text, json as read_json, moment};
use crate::planned::{Key, Planned, domain_key};
use crate::policy;
use crate::proposal;
use crate::record::{self, Records, id};

/// A role, and product line if the policy divides by them, that a plan decides for every account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScopeKey {
    pub role: RoleName,
    #[serde(default)]
    pub product_line: Option<ProductLine>,
}

/// A plan to be applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewPlan {
    /// Given when the plan was made; the same plan cannot be applied twice.
    pub id: PlanId,
    /// What the ledger was when the plan was made against it; `None`: made without looking, so that it cannot be stale.
    pub base_version: Option<LedgerVersion>,
    pub policy_text: String,
    /// SHA-256 (hex) of the policy the plan was made with; see [`crate::sha256_hex`].
    pub policy_sha256: String,
    /// What the policy computed from the data and keeps: cut points of importance.
    pub frozen: Value,
    /// What routing needs to know of the pools.
    pub routing: Value,
    pub summary: Value,
    /// From this day on.
    pub on: Date,
    /// New accounts and changed ones; those not named stay as they are.
    pub accounts: Vec<AccountRecord>,
    /// New employees and changed ones; those not named stay as they are.
    pub employees: Vec<EmployeeRecord>,
    pub assignments: Vec<NewAssignment>,
    /// What the plan decides: whoever holds one of these keys and is not in the plan gives it up.
    pub scope: Vec<ScopeKey>,
    /// What to do with changes already recorded for after [`NewPlan::on`].
    pub later: Later,
    /// Why it is applied, for the audit trail.
    pub reason: String,
}

/// What applying a plan did. An account × role × product line counts once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    pub plan: PlanId,
    /// Nobody held it; somebody does now.
    pub opened: u64,
    /// It went to another employee.
    pub moved: u64,
    /// Its holder keeps it, and its row is untouched.
    pub kept: u64,
    /// It has no holder any more.
    pub closed: u64,
    pub policy_version: u64,
    pub version: LedgerVersion,
    pub recorded_at: Timestamp,
}

/// A plan that was applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRecord {
    pub id: PlanId,
    pub policy_version: u64,
    pub policy_text: String,
    pub policy_sha256: String,
    pub frozen: Value,
    pub base_version: Option<LedgerVersion>,
    /// `applied` or `archived`: replaced before its date came.
    pub state: String,
    pub on: Date,
    pub scope: Vec<ScopeKey>,
    pub summary: Value,
    pub routing: Value,
    pub actor: String,
    pub recorded_at: Timestamp,
}

impl Ledger {
    /// Makes the plan the truth from its date on, in one transaction.
    ///
    /// What its holder keeps is left untouched, even if the plan gives another reason. What the plan's scope covers and
    /// the plan does not name is closed on the date. Where a change is already recorded for a later date, the plan is
    /// refused, unless it says to replace later changes: then it holds from its date on, and plans of the same or a
    /// narrower scope that would have begun later are archived.
    ///
    /// # Errors
    /// [`StoreError::AlreadyApplied`], [`StoreError::PlanKnown`] (see [`Ledger::apply_approved`]), [`StoreError::Stale`], [`StoreError::OtherLedger`], [`StoreError::LaterChange`],
    /// [`StoreError::PolicyChanged`], [`StoreError::HasLeft`] and those about what is handed in; nothing is changed then.
    pub async fn apply(
        &self,
        plan: &NewPlan,
        actor: &str,
        at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Applied, StoreError> {
        self.apply_rows(plan, PlanRows::of(plan), actor, at, progress).await
    }

    /// [`Ledger::apply`] with the accounts and assignments given apart, because they are many: those of the plan itself are
    /// not looked at.
    ///
    /// # Errors
    /// Those of [`Ledger::apply`].
    pub async fn apply_rows(
        &self,
        plan: &NewPlan,
        rows: PlanRows<'_>,
        actor: &str,
        at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Applied, StoreError> {
        let mut tx = self.begin().await?;
        proposal::refuse_if_on_its_way(&mut tx, &plan.id).await?;
        let head = audit::head(&mut tx).await?;
        let applied = apply(&mut tx, head, plan, rows, Way::Direct, (actor, at), progress).await?;
        tx.commit().await?;
        Ok(applied)
    }

    /// The plan in force on the date: of those that began by then the one that began last, and of several that began
    /// on one day the one recorded last.
    pub async fn active_plan(&self, on: Date) -> Result<Option<PlanRecord>, StoreError> {
        active(&self.pool, on).await
    }

    /// All plans ever applied, in the order they were.
    pub async fn plans(&self) -> Result<Vec<PlanRecord>, StoreError> {
        let rows = query(
            "SELECT p.plan_id, p.policy_version, y.text, y.sha256, y.frozen, p.base_version, p.state, p.effective_on, \
             p.scope, p.summary, p.routing, p.actor, p.recorded_at \
             FROM plans p JOIN policies y ON y.version = p.policy_version ORDER BY p.recorded_by",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(plan_record).collect()
    }
}

/// The accounts and assignments of a plan.
pub struct PlanRows<'a> {
    pub accounts: &'a dyn Records<AccountRecord>,
    pub assignments: Planned,
}

impl<'a> PlanRows<'a> {
    pub(crate) fn of(plan: &'a NewPlan) -> Self {
        PlanRows { accounts: &plan.accounts, assignments: plan.assignments.iter().collect() }
    }
}

/// How a plan comes to be applied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Direct,
    /// It was drafted, proposed and approved.
    Approved,
}

/// Writes all that applying the plan comes to.
pub(crate) async fn apply(
    conn: &mut Connection,
    head: audit::Head,
    plan: &NewPlan,
    rows: PlanRows<'_>,
    way: Way,
    (actor, at): (&str, Timestamp),
    progress: Progress<'_>,
) -> Result<Applied, StoreError> {
    /// Rows that are drafted at a time.
    const AT_ONCE: usize = 65_536;
    let PlanRows { accounts, assignments: planned } = rows;
    examine_rows(plan, &planned)?;
    let scope: BTreeSet<ScopeKey> = plan.scope.iter().cloned().collect();
    let on = date_text(plan.on)?;
    refuse_twice(conn, &plan.id).await?;
    if let Some(base) = &plan.base_version {
        audit::require_version(conn, base, &head).await?;
    }
    let before = head.version();
    let mut change = Change::begin(head, actor, at);
    let total = (accounts.len() + plan.employees.len() + planned.len()) as u64;
    let mut so_far = 0;
    let mut tell = |done: usize| {
        so_far += done as u64;
        progress(so_far.min(total), total);
    };
    let because = format!("plan {}", plan.id);
    let policy = policy::save(conn, &mut change, &plan.policy_text, &plan.policy_sha256, &plan.frozen).await?;
    let saved = record::save::<AccountRecord>(conn, &mut change, accounts, &because, &mut tell).await?;
    record::save::<EmployeeRecord>(conn, &mut change, &plan.employees, &because, &mut tell).await?;
    require_known(conn, &planned, &saved, &plan.employees).await?;
    drop(saved);
    let employees: Vec<EmployeeId> = planned.employees().iter().map(id).collect::<Result<_, _>>()?;
    handover::refuse_leavers(conn, &employees).await?;

    let mut present = Present::of(conn, &scope, &on);
    let mut work = compare(&planned, &mut present, plan).await?;
    let holders = present.count;
    drop(present);
    tell(work.kept);
    let (seq, moment_of_change) = (change.next_seq(), change.at_micros());
    let mut touched = Touched::default();
    assignment::supersede(conn, &mut work.supersede, moment_of_change, seq, &mut touched).await?;
    for part in work.restate.chunks(AT_ONCE) {
        let ids = part.iter().map(|&(id, _)| id).collect::<Vec<_>>();
        let restated = assignment::fetch(conn, &ids).await?;
        let draft = |(id, to): &(i64, Option<Date>)| {
            restated.get(id).ok_or_else(|| crate::ledger::bad("a row's number", &id.to_string()))?.restated(*to)
        };
        let drafts = part.iter().map(draft).collect::<Result<Vec<_>, _>>()?;
        assignment::insert(conn, &drafts, moment_of_change, seq, &mut touched, &mut tell).await?;
    }
    for part in work.open.chunks(AT_ONCE) {
        let drafts: Vec<Draft<'_>> =
            part.iter().map(|&(row, from, to)| planned.draft(row as usize, from, to)).collect();
        assignment::insert(conn, &drafts, moment_of_change, seq, &mut touched, &mut tell).await?;
    }

    if plan.later == Later::Replace {
        archive_later(conn, &scope, &on, seq, &mut touched).await?;
    }
    let row = PlanRow {
        id: plan.id.as_str(),
        policy,
        base: plan.base_version.as_ref().map(ToString::to_string),
        on: &on,
        scope: canonical(&serde_json::to_value(&scope).unwrap_or_default()),
        summary: plan.summary.to_string(),
        routing: plan.routing.to_string(),
        actor: change.actor(),
        at: moment_of_change,
    };
    row.insert(conn, seq).await?;
    row.digest(&mut touched);
    if way == Way::Approved {
        proposal::insert_event(conn, &change, &plan.id, PlanStep::Apply, &plan.reason, &mut touched).await?;
    }
    let counts = json!({
        "opened": work.opened, "moved": work.moved, "kept": work.kept, "closed": work.closed,
        "on": on, "policy_version": policy,
    });
    change
        .append(
            conn,
            NewEntry {
                action: AuditAction::PlanApplied,
                subject: plan.id.to_string(),
                before: json!({"version": before.to_string(), "holders": holders}),
                after: counts,
                reason: plan.reason.clone(),
                digest: touched.hex(),
            },
        )
        .await?;
    progress(total, total);
    Ok(Applied {
        plan: plan.id.clone(),
        opened: work.opened as u64,
        moved: work.moved as u64,
        kept: work.kept as u64,
        closed: work.closed as u64,
        policy_version: count(policy),
        version: change.version(),
        recorded_at: moment(moment_of_change)?,
    })
}

/// [`Ledger::active_plan`] of the state that is seen here.
pub(crate) async fn active<'c>(source: impl Into<Source<'c>>, on: Date) -> Result<Option<PlanRecord>, StoreError> {
    active_as_known(source, on, None).await
}

/// The plan in force on the date, as known at a moment (now, if none is given).
pub(crate) async fn active_as_known<'c>(
    source: impl Into<Source<'c>>,
    on: Date,
    as_known_at: Option<Timestamp>,
) -> Result<Option<PlanRecord>, StoreError> {
    let row = query(
        "SELECT p.plan_id, p.policy_version, y.text, y.sha256, y.frozen, p.base_version, p.state, p.effective_on, \
         p.scope, p.summary, p.routing, p.actor, p.recorded_at \
         FROM plans p JOIN policies y ON y.version = p.policy_version \
         WHERE p.effective_on <= $1 AND p.recorded_at <= $2 AND (p.archived_by IS NULL \
         OR p.archived_by > (SELECT coalesce(max(seq), 0) FROM audit WHERE recorded_at <= $2)) \
         ORDER BY p.effective_on DESC, p.recorded_by DESC LIMIT 1",
    )
    .bind(date_text(on)?)
    .bind(as_known_at.map_or(i64::MAX, Timestamp::as_microsecond))
    .fetch_optional(source)
    .await?;
    row.as_ref().map(plan_record).transpose()
}

fn plan_record(row: &Row) -> Result<PlanRecord, StoreError> {
    let base: Option<&str> = row.try_get(5)?;
    Ok(PlanRecord {
        id: id(row.try_get(0)?)?,
        policy_version: count(row.try_get(1)?),
        policy_text: row.try_get(2)?,
        policy_sha256: row.try_get(3)?,
        frozen: read_json("frozen values", row.try_get(4)?)?,
        base_version: base.map(id).transpose()?,
        state: row.try_get(6)?,
        on: date(row.try_get(7)?)?,
        scope: read_scope(row.try_get(8)?)?,
        summary: read_json("a summary", row.try_get(9)?)?,
        routing: read_json("the state of routing", row.try_get(10)?)?,
        actor: row.try_get(11)?,
        recorded_at: moment(row.try_get(12)?)?,
    })
}

fn read_scope(text: &str) -> Result<Vec<ScopeKey>, StoreError> {
    serde_json::from_str(text).map_err(|_| crate::ledger::bad("a scope", text))
}

pub(crate) async fn refuse_twice(conn: &mut Connection, plan: &PlanId) -> Result<(), StoreError> {
    let row = query("SELECT effective_on, actor, recorded_at FROM plans WHERE plan_id = $1")
        .bind(plan.as_str())
        .fetch_optional(conn)
        .await?;
    match row {
        None => Ok(()),
        Some(row) => Err(StoreError::AlreadyApplied {
            plan: plan.clone(),
            on: date(row.try_get(0)?)?,
            actor: row.try_get(1)?,
            at: moment(row.try_get(2)?)?,
        }),
    }
}

/// Plans that would begin after the date and decide nothing the new one does not.
async fn archive_later(
    conn: &mut Connection,
    scope: &BTreeSet<ScopeKey>,
    on: &str,
    seq: i64,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let rows = query("SELECT plan_id, scope FROM plans WHERE state = 'applied' AND effective_on > $1 ORDER BY plan_id")
        .bind(on)
        .fetch_all(&mut *conn)
        .await?;
    for row in rows {
        let plan: &str = row.try_get(0)?;
        if read_scope(row.try_get(1)?)?.iter().all(|key| scope.contains(key)) {
            query("UPDATE plans SET state = 'archived', archived_by = $1 WHERE plan_id = $2")
                .bind(seq)
                .bind(plan)
                .execute(&mut *conn)
                .await?;
            touched.section(Section::PlansArchived).text(plan);
        }
    }
    Ok(())
}

/// A row of the table of plans, but for its state.
pub(crate) struct PlanRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) policy: i64,
    pub(crate) base: Option<String>,
    pub(crate) on: &'a str,
    pub(crate) scope: String,
    pub(crate) summary: String,
    pub(crate) routing: String,
    pub(crate) actor: &'a str,
    pub(crate) at: i64,
}

impl PlanRow<'_> {
    async fn insert(&self, conn: &mut Connection, seq: i64) -> Result<(), StoreError> {
        query(
            "INSERT INTO plans (plan_id, policy_version, base_version, state, effective_on, scope, summary, routing, actor, \
             recorded_at, recorded_by) VALUES ($1, $2, $3, 'applied', $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(self.id)
        .bind(self.policy)
        .bind(&self.base)
        .bind(self.on)
        .bind(&self.scope)
        .bind(&self.summary)
        .bind(&self.routing)
        .bind(self.actor)
        .bind(self.at)
        .bind(seq)
        .execute(conn)
        .await?;
        Ok(())
    }

    pub(crate) fn digest(&self, touched: &mut Touched) {
        touched
            .section(Section::Plan)
            .text(self.id)
            .int(self.policy)
            .maybe(self.base.as_deref())
            .text(self.on)
            .text(&self.scope)
            .text(&self.summary)
            .text(&self.routing)
            .text(self.actor)
            .int(self.at);
    }
}

/// Refuses what can be seen to be wrong with a plan without the ledger.
pub(crate) fn examine(plan: &NewPlan) -> Result<(), StoreError> {
    date_text(plan.on)?;
    examine_rows(plan, &plan.assignments.iter().collect())
}

fn examine_rows(plan: &NewPlan, planned: &Planned) -> Result<(), StoreError> {
    let found = policy::sha256_hex(&plan.policy_text);
    if !plan.policy_sha256.eq_ignore_ascii_case(&found) {
        return Err(StoreError::PolicyChanged { expected: plan.policy_sha256.clone(), found });
    }
    planned.examine(&names_of(&plan.scope))
}

/// Roles and product lines as the database holds them.
fn names_of<'a>(scope: impl IntoIterator<Item = &'a ScopeKey>) -> BTreeSet<(&'a str, &'a str)> {
    scope.into_iter().map(|key| (key.role.as_str(), line_text(key.product_line.as_ref()))).collect()
}

/// Every account and employee named is handed in with the plan or kept already.
async fn require_known(
    conn: &mut Connection,
    planned: &Planned,
    accounts: &Numbering,
    employees: &[EmployeeRecord],
) -> Result<(), StoreError> {
    let others: Vec<&str> = planned.accounts().iter().filter(|id| accounts.find(id).is_none()).collect();
    if let Some(account) = record::missing::<AccountRecord>(conn, &others).await? {
        return Err(StoreError::UnknownAccount { account: id(&account)? });
    }
    let employees: BTreeSet<&str> = employees.iter().map(|one| one.id.as_str()).collect();
    let others: Vec<&str> = planned.employees().iter().filter(|id| !employees.contains(id)).collect();
    if let Some(employee) = record::missing::<EmployeeRecord>(conn, &others).await? {
        return Err(StoreError::UnknownEmployee { employee: id(&employee)? });
    }
    Ok(())
}

/// What is recorded of the plan's scope, from its date on, as it is read.
struct Present<'c> {
    rows: BoxStream<'c, Result<Row, sqlx::Error>>,
    inside: BTreeSet<(&'c str, &'c str)>,
    roles: Interned<RoleName>,
    lines: Interned<ProductLine>,
    employees: Interned<EmployeeId>,
    dates: Interned<Date>,
    /// The first row of the next key.
    next: Option<PresentRow>,
    /// Rows read.
    count: usize,
}

struct PresentRow {
    id: i64,
    account: Arc<str>,
    role: RoleName,
    line: Option<ProductLine>,
    employee: EmployeeId,
    from: Date,
    to: Option<Date>,
}

impl PresentRow {
    fn key(&self) -> Key<'_> {
        (&self.account, self.role.as_str(), line_text(self.line.as_ref()))
    }
}

impl<'c> Present<'c> {
    fn of(conn: &'c mut Connection, scope: &'c BTreeSet<ScopeKey>, on: &'c str) -> Self {
        // One packed text a row: a row costs as much as its columns are many.
        let rows = query(
            "SELECT id, account_id || $2 || role || $2 || product_line || $2 || employee_id || $2 || valid_from || $2 || \
             coalesce(valid_to, '') FROM assignments \
             WHERE superseded_at IS NULL AND (valid_to IS NULL OR valid_to > $1) \
             ORDER BY account_id, role, product_line, valid_from",
        )
        .bind(on)
        .bind(SEPARATOR)
        .fetch(conn);
        Present {
            rows,
            inside: names_of(scope),
            roles: Interned::new(),
            lines: Interned::new(),
            employees: Interned::new(),
            dates: Interned::new(),
            next: None,
            count: 0,
        }
    }

    /// The rows of the next key; none at the end.
    async fn next_key(&mut self, rows: &mut Vec<PresentRow>) -> Result<(), StoreError> {
        rows.clear();
        rows.extend(match self.next.take() {
            Some(row) => Some(row),
            None => self.read(None).await?,
        });
        while let Some(last) = rows.last() {
            match self.read(Some(&last.account)).await? {
                Some(row) if row.key() == rows[0].key() => rows.push(row),
                other => {
                    self.next = other;
                    break;
                }
            }
        }
        Ok(())
    }

    /// `account`: of the row before.
    async fn read(&mut self, account: Option<&Arc<str>>) -> Result<Option<PresentRow>, StoreError> {
        while let Some(row) = self.rows.try_next().await? {
            let [of, role, line, employee, from, to] = unpack(row.try_get(1)?)?;
            if !self.inside.contains(&(role, line)) {
                continue;
            }
            self.count += 1;
            return Ok(Some(PresentRow {
                id: row.try_get(0)?,
                account: account.filter(|account| ***account == *of).map_or_else(|| Arc::from(of), Arc::clone),
                role: self.roles.get(role)?,
                line: if line.is_empty() { None } else { Some(self.lines.get(line)?) },
                employee: self.employees.get(employee)?,
                from: self.dates.get(from)?,
                to: if to.is_empty() { None } else { Some(self.dates.get(to)?) },
            }));
        }
        Ok(None)
    }
}

/// What applying the plan comes to.
#[derive(Default)]
struct Work {
    supersede: Vec<i64>,
    restate: Vec<(i64, Option<Date>)>,
    /// Rows of what is planned.
    open: Vec<(u32, Date, Option<Date>)>,
    opened: usize,
    moved: usize,
    kept: usize,
    closed: usize,
}

/// Walks through what is planned and what is recorded side by side.
async fn compare(planned: &Planned, present: &mut Present<'_>, plan: &NewPlan) -> Result<Work, StoreError> {
    let mut work = Work::default();
    let mut conflicts: Option<(AssignmentKey, Date, usize)> = None;
    let (mut new, mut old) = (0, vec![]);
    present.next_key(&mut old).await?;
    loop {
        let of_new = (new < planned.len()).then(|| planned.key(new));
        let of_old = old.first().map(PresentRow::key);
        let Some(key) = of_new.into_iter().chain(of_old).min() else { break };
        let assigned = (of_new == Some(key)).then_some(new);
        let rows = if of_old == Some(key) { old.as_slice() } else { &[] };
        let spans: Vec<Span<'_>> =
            rows.iter().map(|row| Span { employee: row.employee.as_str(), from: row.from, to: row.to }).collect();
        let amendment = match assigned {
            Some(new) => hand_over(&spans, planned.employee(new), plan.on, plan.later),
            None => close(&spans, plan.on, plan.later),
        };
        match (amendment, &mut conflicts) {
            (Ok(amendment), _) => work.take(rows, assigned, &amendment),
            (Err(_), Some((_, _, count))) => *count += 1,
            (Err(LaterChange(later)), None) => conflicts = Some((domain_key(key)?, later, 1)),
        }
        let was_recorded = !rows.is_empty();
        new += usize::from(assigned.is_some());
        if was_recorded {
            present.next_key(&mut old).await?;
        }
    }
    match conflicts {
        Some((key, later, count)) => Err(StoreError::LaterChange { key: Box::new(key), on: plan.on, later, count }),
        None => Ok(work),
    }
}

impl Work {
    fn take(&mut self, rows: &[PresentRow], new: Option<usize>, amendment: &Amendment) {
        match amendment.outcome {
            Outcome::Opened => self.opened += 1,
            Outcome::Moved => self.moved += 1,
            Outcome::Kept => self.kept += 1,
            Outcome::Closed => self.closed += 1,
            Outcome::Absent => {}
        }
        self.supersede.extend(amendment.supersede.iter().map(|&row| rows[row].id));
        self.restate.extend(amendment.restate.map(|(row, to)| (rows[row].id, to)));
        if let (Some(new), Some((from, to))) = (new, amendment.open) {
            self.open.push((new as u32, from, to));
        }
    }
}
