//! Calls about plans on their way, absences, hand-overs, assignments by hand, and what they are about.

use bailiwick_domain::absence::NewAbsence;
use bailiwick_domain::access::{Operation, Relation, TokenScope};
use bailiwick_domain::appeal::{Appeal as Appealed, AppealState};
use bailiwick_domain::assignment::{AssignmentKey, Later};
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::draft::{Edit, EditKind, EditStep};
use bailiwick_domain::handover::NewHandOver;
use bailiwick_domain::plan::PlanStep;
use bailiwick_store::{ByHand, Editing, JobEnd, JobState, Ledger, NewJob, NewPlan, Patch, Step, WebhookChange};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::{Call, Denial, RELATIONS, now};
use crate::common::{can_route, day, employee, plan};

/// What there has to be before it can be asked for.
#[derive(Clone, Copy)]
pub enum Made {
    Draft,
    Proposed,
    Approved,
    /// A draft that says what it was made of, so that it can be edited.
    Editable,
    /// The same with an edit that can be undone, and with one that can be done again.
    Edited,
    Undone,
    /// Of whoever has this name, about the account of that name.
    Appeal(&'static str),
    /// Of the employee of this name.
    Absence(&'static str),
    /// Of somebody below, or not below, the user.
    HandOver(Relation),
    /// An employee who holds nothing yet.
    Joiner(Relation),
    /// A role in which the employee of this name holds the account of this name, by hand.
    Given(&'static str),
    Token,
    Job,
    Study,
    /// A job of which nothing more comes.
    JobOver,
    /// An import that is done and can be undone.
    Imported,
    Webhook,
    /// A dispute about the pay of the employee of this name, opened by somebody else.
    Dispute(&'static str),
    /// An order divided by hand.
    Split,
    /// The period that can be closed next.
    Period,
    /// A webhook, and something it was told: the names of both, with `/deliveries/` between.
    Delivery,
}

impl Made {
    /// Its name.
    pub async fn make(self, ledger: &Ledger, unique: usize) -> String {
        match self {
            Made::Draft => drafted(ledger, unique, &[]).await,
            Made::Proposed => drafted(ledger, unique, &[PlanStep::Propose]).await,
            Made::Approved => drafted(ledger, unique, &[PlanStep::Propose, PlanStep::Approve]).await,
            Made::Editable => editable(ledger, unique).await,
            Made::Edited => edited(ledger, unique).await,
            Made::Undone => {
                let name = edited(ledger, unique).await;
                let plan = name.parse().unwrap();
                let seen = ledger.proposal(&plan).await.unwrap().unwrap().last().unwrap();
                let (summary, at) = (json!({}), now());
                let how = Editing { plan: &plan, actor: "somebody", reason: "", seen, at, summary: &summary };
                ledger.step_draft(how, EditStep::Undo).await.unwrap();
                name
            }
            Made::Appeal(name) => {
                let role = Box::pin(Made::Given(name).make(ledger, unique)).await;
                let key = AssignmentKey {
                    account: format!("A-{name}").parse().unwrap(),
                    role: role.parse().unwrap(),
                    product_line: None,
                };
                let appeal = Appealed {
                    key,
                    employee: name.parse().unwrap(),
                    reason: "too far".into(),
                    state: AppealState::Open,
                    answer: String::new(),
                    answered_by: None,
                };
                let made = ledger.open_appeal(appeal, day("2026-02-02"), "somebody", now()).await.unwrap();
                made.number.to_string()
            }
            Made::Absence(name) => {
                let from = day("2027-01-01") + jiff::Span::new().days(unique as i64);
                let new = NewAbsence {
                    employee: name.parse().unwrap(),
                    from,
                    to: Some(from.tomorrow().unwrap()),
                    substitute: None,
                    reason: "leave".into(),
                };
                ledger.record_absence(&new, "somebody", now()).await.unwrap().id.to_string()
            }
            Made::HandOver(relation) => {
                let leaver = joined(ledger, unique, relation).await;
                let new = NewHandOver {
                    employee: leaver.parse().unwrap(),
                    on: day("2026-03-01"),
                    successor: None,
                    reason: "leaves".into(),
                };
                ledger.hand_over(&new, "somebody", now()).await.unwrap().hand_over.id.to_string()
            }
            Made::Joiner(relation) => joined(ledger, unique, relation).await,
            Made::Given(name) => {
                let role = format!("given {unique}");
                let key = AssignmentKey {
                    account: format!("A-{name}").parse().unwrap(),
                    role: role.parse().unwrap(),
                    product_line: None,
                };
                let employee = Some(name.parse().unwrap());
                let on = day("2026-02-02");
                let later = Later::Refuse;
                let given = ByHand { key, employee, on, pinned: true, later, reason: "asked for".into() };
                ledger.assign_by_hand(&given, "somebody", now()).await.unwrap();
                role
            }
            Made::Token => {
                let id = Uuid::from_u128(1_000_000 + unique as u128);
                let secret = format!("to be revoked {unique}");
                super::token(ledger, id, &secret, &BTreeSet::from([TokenScope::Read])).await;
                id.to_string()
            }
            Made::JobOver => {
                let id = job(ledger, unique).await;
                ledger.cancel_job(id, now()).await.unwrap();
                id.to_string()
            }
            Made::Imported => {
                let id = job(ledger, unique).await;
                let end = |state, entry| JobEnd { state, result: None, error: None, entry, rejects: &[] };
                while let Some(claimed) = ledger.claim_job(now()).await.unwrap() {
                    if claimed.id == id {
                        break;
                    }
                    ledger.end_job(claimed.id, &end(JobState::Cancelled, None), now()).await.unwrap();
                }
                let account = format!("I-{unique}").parse().unwrap();
                let patches = [Patch { id: account, fields: serde_json::Map::new() }];
                let done = ledger.import_accounts(&patches, "import", "Root", now()).await.unwrap();
                ledger.end_job(id, &end(JobState::Done, done.entry), now()).await.unwrap();
                id.to_string()
            }
            Made::Job => job(ledger, unique).await.to_string(),
            Made::Study => job_of(ledger, unique, "study").await.to_string(),
            Made::Dispute(name) => super::pay::dispute(ledger, name).await,
            Made::Split => super::pay::split(ledger).await,
            Made::Period => super::pay::next_period(ledger).await,
            Made::Webhook => webhook(ledger, unique).await.to_string(),
            Made::Delivery => {
                let id = webhook(ledger, unique).await;
                drafted(ledger, unique, &[]).await;
                let told = ledger.deliveries(id, None, 1).await.unwrap().pop().unwrap();
                format!("{id}/deliveries/{}", told.id)
            }
        }
    }
}

async fn job(ledger: &Ledger, unique: usize) -> Uuid {
    job_of(ledger, unique, "import").await
}

async fn job_of(ledger: &Ledger, unique: usize, kind: &str) -> Uuid {
    let params = json!({"of": "accounts", "form": "csv"});
    let (user, id) = (Uuid::from_u128(9), Uuid::from_u128(2_000_000 + unique as u128));
    let parts = [format!("account_id\nI-{unique}\n")];
    let new = NewJob { id, kind, params: &params, user, actor: "Root", parts: &parts };
    ledger.create_job(&new, now()).await.unwrap();
    id
}

async fn webhook(ledger: &Ledger, unique: usize) -> Uuid {
    let id = Uuid::from_u128(3_000_000 + unique as u128);
    let events = vec![AuditAction::PlanDrafted];
    let new = WebhookChange { url: "https://example.com/".into(), events, active: true };
    ledger.create_webhook(id, &new, "whsec_AAAA", "Root", now()).await.unwrap();
    id
}

/// An employee who reports to the user, or to nobody.
async fn joined(ledger: &Ledger, unique: usize, relation: Relation) -> String {
    let name = format!("J-{unique}");
    let mut joiner = employee(&name);
    joiner.manager = (relation == Relation::Below).then(|| "Own".parse().unwrap());
    let mut plan = harmless(&format!("J-{unique}"));
    plan.employees = vec![joiner];
    (plan.assignments, plan.scope) = (vec![], vec![]);
    ledger.apply(&plan, "somebody", now(), &|_, _| ()).await.unwrap();
    name
}

/// Whose version is sent as If-Match.
#[derive(Clone, Copy, PartialEq)]
pub enum Seen {
    Nothing,
    Policy,
    /// The plan that came in last.
    Plan,
    Employee(&'static str),
}

impl Seen {
    pub async fn version(self, ledger: &Ledger) -> Option<u64> {
        match self {
            Seen::Nothing => None,
            Seen::Plan => {
                let all = ledger.standings(Default::default()).await.unwrap();
                Some(all.last().unwrap().last())
            }
            Seen::Policy => Some(ledger.policy(None).await.unwrap().unwrap().version),
            Seen::Employee(name) => {
                let found = ledger.employee_version(&name.parse().unwrap()).await.unwrap();
                found.map(|(_, version)| version)
            }
        }
    }
}

const SOUND: &str = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n\
    [[coverage]]\nrole = \"seller\"\ndivide = { to = \"Own\" }\n";

/// A plan that changes nobody's matters.
fn harmless(name: &str) -> NewPlan {
    let lines = ["A-Own seller Own", "A-Below seller Below", "A-Other seller Other"];
    let mut plan = plan(name, "2026-02-01", &lines);
    plan.accounts.clear();
    plan.employees.clear();
    // Arrivals are decided by the policy in force, whichever of these plans that is.
    can_route(&mut plan, &["Below", "Other", "Own"]);
    plan
}

async fn drafted(ledger: &Ledger, unique: usize, steps: &[PlanStep]) -> String {
    let name = format!("D-{unique}");
    let made = ledger.draft_plan(&harmless(&name), "somebody", "", now()).await.unwrap();
    for &step in steps {
        let step = Step { step, actor: "somebody", comment: "", four_eyes: false, seen: None };
        ledger.step_plan(&made.plan, step, now()).await.unwrap();
    }
    name
}

async fn editable(ledger: &Ledger, unique: usize) -> String {
    let name = format!("E-{unique}");
    let mut plan = plan(&name, "2026-02-01", &["A-Own seller Own", "A-Below seller Below", "A-Other seller Other"]);
    can_route(&mut plan, &["Below", "Other", "Own"]);
    ledger.draft_plan(&plan, "somebody", "", now()).await.unwrap();
    name
}

async fn edited(ledger: &Ledger, unique: usize) -> String {
    let name = editable(ledger, unique).await;
    let plan = name.parse().unwrap();
    let seen = ledger.proposal(&plan).await.unwrap().unwrap().last().unwrap();
    let key = AssignmentKey { account: "A-Own".parse().unwrap(), role: "seller".parse().unwrap(), product_line: None };
    let edit =
        Edit { kind: EditKind::Lock, rows: vec![], locked: vec![key], unlocked: vec![], routing: None, summary: None };
    let (summary, at) = (json!({}), now());
    let how = Editing { plan: &plan, actor: "somebody", reason: "", seen, at, summary: &summary };
    ledger.edit_draft(how, &edit).await.unwrap();
    name
}

fn post(path: impl Into<String>, body: Value, operation: Operation, relation: Relation, denial: Denial) -> Call {
    Call { method: "POST", body, ..Call::get(path, operation, Some(relation), denial) }
}

pub fn calls(unique: usize) -> Vec<Call> {
    use Denial::{Forbidden, Missing};
    use Operation::*;
    let other = Relation::Other;
    let plan = serde_json::to_value(harmless(&format!("N-{unique}"))).unwrap();
    let mut calls = vec![
        post("/api/v1/plans", json!({ "plan": plan }), MakePlans, other, Forbidden),
        post("/api/v1/rollback", json!({ "to": "2026-01-15" }), ApplyPlans, other, Forbidden),
    ];
    for (step, operation, made, body) in [
        ("propose", MakePlans, Made::Draft, json!({})),
        ("approve", ApprovePlans, Made::Proposed, json!({})),
        ("return", ApprovePlans, Made::Approved, json!({})),
        ("withdraw", MakePlans, Made::Draft, json!({})),
        ("comments", MakePlans, Made::Draft, json!({"comment": "said"})),
        ("apply", ApplyPlans, Made::Approved, json!({})),
    ] {
        let call = post(format!("/api/v1/plans/{{new}}/{step}"), body, operation, other, Forbidden);
        calls.push(Call { made: Some(made), ..call });
    }
    let lock = json!({"kind": "lock", "role": "seller", "accounts": ["A-Own"]});
    for (step, made, body) in [
        ("edits", Made::Editable, lock),
        ("undo", Made::Edited, json!({})),
        ("redo", Made::Undone, json!({})),
        ("optimise", Made::Editable, json!({"seconds": 1})),
        ("front", Made::Editable, json!({"seconds": 1})),
    ] {
        let call = post(format!("/api/v1/plans/{{new}}/{step}"), body, MakePlans, other, Forbidden);
        calls.push(Call { made: Some(made), seen: Seen::Plan, ..call });
    }
    for part in
        ["draft", "map", "outlines", "loose", "accounts/A-Own", "comparison", "comparison/changes", "comparison/map"]
    {
        let call = Call::get(format!("/api/v1/plans/{{new}}/{part}"), ReadPlans, Some(other), Missing);
        calls.push(Call { made: Some(Made::Editable), ..call });
    }
    calls.push(Call::get("/api/v1/appeals", ReadAssignments, None, Forbidden));
    let compute = json!({ "comment": format!("comment {unique}") });
    calls.push(post("/api/v1/plans/compute", compute, MakePlans, other, Forbidden));
    let rows = post("/api/v1/imports?of=accounts", json!("account_id"), Import, other, Forbidden);
    calls.push(Call { kind: "text/csv", ..rows });
    calls.push(Call::get("/api/v1/jobs", Import, Some(other), Forbidden));
    for (method, path, body, made) in [
        ("GET", "/api/v1/jobs/{new}", Value::Null, Made::Job),
        ("GET", "/api/v1/jobs/{new}/events", Value::Null, Made::JobOver),
        ("GET", "/api/v1/jobs/{new}/rejects", Value::Null, Made::Job),
        ("POST", "/api/v1/jobs/{new}/cancel", json!({}), Made::Job),
        ("POST", "/api/v1/jobs/{new}/undo", json!({}), Made::Imported),
    ] {
        let call = Call::get(path, Import, Some(other), Missing);
        calls.push(Call { method, body, made: Some(made), ..call });
    }
    calls.push(Call::get("/api/v1/webhooks", ManageWebhooks, Some(other), Forbidden));
    let wish = json!({"url": "https://example.com/", "events": ["plan.applied"]});
    calls.push(post("/api/v1/webhooks", wish.clone(), ManageWebhooks, other, Forbidden));
    for (method, path, body, made) in [
        ("GET", "/api/v1/webhooks/{new}", Value::Null, Made::Webhook),
        ("PUT", "/api/v1/webhooks/{new}", wish, Made::Webhook),
        ("DELETE", "/api/v1/webhooks/{new}", Value::Null, Made::Webhook),
        ("POST", "/api/v1/webhooks/{new}/secret", json!({}), Made::Webhook),
        ("GET", "/api/v1/webhooks/{new}/deliveries", Value::Null, Made::Webhook),
        ("POST", "/api/v1/webhooks/{new}/replay", json!({}), Made::Delivery),
    ] {
        let call = Call::get(path, ManageWebhooks, Some(other), Missing);
        calls.push(Call { method, body, made: Some(made), version: Some(1), ..call });
    }
    calls.push(Call::get("/api/v1/policies/1/diff", ReadPolicies, Some(other), Missing));
    let text = json!({ "text": "[company]\nname = \"X\"\n" });
    calls.push(post("/api/v1/policies/check", text, ReadPolicies, other, Forbidden));
    let on_one = json!({ "text": SOUND, "account_id": format!("A-{}", RELATIONS[0].1) });
    calls.push(post("/api/v1/policies/try", on_one, ReadPolicies, other, Forbidden));
    let write = json!({ "text": SOUND, "reason": format!("reason {unique}") });
    let write = post("/api/v1/policies", write, EditPolicies, other, Forbidden);
    calls.push(Call { seen: Seen::Policy, ..write });
    calls.push(Call::get("/api/v1/absences", ReadLoads, None, Forbidden));
    calls.push(Call::get("/api/v1/handovers", HandOver, None, Forbidden));
    let away = |name: &str| {
        let from = day("2030-01-01") + jiff::Span::new().days(unique as i64);
        json!({"employee_id": name, "from": from, "to": from.tomorrow().unwrap(), "reason": "leave"})
    };
    for (relation, name) in RELATIONS {
        calls.push(post("/api/v1/absences", away(name), ManageAbsences, relation, Forbidden));
        let end = post("/api/v1/absences/{new}/end", json!({"on": "2026-12-01"}), ManageAbsences, relation, Missing);
        calls.push(Call { made: Some(Made::Absence(name)), ..end });
        let path = format!("/api/v1/accounts/A-{name}/assignments");
        calls.push(Call::get(path, ReadAssignments, Some(relation), Missing));
        let key = json!({"account_id": format!("A-{name}"), "role": "seller", "reason": "asked for"});
        // Pinned and loosened by turns, so that there is something to change.
        let mut give = key.clone();
        give["employee_id"] = name.into();
        (give["pinned"], give["on"]) = (unique.is_multiple_of(2).into(), "2026-02-02".into());
        (give["role"], give["replace_later"]) = (format!("role {}", unique / 1000).into(), true.into());
        calls.push(post("/api/v1/assignments", give, Assign, relation, Missing));
        let skills = format!("/api/v1/employees/{name}/skills");
        calls.push(Call::get(&skills, ReadLoads, Some(relation), Missing));
        let held = json!({"skills": [{"name": format!("skill {unique}"), "level": 1.0}]});
        let change = post(skills, held, ManageSkills, relation, Missing);
        calls.push(Call { method: "PUT", seen: Seen::Employee(name), ..change });
        let appeal = json!({"account_id": format!("A-{name}"), "role": "{new}", "employee_id": name, "reason": "far"});
        let appeal = post("/api/v1/appeals", appeal, Appeal, relation, Forbidden);
        calls.push(Call { made: Some(Made::Given(name)), ..appeal });
        let one = Call::get("/api/v1/appeals/{new}", ReadAssignments, Some(relation), Missing);
        calls.push(Call { made: Some(Made::Appeal(name)), ..one });
        let withdraw = post("/api/v1/appeals/{new}/withdraw", json!({}), Appeal, relation, Missing);
        calls.push(Call { made: Some(Made::Appeal(name)), ..withdraw });
        let end = json!({"account_id": format!("A-{name}"), "role": "{new}", "on": "2026-03-01", "reason": "over"});
        let end = post("/api/v1/assignments/end", end, Assign, relation, Missing);
        calls.push(Call { made: Some(Made::Given(name)), ..end });
        let preview = format!("/api/v1/handovers/preview?employee={name}&on=2026-03-01");
        calls.push(Call::get(preview, HandOver, Some(relation), Forbidden));
        if relation == Relation::Own {
            continue;
        }
        let answer = json!({"granted": true, "words": "she takes it over"});
        let answer = post("/api/v1/appeals/{new}/answer", answer, AnswerAppeals, relation, Missing);
        calls.push(Call { made: Some(Made::Appeal(name)), ..answer });
        let leaves = json!({"employee_id": "{new}", "on": "2026-03-01"});
        let leaves = post("/api/v1/handovers", leaves, HandOver, relation, Forbidden);
        calls.push(Call { made: Some(Made::Joiner(relation)), ..leaves });
        let made = Some(Made::HandOver(relation));
        let one = Call::get("/api/v1/handovers/{new}", HandOver, Some(relation), Missing);
        calls.push(Call { made, ..one });
        let back = post("/api/v1/handovers/{new}/take-back", json!({}), HandOver, relation, Missing);
        calls.push(Call { made, ..back });
    }
    calls
}
