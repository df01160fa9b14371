//! Jobs are worked off one after another, beside the requests.

use std::time::Duration;

use bailiwick_app::AppError;
use bailiwick_app::intake::{self, Form, Of};
use bailiwick_app::plan::Cancel;
use bailiwick_store::{JobEnd, JobRecord, JobState, StoreError};
use serde_json::json;
use tracing::Instrument;
use uuid::Uuid;

use crate::{Serving, dividing, planning, studying};

/// How often it is noted how far a job is, and looked whether to stop.
const NOTED: Duration = Duration::from_millis(250);

/// Works off all jobs that wait.
///
/// # Errors
/// What may pass by itself; the jobs wait on.
pub async fn work(serving: &Serving) -> Result<(), AppError> {
    // What waits when the service ends waits for the next.
    while !serving.is_stopping()
        && let Some(job) = serving.ledger.claim_job(serving.now()).await?
    {
        tell(serving, job.id);
        let id = job.id;
        let span = tracing::info_span!("job", %id, kind = %job.kind);
        if let Err(error) = carry_out(serving, &job).instrument(span).await {
            tracing::warn!("the job {id} failed: {error}");
            let told = match error.remedy() {
                Some(remedy) => format!("{error}: {remedy}"),
                None => error.to_string(),
            };
            end(serving, id, JobState::Failed, Some(&told)).await?;
        }
        tell(serving, id);
    }
    Ok(())
}

/// Those who watch the job look at it anew.
fn tell(serving: &Serving, job: Uuid) {
    // Nobody may be watching.
    let _ = serving.news.send(job);
}

async fn carry_out(serving: &Serving, job: &JobRecord) -> Result<(), AppError> {
    let word = |name: &str| job.params[name].as_str().unwrap_or_default();
    match (job.kind.as_str(), Of::from_text(word("of")), Form::from_text(word("form"))) {
        ("plan", ..) => planning::plan(serving, job).await,
        ("optimise", ..) => dividing::optimise(serving, job).await,
        ("front", ..) => dividing::front(serving, job).await,
        (studying::KIND, ..) => studying::study(serving, job).await,
        ("import", Some(of), Some(form)) => import(serving, job, of, form).await,
        _ => Err(AppError::Usage {
            message: format!("there are no jobs of the kind {:?}", job.kind),
            remedy: String::from("it was made by another version of the service: make it anew"),
        }),
    }
}

async fn end(serving: &Serving, id: Uuid, state: JobState, error: Option<&str>) -> Result<(), AppError> {
    let end = JobEnd { state, result: None, error, entry: None, rejects: &[] };
    Ok(serving.ledger.end_job(id, &end, serving.now()).await?)
}

/// Whether to go on: not when somebody wants the job to stop, or the service ends.
pub async fn goes_on(serving: &Serving, id: Uuid, done: u64, total: u64) -> Result<bool, AppError> {
    let cancelled = serving.ledger.job_progress(id, done, total).await?;
    tell(serving, id);
    if cancelled {
        end(serving, id, JobState::Cancelled, None).await?;
    } else if serving.is_stopping() {
        end(serving, id, JobState::Stopped, Some("the service ended before the job did")).await?;
    } else {
        return Ok(true);
    }
    Ok(false)
}

/// Works beside the requests, and tells how far it is. Nothing comes of it where the job is to stop.
pub async fn beside<T: Send + 'static>(
    serving: &Serving,
    job: &JobRecord,
    cancel: &Cancel,
    work: impl FnOnce(&(dyn Fn(f64) + Sync)) -> Result<T, AppError> + Send + 'static,
) -> Result<Option<T>, AppError> {
    // Whatever ends this job early ends the work too.
    let _cancel = cancel.raised_on_drop();
    let (tell, mut heard) = tokio::sync::watch::channel(0.0);
    let mut making = tokio::task::spawn_blocking(move || {
        work(&|fraction| {
            tell.send_replace(fraction);
        })
    });
    loop {
        tokio::select! {
            made = &mut making => return Ok(Some(made.map_err(|error| broke_off(&error))??)),
            () = tokio::time::sleep(NOTED) => {
                let percent = (*heard.borrow_and_update() * 100.0).clamp(0.0, 99.0) as u64;
                if !goes_on(serving, job.id, percent, 100).await? {
                    cancel.raise();
                    // It ends soon, and must not go on beside the next.
                    let _ = making.await;
                    return Ok(None);
                }
            }
        }
    }
}

fn broke_off(error: &tokio::task::JoinError) -> AppError {
    AppError::Usage {
        message: format!("the work broke off: {error}"),
        remedy: String::from("this is a defect of Bailiwick: please report it"),
    }
}

async fn import(serving: &Serving, job: &JobRecord, of: Of, form: Form) -> Result<(), AppError> {
    let content = serving.ledger.job_content(job.id).await?;
    let types = intake::column_types(&serving.ledger, of, serving.today()).await?;
    if !goes_on(serving, job.id, 0, 0).await? {
        return Ok(());
    }
    let read = tokio::task::spawn_blocking(move || intake::read(of, form, &content, &types));
    let taken = read.await.map_err(|error| broke_off(&error))??;
    let total = (taken.rows.len() + taken.rejects.len()) as u64;
    if !goes_on(serving, job.id, taken.rejects.len() as u64, total).await? {
        return Ok(());
    }
    let (reason, now) = (format!("import {}", job.id), serving.now());
    let (rejects, rows) = (taken.rejects, taken.rows);
    // What it changed and what came of it are one transaction: no job is done twice, none is half done.
    serving
        .ledger
        .whole(async {
            serving.ledger.job_progress(job.id, total, total).await?;
            let done = intake::import(&serving.ledger, of, rows, &reason, (&job.actor, now)).await?;
            let result = json!({
                "created": done.created, "changed": done.changed, "unchanged": done.unchanged,
                "rejected": rejects.len(),
            });
            let entry = done.entry;
            let end = JobEnd { state: JobState::Done, result: Some(result), error: None, entry, rejects: &rejects };
            serving.ledger.end_job(job.id, &end, now).await
        })
        .await
        .map_err(|error: StoreError| error.into())
}
