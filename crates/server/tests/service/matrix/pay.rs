//! Calls about contribution, statements, disputes and orders divided by hand.

use std::path::Path;

use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::dispute::{Dispute, DisputeState};
use bailiwick_domain::split::CreditSplit;
use bailiwick_store::Ledger;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::life::Made;
use super::{Call, Denial, RELATIONS, now};

const POLICY: &str = "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n\
    [sources.orders]\nfile = \"orders.csv\"\n[[coverage]]\nrole = \"seller\"\ndivide = { balance = { count = 1.0 } }\n\
    [[incentives.plans]]\nname = \"All\"\n[[incentives.plans.parts]]\nmeasure = \"revenue\"\nrate = 0.1\n";

/// The project of the service: an order of each one's account.
pub fn write_project(dir: &Path) {
    let rows = |row: &dyn Fn(&str) -> String| RELATIONS.map(|(_, name)| row(name)).join("\n");
    let files = [
        ("bailiwick.toml", POLICY.to_owned()),
        ("accounts.csv", format!("account_id\n{}\n", rows(&|name| format!("A-{name}")))),
        ("employees.csv", format!("employee_id\n{}\n", rows(&str::to_owned))),
        (
            "orders.csv",
            format!(
                "order_id,account_id,order_date,amount\n{}\n",
                rows(&|name| format!("O-{name},A-{name},2026-01-10,100.00"))
            ),
        ),
    ];
    for (name, text) in files {
        std::fs::write(dir.join(name), text).unwrap();
    }
}

pub async fn dispute(ledger: &Ledger, name: &str) -> String {
    let new = Dispute {
        employee: name.parse().unwrap(),
        period: "2026-Q1".parse().unwrap(),
        order: None,
        line: None,
        claim: "Mine".into(),
        answer: None,
        state: DisputeState::Open,
        amount: None,
        opened_by: "somebody".into(),
    };
    ledger.open_dispute(new, "somebody", now()).await.unwrap().number.to_string()
}

pub async fn split(ledger: &Ledger) -> String {
    let parts = vec![("Own".parse().unwrap(), Decimal::ONE)];
    let new = CreditSplit { order: "O-1".into(), line: None, parts, reason: "agreed".into(), active: true };
    ledger.split_credit(new, "somebody", now()).await.unwrap().number.to_string()
}

pub async fn next_period(ledger: &Ledger) -> String {
    let closed = ledger.closed_periods().await.unwrap();
    closed.last().map_or_else(|| String::from("2020-Q1"), |last| last.value.period.next().to_string())
}

pub fn calls(unique: usize) -> Vec<Call> {
    use Denial::{Forbidden, Missing};
    use Operation::*;
    let other = Some(Relation::Other);
    let send = |method, path: String, body: Value, operation, relation, denial| Call {
        method,
        body,
        ..Call::get(path, operation, relation, denial)
    };
    let mut calls = vec![
        Call::get("/api/v1/contribution", ReadPay, None, Forbidden),
        Call::get("/api/v1/statements/2026-Q1", ReadPay, None, Forbidden),
        Call::get("/api/v1/credits", ReadPay, None, Forbidden),
        Call::get("/api/v1/pay-periods", ReadPay, None, Forbidden),
        Call {
            made: Some(Made::Draft),
            ..Call::get("/api/v1/statements/2026-Q1/under/{new}", ReadPay, None, Forbidden)
        },
        Call::get("/api/v1/disputes", ReadPay, None, Forbidden),
        Call::get("/api/v1/credit-splits", ReadPay, other, Forbidden),
    ];
    let parts = json!([{"employee_id": "Own", "part": "1"}, {"employee_id": "Other", "part": "2.5"}]);
    let divided = json!({"order_id": format!("O-{unique}"), "parts": parts, "reason": "agreed"});
    calls.push(send("POST", "/api/v1/credit-splits".into(), divided, ManagePay, other, Forbidden));
    let taken_back = send("DELETE", "/api/v1/credit-splits/{new}".into(), Value::Null, ManagePay, other, Forbidden);
    calls.push(Call { made: Some(Made::Split), version: Some(1), ..taken_back });
    let close = send("POST", "/api/v1/statements/{new}/close".into(), json!({}), ManagePay, other, Forbidden);
    calls.push(Call { made: Some(Made::Period), ..close });
    for (relation, name) in RELATIONS {
        let of = Some(relation);
        calls.push(Call::get(format!("/api/v1/statements/2026-Q1/{name}"), ReadPay, of, Missing));
        let claim = json!({"employee_id": name, "period": "2026-Q1", "claim": "Mine"});
        calls.push(send("POST", "/api/v1/disputes".into(), claim, DisputePay, of, Missing));
        for (method, path, body, operation) in [
            ("GET", "/api/v1/disputes/{new}", Value::Null, ReadPay),
            ("POST", "/api/v1/disputes/{new}/answer", json!({"answer": "We look"}), DisputePay),
            ("POST", "/api/v1/disputes/{new}/settle", json!({"answer": "Yes", "amount": "12.50"}), ManagePay),
        ] {
            let call = send(method, path.into(), body, operation, of, Missing);
            calls.push(Call { made: Some(Made::Dispute(name)), ..call });
        }
    }
    calls
}
