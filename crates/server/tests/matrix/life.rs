//! Calls about plans on their way, absences, hand-overs, assignments by hand, and what they are about.

use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::plan::PlanStep;
use bailiwick_store::{Ledger, NewPlan, Step};
use serde_json::{Value, json};

use super::common::plan;
use super::{Call, Denial, now};

/// What there has to be before it can be asked for.
#[derive(Clone, Copy)]
pub enum Made {
    Draft,
    Proposed,
    Approved,
}

impl Made {
    /// Its name.
    pub async fn make(self, ledger: &Ledger, unique: usize) -> String {
        match self {
            Made::Draft => drafted(ledger, unique, &[]).await,
            Made::Proposed => drafted(ledger, unique, &[PlanStep::Propose]).await,
            Made::Approved => drafted(ledger, unique, &[PlanStep::Propose, PlanStep::Approve]).await,
        }
    }
}

/// A plan that changes nobody's matters.
fn harmless(name: &str) -> NewPlan {
    let lines = ["A-Own seller Own", "A-Below seller Below", "A-Other seller Other"];
    let mut plan = plan(name, "2026-02-01", &lines);
    plan.accounts.clear();
    plan.employees.clear();
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

fn post(path: impl Into<String>, body: Value, operation: Operation, relation: Relation, denial: Denial) -> Call {
    Call { method: "POST", body, ..Call::get(path, operation, Some(relation), denial) }
}

pub fn calls(unique: usize) -> Vec<Call> {
    use Denial::Forbidden;
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
    calls
}
