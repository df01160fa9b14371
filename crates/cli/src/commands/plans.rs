//! `bailiwick plans draft DIR`, `propose`, `approve`, `return`, `withdraw`, `comment`, `apply`, `back`, `list`, `show`

use std::path::PathBuf;

use bailiwick_app::AppError;
use bailiwick_app::apply::{Application, read_plan};
use bailiwick_app::approval::{self, Back};
use bailiwick_domain::id::PlanId;
use bailiwick_domain::plan::PlanStep;
use bailiwick_store::{Ledger, PlanStanding, PlansWanted, Step};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::{Setting, actor};
use crate::arguments::Format;
use crate::output::{self, DONE, csv, say, table};

#[derive(Args)]
pub struct Plans {
    #[command(subcommand)]
    pub command: PlansCommand,
    /// The ledger: sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, default_value = "sqlite:bailiwick.db", value_name = "URL", env = "BAILIWICK_DB")]
    pub db: String,
}

#[derive(Subcommand)]
pub enum PlansCommand {
    /// Show plans, drafts and applied ones, in the order they came in
    List {
        /// Only drafts, proposed, approved, applied or archived ones
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
    },
    /// Show one plan and what was done to it
    Show { plan: String },
    /// Keep the plan of a folder as a draft
    Draft(Draft),
    /// Print the plan of a folder as what POST /api/v1/plans takes
    Pack {
        /// A plan's folder
        dir: PathBuf,
        /// First day; the plan's own when absent
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// Put a draft forward to be approved
    Propose(Take),
    /// Approve what another has proposed
    Approve(Approve),
    /// Give a plan back: it is a draft again
    Return(Take),
    /// Withdraw a plan for good
    Withdraw(Take),
    /// Say something of a plan
    Comment(Take),
    /// Apply an approved plan, or with --due those whose day has come
    Apply(ApplyOne),
    /// Draft a plan by which everybody holds again what they held on an earlier day
    Back(GoBack),
}

#[derive(Args)]
pub struct Draft {
    /// A plan's folder
    pub dir: PathBuf,
    /// First day; the plan's own when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Take assignments.csv as it is, though it was edited after planning
    #[arg(long)]
    pub edited: bool,
    /// Replace changes that are already recorded for later days
    #[arg(long)]
    pub replace_later: bool,
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub comment: String,
}

#[derive(Args)]
pub struct Take {
    pub plan: String,
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub comment: String,
}

#[derive(Args)]
pub struct Approve {
    #[command(flatten)]
    pub take: Take,
    /// Whether a plan is approved only by somebody who neither drafted nor proposed it
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL", env = "BAILIWICK_FOUR_EYES")]
    pub four_eyes: bool,
}

#[derive(Args)]
pub struct ApplyOne {
    #[arg(required_unless_present = "due", conflicts_with = "due")]
    pub plan: Option<String>,
    /// A later first day than the plan's own
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Every approved plan whose day has come; one that cannot be applied is given back
    #[arg(long)]
    pub due: bool,
}

#[derive(Args)]
pub struct GoBack {
    /// The day whose holders are wanted back
    pub to: Date,
    /// From this day on; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// What was held as known at a moment, e.g. 2026-03-05T12:00:00Z
    #[arg(long, value_name = "INSTANT")]
    pub as_known_at: Option<Timestamp>,
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub comment: String,
}

pub async fn run(arguments: &Plans, setting: &Setting) -> Result<u8, AppError> {
    if let PlansCommand::Pack { dir, on } = &arguments.command {
        let plan = read_plan(dir, &application(*on, false, false, "", setting))?;
        say(json!({ "plan": plan }));
        return Ok(DONE);
    }
    let ledger = match &arguments.command {
        PlansCommand::Draft(_) => Ledger::open(&arguments.db).await?,
        _ => Ledger::open_existing(&arguments.db).await?,
    };
    let done = act(&arguments.command, &ledger, setting).await;
    ledger.close().await;
    done
}

async fn act(command: &PlansCommand, ledger: &Ledger, setting: &Setting) -> Result<u8, AppError> {
    let step = |step, take: &Take, four_eyes| {
        let (plan, comment) = (take.plan.clone(), take.comment.clone());
        async move {
            let plan = known(&plan)?;
            let actor = actor();
            let step = Step { step, actor: &actor, comment: &comment, four_eyes, seen: None };
            ledger.step_plan(&plan, step, setting.now).await?;
            show(ledger, &plan, setting).await
        }
    };
    match command {
        PlansCommand::List { state } => {
            let state = state.as_deref().map(state_of).transpose()?;
            let found = ledger.standings(PlansWanted { state, ..PlansWanted::default() }).await?;
            list(&found, setting);
            Ok(DONE)
        }
        PlansCommand::Show { plan } => show(ledger, &known(plan)?, setting).await,
        PlansCommand::Draft(given) => {
            let how = application(given.on, given.edited, given.replace_later, &given.comment, setting);
            let plan = read_plan(&given.dir, &how)?;
            let made = approval::draft(ledger, plan, &actor(), &given.comment, setting.now).await?;
            show(ledger, &made.plan, setting).await
        }
        PlansCommand::Pack { .. } => Ok(DONE),
        PlansCommand::Propose(take) => step(PlanStep::Propose, take, true).await,
        PlansCommand::Approve(given) => step(PlanStep::Approve, &given.take, given.four_eyes).await,
        PlansCommand::Return(take) => step(PlanStep::Return, take, true).await,
        PlansCommand::Withdraw(take) => step(PlanStep::Withdraw, take, true).await,
        PlansCommand::Comment(take) => step(PlanStep::Comment, take, true).await,
        PlansCommand::Apply(given) => apply(given, ledger, setting).await,
        PlansCommand::Back(given) => {
            let on = setting.day(given.on, ledger).await?;
            let back = Back { to: given.to, on, as_known_at: given.as_known_at };
            let (made, planned) = approval::draft_back(ledger, &back, &actor(), &given.comment, setting.now).await?;
            for (keys, why) in [
                (&planned.kept, "whoever held it then has left; it stays with its holder"),
                (&planned.nobody, "nobody who held it is still here; it will have no owner"),
            ] {
                keys.iter().for_each(|key| eprintln!("{key}: {why}"));
            }
            show(ledger, &made.plan, setting).await
        }
    }
}

async fn apply(given: &ApplyOne, ledger: &Ledger, setting: &Setting) -> Result<u8, AppError> {
    if given.due {
        let fates = approval::apply_due(ledger, setting.day(None, ledger).await?, setting.now).await?;
        let mut exit = DONE;
        for fate in fates {
            match fate {
                approval::Fate::Applied(applied) => say(format!("{}: applied", applied.plan)),
                approval::Fate::Returned { plan, why } => {
                    exit = output::REFUSED;
                    say(format!("{plan}: given back: {why}"));
                }
            }
        }
        return Ok(exit);
    }
    let plan = known(given.plan.as_deref().unwrap_or_default())?;
    ledger.apply_approved_from(&plan, given.on, &actor(), setting.now, &|_, _| ()).await?;
    show(ledger, &plan, setting).await
}

fn application<'a>(
    on: Option<Date>,
    edited: bool,
    replace_later: bool,
    reason: &str,
    setting: &Setting,
) -> Application<'a> {
    Application { actor: "", at: setting.now, on, edited, replace_later, reason: reason.to_owned() }
}

fn known(text: &str) -> Result<PlanId, AppError> {
    text.parse().map_err(|error| AppError::Usage {
        message: format!("\"{text}\" is no id of a plan: {error}"),
        remedy: String::from("give one that `bailiwick plans list` shows"),
    })
}

fn state_of(text: &str) -> Result<bailiwick_domain::plan::PlanState, AppError> {
    use bailiwick_domain::plan::PlanState;
    PlanState::from_text(text).ok_or_else(|| AppError::Usage {
        message: format!("\"{text}\" is no state of a plan"),
        remedy: format!("give one of {}", PlanState::ALL.map(PlanState::as_str).join(", ")),
    })
}

async fn show(ledger: &Ledger, plan: &PlanId, setting: &Setting) -> Result<u8, AppError> {
    let found = ledger.standing(plan).await?.ok_or_else(|| AppError::Missing {
        message: format!("there is no plan {plan}"),
        remedy: String::from("see `bailiwick plans list`"),
    })?;
    let header = ["at", "step", "by", "comment"];
    let rows = found
        .events
        .iter()
        .map(|event| vec![event.at.to_string(), event.step.to_string(), event.actor.clone(), event.comment.clone()]);
    match setting.format {
        Format::Json => output::json(&found),
        Format::Csv => csv(&header, rows),
        Format::Table => {
            say(format!("{} is {}, from {} on", found.plan, found.state, found.on));
            if !found.events.is_empty() {
                say(table(&header, rows));
            }
        }
    }
    Ok(DONE)
}

fn list(found: &[PlanStanding], setting: &Setting) {
    let header = ["plan", "state", "from", "by", "came in"];
    let rows = found.iter().map(|plan| {
        vec![
            plan.plan.to_string(),
            plan.state.to_string(),
            plan.on.to_string(),
            plan.actor.clone(),
            plan.recorded_at.to_string(),
        ]
    });
    match setting.format {
        Format::Json => output::json(&found),
        Format::Csv => csv(&header, rows),
        Format::Table => say(table(&header, rows)),
    }
}
