//! Plans of more rows than are written one by one: the same on both databases, handed in at once or in parts, whatever
//! their texts hold.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};

use bailiwick_domain::account::AccountRecord;
use bailiwick_store::{Applied, Ledger, NewPlan, PlanRows, Records, StoreError};
use common::*;

on_both! {
    texts_come_back_as_they_went,
    in_parts_it_is_the_same_as_at_once,
    a_source_that_fails_or_changes_changes_nothing,
}

const TEXTS: [&str; 9] =
    ["plain", "a\tb", "a\nb\r\nc", "\\N", "back\\slash\\", "", "„Кирилица“", "'\"{},", "\\.\nafter"];

/// Of so many accounts, each given to the next but `shift` of seven employees.
fn large(id: &str, on: &str, accounts: usize, shift: usize) -> NewPlan {
    let lines: Vec<String> =
        (0..accounts).map(|n| format!("A{n:04} seller E{}", (n + shift * usize::from(n % 3 == 0)) % 7)).collect();
    let mut plan = plan(id, on, &lines.iter().map(String::as_str).collect::<Vec<_>>());
    for (n, one) in plan.assignments.iter_mut().enumerate() {
        let text = |n: usize| TEXTS[n % TEXTS.len()].to_owned();
        (one.reason, one.segment, one.territory) = (text(n), text(n / 9), (n % 4 > 0).then(|| text(n + 1)));
    }
    for (n, one) in plan.accounts.iter_mut().enumerate() {
        one.name = TEXTS[n % TEXTS.len()].to_owned();
        one.attributes.insert("note".into(), TEXTS[n / 7 % TEXTS.len()].into());
    }
    plan
}

/// As a file is read: some at a time.
struct Parts(Vec<AccountRecord>);

impl Records<AccountRecord> for Parts {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn parts(&self) -> Box<dyn Iterator<Item = Result<Cow<'_, [AccountRecord]>, StoreError>> + Send + '_> {
        Box::new(self.0.chunks(300).map(|part| Ok(Cow::Borrowed(part))))
    }
}

async fn apply_in_parts(
    ledger: &Ledger,
    plan: &NewPlan,
    accounts: &dyn Records<AccountRecord>,
    at: &str,
) -> Result<Applied, StoreError> {
    let head = NewPlan { accounts: vec![], assignments: vec![], ..plan.clone() };
    let rows = PlanRows { accounts, assignments: plan.assignments.iter().rev().collect() };
    ledger.apply_rows(&head, rows, "planner", moment(at), &|_, _| ()).await
}

async fn texts_come_back_as_they_went(bench: Bench) {
    let plan = large("P-1", "2026-01-01", 1_000, 0);
    apply(&bench.ledger, &plan, "2025-12-01T00:00:00Z").await.unwrap();
    for (account, planned) in bench.ledger.accounts().await.unwrap().iter().zip(&plan.accounts) {
        assert_eq!(account, planned);
    }
    for planned in plan.assignments.iter().step_by(13) {
        let held = bench.ledger.history(&planned.account).await.unwrap().swap_remove(0);
        assert_eq!(
            (&held.reason, &held.segment, &held.territory),
            (&planned.reason, &planned.segment, &planned.territory)
        );
        assert_eq!(held.why, planned.why);
    }
    bench.ledger.verify_audit().await.unwrap();
}

async fn in_parts_it_is_the_same_as_at_once(bench: Bench) {
    let other = bench.place.another().ledger().await;
    let mut second = large("P-2", "2026-06-01", 900, 2);
    // Some accounts are new, some other than they were.
    second.accounts.drain(..50);
    second.accounts.iter_mut().step_by(2).for_each(|account| account.name.push('!'));
    for (plan, at) in [(large("P-1", "2026-01-01", 800, 0), "2025-12-01T00:00:00Z"), (second, "2026-05-01T00:00:00Z")] {
        let at_once = apply(&bench.ledger, &plan, at).await.unwrap();
        let parts = Parts(plan.accounts.clone());
        let in_parts = apply_in_parts(&other.ledger, &plan, &parts, at).await.unwrap();
        assert_eq!(at_once, in_parts);
        assert_eq!(at_once.opened + at_once.moved + at_once.kept, plan.assignments.len() as u64);
    }
    let third = large("P-3", "2026-07-01", 100, 2);
    let closed = apply(&bench.ledger, &third, "2026-06-01T00:00:00Z").await.unwrap();
    assert_eq!((closed.kept, closed.closed), (100, 800));
    bench.ledger.verify_audit().await.unwrap();
    other.ledger.verify_audit().await.unwrap();
}

async fn a_source_that_fails_or_changes_changes_nothing(bench: Bench) {
    /// Fails the first time, or says something else the second.
    struct Faulty {
        records: Vec<AccountRecord>,
        fails: bool,
        asked: AtomicUsize,
    }
    impl Records<AccountRecord> for Faulty {
        fn len(&self) -> usize {
            self.records.len()
        }
        fn parts(&self) -> Box<dyn Iterator<Item = Result<Cow<'_, [AccountRecord]>, StoreError>> + Send + '_> {
            if self.fails {
                let gone = StoreError::Source("the disk is gone".into());
                return Box::new([Ok(Cow::Borrowed(&self.records[..300])), Err(gone)].into_iter());
            }
            let mut records = self.records.clone();
            if self.asked.fetch_add(1, Ordering::Relaxed) > 0 {
                records[777].name.push('?');
            }
            Box::new(std::iter::once(Ok(Cow::Owned(records))))
        }
    }
    let plan = large("P-1", "2026-01-01", 1_000, 0);
    let faulty = |fails| Faulty { records: plan.accounts.clone(), fails, asked: AtomicUsize::new(0) };
    let at = "2025-12-01T00:00:00Z";
    let error = bench.unchanged(apply_in_parts(&bench.ledger, &plan, &faulty(true), at)).await;
    assert_eq!(error.to_string(), "the disk is gone");
    let error = bench.unchanged(apply_in_parts(&bench.ledger, &plan, &faulty(false), at)).await;
    assert!(error.to_string().starts_with("account A0777 was changed while it was written"), "{error}");
}

/// What an entry vouches for does not depend on the database.
#[tokio::test]
async fn both_databases_come_to_the_same_version() {
    let Some(postgres) = Bench::postgres().await else { return };
    let sqlite = Bench::sqlite().await;
    for (id, on, accounts, shift, at) in
        [("P-1", "2026-01-01", 1_000, 0, "2025-12-01T00:00:00Z"), ("P-2", "2026-06-01", 900, 1, "2026-05-01T00:00:00Z")]
    {
        let plan = large(id, on, accounts, shift);
        let [on_sqlite, on_postgres] = [&sqlite, &postgres].map(|bench| bench.ledger.clone());
        assert_eq!(apply(&on_sqlite, &plan, at).await.unwrap(), apply(&on_postgres, &plan, at).await.unwrap());
    }
}
