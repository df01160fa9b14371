//! `bailiwick demo`: a company is made, planned, applied, shown and served.

use std::path::{Path, PathBuf};

use bailiwick_app::apply::{Application, apply};
use bailiwick_app::plan::{self, Request, write};
use bailiwick_app::who::{Question, who};
use bailiwick_app::{AppError, demo, project};
use bailiwick_store::Ledger;

use super::{Setting, actor};
use crate::arguments::{Demo, Format, LogFormat};
use crate::output::{DONE, json, say};
use crate::progress::Bar;

/// Says that a folder was made by this command, so that it may be made anew.
const MARK: &str = ".bailiwick-demo";

pub async fn run(arguments: Demo, setting: &Setting) -> Result<u8, AppError> {
    let dir = &arguments.dir;
    claim(dir)?;
    let bar = Bar::new(setting.quiet);
    bar.set("making a company", 0.0);
    demo::write(dir, arguments.seed, arguments.accounts).map_err(|error| AppError::Usage {
        message: error.to_string(),
        remedy: String::from("see `bailiwick demo --help`"),
    })?;
    let project = project::open(&dir.join(project::POLICY_FILE), &|_| {}).await?;
    let on: jiff::civil::Date = demo::PLAN_DATE.parse().unwrap_or_else(|_| project.policy.day(setting.now));
    let request = Request::new(on, arguments.seed);
    let plan = plan::make_plan(&project, &request, &|step| bar.set(&step.what, step.fraction))?;
    let url = format!("sqlite:{}", dir.join("bailiwick.db").display());
    bar.set("living through three years", 0.0);
    let ledger = Ledger::open(&url).await?;
    demo::life::before_the_plan(&ledger, &project).await?;
    let base = ledger.version().await?.to_string();
    ledger.close().await;
    let plan_dir = dir.join("plan");
    bar.set("writing", 1.0);
    let summary = write::write_plan(&project, &plan, Some(base), &plan_dir)?;
    let how = Application {
        actor: &actor(),
        at: demo::life::planned_at(setting.now),
        on: None,
        edited: false,
        replace_later: false,
        reason: String::from("demo"),
    };
    let progress = |done: u64, total: u64| bar.set("applying", done as f64 / total.max(1) as f64);
    let (ledger, _) = apply(&plan_dir, &url, &how, &progress).await?;
    bar.set("serving the customers", 1.0);
    demo::life::since_the_plan(&ledger, &project, arguments.seed, setting.now).await?;
    drop(bar);
    match setting.format {
        Format::Json => json(&summary),
        _ => {
            super::plan::print_summary(&summary, Some(&plan_dir));
            show_one(&ledger, &plan.account_ids, on, &url).await?;
        }
    }
    if arguments.no_serve {
        ledger.close().await;
        return Ok(DONE);
    }
    super::serve::log(LogFormat::Text)?;
    let report: PathBuf = plan_dir.join(write::REPORT);
    // So that plans can be made, and worked on, in the demo too.
    let settings = bailiwick_server::Settings { project: Some(dir.clone()), ..Default::default() };
    bailiwick_server::serve(ledger, Some(report), arguments.listen, true, settings).await?;
    Ok(DONE)
}

/// A folder that is new, empty, or of an earlier demo.
fn claim(dir: &Path) -> Result<(), AppError> {
    let mark = dir.join(MARK);
    if dir.exists() && !mark.exists() {
        let mut entries = std::fs::read_dir(dir).map_err(AppError::io("read", dir))?;
        if entries.next().is_some() {
            return Err(AppError::Usage {
                message: format!("{} holds files that are no demo of ours", dir.display()),
                remedy: String::from("give another folder with --dir"),
            });
        }
    }
    std::fs::create_dir_all(dir).map_err(AppError::io("create", dir))?;
    std::fs::write(&mark, "Made by `bailiwick demo`, which may make it anew.\n")
        .map_err(AppError::io("write", &mark))?;
    for name in ["bailiwick.db", "bailiwick.db-wal", "bailiwick.db-shm"] {
        let old = dir.join(name);
        if old.exists() {
            std::fs::remove_file(&old).map_err(AppError::io("remove", &old))?;
        }
    }
    Ok(())
}

async fn show_one(ledger: &Ledger, accounts: &[String], on: jiff::civil::Date, url: &str) -> Result<(), AppError> {
    let Some(account) = accounts.get(accounts.len() / 2) else { return Ok(()) };
    let question = Question {
        account: account.clone(),
        role: None,
        stage: None,
        product_line: None,
        on,
        as_known_at: None,
        explain: false,
    };
    let answer = who(ledger, &question).await?;
    say(format!("\nWho is responsible for {} ({account}), segment {}?", answer.account, answer.segment));
    for one in &answer.responsible {
        let line = one.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        say(format!("  {}{line}: {} — {}", one.role_title, one.employee, one.reason));
    }
    say(format!("\nAsk for any customer: bailiwick who {account} --on {on} --explain --db {url}"));
    Ok(())
}
