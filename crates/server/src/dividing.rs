//! Drafts that are divided anew, and fronts of plans to choose between: jobs, which can be stopped at any time.

use std::time::Duration;

use bailiwick_app::AppError;
use bailiwick_app::plan::Cancel;
use bailiwick_app::plan::variation::Variation;
use bailiwick_app::studio::optimise::Anew;
use bailiwick_domain::draft::EditKind;
use bailiwick_domain::id::PlanId;
use bailiwick_store::{JobEnd, JobRecord, JobState};
use serde_json::json;

use crate::Serving;
use crate::api::drafts;
use crate::problem::Problem;
use crate::studios::KeptFront;
use crate::work::{beside, goes_on};

fn failed(what: &dyn std::fmt::Display) -> AppError {
    AppError::Usage { message: what.to_string(), remedy: String::from("look at the draft, and try again") }
}

fn told(problem: Problem) -> AppError {
    failed(&problem.detail())
}

fn plan_of(job: &JobRecord) -> Result<PlanId, AppError> {
    let named = job.params["plan"].as_str().and_then(|text| text.parse().ok());
    named.ok_or_else(|| failed(&"the job names no plan"))
}

/// Divides what is not locked anew, as another edit of the draft.
pub async fn optimise(serving: &Serving, job: &JobRecord) -> Result<(), AppError> {
    let plan = plan_of(job)?;
    let (seen, reason) = (job.params["seen"].as_u64().unwrap_or(0), job.params["reason"].as_str().unwrap_or_default());
    let cancel = Cancel::default();
    let how = Anew {
        seed: job.params["seed"].as_u64().unwrap_or(1),
        time_limit: job.params["seconds"].as_u64().map(Duration::from_secs),
        variation: Variation::default(),
        cancel: cancel.clone(),
    };
    if !goes_on(serving, job.id, 0, 100).await? {
        return Ok(());
    }
    let ground = {
        let mut desk = serving.studios.open(serving, &plan).await.map_err(told)?;
        desk.studio().map_err(told)?.ground(&how)?
    };
    let divide = move |tell: &(dyn Fn(f64) + Sync)| ground.divide(&|step| tell(step.fraction));
    let Some(divided) = beside(serving, job, &cancel, divide).await? else { return Ok(()) };
    serving
        .ledger
        .whole(async {
            serving.ledger.job_progress(job.id, 100, 100).await?;
            let mut desk = serving.studios.open(serving, &plan).await.map_err(told)?;
            let edit = desk.studio().map_err(told)?.edit_to(EditKind::Optimise, divided);
            let rows = edit.rows.len();
            let done = drafts::record(serving, desk, edit, &job.actor, reason, seen).await.map_err(told)?;
            let result = Some(json!({ "plan_id": plan, "version": done.version(), "rows": rows }));
            let end = JobEnd { state: JobState::Done, result, error: None, entry: None, rejects: &[] };
            serving.ledger.end_job(job.id, &end, serving.now()).await.map_err(AppError::from)
        })
        .await
}

/// Computes a front around a draft; its plans are kept until one is taken.
pub async fn front(serving: &Serving, job: &JobRecord) -> Result<(), AppError> {
    let plan = plan_of(job)?;
    let plans = job.params["plans"].as_u64().unwrap_or(9) as usize;
    let cancel = Cancel::default();
    let how = Anew {
        seed: 1,
        time_limit: job.params["seconds"].as_u64().map(Duration::from_secs),
        variation: Variation::default(),
        cancel: cancel.clone(),
    };
    if !goes_on(serving, job.id, 0, 100).await? {
        return Ok(());
    }
    let ground = {
        let mut desk = serving.studios.open(serving, &plan).await.map_err(told)?;
        desk.studio().map_err(told)?.ground(&how)?
    };
    let folder = std::env::temp_dir().join(format!("bailiwick-front-{}", job.id));
    let kept = KeptFront { job: job.id, plan, folder: folder.clone() };
    let find = move |tell: &(dyn Fn(f64) + Sync)| ground.front(plans, &folder, &|step| tell(step.fraction));
    let Some(front) = beside(serving, job, &cancel, find).await? else { return Ok(()) };
    let result = serde_json::to_value(&front).ok();
    serving.studios.keep(kept);
    serving.ledger.job_progress(job.id, 100, 100).await?;
    let end = JobEnd { state: JobState::Done, result, error: None, entry: None, rejects: &[] };
    Ok(serving.ledger.end_job(job.id, &end, serving.now()).await?)
}
