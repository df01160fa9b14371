//! A draft is edited, undone and done again; of two who edit it one is quicker; what is applied is what the edits made of it.
//! And appeals: opened by whoever holds, answered once.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::appeal::{Appeal, AppealState};
use bailiwick_domain::assignment::AssignmentKey;
use bailiwick_domain::audit::AuditFilter;
use bailiwick_domain::draft::{Edit, EditKind, EditStep, EditedRow};
use bailiwick_domain::id::PlanId;
use bailiwick_domain::plan::PlanStep;
use bailiwick_store::{AppealsWanted, Editing, Ledger, Step, StoreError, Within};
use common::*;
use serde_json::json;

on_both!(
    an_edit_is_done_undone_and_done_again,
    of_two_editors_one_is_quicker,
    only_drafts_are_edited_and_editors_do_not_approve,
    what_is_applied_is_what_the_edits_made,
    an_appeal_is_opened_by_the_holder_and_answered_once,
);

const AT: &str = "2026-02-01T00:00:00Z";

fn id() -> PlanId {
    "P-1".parse().unwrap()
}

fn key(account_id: &str) -> AssignmentKey {
    AssignmentKey { account: account(account_id), role: role("seller"), product_line: None }
}

fn gives(account: &str, employee: Option<&str>) -> Edit {
    let row = EditedRow {
        key: key(account),
        employee: employee.map(|id| id.parse().unwrap()),
        segment: "All".into(),
        territory: None,
        rule: "by hand".into(),
        reason: "by hand by Ann".into(),
    };
    let kind = EditKind::Reassign;
    Edit { kind, rows: vec![row], locked: vec![key(account)], unlocked: vec![], routing: None, summary: None }
}

async fn last(ledger: &Ledger) -> u64 {
    ledger.proposal(&id()).await.unwrap().unwrap().last().unwrap()
}

async fn drafted(ledger: &Ledger) {
    let mut plan = plan("P-1", "2026-04-01", &["ACME seller Ann", "BETA seller Ben"]);
    plan.base_version = Some(ledger.version().await.unwrap());
    ledger.draft_plan(&plan, "Ann", "", moment(AT)).await.unwrap();
}

async fn edited(ledger: &Ledger, actor: &str, edit: &Edit, seen: u64) -> Result<u64, StoreError> {
    let (plan, summary) = (id(), json!({"edited by": actor}));
    let how = Editing { plan: &plan, actor, reason: "asked for", seen, at: moment(AT), summary: &summary };
    Ok(ledger.edit_draft(how, edit).await?.recorded_by)
}

async fn stepped(ledger: &Ledger, actor: &str, step: EditStep) -> Result<u64, StoreError> {
    let (plan, summary) = (id(), json!({"stepped by": actor}));
    let seen = last(ledger).await;
    let how = Editing { plan: &plan, actor, reason: "", seen, at: moment(AT), summary: &summary };
    Ok(ledger.step_draft(how, step).await?.of)
}

async fn owners_of_draft(ledger: &Ledger) -> String {
    let plan = ledger.proposed_plan(&id()).await.unwrap().unwrap();
    let rows = plan.assignments.iter().map(|one| format!("{}={}", one.account, one.employee));
    rows.collect::<Vec<_>>().join(" ")
}

async fn an_edit_is_done_undone_and_done_again(bench: Bench) {
    let ledger = &bench.ledger;
    drafted(ledger).await;
    let first = edited(ledger, "Ann", &gives("ACME", Some("Ben")), last(ledger).await).await.unwrap();
    assert_eq!(first, last(ledger).await);
    edited(ledger, "Ben", &gives("BETA", None), first).await.unwrap();
    assert_eq!(owners_of_draft(ledger).await, "ACME=Ben");
    assert_eq!(stepped(ledger, "Cid", EditStep::Undo).await.unwrap(), 2);
    assert_eq!(owners_of_draft(ledger).await, "ACME=Ben BETA=Ben");
    assert_eq!(stepped(ledger, "Cid", EditStep::Undo).await.unwrap(), 1);
    assert_eq!(owners_of_draft(ledger).await, "ACME=Ann BETA=Ben");
    assert!(matches!(stepped(ledger, "Cid", EditStep::Undo).await, Err(StoreError::NothingTo { .. })));
    assert_eq!(stepped(ledger, "Cid", EditStep::Redo).await.unwrap(), 1);
    // Another edit takes the place of what was undone.
    edited(ledger, "Ann", &gives("BETA", Some("Ann")), last(ledger).await).await.unwrap();
    assert!(matches!(stepped(ledger, "Cid", EditStep::Redo).await, Err(StoreError::NothingTo { .. })));
    let record = ledger.draft(&id()).await.unwrap().unwrap();
    assert_eq!(record.history().done, [1, 6]);
    let edited = record.edited();
    let plan = ledger.proposed_plan(&id()).await.unwrap().unwrap();
    assert_eq!(edited.assignments, plan.assignments);
    assert_eq!(plan.summary, json!({"edited by": "Ann"}));
    assert_eq!(ledger.standing(&id()).await.unwrap().unwrap().summary, plan.summary);
    let told: Vec<String> =
        record.events.iter().map(|event| format!("{} {} {}", event.actor, event.step, event.of)).collect();
    assert_eq!(told, ["Ann edit 1", "Ben edit 2", "Cid undo 2", "Cid undo 1", "Cid redo 1", "Ann edit 6"]);
    let raw = bench.raw().await;
    raw.refused("UPDATE plan_edits SET reason = 'other'").await;
    raw.refused("DELETE FROM plan_edits").await;
    ledger.verify_audit().await.unwrap();
}

async fn of_two_editors_one_is_quicker(bench: Bench) {
    let ledger = &bench.ledger;
    drafted(ledger).await;
    let seen = last(ledger).await;
    edited(ledger, "Ann", &gives("ACME", Some("Ben")), seen).await.unwrap();
    let slower = bench.unchanged(edited(ledger, "Ben", &gives("ACME", Some("Cid")), seen)).await;
    assert!(slower.to_string().starts_with("Ann was quicker"), "{slower}");
    let step = Step { step: PlanStep::Propose, actor: "Ben", comment: "", four_eyes: true, seen: Some(seen) };
    assert!(matches!(ledger.step_plan(&id(), step, moment(AT)).await, Err(StoreError::PlanMoved { .. })));
}

async fn only_drafts_are_edited_and_editors_do_not_approve(bench: Bench) {
    let ledger = &bench.ledger;
    drafted(ledger).await;
    edited(ledger, "Ben", &gives("ACME", Some("Ben")), last(ledger).await).await.unwrap();
    let take = async |step, actor| {
        let step = Step { step, actor, comment: "", four_eyes: true, seen: None };
        ledger.step_plan(&id(), step, moment(AT)).await
    };
    take(PlanStep::Propose, "Ann").await.unwrap();
    let seen = last(ledger).await;
    let refused = bench.unchanged(edited(ledger, "Ben", &gives("BETA", Some("Ann")), seen)).await;
    assert!(matches!(refused, StoreError::NotADraft { .. }), "{refused}");
    let own = take(PlanStep::Approve, "Ben").await.unwrap_err();
    assert!(own.to_string().contains("Ben edited the plan"), "{own}");
    take(PlanStep::Return, "Cid").await.unwrap();
    edited(ledger, "Ben", &gives("BETA", Some("Ann")), last(ledger).await).await.unwrap();
}

async fn what_is_applied_is_what_the_edits_made(bench: Bench) {
    let ledger = &bench.ledger;
    drafted(ledger).await;
    let mut edit = gives("ACME", Some("Ben"));
    edit.routing = Some(json!({"pools": ["other"]}));
    edited(ledger, "Ann", &edit, last(ledger).await).await.unwrap();
    edited(ledger, "Ann", &gives("BETA", None), last(ledger).await).await.unwrap();
    for (step, actor) in [(PlanStep::Propose, "Ann"), (PlanStep::Approve, "Ben")] {
        let step = Step { step, actor, comment: "", four_eyes: true, seen: None };
        ledger.step_plan(&id(), step, moment(AT)).await.unwrap();
    }
    ledger.apply_approved(&id(), "Ben", moment(AT), &|_, _| ()).await.unwrap();
    assert_eq!(who(ledger, "ACME", "2026-04-01").await, "seller=Ben");
    assert_eq!(who(ledger, "BETA", "2026-04-01").await, "");
    let held = ledger.who(&account("ACME"), None, None, day("2026-04-01"), None).await.unwrap();
    assert_eq!((held[0].rule.as_str(), held[0].reason.as_str()), ("by hand", "by hand by Ann"));
    let active = ledger.active_plan(day("2026-04-01")).await.unwrap().unwrap();
    assert_eq!((active.routing, active.summary), (json!({"pools": ["other"]}), json!({"edited by": "Ann"})));
    ledger.verify_audit().await.unwrap();
}

async fn an_appeal_is_opened_by_the_holder_and_answered_once(bench: Bench) {
    let ledger = &bench.ledger;
    apply(ledger, &plan("P-0", "2026-01-01", &["ACME seller Ann", "BETA seller Ben"]), AT).await.unwrap();
    let appeal = |account: &str, employee: &str| Appeal {
        key: key(account),
        employee: employee.parse().unwrap(),
        reason: " too far ".into(),
        state: AppealState::Open,
        answer: String::new(),
        answered_by: None,
    };
    let (on, at) = (day("2026-02-01"), moment(AT));
    let not_theirs = bench.unchanged(ledger.open_appeal(appeal("ACME", "Ben"), on, "Ben", at)).await;
    assert!(matches!(not_theirs, StoreError::NotTheirs { .. }), "{not_theirs}");
    let made = ledger.open_appeal(appeal("ACME", "Ann"), on, "Ann", at).await.unwrap();
    assert_eq!((made.number, made.value.reason.as_str()), (1, "too far"));
    let twice = bench.unchanged(ledger.open_appeal(appeal("ACME", "Ann"), on, "Ann", at)).await;
    assert!(matches!(twice, StoreError::AppealedAlready { number: 1, .. }), "{twice}");
    let stale = bench.unchanged(ledger.close_appeal(1, Some(7), (AppealState::Granted, "yes"), "Mia", at)).await;
    assert!(matches!(stale, StoreError::ChangedMeanwhile { .. }), "{stale}");
    let wordless = bench.unchanged(ledger.close_appeal(1, Some(1), (AppealState::Denied, ""), "Mia", at)).await;
    assert!(matches!(wordless, StoreError::Unfit(_)), "{wordless}");
    let closed = ledger.close_appeal(1, Some(1), (AppealState::Granted, "Ben takes it"), "Mia", at).await.unwrap();
    assert_eq!((closed.value.state, closed.value.answered_by.as_deref()), (AppealState::Granted, Some("Mia")));
    let again = bench.unchanged(ledger.close_appeal(1, None, (AppealState::Denied, "no"), "Mia", at)).await;
    assert!(matches!(again, StoreError::AppealClosed { number: 1, state: AppealState::Granted }), "{again}");
    ledger.open_appeal(appeal("BETA", "Ben"), on, "Ben", at).await.unwrap();
    let found = async |within, state| {
        let wanted = AppealsWanted { state, limit: 10, ..AppealsWanted::default() };
        let found = ledger.appeals(within, wanted).await.unwrap();
        found.iter().map(|one| one.value.key.account.to_string()).collect::<Vec<_>>()
    };
    let ann = "Ann".parse().unwrap();
    assert_eq!(found(Within::Everybody, None).await, ["BETA", "ACME"]);
    assert_eq!(found(Within::Everybody, Some(AppealState::Open)).await, ["BETA"]);
    assert_eq!(found(Within::One(&ann), None).await, ["ACME"]);
    assert_eq!(found(Within::Nobody, None).await, Vec::<String>::new());
    let filter = AuditFilter { account: Some(account("ACME")), ..AuditFilter::default() };
    let told: Vec<&str> = ledger.audit(&filter).await.unwrap().iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(&told[told.len() - 2..], ["appeal.opened", "appeal.closed"]);
    ledger.verify_audit().await.unwrap();
}
