//! Somebody is away: others stand in, both are told, and on the day they are back nothing has to be done.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::absence::{Absence, NewAbsence};
use bailiwick_domain::audit::{AuditAction, AuditFilter};
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{Ledger, StoreError};
use common::*;
use serde_json::json;

on_both!(
    the_least_loaded_of_the_same_role_stands_in,
    an_absence_ends_sooner_or_never_was,
    what_cannot_be_is_refused,
    a_backup_keeps_absences,
);

fn person(name: &str) -> EmployeeId {
    name.parse().unwrap()
}

fn away(employee: &str, from: &str, to: &str, substitute: Option<&str>) -> NewAbsence {
    NewAbsence {
        employee: person(employee),
        from: day(from),
        to: if to.is_empty() { None } else { Some(day(to)) },
        substitute: substitute.map(person),
        reason: "leave".into(),
    }
}

/// Three sellers (Ann two accounts, Ben two, Cid one), Sam alone in service, and Max, everybody's manager.
async fn company(ledger: &Ledger) {
    let lines = [
        "A-1 seller Ann",
        "A-2 seller Ann",
        "B-1 seller Ben",
        "B-2 seller Ben",
        "C-1 seller Cid",
        "A-1 service Sam",
        "B-1 service/Printers Sam",
    ];
    let mut plan = plan("P-1", "2026-01-01", &lines);
    for employee in &mut plan.employees {
        employee.manager = Some(person("Max"));
    }
    plan.employees.push(employee("Max"));
    let mut leaver = employee("Lea");
    leaver.attributes.insert("end_date".into(), json!("2026-07-10"));
    plan.employees.push(leaver);
    apply(ledger, &plan, "2026-01-01T00:00:00Z").await.unwrap();
}

async fn record(ledger: &Ledger, new: &NewAbsence, at: &str) -> Absence {
    ledger.record_absence(new, "hr", moment(at)).await.unwrap()
}

/// `role=owner` or `role=owner (substitute)` of the account's roles.
async fn answers(ledger: &Ledger, id: &str, on: &str, known: Option<&str>) -> String {
    let known = known.map(moment);
    let held = ledger.who(&account(id), None, None, day(on), known).await.unwrap();
    let covered = ledger.covered(&held, day(on), known).await.unwrap();
    let each: Vec<String> = held
        .iter()
        .zip(&covered)
        .map(|(held, covered)| match covered {
            None => owners(std::slice::from_ref(held)),
            Some(covered) => {
                let who = covered.substitute.as_ref().map_or("nobody".into(), ToString::to_string);
                format!("{} ({who})", owners(std::slice::from_ref(held)))
            }
        })
        .collect();
    each.join(" ")
}

async fn the_least_loaded_of_the_same_role_stands_in(bench: Bench) {
    let ledger = &bench.ledger;
    company(ledger).await;
    let ann = record(ledger, &away("Ann", "2026-07-01", "2026-07-15", None), "2026-06-01T00:00:00Z").await;
    let covers: Vec<String> = ann
        .covers
        .iter()
        .map(|c| format!("{} {} {}", c.role.as_ref().map_or("*", |r| r.as_str()), c.substitute, c.rule.as_str()))
        .collect();
    assert_eq!(covers, ["seller Cid least-loaded", "* Max manager"]);
    assert_eq!(answers(ledger, "A-1", "2026-06-30", None).await, "seller=Ann service=Sam");
    assert_eq!(answers(ledger, "A-1", "2026-07-01", None).await, "seller=Ann (Cid) service=Sam");
    assert_eq!(answers(ledger, "A-1", "2026-07-14", None).await, "seller=Ann (Cid) service=Sam");
    // Back without anybody doing anything.
    assert_eq!(answers(ledger, "A-1", "2026-07-15", None).await, "seller=Ann service=Sam");
    // In May nobody knew.
    assert_eq!(answers(ledger, "A-1", "2026-07-01", Some("2026-05-01T00:00:00Z")).await, "seller=Ann service=Sam");

    // Cid falls ill meanwhile: whoever stands in for him stands in for Ann, too; Ann, who is away, is not asked.
    record(ledger, &away("Cid", "2026-07-05", "", None), "2026-07-05T00:00:00Z").await;
    assert_eq!(answers(ledger, "A-1", "2026-07-04", None).await, "seller=Ann (Cid) service=Sam");
    assert_eq!(answers(ledger, "A-1", "2026-07-05", None).await, "seller=Ann (Ben) service=Sam");
    assert_eq!(answers(ledger, "C-1", "2026-07-05", None).await, "seller=Cid (Ben)");
    // Nobody else is in service: the manager.
    record(ledger, &away("Sam", "2026-07-06", "2026-07-07", None), "2026-07-05T12:00:00Z").await;
    assert_eq!(answers(ledger, "A-1", "2026-07-06", None).await, "seller=Ann (Ben) service=Sam (Max)");
    assert_eq!(answers(ledger, "B-1", "2026-07-06", None).await, "seller=Ben service/Printers=Sam (Max)");
    // And when the manager is away as well, that is said.
    record(ledger, &away("Max", "2026-07-06", "", None), "2026-07-05T13:00:00Z").await;
    assert_eq!(answers(ledger, "A-1", "2026-07-06", None).await, "seller=Ann (Ben) service=Sam (nobody)");

    let listed: Vec<String> =
        ledger.absences(None, Some(day("2026-07-06"))).await.unwrap().iter().map(|a| a.employee.to_string()).collect();
    assert_eq!(listed, ["Ann", "Cid", "Sam", "Max"]);
    assert_eq!(ledger.absences(Some(&person("Ann")), None).await.unwrap(), [ann]);
    let told = ledger
        .audit(&AuditFilter { action: Some(AuditAction::AbsenceRecorded), ..AuditFilter::default() })
        .await
        .unwrap();
    assert_eq!((told.len(), told[0].subject.as_str(), told[0].actor.as_str()), (4, "Ann", "hr"));
    ledger.verify_audit().await.unwrap();
}

async fn an_absence_ends_sooner_or_never_was(bench: Bench) {
    let ledger = &bench.ledger;
    company(ledger).await;
    let ann = record(ledger, &away("Ann", "2026-07-01", "2026-07-15", Some("Ben")), "2026-06-01T00:00:00Z").await;
    let end = async |id: u64, on: &str, at: &str| ledger.end_absence(id, day(on), "is back", "hr", moment(at)).await;
    let later = bench.unchanged(end(ann.id, "2026-07-15", "2026-07-02T00:00:00Z")).await;
    assert!(matches!(later, StoreError::NotSooner { .. }), "{later}");
    let shorter = end(ann.id, "2026-07-10", "2026-07-10T00:00:00Z").await.unwrap().unwrap();
    assert_eq!((shorter.from, shorter.to, &shorter.covers), (ann.from, Some(day("2026-07-10")), &ann.covers));
    assert_eq!(answers(ledger, "A-1", "2026-07-09", None).await, "seller=Ann (Ben) service=Sam");
    assert_eq!(answers(ledger, "A-1", "2026-07-10", None).await, "seller=Ann service=Sam");
    // On the eighth we still thought otherwise.
    let known = Some("2026-07-08T00:00:00Z");
    assert_eq!(answers(ledger, "A-1", "2026-07-10", known).await, "seller=Ann (Ben) service=Sam");
    let gone = bench.unchanged(end(ann.id, "2026-07-05", "2026-07-11T00:00:00Z")).await;
    assert!(matches!(gone, StoreError::UnknownAbsence { .. }), "{gone}");
    assert_eq!(end(shorter.id, "2026-07-01", "2026-07-12T00:00:00Z").await.unwrap(), None);
    assert_eq!(answers(ledger, "A-1", "2026-07-05", None).await, "seller=Ann service=Sam");
    // So Ann may be away then after all.
    record(ledger, &away("Ann", "2026-07-03", "2026-07-04", None), "2026-07-12T01:00:00Z").await;
    ledger.verify_audit().await.unwrap();
}

async fn what_cannot_be_is_refused(bench: Bench) {
    let ledger = &bench.ledger;
    company(ledger).await;
    record(ledger, &away("Ben", "2026-07-01", "2026-07-15", None), "2026-06-01T00:00:00Z").await;
    let mut told = Vec::new();
    for new in [
        away("Zoe", "2026-07-01", "2026-07-15", None),
        away("Ann", "2026-07-15", "2026-07-15", None),
        away("Ben", "2026-07-14", "", None),
        away("Ann", "2026-07-14", "2026-07-20", Some("Ben")),
        away("Ann", "2026-07-01", "2026-07-20", Some("Lea")),
        away("Ann", "2026-07-01", "2026-07-20", Some("Ann")),
        away("Ann", "2026-07-01", "2026-07-20", Some("Zoe")),
    ] {
        told.push(bench.unchanged(ledger.record_absence(&new, "hr", moment("2026-06-02T00:00:00Z"))).await.to_string());
    }
    insta::allow_duplicates!(insta::assert_snapshot!(told.join("\n"), @"
    there is no employee Zoe: they are neither in the ledger nor among the employees handed in
    the absence ends before its first day, 2026-07-15, is over: give the first day back at work
    Ben is away already from 2026-07-01 until 2026-07-15: end that absence first, or begin after it
    Ben cannot step in from 2026-07-14 until 2026-07-20: they are away, not employed all the time, or the very person to be replaced
    Lea cannot step in from 2026-07-01 until 2026-07-20: they are away, not employed all the time, or the very person to be replaced
    Ann cannot step in from 2026-07-01 until 2026-07-20: they are away, not employed all the time, or the very person to be replaced
    there is no employee Zoe: they are neither in the ledger nor among the employees handed in
    "));
    // Those who are there all the time may.
    record(ledger, &away("Ann", "2026-07-15", "2026-07-20", Some("Ben")), "2026-06-02T00:00:00Z").await;
    record(ledger, &away("Cid", "2026-07-01", "2026-07-10", Some("Lea")), "2026-06-02T00:00:00Z").await;
    let twice = "INSERT INTO absences (id, employee_id, valid_from, reason, recorded_at, recorded_by) \
        VALUES (99, 'Ben', '2026-07-14', '', 1, 1)";
    assert!(bench.raw().await.refused(twice).await.contains("two absences"));
}

async fn a_backup_keeps_absences(bench: Bench) {
    company(&bench.ledger).await;
    let ann = record(&bench.ledger, &away("Ann", "2026-07-01", "2026-07-15", None), "2026-06-01T00:00:00Z").await;
    let at = moment("2026-06-02T00:00:00Z");
    bench.ledger.end_absence(ann.id, day("2026-07-09"), "is back", "hr", at).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.gz");
    bench.ledger.backup(&file, moment("2026-06-01T00:00:00Z")).await.unwrap();
    let again = bench.place.another().ledger().await;
    again.ledger.restore(&file).await.unwrap();
    assert_eq!(answers(&again.ledger, "A-1", "2026-07-01", None).await, "seller=Ann (Cid) service=Sam");
    assert_eq!(again.dump().await, bench.dump().await);
}
