//! Arriving accounts, leads and requests are assigned by the policy in force, the moment they arrive.
//!
//! An arrival is a JSON object with `account_id` and any columns of the account source. It is put into its segment by the
//! cut points that the plan in force was made with, and into a pool by the same coverage; there it goes to whom the
//! optimiser would have given it at the margin ([`crate::choose`]). Whoever holds a role of the account already keeps it;
//! members of a group go to the holder of its head where the coverage keeps groups together. Nobody who is absent or
//! inactive gets anything. Arrivals of one batch see each other's load.

use std::collections::HashMap;

use bailiwick_data::Table;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::NewAssignment;
use bailiwick_domain::id::{AccountId, EmployeeId, IdError, ProductLine, RoleName};
use bailiwick_domain::policy::{COUNT, Policy};
use bailiwick_store::{Ledger, NewRoute, RouteBatch};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::choose::{Added, Candidate, rank};
use crate::classify::{Classified, Frozen, classify_by, column_infos};
use crate::error::{AppError, describe_problem};
use crate::explanation::staff_of;
use crate::lang::Texts;
use crate::plan::measures::Measures;
use crate::plan::outcome::Routing;
use crate::pool::{Pools, form_pools};
use crate::staff::Staff;
use crate::who::plan_in_force;

/// What became of one arrival.
#[derive(Debug, Clone, Serialize)]
pub struct Decision {
    pub account_id: String,
    pub segment: String,
    pub assignments: Vec<Assigned>,
    /// Roles nobody could be given for, each with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unassigned: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Assigned {
    pub role: String,
    pub product_line: Option<String>,
    pub employee_id: String,
    pub employee: String,
    pub rule: String,
    pub reason: String,
    /// Held before the arrival, and kept.
    pub kept: bool,
}

/// An arrival that cannot be read: its line, and why.
#[derive(Debug, Clone, Serialize)]
pub struct Refused {
    pub line: usize,
    pub reason: String,
}

pub struct Routed {
    pub decisions: Vec<Decision>,
    pub refused: Vec<Refused>,
}

/// Reads JSON lines, decides on each, and records the decisions in one transaction unless `dry_run`.
pub async fn route(
    ledger: &Ledger,
    lines: &str,
    on: Date,
    actor: &str,
    at: Timestamp,
    dry_run: bool,
) -> Result<Routed, AppError> {
    let plan = plan_in_force(ledger, on).await?;
    let version = ledger.version().await?;
    let policy = Policy::parse(&plan.policy_text, crate::project::POLICY_FILE)
        .map_err(|findings| AppError::Refused { findings, policy_text: plan.policy_text.clone() })?;
    let frozen: Frozen = serde_json::from_value(plan.frozen.clone()).unwrap_or_default();
    let pools: Vec<Routing> = serde_json::from_value(plan.routing.clone()).unwrap_or_default();
    let (arrivals, refused) = read_arrivals(lines, &frozen);
    let order = heads_first(&arrivals);
    let arrivals: Vec<Row> = order.iter().map(|index| arrivals[*index].clone()).collect();
    if arrivals.is_empty() {
        return Ok(Routed { decisions: vec![], refused });
    }
    let staff = staff_of(ledger, &frozen, on).await?;
    let router = Router::new(ledger, &policy, &frozen, &pools, &staff, &arrivals, on).await?;
    let (decisions, routes) = router.decide().await?;
    if !dry_run {
        let batch = RouteBatch { base_version: Some(version), on, accounts: router.records()?, decisions: routes };
        ledger.record_route(&batch, actor, at).await?;
    }
    // Told in the order they came in.
    let mut told: Vec<(usize, Decision)> = order.into_iter().zip(decisions).collect();
    told.sort_by_key(|(index, _)| *index);
    Ok(Routed { decisions: told.into_iter().map(|(_, decision)| decision).collect(), refused })
}

type Row = Map<String, Value>;

/// The order to decide in: heads of groups before their members, all else as it arrived.
fn heads_first(arrivals: &[Row]) -> Vec<usize> {
    let text = |row: &Row, column: &str| row.get(column).and_then(Value::as_str).map(str::to_owned);
    let row_of: HashMap<String, usize> =
        arrivals.iter().enumerate().filter_map(|(index, row)| Some((text(row, "account_id")?, index))).collect();
    let depth = |index: usize| {
        let (mut at, mut depth) = (index, 0);
        while let Some(above) = text(&arrivals[at], "parent_id").and_then(|parent| row_of.get(&parent).copied()) {
            at = above;
            depth += 1;
            if depth > arrivals.len() {
                break;
            }
        }
        depth
    };
    let mut order: Vec<usize> = (0..arrivals.len()).collect();
    order.sort_by_cached_key(|index| depth(*index));
    order
}

fn read_arrivals(lines: &str, frozen: &Frozen) -> (Vec<Row>, Vec<Refused>) {
    let columns = column_infos(&frozen.account_columns);
    let (mut arrivals, mut refused) = (vec![], vec![]);
    for (index, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index + 1;
        let read = || -> Result<Row, String> {
            let mut row: Row = serde_json::from_str(line).map_err(|error| no_object(&error))?;
            let id = match row.get("account_id") {
                Some(Value::String(id)) if !id.trim().is_empty() => id.trim().to_owned(),
                Some(Value::Number(id)) => id.to_string(),
                _ => return Err(String::from("has no account_id: add it, as in {\"account_id\": \"A-1\", …}")),
            };
            AccountId::new(&id).map_err(|error| error.to_string())?;
            row.insert(String::from("account_id"), id.into());
            Table::from_rows(&columns, std::slice::from_ref(&known_columns(&row, frozen)))
                .map_err(|problems| problems.iter().map(describe_problem).collect::<Vec<_>>().join("; "))?;
            Ok(row)
        };
        match read() {
            Ok(row) => arrivals.push(row),
            Err(reason) => refused.push(Refused { line: number, reason: format!("line {number} {reason}") }),
        }
    }
    (arrivals, refused)
}

/// What a line is instead of a JSON object; the line is told beside it, so that only the column is left to say.
fn no_object(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("is no JSON object: {what} (column {})", error.column())
}

fn known_columns(row: &Row, frozen: &Frozen) -> Row {
    let known = |name: &str| frozen.account_columns.iter().any(|(column, _)| column == name);
    row.iter().filter(|(name, _)| known(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

struct Router<'a> {
    ledger: &'a Ledger,
    policy: &'a Policy,
    pools: &'a [Routing],
    staff: &'a Staff,
    arrivals: &'a [Row],
    on: Date,
    classified: Classified,
    measures: Measures,
    /// By role and line, then employee: accounts since the plan.
    since: HashMap<(String, Option<String>), HashMap<String, f64>>,
}

impl<'a> Router<'a> {
    async fn new(
        ledger: &'a Ledger,
        policy: &'a Policy,
        frozen: &Frozen,
        pools: &'a [Routing],
        staff: &'a Staff,
        arrivals: &'a [Row],
        on: Date,
    ) -> Result<Router<'a>, AppError> {
        let rows: Vec<Row> = arrivals.iter().map(|row| known_columns(row, frozen)).collect();
        let table =
            Table::from_rows(&column_infos(&frozen.account_columns), &rows).map_err(|problems| AppError::Usage {
                message: problems.iter().map(describe_problem).collect::<Vec<_>>().join("; "),
                remedy: String::from("send values of the types that the account source has"),
            })?;
        let classified = classify_by(policy, &table, frozen)?;
        let measures = Measures::of(policy, &classified.accounts)?;
        let since = loads_since(ledger, pools, on).await?;
        Ok(Router { ledger, policy, pools, staff, arrivals, on, classified, measures, since })
    }

    async fn decide(&self) -> Result<(Vec<Decision>, Vec<NewRoute>), AppError> {
        let Pools { pools, .. } = form_pools(self.policy, &self.classified, self.staff)?;
        let mut since = self.since.clone();
        let mut routed: HashMap<AccountId, Vec<NewAssignment>> = HashMap::new();
        let (mut decisions, mut routes) = (vec![], vec![]);
        for row in 0..self.arrivals.len() {
            let id = self.arrivals[row]["account_id"].as_str().unwrap_or_default().to_owned();
            let account = AccountId::new(&id).map_err(|error| id_error(&error))?;
            let held = self.held_before(&account, &routed).await?;
            let mut assignments: Vec<NewAssignment> = vec![];
            let mut kept = vec![];
            let mut unassigned = vec![];
            let mut chain = vec![];
            let mine = pools.iter().filter(|pool| pool.accounts.binary_search(&(row as u32)).is_ok());
            let (following, first): (Vec<_>, Vec<_>) =
                mine.partition(|pool| pool.coverage(self.policy).divide.same_as.is_some());
            for pool in first.into_iter().chain(following) {
                let state = self.pools.iter().find(|state| {
                    state.coverage == pool.coverage
                        && state.role == pool.role
                        && state.product_line == pool.product_line
                });
                let Some(state) = state else { continue };
                if let Some(held) = held.iter().find(|held| is_of(held, &pool.role, pool.product_line.as_deref())) {
                    chain.push(json!({ "role": pool.role, "rule": held.rule, "kept": held.employee }));
                    assignments.push(held.clone());
                    kept.push(true);
                    continue;
                }
                let key = (pool.role.clone(), pool.product_line.clone());
                let chosen = match self.held_by_group(state, row, &routed).await? {
                    Some(choice) => Some(choice),
                    None => self.choose(state, row, &assignments, since.get(&key))?,
                };
                let Some(choice) = chosen else {
                    let lacking = match state.form.as_str() {
                        "same_as" => "what it follows has no holder",
                        _ => "nobody at work may serve it",
                    };
                    unassigned.push(format!("{}: {lacking} ({})", pool.title(), state.rule));
                    continue;
                };
                *since.entry(key).or_default().entry(choice.employee.clone()).or_default() += 1.0;
                chain.push(json!({ "role": pool.role, "rule": state.rule, "candidates": choice.candidates }));
                assignments.push(self.assignment(&account, state, row, &choice).map_err(|error| id_error(&error))?);
                kept.push(false);
            }
            routed.insert(account.clone(), assignments.clone());
            decisions.push(self.decision(&id, row, &assignments, &kept, unassigned));
            routes.push(NewRoute {
                arrival: Value::Object(self.arrivals[row].clone()),
                account,
                assignments,
                why: Value::Array(chain),
                seed: 0,
            });
        }
        Ok((decisions, routes))
    }

    /// Who holds the account already: by an earlier arrival of the batch, or by the ledger.
    async fn held_before(
        &self,
        account: &AccountId,
        routed: &HashMap<AccountId, Vec<NewAssignment>>,
    ) -> Result<Vec<NewAssignment>, AppError> {
        let earlier = routed.get(account).into_iter().flatten().cloned();
        let now = self.ledger.who(account, None, None, self.on, None).await?;
        Ok(earlier.chain(now.into_iter().map(NewAssignment::from)).collect())
    }

    /// The holder of the group's head, where groups stay together.
    async fn held_by_group(
        &self,
        state: &Routing,
        row: usize,
        routed: &HashMap<AccountId, Vec<NewAssignment>>,
    ) -> Result<Option<Choice>, AppError> {
        let follows_parent = state.form == "same_as" && state.territories.first().is_some_and(|of| of == "parent");
        if !state.groups_together && !follows_parent {
            return Ok(None);
        }
        let Some(parent) = self.arrivals[row].get("parent_id").and_then(Value::as_str).filter(|id| !id.is_empty())
        else {
            return Ok(None);
        };
        let head = AccountId::new(parent).map_err(|error| id_error(&error))?;
        let held = self.held_before(&head, routed).await?;
        let of_line = held.iter().find(|held| is_of(held, &state.role, state.product_line.as_deref()));
        let holder = of_line.or_else(|| held.iter().find(|held| held.role.as_str() == state.role));
        let holder = holder.map(|held| held.employee.to_string());
        let holder = holder.filter(|holder| self.staff.index_of(holder).is_some_and(|row| self.staff.at_work[row]));
        Ok(holder.map(|employee| Choice {
            reason: self.texts().say("route-group", &[("parent", parent.into())]),
            employee,
            territory: None,
            candidates: vec![],
        }))
    }

    fn choose(
        &self,
        state: &Routing,
        row: usize,
        assignments: &[NewAssignment],
        since: Option<&HashMap<String, f64>>,
    ) -> Result<Option<Choice>, AppError> {
        if state.form == "same_as" {
            let followed = state.territories.first().map_or("", String::as_str);
            let holder = assignments.iter().find(|assignment| assignment.role.as_str() == followed);
            return Ok(holder.map(|assignment| Choice {
                employee: assignment.employee.to_string(),
                territory: None,
                reason: self.texts().say("why-follows", &[("role", self.policy.role_title(followed).into())]),
                candidates: vec![],
            }));
        }
        let none = HashMap::new();
        let values = self.measures.values.iter().map(|(name, values)| (name.clone(), values[row])).collect();
        let added = Added { values, since: since.unwrap_or(&none) };
        let mut candidates = rank(self.policy, state, self.staff, &self.classified.accounts, row, &added)?;
        candidates.truncate(5);
        let Some(best) = candidates.first().filter(|best| !best.barred).cloned() else { return Ok(None) };
        let texts = self.texts();
        let person = |one: &Candidate| format!("{} ({})", one.employee, one.employee_id);
        let mut reason = best.because.clone();
        if best.full {
            reason = texts.say("route-full", &[("because", reason.into())]);
        } else if let Some(nearer) = candidates
            .iter()
            .filter(|other| other.full && other.cost < best.cost)
            .min_by(|a, b| a.cost.total_cmp(&b.cost))
        {
            let better = ("better", person(nearer).into());
            reason = texts.say("route-better-full", &[("because", reason.into()), better]);
        } else if let Some(next) = candidates.get(1).filter(|next| !next.full && !next.barred) {
            let (name, other) = (person(next), next.because.as_str());
            let said = [("because", reason.into()), ("next", name.into()), ("other", other.into())];
            reason = texts.say("route-next", &said);
        }
        Ok(Some(Choice { employee: best.employee_id.clone(), territory: best.territory, reason, candidates }))
    }

    fn assignment(
        &self,
        account: &AccountId,
        state: &Routing,
        row: usize,
        choice: &Choice,
    ) -> Result<NewAssignment, IdError> {
        Ok(NewAssignment {
            account: account.clone(),
            role: RoleName::new(&state.role)?,
            product_line: state.product_line.as_deref().map(ProductLine::new).transpose()?,
            employee: EmployeeId::new(&choice.employee)?,
            segment: self.segment(row).to_owned(),
            territory: choice.territory.clone(),
            rule: state.rule.clone(),
            reason: self.texts().say("route-arrival", &[("reason", choice.reason.as_str().into())]),
            why: Value::Null,
        })
    }

    fn texts(&self) -> &'static Texts {
        Texts::of(self.policy.document.company.language)
    }

    fn segment(&self, row: usize) -> &str {
        self.classified.segment[row].map_or("", |index| self.policy.segment_names()[index as usize])
    }

    fn decision(
        &self,
        id: &str,
        row: usize,
        assignments: &[NewAssignment],
        kept: &[bool],
        unassigned: Vec<String>,
    ) -> Decision {
        let assigned = assignments.iter().zip(kept).map(|(assignment, kept)| {
            let employee = self.staff.index_of(assignment.employee.as_str());
            Assigned {
                role: assignment.role.to_string(),
                product_line: assignment.product_line.as_ref().map(ToString::to_string),
                employee_id: assignment.employee.to_string(),
                employee: employee.map_or_else(|| assignment.employee.to_string(), |row| self.staff.names[row].clone()),
                rule: assignment.rule.clone(),
                reason: assignment.reason.clone(),
                kept: *kept,
            }
        });
        let assignments: Vec<Assigned> = assigned.collect();
        let mut unassigned = unassigned;
        if assignments.is_empty() && unassigned.is_empty() {
            unassigned.push(String::from("no coverage of the policy serves it"));
        }
        Decision { account_id: id.to_owned(), segment: self.segment(row).to_owned(), assignments, unassigned }
    }

    /// The arrivals as accounts, with their principles and segment.
    fn records(&self) -> Result<Vec<AccountRecord>, AppError> {
        let names = self.policy.segment_names();
        let segments =
            self.classified.segment.iter().map(|segment| segment.map(|index| names[index as usize].to_owned()));
        let table = self.classified.accounts.with_texts("segment", segments.collect());
        let mut records = crate::apply::account_records(&table)?;
        for (record, arrival) in records.iter_mut().zip(self.arrivals) {
            for (name, value) in arrival {
                if !["account_id", "name", "parent_id"].contains(&name.as_str()) {
                    record.attributes.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
        }
        // An account that arrives twice in a batch is recorded as it arrived last.
        let mut seen = std::collections::HashSet::new();
        records.reverse();
        records.retain(|record| seen.insert(record.id.clone()));
        records.reverse();
        Ok(records)
    }
}

fn is_of(assignment: &NewAssignment, role: &str, line: Option<&str>) -> bool {
    assignment.role.as_str() == role && assignment.product_line.as_ref().map(ProductLine::as_str) == line
}

struct Choice {
    employee: String,
    territory: Option<String>,
    reason: String,
    candidates: Vec<Candidate>,
}

fn id_error(error: &IdError) -> AppError {
    AppError::Usage { message: error.to_string(), remedy: String::from("correct the id") }
}

/// Accounts that came or went since the plan in force was made, by role, line and employee.
async fn loads_since(
    ledger: &Ledger,
    pools: &[Routing],
    on: Date,
) -> Result<HashMap<(String, Option<String>), HashMap<String, f64>>, AppError> {
    let mut since: HashMap<(String, Option<String>), HashMap<String, f64>> = HashMap::new();
    for load in ledger.loads(on).await? {
        let key = (load.role.to_string(), load.product_line.as_ref().map(ToString::to_string));
        *since.entry(key).or_default().entry(load.employee.to_string()).or_default() += load.accounts as f64;
    }
    for pool in pools {
        let Some(count) = pool.measures.iter().find(|measure| measure.name == COUNT) else { continue };
        let loads = since.entry((pool.role.clone(), pool.product_line.clone())).or_default();
        for (employee, load) in pool.staff.iter().zip(&count.loads) {
            *loads.entry(employee.clone()).or_default() -= load;
        }
    }
    Ok(since)
}
