//! What somebody sees at a glance: whether everything is owned (SPEC 1.1), how even the pools are, and what each carries.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::policy::Policy;
use bailiwick_store::{Ledger, Within};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::AppError;
use crate::given::Given;
use crate::plan::outcome::Routing;

/// So many accounts without an owner are named.
const MOST_NAMED: usize = 50;

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    pub on: String,
    /// Accounts seen.
    pub accounts: usize,
    /// Roles in the policy's order, each over all segments.
    pub coverage: Vec<RoleCoverage>,
    /// Accounts that a role should answer for and nobody does, at most fifty.
    pub unowned: Vec<Unowned>,
    /// None where the caller may not read plans, or none was applied.
    pub plan: Option<InForce>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleCoverage {
    pub role: String,
    pub title: String,
    /// Stages this role answers for.
    pub stages: Vec<String>,
    pub segments: Vec<SegmentCoverage>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentCoverage {
    pub segment: String,
    /// Accounts of the segment that the policy gives this role.
    pub accounts: usize,
    /// Of these, those somebody answers for today.
    pub owned: usize,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Unowned {
    pub account_id: String,
    pub account: String,
    pub segment: String,
    pub role: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InForce {
    pub plan_id: String,
    pub on: String,
    pub policy_version: u64,
    pub pools: Vec<PoolState>,
}

/// A pool as its plan left it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PoolState {
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    pub accounts: u64,
    pub employees: u64,
    pub unassigned: u64,
    /// Share of the objective by which a better plan is not excluded; none where no bound is known.
    pub gap: Option<f64>,
    pub gap_words: Option<String>,
    /// For each measure the tolerance promised and the largest deviation from the mean, as shares.
    pub balance: BTreeMap<String, Balance>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Balance {
    pub tolerance: Option<f64>,
    pub max_deviation: Option<f64>,
}

/// What an employee carries.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamMember {
    pub employee_id: String,
    /// Accounts held today by role.
    pub accounts: BTreeMap<String, usize>,
    /// As the plan in force left it; what came since is in `accounts` alone.
    pub loads: Vec<Load>,
    /// Set while away today.
    pub away: Option<AwayToday>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AwayToday {
    pub absence_id: u64,
    pub from: String,
    /// The first day back; none: until further notice.
    pub to: Option<String>,
    pub reason: String,
    /// Who stands in.
    pub substitutes: Vec<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Load {
    pub role: String,
    pub segment: String,
    pub product_line: Option<String>,
    pub measure: String,
    pub load: f64,
    /// Mean of the pool.
    pub mean: f64,
    pub limit: Option<f64>,
}

/// # Errors
/// Those of the ledger.
pub async fn overview(ledger: &Ledger, within: Within<'_>, reads_plans: bool, on: Date) -> Result<Overview, AppError> {
    let plan = ledger.active_plan(on).await?;
    let policy = plan.as_ref().and_then(|plan| Policy::parse(&plan.policy_text, crate::project::POLICY_FILE).ok());
    let (accounts, holders) =
        tokio::try_join!(ledger.accounts_seen(within, on, None), ledger.holders_seen(within, on))?;
    let owned: BTreeSet<(&str, &str)> =
        holders.iter().map(|one| (one.account_id.as_str(), one.role.as_str())).collect();
    let roles = policy.as_ref().map(Policy::role_names).unwrap_or_default();
    let is_owned = |account: &AccountRecord, role: &str| owned.contains(&(account.id.as_str(), role));
    // Conditions take long to work out, and only those need it who lack somebody whom their segment would have.
    let whole = policy.as_ref().map(Given::whole);
    let mut asked: Vec<AccountRecord> = vec![];
    let mut place: Vec<Option<usize>> = vec![None; accounts.len()];
    for (row, account) in accounts.iter().enumerate() {
        let segment = segment_of(account);
        let would_have = |role: &str| whole.as_ref().is_some_and(|whole| whole.gives(role, segment, row));
        if roles.iter().any(|role| !is_owned(account, role) && would_have(role)) {
            place[row] = Some(asked.len());
            asked.push(account.clone());
        }
    }
    // An account that the conditions cannot be worked out for takes the narrowing from all: better told too much than too little.
    let given = policy
        .as_ref()
        .zip(plan.as_ref())
        .map(|(policy, plan)| Given::of(policy, plan, &asked).unwrap_or_else(|_| Given::whole(policy)));
    let (mut coverage, mut unowned) = (vec![], vec![]);
    for role in roles {
        let mut segments: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (account, place) in accounts.iter().zip(&place) {
            let segment = segment_of(account);
            let has = is_owned(account, role);
            let lacks = || given.as_ref().zip(*place).is_some_and(|(given, row)| given.gives(role, segment, row));
            if !has && !lacks() {
                continue;
            }
            let counted = segments.entry(segment).or_default();
            counted.0 += 1;
            counted.1 += usize::from(has);
            if !has && unowned.len() < MOST_NAMED {
                let (account_id, account) = (account.id.to_string(), account.name.clone());
                unowned.push(Unowned { account_id, account, segment: segment.to_owned(), role: role.to_owned() });
            }
        }
        coverage.push(RoleCoverage {
            role: role.to_owned(),
            title: policy.as_ref().map_or(role, |policy| policy.role_title(role)).to_owned(),
            stages: stages_of_role(policy.as_ref(), role),
            segments: segments
                .into_iter()
                .map(|(segment, (accounts, owned))| SegmentCoverage { segment: segment.to_owned(), accounts, owned })
                .collect(),
        });
    }
    let plan = plan.filter(|_| reads_plans).map(|plan| InForce {
        plan_id: plan.id.to_string(),
        on: plan.on.to_string(),
        policy_version: plan.policy_version,
        pools: plan
            .summary
            .get("pools")
            .and_then(|pools| serde_json::from_value(pools.clone()).ok())
            .unwrap_or_default(),
    });
    Ok(Overview { on: on.to_string(), accounts: accounts.len(), coverage, unowned, plan })
}

fn segment_of(account: &AccountRecord) -> &str {
    account.attributes.get("segment").and_then(Value::as_str).unwrap_or_default()
}

fn stages_of_role(policy: Option<&Policy>, role: &str) -> Vec<String> {
    let Some(policy) = policy else { return vec![] };
    let mut names = vec![];
    for stage in policy.document.processes.iter().flat_map(|process| &process.stages) {
        let name = stage.name.get_ref().clone();
        if stage.role.as_ref().is_some_and(|named| named.get_ref() == role) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What the employees carry whose loads are within.
///
/// # Errors
/// Those of the ledger.
pub async fn team(ledger: &Ledger, within: Within<'_>, on: Date) -> Result<Vec<TeamMember>, AppError> {
    let plan = ledger.active_plan(on).await?;
    let pools: Vec<Routing> = plan.and_then(|plan| serde_json::from_value(plan.routing).ok()).unwrap_or_default();
    let mut accounts: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for one in ledger.holders_seen(Within::Everybody, on).await? {
        accounts.entry(one.employee_id).or_default().entry(one.role).or_default().insert(one.account_id);
    }
    let mut away: BTreeMap<String, AwayToday> = BTreeMap::new();
    for one in ledger.absences(None, Some(on)).await? {
        let substitutes: BTreeSet<String> = one.covers.iter().map(|cover| cover.substitute.to_string()).collect();
        let told = AwayToday {
            absence_id: one.id,
            from: one.from.to_string(),
            to: one.to.map(|day| day.to_string()),
            reason: one.reason,
            substitutes: substitutes.into_iter().collect(),
        };
        away.insert(one.employee.to_string(), told);
    }
    let mut members = vec![];
    for employee in ledger.employees_within(within).await? {
        let id = employee.to_string();
        let held = accounts.remove(&id).unwrap_or_default();
        members.push(TeamMember {
            accounts: held.into_iter().map(|(role, of)| (role, of.len())).collect(),
            loads: pools.iter().flat_map(|pool| loads_of(pool, &id)).collect(),
            away: away.remove(&id),
            employee_id: id,
        });
    }
    Ok(members)
}

fn loads_of(pool: &Routing, employee: &str) -> Vec<Load> {
    let places: Vec<usize> = (0..pool.staff.len()).filter(|&place| pool.staff[place] == employee).collect();
    if places.is_empty() {
        return vec![];
    }
    let people = pool.staff.iter().collect::<BTreeSet<_>>().len().max(1) as f64;
    let loads = pool.measures.iter().map(|measure| Load {
        role: pool.role.clone(),
        segment: pool.segment.clone(),
        product_line: pool.product_line.clone(),
        measure: measure.name.clone(),
        load: places.iter().filter_map(|&place| measure.loads.get(place)).sum(),
        mean: measure.loads.iter().sum::<f64>() / people,
        limit: places.iter().map(|&place| measure.upper.get(place).copied().flatten()).sum(),
    });
    loads.collect()
}
