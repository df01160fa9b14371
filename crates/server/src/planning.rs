//! Plans that the service makes itself, from the project folder it was given, against the ledger: a job whose result is a
//! draft.

use std::sync::Arc;
use std::time::Duration;

use bailiwick_app::AppError;
use bailiwick_app::apply::{Application, read_plan};
use bailiwick_app::plan::{self, Request, present, write};
use bailiwick_app::{approval, project};
use bailiwick_store::{JobEnd, JobRecord, JobState};
use jiff::civil::Date;
use serde_json::json;

use crate::Serving;
use crate::work::{beside, goes_on};

/// A folder for the plan's files, which goes with this value.
struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn missing(message: &str, remedy: &str) -> AppError {
    AppError::Missing { message: message.to_owned(), remedy: remedy.to_owned() }
}

pub async fn plan(serving: &Serving, job: &JobRecord) -> Result<(), AppError> {
    let Some(of) = serving.settings.project.clone() else {
        return Err(missing("the service has no project to plan with", "start it with --project DIR"));
    };
    let read = |name: &str| job.params[name].as_str().and_then(|text| text.parse::<Date>().ok());
    let on = read("on").unwrap_or_else(|| serving.today());
    let seed = job.params["seed"].as_u64().unwrap_or(1);
    let time_limit = job.params["seconds"].as_u64().map(Duration::from_secs);
    let comment = job.params["comment"].as_str().unwrap_or_default();
    if !goes_on(serving, job.id, 0, 100).await? {
        return Ok(());
    }
    let project = project::open(&of, &|_| {}).await?;
    let folder = Arc::new(Folder(std::env::temp_dir().join(format!("bailiwick-plan-{}", job.id))));
    // Whoever is last removes it.
    let (dir, kept) = (folder.0.clone(), Arc::clone(&folder));
    project.settle_rejected(&dir.join("rejected.csv"))?;
    let base = serving.ledger.version().await?.to_string();
    let present = Some(present::of_ledger(&serving.ledger, on).await?);
    let request = Request { time_limit, present, ..Request::new(on, seed) };
    let cancel = request.cancel.clone();
    let make = move |tell: &(dyn Fn(f64) + Sync)| {
        let made = plan::make_plan(&project, &request, &|step| tell(step.fraction))?;
        write::write_plan(&project, &made, Some(base), &kept.0).map(drop)
    };
    if beside(serving, job, &cancel, make).await?.is_none() {
        return Ok(());
    }
    let (actor, at) = (job.actor.as_str(), serving.now());
    let how = Application { actor, at, on: None, edited: false, replace_later: false, reason: comment.to_owned() };
    let plan = read_plan(&folder.0, &how)?;
    serving
        .ledger
        .whole(async {
            serving.ledger.job_progress(job.id, 100, 100).await?;
            let drafted = approval::draft(&serving.ledger, plan, actor, comment, at).await?;
            let result = Some(json!({ "plan_id": drafted.plan, "summary": drafted.summary }));
            let end = JobEnd { state: JobState::Done, result, error: None, entry: None, rejects: &[] };
            serving.ledger.end_job(job.id, &end, at).await.map_err(AppError::from)
        })
        .await
}
