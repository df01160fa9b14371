//! The administrator's desk (SPEC 3.3): a communication is registered, passed to the role that answers for it, and
//! followed to its end. A stage is turned into its role here, by the policy in force; for whom a matter then waits is
//! said by the ledger.

use bailiwick_domain::communication::{Communication, MatterState, Move};
use bailiwick_domain::finding::suggest;
use bailiwick_domain::id::{AccountId, EmployeeId, ProductLine, RoleName};
use bailiwick_store::{Ledger, Matter, MatterVersion};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::AppError;
use crate::stages::policy_on;

/// To whom a matter is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereto {
    pub role: Option<RoleName>,
    /// A stage of the policy, in place of a role.
    pub stage: Option<String>,
    pub product_line: Option<ProductLine>,
    /// Somebody by name, whatever role they hold.
    pub employee: Option<EmployeeId>,
}

impl Whereto {
    #[must_use]
    pub fn is_said(&self) -> bool {
        self.role.is_some() || self.stage.is_some() || self.employee.is_some()
    }
}

/// A matter as people read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Matter)]
pub struct Told {
    pub number: u64,
    pub version: u64,
    #[serde(flatten)]
    pub matter: Communication,
    pub account_name: Option<String>,
    pub overdue: bool,
    /// Who is to see to it now; none while it waits for nobody.
    pub waits_for: Option<Somebody>,
    /// Who is away, where somebody stands in.
    pub instead_of: Option<Somebody>,
    /// The first day that one is back.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// `holds`, `stands-in`, `given`, or what is missing: `not-passed`, `no-holder`, `all-away`, `several-lines`.
    #[schema(value_type = String)]
    pub why: Value,
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Somebody {
    pub employee_id: String,
    pub employee: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StepOfMatter)]
pub struct Step {
    pub version: u64,
    pub step: &'static str,
    pub state: &'static str,
    pub note: String,
    pub role: Option<String>,
    pub given_to: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub actor: String,
}

impl From<MatterVersion> for Step {
    fn from(one: MatterVersion) -> Step {
        Step {
            version: one.version,
            step: one.step.word(),
            state: one.state.word(),
            note: one.note,
            role: one.role.map(|role| role.to_string()),
            given_to: one.given_to.map(|employee| employee.to_string()),
            at: one.at,
            actor: one.actor,
        }
    }
}

/// Registers a communication; where it is said whereto, it is passed on at once.
///
/// # Errors
/// What is missing to pass it, and as [`Ledger::register`].
pub async fn register(
    ledger: &Ledger,
    matter: Communication,
    whereto: &Whereto,
    on: Date,
    (actor, at): (&str, Timestamp),
) -> Result<u64, AppError> {
    let mut matter = Communication { state: MatterState::Open, given_to: None, ..matter };
    if whereto.is_said() && matter.account.is_none() && whereto.employee.is_none() {
        // It is noted what it concerns; it is passed once it is known whose it is.
        matter.role.clone_from(&whereto.role);
        matter.stage.clone_from(&whereto.stage);
        matter.product_line.clone_from(&whereto.product_line);
    } else if whereto.is_said() {
        let pass = passing(ledger, matter.account.as_ref(), whereto, on).await?;
        matter = matter.after(&pass).map_err(bailiwick_store::StoreError::from)?.0;
    }
    Ok(ledger.register(matter, "", actor, at).await?)
}

/// The move that passes a matter of an account: a stage becomes the role that answers for it.
///
/// # Errors
/// [`AppError::Missing`] if the account goes through no such stage, or the policy has no such role.
pub async fn passing(
    ledger: &Ledger,
    account: Option<&AccountId>,
    whereto: &Whereto,
    on: Date,
) -> Result<Move, AppError> {
    let policy = policy_on(ledger, on).await?;
    let mut role = whereto.role.clone();
    if let Some(policy) = &policy {
        let known = policy.role_names();
        if let Some(unknown) = role.as_ref().filter(|role| !known.is_empty() && !known.contains(&role.as_str())) {
            let remedy = suggest(unknown.as_str(), known);
            return Err(AppError::Missing { message: format!("there is no role \"{unknown}\""), remedy });
        }
        if let (None, Some(stage)) = (&role, &whereto.stage) {
            role = Some(role_of(ledger, policy, account, stage).await?);
        }
    }
    let (product_line, stage) = (whereto.product_line.clone(), whereto.stage.clone());
    Ok(Move::Pass { role, product_line, stage, to: whereto.employee.clone() })
}

/// The role that answers for a stage of an account.
async fn role_of(
    ledger: &Ledger,
    policy: &bailiwick_domain::policy::Policy,
    account: Option<&AccountId>,
    stage: &str,
) -> Result<RoleName, AppError> {
    let account = match account {
        Some(id) => ledger.account(id).await?,
        None => None,
    };
    let segment = account.as_ref().and_then(|account| account.attributes.get("segment")).and_then(Value::as_str);
    let stages = policy.stages_of(segment.unwrap_or_default());
    let wanted = stage.trim().to_lowercase();
    let found = stages.iter().find(|(_, name, role)| name.to_lowercase() == wanted && role.is_some());
    match found.and_then(|(.., role)| *role).and_then(|role| RoleName::new(role).ok()) {
        Some(role) => Ok(role),
        None => Err(AppError::Missing {
            message: format!("this account goes through no stage \"{stage}\" that a role answers for"),
            remedy: suggest(stage, stages.iter().map(|(_, name, _)| *name)),
        }),
    }
}

/// A matter with its steps.
pub async fn matter(ledger: &Ledger, number: u64, on: Date) -> Result<Option<Told>, AppError> {
    let Some(found) = ledger.matter(number, on).await? else { return Ok(None) };
    let steps = ledger.matter_steps(number).await?.into_iter().map(Step::from).collect();
    Ok(tell(ledger, vec![found], on).await?.pop().map(|told| Told { steps, ..told }))
}

/// Matters with the names of those concerned.
pub async fn tell(ledger: &Ledger, matters: Vec<Matter>, on: Date) -> Result<Vec<Told>, AppError> {
    let mut told = Vec::with_capacity(matters.len());
    for one in matters {
        let account = match &one.communication.account {
            Some(id) => ledger.account(id).await?,
            None => None,
        };
        told.push(Told {
            number: one.number,
            version: one.version,
            account_name: account.map(|account| account.name),
            overdue: one.communication.overdue(on),
            waits_for: somebody(ledger, one.waits.employee.as_ref()).await?,
            instead_of: somebody(ledger, one.waits.instead_of.as_ref()).await?,
            until: one.waits.until,
            why: serde_json::json!(one.waits.why),
            matter: one.communication,
            changed_at: one.changed_at,
            steps: vec![],
        });
    }
    Ok(told)
}

async fn somebody(ledger: &Ledger, id: Option<&EmployeeId>) -> Result<Option<Somebody>, AppError> {
    let Some(id) = id else { return Ok(None) };
    let name = ledger.employee(id).await?.map_or_else(|| id.to_string(), |employee| employee.name);
    Ok(Some(Somebody { employee_id: id.to_string(), employee: name }))
}
