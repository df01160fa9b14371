//! The administrator's desk: what is registered is never lost, and follows whoever answers for it.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::absence::NewAbsence;
use bailiwick_domain::communication::{Communication, Direction, MatterState, Move, Why};
use bailiwick_domain::handover::NewHandOver;
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{Inbox, Ledger, MattersWanted, StoreError, Within};
use common::*;

on_both!(
    a_matter_follows_whoever_answers_for_it,
    what_waits_for_nobody_lies_on_the_desk,
    only_possible_steps_are_taken,
    an_inbox_is_read_page_by_page,
    matters_are_seen_by_those_they_concern,
    service_sees_when_something_came_and_was_answered,
);

const AT: &str = "2026-02-01T09:00:00Z";

async fn company(bench: &Bench) {
    let lines = ["ACME seller Ann", "BETA seller Ben", "ACME service Cid"];
    apply(&bench.ledger, &plan("P-1", "2026-01-01", &lines), "2026-01-01T00:00:00Z").await.unwrap();
}

fn who(id: &str) -> EmployeeId {
    id.parse().unwrap()
}

/// Subjects in an inbox on a day.
async fn inbox(ledger: &Ledger, of: Inbox<'_>, on: &str) -> String {
    let page = ledger.inbox(of, day(on), None, 100).await.unwrap();
    page.matters.iter().map(|matter| matter.communication.subject.clone()).collect::<Vec<_>>().join(" ")
}

async fn of(ledger: &Ledger, employee: &str, on: &str) -> String {
    inbox(ledger, Inbox::Of(&who(employee)), on).await
}

async fn desk(ledger: &Ledger, on: &str) -> String {
    inbox(ledger, Inbox::Desk(Within::Everybody), on).await
}

async fn a_matter_follows_whoever_answers_for_it(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let at = moment(AT);
    let papers = ledger.register(call(Some("ACME"), "papers"), "", "desk", at).await.unwrap();
    let repair = ledger.register(call(Some("ACME"), "repair"), "", "desk", at).await.unwrap();
    assert_eq!(desk(ledger, "2026-02-01").await, "papers repair");
    ledger.step(papers, None, &pass("seller"), "", "desk", at).await.unwrap();
    ledger.step(repair, None, &pass("seller"), "", "desk", at).await.unwrap();
    assert_eq!(
        (of(ledger, "Ann", "2026-02-01").await, desk(ledger, "2026-02-01").await),
        ("papers repair".into(), String::new())
    );
    // Ann takes one of them; both are hers, but only the other follows the account.
    ledger.step(repair, None, &Move::Take { by: who("Ann") }, "", "Ann", at).await.unwrap();
    let leave = NewAbsence {
        employee: who("Ann"),
        from: day("2026-03-01"),
        to: Some(day("2026-03-15")),
        substitute: Some(who("Ben")),
        reason: "leave".into(),
    };
    ledger.record_absence(&leave, "planner", at).await.unwrap();
    assert_eq!(of(ledger, "Ben", "2026-03-01").await, "papers repair");
    assert_eq!(of(ledger, "Ann", "2026-03-01").await, "");
    assert_eq!(of(ledger, "Ann", "2026-03-15").await, "papers repair");
    // The account changes hands.
    apply(ledger, &plan("P-2", "2026-04-01", &["ACME seller Ben"]), AT).await.unwrap();
    assert_eq!(
        (of(ledger, "Ben", "2026-04-01").await, of(ledger, "Ann", "2026-04-01").await),
        ("papers".into(), "repair".into())
    );
    // Ann leaves: what she had taken goes to whoever answers.
    let leaves = NewHandOver {
        employee: who("Ann"),
        on: day("2026-05-01"),
        successor: Some(who("Cid")),
        reason: "leaves".into(),
    };
    ledger.hand_over(&leaves, "planner", at).await.unwrap();
    assert_eq!(
        (of(ledger, "Ben", "2026-05-01").await, of(ledger, "Ann", "2026-05-01").await),
        ("papers repair".into(), String::new())
    );
    let refused = bench.unchanged(ledger.step(papers, None, &Move::Take { by: who("Ann") }, "", "Ann", at)).await;
    assert!(matches!(refused, StoreError::HasLeft { .. }), "{refused}");
    ledger.step(papers, None, &Move::Finish, "sent", "Ben", at).await.unwrap();
    assert_eq!(of(ledger, "Ben", "2026-05-01").await, "repair");
    let told: Vec<String> = ledger
        .matter_steps(papers)
        .await
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {}", one.actor, one.step, one.note))
        .collect();
    assert_eq!(told, ["desk registered ", "desk passed ", "Ben done sent"]);
    ledger.verify_audit().await.unwrap();
}

async fn what_waits_for_nobody_lies_on_the_desk(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let at = moment(AT);
    let unknown = Communication { caller: Some("A man from Varna".into()), ..call(None, "who") };
    let unknown = ledger.register(unknown, "", "desk", at).await.unwrap();
    let error = bench.unchanged(ledger.step(unknown, None, &pass("seller"), "", "desk", at)).await;
    assert!(error.to_string().contains("link it to an account"), "{error}");
    let link = Move::Link { account: account("ACME"), contact: None };
    ledger.step(unknown, None, &link, "", "desk", at).await.unwrap();
    ledger.step(unknown, None, &pass("nobody-holds-this"), "", "desk", at).await.unwrap();
    let matter = ledger.matter(unknown, day("2026-02-01")).await.unwrap().unwrap();
    assert_eq!((matter.waits.employee, matter.waits.why), (None, Why::NoHolder));
    assert_eq!(desk(ledger, "2026-02-01").await, "who");
    ledger.step(unknown, None, &pass("seller"), "", "desk", at).await.unwrap();
    assert_eq!(desk(ledger, "2026-02-01").await, "");
    // Before the plan nobody held it.
    assert_eq!(desk(ledger, "2025-12-31").await, "who");
    let contact = ledger.save_contact(None, contact("BETA", "Vera"), "desk", at).await.unwrap();
    let link = Move::Link { account: account("ACME"), contact: Some(contact.number) };
    let error = bench.unchanged(ledger.step(unknown, None, &link, "", "desk", at)).await;
    assert!(matches!(error, StoreError::AnotherAccount { .. }), "{error}");
}

async fn only_possible_steps_are_taken(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let at = moment(AT);
    let number = ledger.register(call(Some("ACME"), "papers"), "", "desk", at).await.unwrap();
    let error = bench.unchanged(ledger.step(number, Some(7), &Move::Comment, "", "desk", at)).await;
    assert!(matches!(error, StoreError::ChangedMeanwhile { expected: 7, found: 1, .. }), "{error}");
    assert_eq!(ledger.step(number, Some(1), &Move::Drop, "a mistake", "desk", at).await.unwrap(), 2);
    let error = bench.unchanged(ledger.step(number, None, &Move::Finish, "", "desk", at)).await;
    assert!(error.to_string().contains("reopen"), "{error}");
    ledger.step(number, None, &Move::Comment, "after all", "desk", at).await.unwrap();
    ledger.step(number, None, &Move::Reopen, "", "desk", at).await.unwrap();
    assert_eq!(ledger.matter(number, day("2026-02-01")).await.unwrap().unwrap().communication.state, MatterState::Open);
    let error = bench.unchanged(ledger.step(99, None, &Move::Comment, "", "desk", at)).await;
    assert!(matches!(error, StoreError::UnknownThing { number: 99, .. }), "{error}");
    // What somebody took is on the list of what hangs on them, until it is at its end.
    let loose = async || ledger.loose_ends(&who("Ben"), day("2026-02-01")).await.unwrap().matters;
    ledger.step(number, None, &Move::Take { by: who("Ben") }, "", "desk", at).await.unwrap();
    assert_eq!(loose().await, [number]);
    ledger.step(number, None, &Move::Finish, "", "desk", at).await.unwrap();
    assert!(loose().await.is_empty());
    ledger.step(number, None, &Move::Reopen, "", "desk", at).await.unwrap();
    let stranger = Move::Take { by: who("Nobody") };
    let error = bench.unchanged(ledger.step(number, None, &stranger, "", "desk", at)).await;
    assert!(matches!(error, StoreError::UnknownEmployee { .. }), "{error}");
}

async fn an_inbox_is_read_page_by_page(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let at = moment(AT);
    for (subject, due) in [("c", None), ("b", Some("2026-02-10")), ("a", Some("2026-01-20")), ("d", None)] {
        let matter = Communication { due: due.map(day), ..call(Some("ACME"), subject) };
        let number = ledger.register(matter, "", "desk", at).await.unwrap();
        ledger.step(number, None, &pass("seller"), "", "desk", at).await.unwrap();
    }
    let ann = who("Ann");
    let (mut after, mut found) = (None, vec![]);
    loop {
        let page = ledger.inbox(Inbox::Of(&ann), day("2026-02-01"), after.as_ref(), 1).await.unwrap();
        found.extend(page.matters.into_iter().map(|matter| matter.communication.subject));
        match page.next {
            Some(next) => after = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(found, ["a", "b", "c", "d"]);
    let late = MattersWanted { overdue: true, limit: 9, ..MattersWanted::default() };
    let late = ledger.matters(Within::Everybody, day("2026-02-01"), &late).await.unwrap();
    assert_eq!(late.len(), 1);
    assert!(late[0].communication.overdue(day("2026-02-01")));
}

async fn matters_are_seen_by_those_they_concern(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let at = moment(AT);
    let on = day("2026-02-01");
    let acme = ledger.register(call(Some("ACME"), "acme"), "", "desk", at).await.unwrap();
    let unknown = Communication { received_by: Some(who("Ben")), ..call(None, "unknown") };
    let unknown = ledger.register(unknown, "", "desk", at).await.unwrap();
    for (employee, sees_acme, sees_unknown) in [("Ann", true, false), ("Ben", false, true), ("Cid", true, false)] {
        let employee = who(employee);
        let within = Within::One(&employee);
        assert_eq!(ledger.sees_matter(within, acme, on).await.unwrap(), sees_acme, "{employee}");
        assert_eq!(ledger.sees_matter(within, unknown, on).await.unwrap(), sees_unknown, "{employee}");
        let all = MattersWanted { limit: 9, ..MattersWanted::default() };
        let listed = ledger.matters(within, on, &all).await.unwrap();
        assert_eq!(listed.len(), usize::from(sees_acme) + usize::from(sees_unknown), "{employee}");
    }
    assert!(!ledger.sees_matter(Within::Nobody, acme, on).await.unwrap());
    assert!(ledger.sees_matter(Within::Everybody, acme, on).await.unwrap());
}

async fn service_sees_when_something_came_and_was_answered(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let on = day("2026-02-01");
    let came = |account: &str, at: &str| Communication { received_at: moment(at), ..call(Some(account), "ask") };
    let asked = ledger.register(came("ACME", "2026-02-01T09:00:00.5Z"), "", "desk", moment(AT)).await.unwrap();
    ledger.step(asked, None, &pass("seller"), "", "desk", moment("2026-02-01T10:00:00Z")).await.unwrap();
    ledger.step(asked, None, &Move::Take { by: who("Ann") }, "", "Ann", moment("2026-02-01T11:00:00Z")).await.unwrap();
    ledger.step(asked, None, &Move::Finish, "", "Ann", moment("2026-02-01T12:00:00Z")).await.unwrap();
    let dropped = ledger.register(came("ACME", "2026-02-01T09:30:00Z"), "", "desk", moment(AT)).await.unwrap();
    ledger.step(dropped, None, &Move::Drop, "", "desk", moment(AT)).await.unwrap();
    ledger.register(came("BETA", "2026-02-01T08:59:59.9Z"), "", "desk", moment(AT)).await.unwrap();
    let out = Communication {
        direction: Direction::Outgoing,
        received_by: Some(who("Ben")),
        ..came("BETA", "2026-02-03T09:00:00Z")
    };
    ledger.register(out, "", "desk", moment("2026-02-03T09:00:00Z")).await.unwrap();
    let told = async |within: Within<'_>, from: &str, to: &str| -> Vec<String> {
        let found = ledger.contacted(within, on, moment(from), moment(to)).await.unwrap();
        let one = found.into_iter().map(|one| {
            let answered = one.answered_at.map_or(String::from("-"), |at| at.to_string());
            format!("{} {} {answered} {}", one.account.unwrap_or_default(), one.direction, one.by.unwrap_or_default())
        });
        one.collect()
    };
    let (from, to) = ("2026-02-01T09:00:00Z", "2026-02-02T00:00:00Z");
    let acme = "ACME incoming 2026-02-01T11:00:00Z Ann";
    assert_eq!(
        told(Within::Everybody, from, to).await,
        [acme, "BETA outgoing - Ben"],
        "what went out later counts too"
    );
    assert_eq!(
        told(Within::Everybody, "2026-02-01T08:00:00Z", from).await,
        ["BETA incoming - ", "BETA outgoing - Ben"]
    );
    assert_eq!(told(Within::One(&who("Ann")), from, to).await, [acme]);
    assert_eq!(told(Within::Nobody, from, to).await, [""; 0]);
    let served = ledger.holders_seen(Within::One(&who("Ann")), on).await.unwrap();
    let served: Vec<String> =
        served.iter().map(|one| format!("{} {} {}", one.account_id, one.role, one.employee_id)).collect();
    assert_eq!(served, ["ACME seller Ann", "ACME service Cid"]);
    assert!(ledger.employee_names().await.unwrap().contains_key("Ben"));
}
