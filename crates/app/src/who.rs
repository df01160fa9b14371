//! Who is responsible for this customer, at this stage, on this day, and why?

use bailiwick_domain::absence::CoverRule;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::Assignment;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::finding::suggest;
use bailiwick_domain::id::{AccountId, ProductLine, RoleName};
use bailiwick_domain::policy::Policy;
use bailiwick_store::{Covered, Ledger, PlanRecord};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::error::AppError;
use crate::explanation::{Explanation, explain};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    pub account: String,
    pub role: Option<String>,
    pub stage: Option<String>,
    pub product_line: Option<String>,
    pub on: Date,
    /// As it was known then; as it is known now when absent.
    pub as_known_at: Option<Timestamp>,
    pub explain: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Answer {
    pub account_id: String,
    pub account: String,
    pub parent_id: Option<String>,
    pub segment: String,
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    pub responsible: Vec<Responsible>,
    /// The group or chain it belongs to, and its place there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// Everything that is known of the account.
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
    /// With `--explain`: who held it before and since when, the latest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Held>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explanation: Vec<Explanation>,
}

/// A group of companies as one of its members sees it (SPEC 2.5).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GroupOfAccount)]
pub struct Group {
    /// The account above, where there is one.
    pub parent: Option<Member>,
    /// The account's own place in the chain.
    pub place: Option<String>,
    /// The accounts directly below, at most [`MOST_MEMBERS`].
    pub members: Vec<Member>,
}

#[derive(Debug, Clone, Serialize, PartialEq, Eq, ToSchema)]
#[schema(as = GroupMember)]
pub struct Member {
    pub account_id: String,
    pub account: String,
    pub place: Option<String>,
}

const MOST_MEMBERS: u32 = 50;

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Responsible {
    pub role: String,
    pub role_title: String,
    pub product_line: Option<String>,
    /// Process and stage that this role answers for.
    pub stages: Vec<Stage>,
    pub employee_id: String,
    pub employee: String,
    pub position: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    pub territory: Option<String>,
    #[schema(value_type = String, format = Date)]
    pub since: Date,
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    pub rule: String,
    pub reason: String,
    /// Set while the employee is away on the day asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
}

/// The responsible employee is away, and somebody else answers meanwhile (SPEC 4.6).
#[derive(Debug, Clone, Serialize, PartialEq, Eq, ToSchema)]
pub struct Away {
    /// Their first day back; none: until further notice.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// None: everybody who could stand in is away, too.
    pub substitute: Option<Substitute>,
}

#[derive(Debug, Clone, Serialize, PartialEq, Eq, ToSchema)]
pub struct Substitute {
    pub employee_id: String,
    pub employee: String,
    pub position: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// `named`, `least-loaded` or `manager`.
    #[schema(value_type = String)]
    pub rule: CoverRule,
}

#[derive(Debug, Clone, Serialize, PartialEq, Eq, ToSchema)]
#[schema(as = StageOfProcess)]
pub struct Stage {
    pub process: String,
    pub stage: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HeldBefore)]
pub struct Held {
    pub role: String,
    pub product_line: Option<String>,
    pub employee_id: String,
    pub employee: String,
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    pub reason: String,
}

pub async fn who(ledger: &Ledger, question: &Question) -> Result<Answer, AppError> {
    let Ok(id) = AccountId::new(&question.account) else { return Err(no_account(ledger, &question.account).await?) };
    let Some(account) = ledger.account(&id).await? else { return Err(no_account(ledger, &question.account).await?) };
    let plan = ledger.active_plan(question.on).await?;
    let policy = plan.as_ref().and_then(|plan| Policy::parse(&plan.policy_text, crate::project::POLICY_FILE).ok());
    let segment = account.attributes.get("segment").and_then(Value::as_str).unwrap_or_default().to_owned();
    let wanted = wanted_roles(policy.as_ref(), &segment, question)?;
    let role = question.role.as_deref().map(RoleName::new).transpose().map_err(|error| usage(&error))?;
    let line = question.product_line.as_deref().map(ProductLine::new).transpose().map_err(|error| usage(&error))?;
    let mut held = ledger.who(&id, role.as_ref(), line.as_ref(), question.on, question.as_known_at).await?;
    if let Some(wanted) = &wanted {
        held.retain(|assignment| wanted.iter().any(|role| role == assignment.role.as_str()));
    }
    if let Some(order) = policy.as_ref().map(Policy::role_names) {
        held.sort_by_key(|assignment| order.iter().position(|role| *role == assignment.role.as_str()));
    }
    let covered = ledger.covered(&held, question.on, question.as_known_at).await?;
    let mut responsible = vec![];
    for (assignment, covered) in held.iter().zip(covered) {
        let mut one = describe(ledger, policy.as_ref(), &segment, assignment).await?;
        one.away = match covered {
            Some(covered) => Some(away(ledger, covered).await?),
            None => None,
        };
        responsible.push(one);
    }
    let (mut history, mut explanation) = (vec![], vec![]);
    if question.explain {
        history = past(ledger, &id).await?;
        if let (Some(policy), Some(plan)) = (&policy, &plan) {
            explanation = explain(ledger, policy, plan, &account, &held, question.on).await?;
        }
    }
    Ok(Answer {
        account_id: account.id.to_string(),
        account: account.name.clone(),
        parent_id: account.parent.as_ref().map(ToString::to_string),
        segment,
        on: question.on,
        responsible,
        group: group_of(ledger, &account).await?,
        attributes: account.attributes.clone(),
        history,
        explanation,
    })
}

async fn group_of(ledger: &Ledger, account: &AccountRecord) -> Result<Option<Group>, AppError> {
    let parent = match &account.parent {
        Some(id) => Some(match ledger.account(id).await? {
            Some(parent) => member(&parent),
            None => Member { account_id: id.to_string(), account: id.to_string(), place: None },
        }),
        None => None,
    };
    let members: Vec<Member> = ledger.members(&account.id, MOST_MEMBERS).await?.iter().map(member).collect();
    let place = chain_place(account);
    let alone = parent.is_none() && members.is_empty();
    Ok((!alone).then_some(Group { parent, place, members }))
}

fn member(account: &AccountRecord) -> Member {
    Member { account_id: account.id.to_string(), account: account.name.clone(), place: chain_place(account) }
}

fn chain_place(account: &AccountRecord) -> Option<String> {
    account.attributes.get(crate::classify::CHAIN_PLACE).and_then(Value::as_str).map(str::to_owned)
}

fn usage(error: &dyn std::fmt::Display) -> AppError {
    AppError::Usage { message: error.to_string(), remedy: String::from("see `bailiwick who --help`") }
}

async fn no_account(ledger: &Ledger, text: &str) -> Result<AppError, AppError> {
    let near = ledger.find_accounts(text, 5).await?;
    let near: Vec<String> = near.iter().map(|account| format!("{} ({})", account.id, account.name)).collect();
    let remedy = if near.is_empty() {
        String::from("give the id of an account, or part of its name")
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    Ok(AppError::Missing { message: format!("there is no account \"{text}\""), remedy })
}

/// Roles that answer for the stage asked for; `None` when no stage was.
fn wanted_roles(policy: Option<&Policy>, segment: &str, question: &Question) -> Result<Option<Vec<String>>, AppError> {
    if let (Some(role), Some(policy)) = (&question.role, policy) {
        let known = policy.role_names();
        if !known.contains(&role.as_str()) {
            let remedy = suggest(role, known);
            return Err(AppError::Missing { message: format!("there is no role \"{role}\""), remedy });
        }
    }
    let Some(stage) = &question.stage else { return Ok(None) };
    let stages = policy.map(|policy| policy.stages_of(segment)).unwrap_or_default();
    let roles: Vec<String> = stages
        .iter()
        .filter(|(_, name, _)| name.to_lowercase() == stage.to_lowercase())
        .filter_map(|(.., role)| role.map(str::to_owned))
        .collect();
    if roles.is_empty() {
        let remedy = suggest(stage, stages.iter().map(|(_, name, _)| *name));
        return Err(AppError::Missing { message: format!("this account goes through no stage \"{stage}\""), remedy });
    }
    Ok(Some(roles))
}

async fn describe(
    ledger: &Ledger,
    policy: Option<&Policy>,
    segment: &str,
    assignment: &Assignment,
) -> Result<Responsible, AppError> {
    let employee = ledger.employee(&assignment.employee).await?;
    let (email, phone) = reach(ledger, employee.as_ref()).await?;
    let role = assignment.role.as_str();
    let stages = policy.map(|policy| policy.stages_of(segment)).unwrap_or_default();
    let stages = stages.iter().filter(|(.., answering)| *answering == Some(role));
    Ok(Responsible {
        role: role.to_owned(),
        role_title: policy.map_or(role, |policy| policy.role_title(role)).to_owned(),
        product_line: assignment.product_line.as_ref().map(ToString::to_string),
        stages: stages
            .map(|(process, stage, _)| Stage { process: (*process).to_owned(), stage: (*stage).to_owned() })
            .collect(),
        employee_id: assignment.employee.to_string(),
        employee: employee.as_ref().map_or_else(|| assignment.employee.to_string(), |employee| employee.name.clone()),
        position: employee.as_ref().and_then(|employee| employee.position.clone()).unwrap_or_default(),
        email,
        phone,
        territory: assignment.territory.clone(),
        since: assignment.valid_from,
        until: assignment.valid_to,
        rule: assignment.rule.clone(),
        reason: assignment.reason.clone(),
        away: None,
    })
}

/// E-mail address and first telephone number.
async fn reach(ledger: &Ledger, who: Option<&EmployeeRecord>) -> Result<(Option<String>, Option<String>), AppError> {
    let Some(who) = who else { return Ok((None, None)) };
    let ways = ledger.ways(who).await?;
    Ok((ways.email, ways.phones.into_iter().next()))
}

async fn away(ledger: &Ledger, covered: Covered) -> Result<Away, AppError> {
    let (Some(id), Some(rule)) = (covered.substitute, covered.rule) else {
        return Ok(Away { until: covered.until, substitute: None });
    };
    let employee = ledger.employee(&id).await?;
    let (email, phone) = reach(ledger, employee.as_ref()).await?;
    let substitute = Substitute {
        employee_id: id.to_string(),
        employee: employee.as_ref().map_or_else(|| id.to_string(), |employee| employee.name.clone()),
        position: employee.as_ref().and_then(|employee| employee.position.clone()).unwrap_or_default(),
        email,
        phone,
        rule,
    };
    Ok(Away { until: covered.until, substitute: Some(substitute) })
}

async fn past(ledger: &Ledger, id: &AccountId) -> Result<Vec<Held>, AppError> {
    let mut history = vec![];
    for assignment in ledger.history(id).await?.into_iter().filter(|row| row.superseded_at.is_none()) {
        let employee = ledger.employee(&assignment.employee).await?;
        history.push(Held {
            role: assignment.role.to_string(),
            product_line: assignment.product_line.as_ref().map(ToString::to_string),
            employee: employee.map_or_else(|| assignment.employee.to_string(), |employee| employee.name),
            employee_id: assignment.employee.to_string(),
            from: assignment.valid_from,
            to: assignment.valid_to,
            reason: assignment.reason,
        });
    }
    history.sort_by(|a, b| b.from.cmp(&a.from).then_with(|| a.role.cmp(&b.role)));
    Ok(history)
}

/// The plan in force, or what to do to have one.
pub async fn plan_in_force(ledger: &Ledger, on: Date) -> Result<PlanRecord, AppError> {
    ledger.active_plan(on).await?.ok_or_else(|| no_plan(on))
}

pub fn no_plan(on: Date) -> AppError {
    AppError::Missing {
        message: format!("no plan is in force on {on}"),
        remedy: String::from("apply one with `bailiwick apply DIR --db URL`"),
    }
}
