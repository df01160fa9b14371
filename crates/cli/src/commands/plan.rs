//! `bailiwick plan`

use std::path::{Path, PathBuf};
use std::time::Duration;

use bailiwick_app::AppError;
use bailiwick_app::cluster::Cluster;
use bailiwick_app::front::{self, Dimension, Front, FrontRequest};
use bailiwick_app::plan::assignments::{FileForm, write_csv};
use bailiwick_app::plan::present::{Holding, of_ledger};
use bailiwick_app::plan::stage::{Stage, Timings};
use bailiwick_app::plan::summary::{PoolSummary, Summary, summarize};
use bailiwick_app::plan::{self, Request, Step, write};
use bailiwick_store::Ledger;
use indexmap::IndexMap;

use super::{Setting, reading};
use crate::arguments::{Form, Format, Plan, Weighed};
use crate::output::{DONE, REFUSED, json, print_findings, say, table};
use crate::progress::Bar;
use crate::stopwatch::Stopwatch;

pub async fn run(arguments: &Plan, setting: &Setting) -> Result<u8, AppError> {
    if let Some(plans) = arguments.front.filter(|plans| *plans < front::LEAST) {
        return Err(AppError::Usage {
            message: format!("--front {plans}: a front has at least {} plans", front::LEAST),
            remedy: String::from("write --front 9, or --front alone"),
        });
    }
    let time_limit = arguments.time_limit.map(span_of_time).transpose()?;
    let form = if setting.form == Form::Parquet { FileForm::Parquet } else { FileForm::Csv };
    if form == FileForm::Parquet && arguments.output.is_none() {
        return Err(AppError::Usage {
            message: String::from("--format parquet: a plan in Parquet is a file, and there is no folder for it"),
            remedy: String::from("give -o DIR"),
        });
    }
    let watch = Stopwatch::start();
    let bar = Bar::new(setting.quiet);
    let told = |step: Step| {
        watch.enter(step.stage);
        bar.set(&step.what, step.fraction);
    };
    let rejected = rejected_path(arguments.output.as_deref());
    let cluster = match arguments.engine.as_str() {
        "embedded" => None,
        url => Some(Cluster::connect(url).await?),
    };
    let project = reading::open_on(cluster.as_ref(), &arguments.policy.policy, &rejected, &bar).await?;
    let on = reading::day(&project, arguments.on, setting);
    let (present, base_version) = present_holders(arguments.against.as_deref(), on).await?;
    let request = Request { time_limit, present, ..Request::new(on, arguments.seed) };
    let mut plan = plan::make_plan(&project, &request, &told)?;
    if let (Some(plans), Some(dir)) = (arguments.front, &arguments.output) {
        let wanted =
            FrontRequest { plans, between: between(arguments), own: &plan, base_version: base_version.clone() };
        let front = front::find_front(&project, &request, &wanted, dir, &told)?;
        plan.front = Some(front);
    }
    plan.timings = arguments.timings.then(|| watch.timings());
    watch.enter(Stage::Writing);
    bar.set("writing", 1.0);
    let mut summary = match &arguments.output {
        Some(dir) => write::write_plan_as(form, &project, &plan, base_version, dir)?,
        None => summarize(&plan, &project.policy),
    };
    summary.timings = arguments.timings.then(|| watch.timings());
    drop(bar);
    if !project.snapshot.read_here.is_empty() {
        let sources = project.snapshot.read_here.join(", ");
        eprintln!("Read here and not on the cluster: {sources} (docs/guide/scaling.md says which sources are)");
    }
    print_findings(&plan.findings, &project.policy.text);
    match setting.format {
        Format::Json => json(&summary),
        Format::Csv => {
            let mut out = std::io::stdout().lock();
            // A closed pipe is the reader's choice.
            let _ = write_csv(&project.policy, &plan, &mut out);
        }
        Format::Table => {
            print_summary(&summary, arguments.output.as_deref());
            if let (Some(front), Some(dir)) = (&plan.front, &arguments.output) {
                print_front(front, dir);
            }
        }
    }
    if let Some(timings) = summary.timings.as_ref().filter(|_| setting.format != Format::Json) {
        print_timings(timings, setting.format);
    }
    Ok(if summary.unassigned > 0 || summary.uncovered > 0 { REFUSED } else { DONE })
}

/// How long each part took: among the results, or beside them where those are data.
fn print_timings(timings: &Timings, format: Format) {
    let rows = timings.shares().into_iter().map(|(stage, seconds, share)| {
        vec![stage.title().to_owned(), format!("{seconds:.2}"), format!("{:.1} %", share * 100.0)]
    });
    let all = vec![String::from("in all"), format!("{:.2}", timings.total), String::new()];
    let table = table(&["part", "seconds", "share"], rows.chain([all]));
    if format == Format::Table { say(table) } else { eprintln!("{table}") }
}

fn between(arguments: &Plan) -> Vec<Dimension> {
    let dimension = |weighed: &Weighed| match weighed {
        Weighed::Balance => Dimension::MaxDeviation,
        Weighed::Travel => Dimension::Cost,
        Weighed::Moves => Dimension::Moves,
    };
    arguments.between.iter().map(dimension).collect()
}

fn span_of_time(seconds: f64) -> Result<Duration, AppError> {
    Duration::try_from_secs_f64(seconds).ok().filter(|span| !span.is_zero()).ok_or_else(|| AppError::Usage {
        message: format!("--time-limit {seconds} is no span of time"),
        remedy: String::from("give seconds above 0, as in --time-limit 30"),
    })
}

fn rejected_path(output: Option<&Path>) -> PathBuf {
    match output {
        Some(dir) => {
            let name = dir.file_name().map_or_else(|| String::from("plan"), |name| name.to_string_lossy().into_owned());
            dir.with_file_name(format!("{name}-{}", write::REJECTED))
        }
        None => PathBuf::from("bailiwick-rejected.csv"),
    }
}

/// Who holds what by a ledger, and the ledger's version; nothing without one.
pub async fn present_holders(
    against: Option<&str>,
    on: jiff::civil::Date,
) -> Result<(Option<Vec<Holding>>, Option<String>), AppError> {
    let Some(url) = against else { return Ok((None, None)) };
    let ledger = Ledger::open_existing(url).await?;
    let version = ledger.version().await?.to_string();
    Ok((Some(of_ledger(&ledger, on).await?), Some(version)))
}

/// The plans of a front, the recommended one marked.
fn print_front(front: &Front, dir: &Path) {
    say(format!("Between these {} plans you can choose ({} were computed):", front.points.len(), front.computed));
    let rows = front.points.iter().map(|point| {
        vec![
            format!("{}{}", point.plan, if point.recommended { " ◆" } else { "" }),
            format!("{:.1} %", point.max_deviation * 100.0),
            format!("{:.2} {}", point.cost, front.cost_unit),
            point.moves.to_string(),
            point.moved.iter().map(|(name, value)| format!("{name} {value:.0}")).collect::<Vec<_>>().join("; "),
            String::from(if point.keeps_policy { "yes" } else { "no" }),
        ]
    });
    say(table(&["plan", "worst deviation", "mean cost", "moved", "moved in measures", "keeps the policy"], rows));
    say(format!(
        "◆ is nearest to the best in everything at once. Each is in {0}/front: `bailiwick apply {0}/front/01` takes it",
        dir.display()
    ));
    if front.points.len() < front::LEAST {
        say("There are no more: balance, nearness and moves hardly pull apart here.");
    }
}

fn role_and_line(pool: &PoolSummary) -> String {
    let line = pool.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
    format!("{}{line}", pool.role)
}

/// The plan for people: each pool with its balance and its gap, then what could not be kept.
pub fn print_summary(summary: &Summary, dir: Option<&Path>) {
    say(format!(
        "{}: {} accounts, {} employees; {} of {} assigned from {} (seed {}, {:.1} s)",
        if summary.company.is_empty() { "Plan" } else { &summary.company },
        summary.accounts,
        summary.employees,
        summary.assigned,
        summary.assigned + summary.unassigned,
        summary.date,
        summary.seed,
        summary.seconds
    ));
    let rows = summary.pools.iter().map(|pool| {
        let balance = pool.balance.iter().filter_map(|(name, balance)| {
            let tolerance = balance.tolerance?;
            Some(format!("{name} {:.1} % of ±{:.1} %", balance.max_deviation * 100.0, tolerance * 100.0))
        });
        vec![
            pool.segment.clone(),
            role_and_line(pool),
            pool.accounts.to_string(),
            pool.employees.to_string(),
            pool.form().to_owned(),
            balance.collect::<Vec<_>>().join("; "),
            pool.gap.map_or_else(|| String::from("—"), |gap| format!("{:.2} %", gap * 100.0)),
            if pool.moved + pool.kept > 0 { format!("{} / {}", pool.moved, pool.kept) } else { String::from("—") },
            pool.unassigned.to_string(),
        ]
    });
    say(table(
        &[
            "segment",
            "role",
            "accounts",
            "staff",
            "divided",
            "balance: worst of allowed",
            "gap ≤",
            "moved / kept",
            "nobody",
        ],
        rows,
    ));
    // Pools of which the same is known are named together.
    let mut judged: IndexMap<&str, Vec<String>> = IndexMap::new();
    for pool in summary.pools.iter().filter(|pool| matches!(pool.form(), "territories" | "fit" | "balance")) {
        judged.entry(&pool.gap_words).or_default().push(format!("{}, {}", pool.segment, role_and_line(pool)));
    }
    for (words, pools) in judged {
        say(format!("{words}\n  {}", pools.join("; ")));
    }
    if !summary.infeasible.is_empty() {
        say("What could not be kept:");
        let rows =
            summary.infeasible.iter().take(12).map(|broken| {
                vec![broken.what.clone(), broken.place.clone(), broken.by.clone(), broken.remedy.clone()]
            });
        say(table(&["promise", "where", "by how much", "remedy"], rows));
        if summary.infeasible.len() > 12 {
            say(format!("… and {} more, in summary.json", summary.infeasible.len() - 12));
        }
    }
    if summary.uncovered > 0 {
        say(format!("{} accounts are covered in no role: `bailiwick check` shows which", summary.uncovered));
    }
    if let Some(dir) = dir {
        say(format!(
            "Written to {0}: open {0}/{1}, or compare and apply it with `bailiwick apply {0}`",
            dir.display(),
            write::REPORT
        ));
    }
}
