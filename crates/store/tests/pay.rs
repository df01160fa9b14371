//! Pay: orders divided by hand, disputes from opening to settlement, and periods that are closed one after the other.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::audit::{AuditAction, AuditFilter};
use bailiwick_domain::closing::ClosedPeriod;
use bailiwick_domain::dispute::{Dispute, DisputeState, WrongStep};
use bailiwick_domain::split::CreditSplit;
use bailiwick_store::StoreError;
use common::*;
use rust_decimal::Decimal;

on_both!(a_dispute_is_answered_and_settled_by_another, an_order_is_divided_and_put_back, periods_are_closed_in_order);

const AT: &str = "2026-04-02T09:00:00Z";

async fn company(bench: &Bench) {
    let company = plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller Ben"]);
    apply(&bench.ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
}

fn dispute(employee: &str) -> Dispute {
    Dispute {
        employee: employee.parse().unwrap(),
        period: "2026-Q1".parse().unwrap(),
        order: Some(" O-1 ".into()),
        line: None,
        claim: " Mine ".into(),
        answer: None,
        state: DisputeState::Open,
        amount: None,
        opened_by: employee.to_lowercase(),
    }
}

async fn a_dispute_is_answered_and_settled_by_another(bench: Bench) {
    company(&bench).await;
    let (ledger, at) = (&bench.ledger, moment(AT));
    let unknown = bench.unchanged(ledger.open_dispute(dispute("Zed"), "zed", at)).await;
    assert!(matches!(unknown, StoreError::UnknownEmployee { .. }), "{unknown}");
    let opened = ledger.open_dispute(dispute("Ann"), "ann", at).await.unwrap();
    assert_eq!((opened.number, opened.value.claim.as_str(), opened.value.order.as_deref()), (1, "Mine", Some("O-1")));
    ledger.answer_dispute(1, "We look", "ben", at).await.unwrap();
    let own = bench.unchanged(ledger.settle_dispute(1, None, "Yes", "ann", at)).await;
    assert!(matches!(own, StoreError::WrongStep(WrongStep::OwnDispute(1))), "{own}");
    let amount: Decimal = "12.50".parse().unwrap();
    let settled = ledger.settle_dispute(1, Some(amount), "Right", "max", at).await.unwrap();
    assert_eq!((settled.version, settled.value.state, settled.value.amount), (3, DisputeState::Granted, Some(amount)));
    let again = bench.unchanged(ledger.answer_dispute(1, "Or not", "ben", at)).await;
    assert!(matches!(again, StoreError::WrongStep(WrongStep::Settled(1))), "{again}");
    let granted = ledger.granted(None, None).await.unwrap();
    assert_eq!(granted, [("Ann".parse().unwrap(), 1, amount, "Right".to_owned())]);
    assert!(ledger.granted(Some(settled.recorded_at), None).await.unwrap().is_empty());
    let told: Vec<AuditAction> =
        ledger.audit(&AuditFilter::default()).await.unwrap().into_iter().map(|entry| entry.action).collect();
    let steps = [AuditAction::DisputeOpened, AuditAction::DisputeAnswered, AuditAction::DisputeSettled];
    assert_eq!(told[told.len() - 3..], steps);
    ledger.verify_audit().await.unwrap();
}

async fn an_order_is_divided_and_put_back(bench: Bench) {
    company(&bench).await;
    let (ledger, at) = (&bench.ledger, moment(AT));
    let parts = vec![("Ann".parse().unwrap(), "1".parse().unwrap()), ("Ben".parse().unwrap(), "2".parse().unwrap())];
    let split = CreditSplit { order: "O-1".into(), line: None, parts, reason: "won together".into(), active: true };
    let without = CreditSplit { reason: " ".into(), ..split.clone() };
    assert!(matches!(bench.unchanged(ledger.split_credit(without, "max", at)).await, StoreError::Unfit(_)));
    let made = ledger.split_credit(split.clone(), "max", at).await.unwrap();
    assert_eq!(made.value, split);
    let stale = bench.unchanged(ledger.unsplit_credit(1, 7, "max", at)).await;
    assert!(matches!(stale, StoreError::ChangedMeanwhile { .. }), "{stale}");
    let back = ledger.unsplit_credit(1, 1, "max", at).await.unwrap();
    assert_eq!((back.version, back.value.active), (2, false));
    ledger.verify_audit().await.unwrap();
}

async fn periods_are_closed_in_order(bench: Bench) {
    company(&bench).await;
    let (ledger, at) = (&bench.ledger, moment(AT));
    let close = |period: &str, content: &str| {
        let closed = ClosedPeriod { period: period.parse().unwrap(), content: content.to_owned() };
        async move { ledger.close_period(closed, "max", at).await }
    };
    close("2026-Q1", "[]").await.unwrap();
    for period in ["2026-Q1", "2026-Q3", "2025-Q4"] {
        let error = bench.unchanged(close(period, "[1]")).await;
        assert!(matches!(error, StoreError::NotNextPeriod { .. }), "{error}");
    }
    close("2026-Q2", "[2]").await.unwrap();
    let kept: Vec<String> = ledger.closed_periods().await.unwrap().into_iter().map(|one| one.value.content).collect();
    assert_eq!(kept, ["[]", "[2]"]);
    bench.raw().await.refused("UPDATE pay_periods SET content = '[3]'; DELETE FROM pay_periods").await;
    ledger.verify_audit().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.gz");
    ledger.backup(&file, at).await.unwrap();
    let copy =
        bailiwick_store::Ledger::open(&format!("sqlite:{}", folder.path().join("copy.db").display())).await.unwrap();
    copy.restore(&file).await.unwrap();
    assert_eq!(copy.closed_periods().await.unwrap(), ledger.closed_periods().await.unwrap());
    copy.verify_audit().await.unwrap();
}
