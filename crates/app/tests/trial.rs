//! A policy that is being written, tried on the customers of a ledger; and what the policy in force gives them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[macro_use]
#[path = "../../store/tests/common/mod.rs"]
mod common;

use bailiwick_app::apply::{Application, apply as apply_plan};
use bailiwick_app::overview::overview;
use bailiwick_app::plan::{self, Request, write};
use bailiwick_app::{AppError, demo, project, trial};
use bailiwick_domain::policy::Policy;
use bailiwick_store::{Ledger, Within};
use common::*;
use jiff::civil::Date;

on_both!(a_policy_is_tried_on_the_customers_there_are);

/// A company with a plan in force, and the text of its policy.
async fn company(url: &str, dir: &std::path::Path) -> (Ledger, String) {
    demo::write(dir, 7, demo::FEWEST_ACCOUNTS).unwrap();
    let project = project::open(dir, &|_| {}).await.unwrap();
    let request = Request { time_limit: Some(std::time::Duration::from_secs(10)), ..Request::new(on(), 1) };
    let made = plan::make_plan(&project, &request, &|_| {}).unwrap();
    write::write_plan(&project, &made, None, &dir.join("plan")).unwrap();
    let how = Application {
        actor: "planner",
        at: moment("2026-02-01T09:00:00Z"),
        on: None,
        edited: false,
        replace_later: false,
        reason: String::new(),
    };
    let (ledger, _) = apply_plan(&dir.join("plan"), url, &how, &|_, _| {}).await.unwrap();
    (ledger, std::fs::read_to_string(dir.join("bailiwick.toml")).unwrap())
}

fn on() -> Date {
    demo::PLAN_DATE.parse().unwrap()
}

async fn tried_on(ledger: &Ledger, text: &str) -> Result<trial::Trial, AppError> {
    let policy = Policy::parse(text, "bailiwick.toml").unwrap();
    let project = trial::on_ledger(ledger, policy, None, on()).await.unwrap().unwrap();
    trial::on_everybody(&project, on())
}

async fn a_policy_is_tried_on_the_customers_there_are(bench: Bench) {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, text) = company(&bench.url(), dir.path()).await;

    // The text in force comes out as the plan left it.
    let in_force = tried_on(&ledger, &text).await.unwrap();
    assert_eq!((in_force.accounts, in_force.without), (demo::FEWEST_ACCOUNTS, 0));
    assert_eq!(in_force.segments.iter().map(|one| one.gets).sum::<usize>(), demo::FEWEST_ACCOUNTS);
    let seen = overview(&ledger, Within::Everybody, true, on()).await.unwrap();
    let planned = |segment: &str| {
        let of = |role: &bailiwick_app::overview::RoleCoverage| {
            role.segments.iter().find(|one| one.segment == segment).map_or(0, |one| one.accounts)
        };
        seen.coverage.iter().map(of).max().unwrap()
    };
    for one in &in_force.segments {
        assert_eq!(one.gets, planned(&one.segment), "{}", one.segment);
        assert!(one.meets >= one.gets && one.samples.len() <= 3);
    }

    // Everybody has all the roles that the policy gives, although most of its coverage is narrowed by conditions.
    assert!(text.contains("when = \"country <> 'BG'\""));
    assert!(seen.unowned.is_empty(), "{:?}", seen.unowned);

    // A segment for all before the others: nothing after it is reached, and the check says so.
    let shadowing = text.replacen("[[segments]]", "[[segments]]\nname = \"All\"\nwhen = \"true\"\n\n[[segments]]", 1);
    let shadowed = tried_on(&ledger, &shadowing).await.unwrap();
    assert_eq!(shadowed.segments[0].gets, demo::FEWEST_ACCOUNTS);
    assert!(shadowed.segments[1..].iter().all(|one| one.gets == 0));
    let unreachable = shadowed.findings.iter().filter(|one| one.code == "segment-unreachable").count();
    assert_eq!(unreachable, in_force.segments.iter().filter(|one| one.meets > 0).count());

    // One customer: the first segment of the new text takes it, and nobody would serve it there.
    let account = in_force.segments[0].samples[0].parse().unwrap();
    let one = |text: &str| {
        let policy = Policy::parse(text, "bailiwick.toml").unwrap();
        let ledger = &ledger;
        let account = &account;
        async move {
            let project = trial::on_ledger(ledger, policy, None, on()).await.unwrap().unwrap();
            trial::on_one(&project, account, on()).unwrap()
        }
    };
    let before = one(&text).await;
    assert_eq!(before.segment.as_deref(), Some(in_force.segments[0].segment.as_str()));
    assert!(before.steps.last().unwrap().matched && before.roles.iter().any(|role| role.people > 0));
    let after = one(&shadowing).await;
    assert_eq!((after.segment.as_deref(), after.steps.len()), (Some("All"), 1));
    assert!(after.roles.len() < before.roles.len());

    // What does not fit the columns is refused with its place.
    let unknown = text.replacen("when = \"ownership = 'public'\"", "when = \"colour = 'red'\"", 1);
    assert_ne!(unknown, text);
    let Err(AppError::Refused { findings, .. }) = tried_on(&ledger, &unknown).await else { panic!("not refused") };
    assert!(findings[0].place.as_ref().is_some_and(|place| place.line > 0), "{findings:?}");
}
