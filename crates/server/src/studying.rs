//! Studies that the service makes itself, from the project folder it was given, against the ledger: jobs that change
//! nothing.

use bailiwick_app::AppError;
use bailiwick_app::plan::{Request, Step, present};
use bailiwick_app::project::{self, Project};
use bailiwick_app::service::observed::{Observed, Period, observe};
use bailiwick_app::{scenario, service, sizing, skills, strategy};
use bailiwick_store::{JobEnd, JobRecord, JobState, Within};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use crate::Serving;
use crate::work::{beside, goes_on};

/// What the jobs are called.
pub const KIND: &str = "study";

/// What is studied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    ServiceLevels,
    Skills,
    Effort,
    Scenario,
    Sizing,
}

impl Of {
    pub fn word(self) -> &'static str {
        match self {
            Of::ServiceLevels => "service-levels",
            Of::Skills => "skills",
            Of::Effort => "effort",
            Of::Scenario => "scenario",
            Of::Sizing => "sizing",
        }
    }

    pub fn from_word(word: &str) -> Option<Of> {
        [Of::ServiceLevels, Of::Skills, Of::Effort, Of::Scenario, Of::Sizing].into_iter().find(|of| of.word() == word)
    }
}

fn missing(message: impl Into<String>, remedy: &str) -> AppError {
    AppError::Missing { message: message.into(), remedy: remedy.to_owned() }
}

pub async fn study(serving: &Serving, job: &JobRecord) -> Result<(), AppError> {
    let Some(folder) = serving.settings.project.clone() else {
        return Err(missing("the service has no project to study", "start it with --project DIR"));
    };
    let word = |name: &str| job.params[name].as_str().unwrap_or_default().to_owned();
    let Some(of) = Of::from_word(&word("study")) else {
        return Err(missing(format!("there is no study of {:?}", word("study")), "make it anew"));
    };
    let on = word("on").parse::<Date>().unwrap_or_else(|_| serving.today());
    let planned = job.params["planned"].as_bool().unwrap_or(false);
    let seed = job.params["seed"].as_u64().unwrap_or(1);
    if !goes_on(serving, job.id, 0, 100).await? {
        return Ok(());
    }
    let project = project::open(&folder, &|_| {}).await?;
    project.settle_rejected(&std::env::temp_dir().join(format!("bailiwick-study-{}-rejected.csv", job.id)))?;
    let holders = present::of_ledger(&serving.ledger, on).await?;
    let request = Request { present: Some(holders), ..Request::new(on, seed) };
    let cancel = request.cancel.clone();
    let observed = match of {
        Of::Effort => observed(serving, on).await?,
        _ => None,
    };
    let text = word("scenario");
    let make = move |tell: &(dyn Fn(f64) + Sync)| {
        let progress = |step: Step| tell(step.fraction);
        compute(&project, &request, (of, planned, &text), observed.as_ref(), &progress).map_err(in_full)
    };
    let Some(result) = beside(serving, job, &cancel, make).await? else { return Ok(()) };
    let end = JobEnd { state: JobState::Done, result: Some(result), error: None, entry: None, rejects: &[] };
    serving
        .ledger
        .whole(async {
            serving.ledger.job_progress(job.id, 100, 100).await?;
            serving.ledger.end_job(job.id, &end, serving.now()).await.map_err(AppError::from)
        })
        .await
}

/// What was recorded in the year before, where a plan was in force that promised something.
async fn observed(serving: &Serving, on: Date) -> Result<Option<Observed>, AppError> {
    if serving.ledger.active_plan(on).await?.is_none() {
        return Ok(None);
    }
    let to = on.saturating_add(1.day());
    let period = Period { from: to.saturating_sub(1.year()), to, now: serving.now() };
    observe(&serving.ledger, Within::Everybody, period).await.map(Some)
}

fn compute(
    project: &Project,
    request: &Request,
    (of, planned, text): (Of, bool, &str),
    observed: Option<&Observed>,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Value, AppError> {
    let value = match of {
        Of::ServiceLevels => serde_json::to_value(service::assess(project, request, planned, progress)?),
        Of::Skills => {
            let scope = skills::Scope { planned, ..skills::Scope::default() };
            serde_json::to_value(skills::study(project, request, scope, progress)?)
        }
        Of::Effort => serde_json::to_value(strategy::effort(project, request, planned, observed, progress)?),
        Of::Sizing => serde_json::to_value(sizing::size(project, request, sizing::Scope::default())?),
        Of::Scenario => {
            let read = scenario::read(text, "scenario")?;
            serde_json::to_value(scenario::what_if(project, &read, request, progress)?)
        }
    };
    value.map_err(|error| missing(format!("the study could not be written down: {error}"), "report this"))
}

/// A refusal with all its reasons, for a job keeps one sentence.
fn in_full(error: AppError) -> AppError {
    match error {
        AppError::Refused { findings, .. } => {
            let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
            missing(told.join("\n"), "correct the policy, its sources or the scenario")
        }
        other => other,
    }
}
