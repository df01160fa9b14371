//! Whom an account meets at each stage: processes × stages, with who answers today, who stands in, and why in one line.

use bailiwick_domain::policy::Policy;
use bailiwick_store::Ledger;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::AppError;
use crate::who::{Away, Question, Responsible, who};

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Stages {
    pub account_id: String,
    pub account: String,
    pub segment: String,
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// In the policy's order; roles that no stage names come last, without a process.
    pub stages: Vec<AnsweredStage>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnsweredStage {
    pub process: Option<String>,
    pub stage: Option<String>,
    /// None: the policy names no role for this stage.
    pub role: Option<String>,
    pub role_title: Option<String>,
    /// One a product line; empty where nobody answers.
    pub responsible: Vec<Answering>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Answering {
    pub employee_id: String,
    pub employee: String,
    pub position: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub product_line: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
    pub why: String,
}

/// # Errors
/// [`AppError::Missing`] if there is no such account.
pub async fn stages(ledger: &Ledger, account: &str, on: Date) -> Result<Stages, AppError> {
    let question = Question {
        account: account.to_owned(),
        role: None,
        stage: None,
        product_line: None,
        on,
        as_known_at: None,
        explain: false,
    };
    let answer = who(ledger, &question).await?;
    let policy = policy_on(ledger, on).await?;
    let of_policy = policy.as_ref().map(|policy| policy.stages_of(&answer.segment)).unwrap_or_default();
    let answering = |role: &str| -> Vec<Answering> {
        answer.responsible.iter().filter(|one| one.role == role).map(Answering::from).collect()
    };
    let title = |role: &str| policy.as_ref().map_or(role, |policy| policy.role_title(role)).to_owned();
    let mut stages: Vec<AnsweredStage> = of_policy
        .iter()
        .map(|(process, stage, role)| AnsweredStage {
            process: Some((*process).to_owned()),
            stage: Some((*stage).to_owned()),
            role: role.map(str::to_owned),
            role_title: role.map(title),
            responsible: role.map(answering).unwrap_or_default(),
        })
        .collect();
    let mut told: Vec<&str> = of_policy.iter().filter_map(|(.., role)| *role).collect();
    for one in &answer.responsible {
        if !told.contains(&one.role.as_str()) {
            told.push(&one.role);
            stages.push(AnsweredStage {
                process: None,
                stage: None,
                role: Some(one.role.clone()),
                role_title: Some(one.role_title.clone()),
                responsible: answering(&one.role),
            });
        }
    }
    Ok(Stages { account_id: answer.account_id, account: answer.account, segment: answer.segment, on, stages })
}

impl From<&Responsible> for Answering {
    fn from(one: &Responsible) -> Answering {
        Answering {
            employee_id: one.employee_id.clone(),
            employee: one.employee.clone(),
            position: one.position.clone(),
            email: one.email.clone(),
            phone: one.phone.clone(),
            product_line: one.product_line.clone(),
            away: one.away.clone(),
            why: one.reason.clone(),
        }
    }
}

/// The policy of the plan in force, where there is one.
pub async fn policy_on(ledger: &Ledger, on: Date) -> Result<Option<Policy>, AppError> {
    let plan = ledger.active_plan(on).await?;
    Ok(plan.and_then(|plan| Policy::parse(&plan.policy_text, crate::project::POLICY_FILE).ok()))
}
