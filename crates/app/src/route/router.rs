//! The state that decisions rest on, kept warm: the policy and the pools of the plan in force, who is at work, how much
//! each holds, whose turn it is.
//!
//! It is read once from the ledger ([`Router::read`]) and moves on with every decision it makes, to exactly what would be
//! read once the decision is recorded; so a restart in between changes nothing.

use std::collections::BTreeMap;

use bailiwick_data::ColumnInfo;
use bailiwick_domain::absence::{Absence, StandIn, stand_in};
use bailiwick_domain::id::{EmployeeId, ProductLine, RoleName};
use bailiwick_domain::policy::document::Share;
use bailiwick_domain::policy::{COUNT, Policy};
use bailiwick_store::{RouteGround, RouteTurn};
use jiff::Timestamp;
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::turns::{Told, Turns, turn_in};
use super::units;
use crate::choose::Chooser;
use crate::classify::{Frozen, column_infos, condition};
use crate::error::AppError;
use crate::explanation::staff_of;
use crate::lang::Texts;
use crate::plan::outcome::Routing;
use crate::staff::Staff;
use crate::who::no_plan;

/// A role, and the product line where there are some.
pub type Key = (String, Option<String>);

/// A pool as it stands now.
pub struct PoolState {
    pub chooser: Chooser,
    pub role: RoleName,
    pub line: Option<ProductLine>,
    pub turns: Option<Turns>,
    /// Who has each unit, where accounts of a unit go together.
    pub units: FxHashMap<String, String>,
    /// Rows of the employee table that meet the coverage's condition, where what it follows must be among them.
    pub eligible: Option<Vec<bool>>,
}

impl PoolState {
    pub fn routing(&self) -> &Routing {
        &self.chooser.routing
    }

    pub fn key(&self) -> Key {
        (self.routing().role.clone(), self.routing().product_line.clone())
    }
}

pub struct Router {
    pub on: Date,
    pub policy: Policy,
    pub plan: String,
    pub policy_version: u64,
    pub(super) frozen: Frozen,
    pub(super) columns: Vec<ColumnInfo>,
    pub(super) known: FxHashSet<String>,
    pub(super) staff: Staff,
    pub(super) away: BTreeMap<EmployeeId, Absence>,
    pub(super) pools: Vec<PoolState>,
    /// By coverage and product line.
    pub(super) pool_of: FxHashMap<(usize, Option<String>), usize>,
    /// By row of the employee table: accounts that came or went since the plan.
    pub(super) since: FxHashMap<Key, Vec<f64>>,
}

/// What a plan leaves for later: its policy, its cut points and its pools.
pub struct Left {
    pub plan: String,
    pub policy: Policy,
    pub policy_version: u64,
    pub frozen: Frozen,
    pub pools: Vec<Routing>,
}

impl Router {
    /// Reads the state of a day, as known now or at a moment.
    pub async fn read(turn: &mut RouteTurn, on: Date, as_known_at: Option<Timestamp>) -> Result<Router, AppError> {
        let ground = turn.ground(on, as_known_at).await?;
        let Some(plan) = &ground.plan else { return Err(no_plan(on)) };
        let policy = Policy::parse(&plan.policy_text, crate::project::POLICY_FILE)
            .map_err(|findings| AppError::Refused { findings, policy_text: plan.policy_text.clone() })?;
        let left = Left {
            plan: plan.id.to_string(),
            policy,
            policy_version: plan.policy_version,
            frozen: serde_json::from_value(plan.frozen.clone()).unwrap_or_default(),
            pools: serde_json::from_value(plan.routing.clone()).unwrap_or_default(),
        };
        let mut router = Router::of_plan(left, &ground, on)?;
        router.count_loads(&ground);
        router.recall_turns(turn, plan.recorded_at, as_known_at).await?;
        units::read(&mut router, turn, as_known_at).await?;
        Ok(router)
    }

    /// The state as a plan leaves it, before anything has come or gone.
    pub fn of_plan(left: Left, ground: &RouteGround, on: Date) -> Result<Router, AppError> {
        let Left { plan, policy, policy_version, frozen, pools } = left;
        let (staff, away) = people(ground, &frozen, on)?;
        let columns = column_infos(&frozen.account_columns);
        let mut states = vec![];
        for routing in pools {
            states.push(pool_state(&policy, routing, &staff)?);
        }
        let place = |(index, pool): (usize, &PoolState)| {
            ((pool.routing().coverage, pool.routing().product_line.clone()), index)
        };
        let since = states.iter().map(|pool| (pool.key(), vec![0.0; staff.len()])).collect();
        Ok(Router {
            on,
            plan,
            policy_version,
            known: columns.iter().map(|column| column.name.clone()).collect(),
            columns,
            frozen,
            staff,
            away,
            pool_of: states.iter().enumerate().map(place).collect(),
            pools: states,
            since,
            policy,
        })
    }

    /// The same state with whoever is at work by this ground.
    pub fn meet(&mut self, ground: &RouteGround, on: Date) -> Result<(), AppError> {
        let (staff, away) = people(ground, &self.frozen, on)?;
        if staff.ids == self.staff.ids {
            (self.staff, self.away, self.on) = (staff, away, on);
            return Ok(());
        }
        let row = |id: &String| staff.index_of(id);
        let moved: Vec<Option<usize>> = self.staff.ids.iter().map(row).collect();
        for since in self.since.values_mut() {
            let mut fresh = vec![0.0; staff.len()];
            for (row, count) in moved.iter().zip(&*since) {
                if let Some(row) = row {
                    fresh[*row] = *count;
                }
            }
            *since = fresh;
        }
        for pool in &mut self.pools {
            let routing = pool.chooser.routing.clone();
            pool.chooser = Chooser::new(&self.policy, routing, &staff)?;
            pool.eligible = eligible(&self.policy, pool.routing(), &staff)?;
        }
        (self.staff, self.away, self.on) = (staff, away, on);
        Ok(())
    }

    pub fn texts(&self) -> &'static Texts {
        Texts::of(self.policy.document.company.language)
    }

    /// Who is asked in the place of somebody for a pool's role: themselves, or who stands in; nobody if nobody may.
    pub fn answering(&self, employee: &str, pool: &PoolState) -> Option<Answering> {
        if self.is_at_work(employee) {
            return Some(Answering { employee: employee.to_owned(), stands_in: false });
        }
        let absent = EmployeeId::new(employee).ok().filter(|id| self.away.contains_key(id))?;
        match stand_in(&self.away, &absent, &pool.role, pool.line.as_ref()) {
            StandIn::Found(who, _) if self.is_at_work(who.as_str()) => {
                Some(Answering { employee: who.to_string(), stands_in: true })
            }
            _ => None,
        }
    }

    pub fn is_at_work(&self, employee: &str) -> bool {
        self.staff.index_of(employee).is_some_and(|row| self.staff.at_work[row])
    }

    pub fn name(&self, employee: &str) -> String {
        self.staff.index_of(employee).map_or(employee, |row| self.staff.names[row].as_str()).to_owned()
    }

    /// `Ann Lee (E-04)`.
    pub fn person(&self, employee: &str) -> String {
        format!("{} ({employee})", self.name(employee))
    }

    /// Somebody has one account more than the plan gave them.
    pub(super) fn count_one(&mut self, key: &Key, employee: &str) {
        if let (Some(since), Some(row)) = (self.since.get_mut(key), self.staff.index_of(employee)) {
            since[row] += 1.0;
        }
    }

    /// Somebody does not have an account that the plan gave them.
    pub(super) fn count_one_less(&mut self, key: &Key, employee: &str) {
        if let (Some(since), Some(row)) = (self.since.get_mut(key), self.staff.index_of(employee)) {
            since[row] -= 1.0;
        }
    }

    fn count_loads(&mut self, ground: &RouteGround) {
        for load in &ground.loads {
            let key = (load.role.to_string(), load.product_line.as_ref().map(ToString::to_string));
            if let (Some(since), Some(row)) = (self.since.get_mut(&key), self.staff.index_of(load.employee.as_str())) {
                since[row] += load.accounts as f64;
            }
        }
        for pool in &self.pools {
            let routing = pool.routing();
            let Some(count) = routing.measures.iter().find(|measure| measure.name == COUNT) else { continue };
            let Some(since) = self.since.get_mut(&pool.key()) else { continue };
            for (employee, load) in routing.staff.iter().zip(&count.loads) {
                if let Some(row) = self.staff.index_of(employee) {
                    since[row] -= load;
                }
            }
        }
    }

    /// Reads back whose turn it is from the decisions since the plan, the latest first, until everybody's is known.
    async fn recall_turns(
        &mut self,
        turn: &mut RouteTurn,
        since: Timestamp,
        as_known_at: Option<Timestamp>,
    ) -> Result<(), AppError> {
        const AT_ONCE: u32 = 1_000;
        let mut told: Vec<Option<Told>> = self
            .pools
            .iter()
            .map(|pool| pool.turns.as_ref().map(|_| Told::nothing(pool.routing().staff.len())))
            .collect();
        let mut before = None;
        while told.iter().flatten().any(|told| !told.everything()) {
            let chains = turn.chains(since, before, as_known_at, AT_ONCE).await?;
            let Some((last, _)) = chains.last() else { break };
            before = Some(*last);
            for step in chains.iter().flat_map(|(_, chain)| chain.as_array().into_iter().flatten().rev()) {
                let Some((coverage, line, employee, at)) = turn_in(step) else { continue };
                let Some(pool) = self.pool_of.get(&(coverage, line.map(str::to_owned))) else { continue };
                let state = &mut self.pools[*pool];
                let index = state.chooser.index_of(employee);
                if let (Some(index), Some(turns), Some(told)) = (index, &mut state.turns, &mut told[*pool]) {
                    turns.recall(told, index, at);
                }
            }
        }
        Ok(())
    }
}

/// Who is asked.
pub struct Answering {
    pub employee: String,
    /// For somebody who is away.
    pub stands_in: bool,
}

/// The staff, of whom nobody is at work who is away on the day or has handed over what they had; and who is away.
fn people(ground: &RouteGround, frozen: &Frozen, on: Date) -> Result<(Staff, BTreeMap<EmployeeId, Absence>), AppError> {
    let mut staff = staff_of(ground.employees.clone(), frozen, on)?;
    let away: BTreeMap<EmployeeId, Absence> =
        ground.away.iter().map(|absence| (absence.employee.clone(), absence.clone())).collect();
    for employee in away.keys().chain(ground.left.iter().map(|left| &left.employee)) {
        staff.is_away(employee.as_str());
    }
    Ok((staff, away))
}

fn pool_state(policy: &Policy, routing: Routing, staff: &Staff) -> Result<PoolState, AppError> {
    let wrong = |error: bailiwick_domain::id::IdError| AppError::Missing {
        message: error.to_string(),
        remedy: String::from("correct the policy, then plan and apply again"),
    };
    let role = RoleName::new(&routing.role).map_err(wrong)?;
    let line = routing.product_line.as_deref().map(ProductLine::new).transpose().map_err(wrong)?;
    let eligible = eligible(policy, &routing, staff)?;
    let chooser = Chooser::new(policy, routing, staff)?;
    let turns = (chooser.share == Some(Share::Rotation)).then(|| Turns::new(&chooser.weights));
    Ok(PoolState { chooser, role, line, turns, units: FxHashMap::default(), eligible })
}

/// Whom a coverage that follows another may give anything, where it says so.
fn eligible(policy: &Policy, routing: &Routing, staff: &Staff) -> Result<Option<Vec<bool>>, AppError> {
    let coverage = &policy.document.coverage[routing.coverage];
    let Some(text) = coverage.staff.as_ref().filter(|_| coverage.divide.same_as.is_some()) else { return Ok(None) };
    let meets = condition(policy, text, &staff.table.columns(), &staff.table);
    Ok(Some(meets.map_err(|finding| AppError::refused(policy, vec![finding]))?))
}

/// A number of a rule chain that is to be told apart from others.
pub(super) fn step(pool: &PoolState, more: &[(&str, Value)]) -> Value {
    let routing = pool.routing();
    let mut step = serde_json::Map::new();
    step.insert(String::from("role"), routing.role.clone().into());
    if let Some(line) = &routing.product_line {
        step.insert(String::from("product_line"), line.clone().into());
    }
    step.insert(String::from("rule"), routing.rule.clone().into());
    step.insert(String::from("coverage"), routing.coverage.into());
    step.extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    Value::Object(step)
}
