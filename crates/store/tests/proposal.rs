//! A plan is drafted by one and approved by another; of two that race one wins, and the other is told why.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::absence::NewAbsence;
use bailiwick_domain::assignment::Later;
use bailiwick_domain::id::PlanId;
use bailiwick_domain::plan::{PlanState, PlanStep};
use bailiwick_store::{Ledger, NewPlan, Proposal, Step, StoreError};
use common::*;

on_both!(
    a_plan_goes_its_way,
    nothing_is_skipped_and_nobody_approves_their_own,
    of_two_plans_one_wins_and_the_other_is_told,
    two_who_apply_at_once_apply_once,
    a_backup_keeps_plans_on_their_way,
);

fn id(text: &str) -> PlanId {
    text.parse().unwrap()
}

async fn step(ledger: &Ledger, plan: &str, step: PlanStep, actor: &str) -> Result<Proposal, StoreError> {
    let step = Step { step, actor, comment: "said", four_eyes: true, seen: None };
    ledger.step_plan(&id(plan), step, moment("2026-02-01T00:00:00Z")).await
}

async fn draft(ledger: &Ledger, plan: &NewPlan) -> Proposal {
    ledger.draft_plan(plan, "Ann", "for spring", moment("2026-02-01T00:00:00Z")).await.unwrap()
}

/// Drafted and proposed by Ann, approved by Ben.
async fn approved(ledger: &Ledger, plan: &NewPlan) {
    draft(ledger, plan).await;
    step(ledger, plan.id.as_str(), PlanStep::Propose, "Ann").await.unwrap();
    step(ledger, plan.id.as_str(), PlanStep::Approve, "Ben").await.unwrap();
}

async fn applied(ledger: &Ledger, plan: &str) -> Result<bailiwick_store::Applied, StoreError> {
    ledger.apply_approved(&id(plan), "Ben", moment("2026-02-02T00:00:00Z"), &|_, _| ()).await
}

async fn made_now(ledger: &Ledger, name: &str, lines: &[&str]) -> NewPlan {
    let mut plan = plan(name, "2026-04-01", lines);
    plan.base_version = Some(ledger.version().await.unwrap());
    plan
}

async fn a_plan_goes_its_way(bench: Bench) {
    let ledger = &bench.ledger;
    let spring = made_now(ledger, "P-1", &["ACME seller Ann"]).await;
    let drafted = draft(ledger, &spring).await;
    assert_eq!((drafted.state, drafted.on), (PlanState::Draft, day("2026-04-01")));
    assert_eq!(ledger.proposed_plan(&id("P-1")).await.unwrap().unwrap(), spring);
    assert_eq!(step(ledger, "P-1", PlanStep::Propose, "Ann").await.unwrap().state, PlanState::Proposed);
    assert_eq!(step(ledger, "P-1", PlanStep::Comment, "Cid").await.unwrap().state, PlanState::Proposed);
    assert_eq!(step(ledger, "P-1", PlanStep::Return, "Ben").await.unwrap().state, PlanState::Draft);
    assert_eq!(step(ledger, "P-1", PlanStep::Propose, "Ann").await.unwrap().state, PlanState::Proposed);
    assert_eq!(step(ledger, "P-1", PlanStep::Approve, "Ben").await.unwrap().state, PlanState::Approved);
    assert_eq!(who(ledger, "ACME", "2026-04-01").await, "");
    // Neither what was said of it nor who is away makes it stale.
    let done = applied(ledger, "P-1").await.unwrap();
    assert_eq!((done.opened, &done.version), (1, &ledger.version().await.unwrap()));
    assert_eq!(who(ledger, "ACME", "2026-03-31").await, "");
    assert_eq!(who(ledger, "ACME", "2026-04-01").await, "seller=Ann");
    let told: Vec<String> = ledger
        .proposal(&id("P-1"))
        .await
        .unwrap()
        .unwrap()
        .events
        .iter()
        .map(|event| format!("{} {}", event.actor, event.step))
        .collect();
    assert_eq!(
        told,
        ["Ann draft", "Ann propose", "Cid comment", "Ben return", "Ann propose", "Ben approve", "Ben apply"]
    );

    // One that is withdrawn, and one that another replaces before its date comes.
    draft(ledger, &made_now(ledger, "P-2", &["ACME seller Ben"]).await).await;
    assert_eq!(step(ledger, "P-2", PlanStep::Withdraw, "Ann").await.unwrap().state, PlanState::Archived);
    let mut sooner = made_now(ledger, "P-3", &["ACME seller Cid"]).await;
    (sooner.on, sooner.later) = (day("2026-03-01"), Later::Replace);
    approved(ledger, &sooner).await;
    applied(ledger, "P-3").await.unwrap();
    let states: Vec<String> =
        ledger.proposals().await.unwrap().iter().map(|plan| format!("{} {}", plan.plan, plan.state)).collect();
    assert_eq!(states, ["P-1 archived", "P-2 archived", "P-3 applied"]);
    ledger.verify_audit().await.unwrap();
}

async fn nothing_is_skipped_and_nobody_approves_their_own(bench: Bench) {
    let ledger = &bench.ledger;
    let spring = plan("P-1", "2026-04-01", &["ACME seller Ann"]);
    draft(ledger, &spring).await;
    let refused = async |step: PlanStep, actor: &str| {
        let way = Step { step, actor, comment: "", four_eyes: true, seen: None };
        let at = moment("2026-02-01T00:00:00Z");
        bench.unchanged(ledger.step_plan(&id("P-1"), way, at)).await.to_string()
    };
    let mut told = vec![
        refused(PlanStep::Approve, "Ben").await,
        refused(PlanStep::Draft, "Ben").await,
        bench.unchanged(applied(ledger, "P-1")).await.to_string(),
        bench.unchanged(apply(ledger, &spring, "2026-02-01T00:00:00Z")).await.to_string(),
    ];
    step(ledger, "P-1", PlanStep::Propose, "Cid").await.unwrap();
    told.push(refused(PlanStep::Approve, "Ann").await);
    told.push(refused(PlanStep::Approve, "Cid").await);
    told.push(refused(PlanStep::Apply, "Ben").await);
    told.push(bench.unchanged(step(ledger, "P-9", PlanStep::Propose, "Ann")).await.to_string());
    let at = moment("2026-02-01T00:00:00Z");
    told.push(bench.unchanged(ledger.draft_plan(&spring, "Ann", "", at)).await.to_string());
    let mut doubled = plan("P-2", "2026-04-01", &["ACME seller Ann"]);
    doubled.assignments.push(assignments(&["ACME seller Ben"]).remove(0));
    told.push(bench.unchanged(ledger.draft_plan(&doubled, "Ann", "", at)).await.to_string());
    insta::allow_duplicates!(insta::assert_snapshot!(told.join("\n"), @r#"
    the plan P-1 is draft: the step "approve" cannot be taken from there
    the plan P-1 is draft: the step "draft" cannot be taken from there
    the plan P-1 is draft: the step "apply" cannot be taken from there
    the plan P-1 is on its way already, as draft: approve and apply it there, or give another plan
    Ann took the step "draft" with the plan P-1 at 2026-02-01T00:00:00Z: somebody else has to approve it
    Cid took the step "propose" with the plan P-1 at 2026-02-01T00:00:00.000001Z: somebody else has to approve it
    the plan P-1 is proposed: the step "apply" cannot be taken from there
    there is no plan P-9 among the drafts: draft it first
    the plan P-1 is on its way already, as proposed: approve and apply it there, or give another plan
    ACME × seller is given to two employees, Ann and Ben: each account × role × product line has one owner
    "#));
    // Where one pair of eyes is enough, it is.
    let alone = Step { step: PlanStep::Approve, actor: "Ann", comment: "", four_eyes: false, seen: None };
    assert_eq!(ledger.step_plan(&id("P-1"), alone, at).await.unwrap().state, PlanState::Approved);
    applied(ledger, "P-1").await.unwrap();
    assert!(matches!(bench.unchanged(applied(ledger, "P-1")).await, StoreError::WrongState { .. }));
    for change in
        ["UPDATE plan_events SET actor = 'Ben'", "DELETE FROM plan_events", "UPDATE proposals SET content = ''"]
    {
        let error = bench.raw().await.refused(change).await;
        assert!(error.contains("append-only") || error.contains("permission denied"), "{change}: {error}");
    }
}

async fn of_two_plans_one_wins_and_the_other_is_told(bench: Bench) {
    let ledger = &bench.ledger;
    apply(ledger, &plan("P-0", "2026-01-01", &["ACME seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    let one = made_now(ledger, "P-1", &["ACME seller Ben"]).await;
    let other = made_now(ledger, "P-2", &["ACME seller Cid"]).await;
    approved(ledger, &one).await;
    approved(ledger, &other).await;
    let away = NewAbsence {
        employee: "Ann".parse().unwrap(),
        from: day("2026-03-01"),
        to: None,
        substitute: None,
        reason: "leave".into(),
    };
    ledger.record_absence(&away, "hr", moment("2026-02-01T12:00:00Z")).await.unwrap();
    applied(ledger, "P-2").await.unwrap();
    match bench.unchanged(applied(ledger, "P-1")).await {
        StoreError::Stale { changes, more, .. } => {
            let told: Vec<String> = changes.iter().map(|e| format!("{} {} {}", e.actor, e.action, e.subject)).collect();
            assert_eq!(told, ["Ben employees.saved Cid", "Ben plan.applied P-2"]);
            assert_eq!(more, 0);
        }
        other => panic!("{other}"),
    }
    assert_eq!(ledger.proposal(&id("P-1")).await.unwrap().unwrap().state, PlanState::Approved);
    assert_eq!(who(ledger, "ACME", "2026-04-01").await, "seller=Cid");
    ledger.verify_audit().await.unwrap();
}

async fn two_who_apply_at_once_apply_once(bench: Bench) {
    let ledger = &bench.ledger;
    approved(ledger, &made_now(ledger, "P-1", &["ACME seller Ben"]).await).await;
    let both: Vec<_> = (0..2)
        .map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move { applied(&ledger, "P-1").await.map(|done| done.opened) })
        })
        .collect();
    let mut ends = Vec::new();
    for one in both {
        ends.push(match one.await.unwrap() {
            Ok(opened) => opened.to_string(),
            Err(StoreError::WrongState { state, .. }) => state.to_string(),
            Err(other) => other.to_string(),
        });
    }
    ends.sort();
    assert_eq!(ends, ["1", "applied"]);
    ledger.verify_audit().await.unwrap();
}

async fn a_backup_keeps_plans_on_their_way(bench: Bench) {
    approved(&bench.ledger, &made_now(&bench.ledger, "P-1", &["ACME seller Ben"]).await).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.gz");
    bench.ledger.backup(&file, moment("2026-06-01T00:00:00Z")).await.unwrap();
    let again = bench.place.another().ledger().await;
    again.ledger.restore(&file).await.unwrap();
    assert_eq!(again.dump().await, bench.dump().await);
    applied(&again.ledger, "P-1").await.unwrap();
    again.ledger.verify_audit().await.unwrap();
}
