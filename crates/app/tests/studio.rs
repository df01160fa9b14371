//! The studio at the library's face: whatever is edited, what is told is what a studio that is read anew tells; and how long
//! that takes with twenty thousand accounts.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[macro_use]
#[path = "../../store/tests/common/mod.rs"]
mod common;

use std::time::Instant;

use bailiwick_app::apply::{Application, apply as apply_plan, read_plan};
use bailiwick_app::lang::Texts;
use bailiwick_app::plan::{self, Request, present, write};
use bailiwick_app::studio::Studio;
use bailiwick_app::studio::edit::{By, Selection};
use bailiwick_app::studio::open::open;
use bailiwick_app::{approval, demo, project};
use bailiwick_domain::draft::EditStep;
use bailiwick_domain::id::PlanId;
use bailiwick_domain::policy::document::Language;
use bailiwick_store::{Editing, Ledger};
use common::*;
use jiff::civil::Date;
use rand::{RngExt, SeedableRng};

on_both!(whatever_is_edited_a_fresh_studio_tells_the_same);

const AT: &str = "2026-02-01T09:00:00Z";

/// A company with a plan in force and a draft for a later day.
async fn company(url: &str, accounts: usize, dir: &std::path::Path) -> (Ledger, PlanId) {
    demo::write(dir, 7, accounts).unwrap();
    let project = project::open(dir, &|_| {}).await.unwrap();
    let on: Date = demo::PLAN_DATE.parse().unwrap();
    let mut request = Request { time_limit: Some(std::time::Duration::from_secs(10)), ..Request::new(on, 1) };
    let how = Application {
        actor: "planner",
        at: moment(AT),
        on: None,
        edited: false,
        replace_later: false,
        reason: String::new(),
    };
    let made = plan::make_plan(&project, &request, &|_| {}).unwrap();
    write::write_plan(&project, &made, None, &dir.join("plan")).unwrap();
    let (ledger, _) = apply_plan(&dir.join("plan"), url, &how, &|_, _| {}).await.unwrap();
    request.on = on.saturating_add(jiff::Span::new().months(3));
    request.present = Some(present::of_ledger(&ledger, request.on).await.unwrap());
    let made = plan::make_plan(&project, &request, &|_| {}).unwrap();
    let base = Some(ledger.version().await.unwrap().to_string());
    write::write_plan(&project, &made, base, &dir.join("next")).unwrap();
    let plan = read_plan(&dir.join("next"), &how).unwrap();
    let drafted = approval::draft(&ledger, plan, "planner", "", moment(AT)).await.unwrap();
    (ledger, drafted.plan)
}

/// Records what was done to the studio, as the service does.
async fn record(ledger: &Ledger, studio: &mut Studio, edit: bailiwick_domain::draft::Edit) {
    studio.keep(u64::MAX, edit.clone());
    studio.perform(u64::MAX);
    let summary = studio.summary(studio.history().done.len() + 1);
    let plan = studio.plan.clone();
    let seen = ledger.proposal(&plan).await.unwrap().unwrap().last().unwrap();
    let how = Editing { plan: &plan, actor: "Ann", reason: "", seen, at: moment(AT), summary: &summary };
    let event = ledger.edit_draft(how, &edit).await.unwrap();
    studio.renumber(u64::MAX, event.number);
    studio.note(event);
}

async fn step(ledger: &Ledger, studio: &mut Studio, step: EditStep) {
    let Some(of) = studio.history().next(step) else { return };
    if step == EditStep::Undo {
        studio.revert(of)
    } else {
        studio.perform(of)
    };
    let (plan, summary) = (studio.plan.clone(), studio.summary(0));
    let seen = ledger.proposal(&plan).await.unwrap().unwrap().last().unwrap();
    let how = Editing { plan: &plan, actor: "Ben", reason: "", seen, at: moment(AT), summary: &summary };
    studio.note(ledger.step_draft(how, step).await.unwrap());
}

/// Some accounts of a pool, and somebody of its staff.
fn wish(studio: &Studio, random: &mut rand_chacha::ChaCha8Rng, most: usize) -> (Selection, String) {
    let pools: Vec<usize> = (0..studio.pools.len())
        .filter(|pool| !studio.pools[*pool].pool.staff.is_empty() && !studio.pools[*pool].owner.is_empty())
        .collect();
    let pool = &studio.pools[pools[random.random_range(0..pools.len())]];
    let begin = random.random_range(0..pool.owner.len());
    let accounts = (begin..pool.owner.len()).take(random.random_range(1..=most));
    let accounts = accounts.map(|at| studio.account_ids[pool.pool.accounts[at] as usize].clone()).collect();
    let to = pool.pool.staff[random.random_range(0..pool.pool.staff.len())];
    let role = pool.pool.role.clone();
    (Selection { role, product_line: pool.pool.product_line.clone(), accounts }, studio.staff.ids[to as usize].clone())
}

fn told(studio: &Studio) -> String {
    let mut told = serde_json::to_value(studio.live_all()).unwrap();
    round(&mut told);
    format!("{told:#}")
}

/// Loads that are added and taken away again differ in their last digits.
fn round(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) if number.is_f64() => {
            let rounded = (number.as_f64().unwrap() * 1e5).round() / 1e5;
            *value = (if rounded == 0.0 { 0.0 } else { rounded }).into();
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(round),
        serde_json::Value::Object(map) => map.values_mut().for_each(round),
        _ => {}
    }
}

async fn whatever_is_edited_a_fresh_studio_tells_the_same(bench: Bench) {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, plan) = company(&bench.url(), demo::FEWEST_ACCOUNTS, dir.path()).await;
    let mut studio = open(&ledger, &plan, Some(dir.path())).await.unwrap();
    let first = told(&studio);
    let texts = Texts::of(Language::En);
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let mut done = 0;
    for _ in 0..40 {
        let (of, to) = wish(&studio, &mut random, 12);
        match random.random_range(0..8) {
            0 => step(&ledger, &mut studio, EditStep::Undo).await,
            1 => step(&ledger, &mut studio, EditStep::Redo).await,
            2 => {
                if let Ok(edit) = studio.lock(&of, texts) {
                    record(&ledger, &mut studio, edit).await;
                }
            }
            3 => {
                if let Ok(edit) = studio.unlock(&of, texts) {
                    record(&ledger, &mut studio, edit).await;
                }
            }
            _ => {
                let by = By { actor: "Ann", reason: "she knows them" };
                if let Ok(edit) = studio.reassign(&of, &to, random.random_bool(0.3), by, texts) {
                    assert!(edit.rows.iter().all(|row| row.reason.contains("by hand") || row.reason.contains("ръчно")));
                    record(&ledger, &mut studio, edit).await;
                    done += 1;
                }
            }
        }
    }
    assert!(done >= 8, "{done} edits");
    let fresh = open(&ledger, &plan, Some(dir.path())).await.unwrap();
    assert_eq!(told(&fresh), told(&studio));
    // Everything is undone, and nothing is left of it.
    while studio.history().next(EditStep::Undo).is_some() {
        step(&ledger, &mut studio, EditStep::Undo).await;
    }
    assert_eq!(told(&studio), first);
    ledger.verify_audit().await.unwrap();
}

/// How long it takes with twenty thousand accounts: `cargo test --release -p … --test studio -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "measures time"]
async fn how_long_it_takes() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("ledger.db").display());
    let (ledger, plan) = company(&url, 20_000, dir.path()).await;
    let begin = Instant::now();
    let mut studio = open(&ledger, &plan, Some(dir.path())).await.unwrap();
    eprintln!("open: {:?}", begin.elapsed());
    let texts = Texts::of(Language::En);
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    let mut times = vec![];
    while times.len() < 50 {
        let (of, to) = wish(&studio, &mut random, 200);
        let begin = Instant::now();
        let by = By { actor: "Ann", reason: "" };
        let Ok(edit) = studio.reassign(&of, &to, false, by, texts) else { continue };
        let made = begin.elapsed();
        studio.keep(u64::MAX, edit.clone());
        let touched = studio.perform(u64::MAX);
        let live = studio.live(&touched);
        let live = serde_json::to_string(&live).unwrap().len();
        let measured = begin.elapsed();
        let summary = studio.summary(studio.history().done.len() + 1);
        let seen = ledger.proposal(&plan).await.unwrap().unwrap().last().unwrap();
        let how = Editing { plan: &plan, actor: "Ann", reason: "", seen, at: moment(AT), summary: &summary };
        let event = ledger.edit_draft(how, &edit).await.unwrap();
        studio.renumber(u64::MAX, event.number);
        studio.note(event);
        times.push((begin.elapsed(), made, measured, edit.rows.len(), live));
    }
    times.sort_unstable();
    eprintln!("edit (whole, made, measured, rows, bytes): median {:?}, worst {:?}", times[25], times[49]);
    let (role, line) = studio.roles().swap_remove(0);
    let begin = Instant::now();
    let map = studio.map(&role, line.as_deref());
    let text = serde_json::to_string(&map).unwrap();
    eprintln!("map of {} accounts: {:?}, {} bytes", map.id.len(), begin.elapsed(), text.len());
    let begin = Instant::now();
    let outlines = studio.outlines(&role, line.as_deref());
    eprintln!("{} outlines: {:?}", outlines.len(), begin.elapsed());
    let begin = Instant::now();
    let side = bailiwick_app::diff::read_ledger_side(&ledger, "ledger", studio.on).await.unwrap();
    let compared = studio.compare(&studio.within(side));
    eprintln!("comparison of {} moves: {:?}", compared.moved, begin.elapsed());
}
