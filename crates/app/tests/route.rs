//! Arrivals at the library's face, on both databases: who gets them, in whatever order, from however many at once.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[macro_use]
#[path = "../../store/tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use bailiwick_app::apply::{Application, apply as apply_plan};
use bailiwick_app::plan::{self, Request, write};
use bailiwick_app::project::Project;
use bailiwick_app::route::replay::{Other, replay};
use bailiwick_app::route::{Arrivals, Intake, Routed, route};
use bailiwick_app::{AppError, project};
use bailiwick_domain::absence::NewAbsence;
use bailiwick_domain::handover::NewHandOver;
use bailiwick_store::{Ledger, OpenOptions};
use common::*;
use jiff::civil::Date;
use serde_json::{Value, json};

on_both!(
    nothing_goes_to_the_absent_the_inactive_or_the_gone,
    only_who_stands_in_takes_the_place_of_the_absent,
    whoever_is_full_stands_behind,
    a_group_goes_to_the_holder_of_its_head,
    by_hand_beats_the_rule,
    what_is_known_of_an_account_stays,
    a_unit_goes_to_whoever_has_it,
    a_burst_is_spread_evenly_and_whole,
    two_programs_at_once_see_each_others_load,
    turns_follow_weights_and_hand_overs_do_not_shift_them,
    a_restart_changes_nothing,
    a_replay_comes_out_the_same,
    another_policy_comes_out_otherwise,
    what_cannot_be_evaluated_is_refused_alone,
);

const DAY: &str = "2026-02-01";

/// A company: the coverages of its policy, and its employees as CSV after the header.
struct Company<'a> {
    policy: &'a str,
    employees: &'a str,
    accounts: &'a str,
}

const EVEN: &str = "[[coverage]]\nrole = \"sales\"\ndivide = { balance = { count = 0.5 } }\n";
const IN_TURN: &str =
    "[[coverage]]\nrole = \"sales\"\ndivide = { balance = { count = 9 } }\narrivals = { rotation = \"capacity\" }\n";
const THREE: &str = "E1,Ann,seller,yes,1,market\nE2,Ben,seller,yes,1,\nE3,Cid,seller,yes,1,\n";

fn three_accounts() -> String {
    (1..=3).fold(String::new(), |mut rows, number| {
        writeln!(rows, "A{number},Shop {number},,north,1,{number}").unwrap();
        rows
    })
}

impl Company<'_> {
    async fn found(&self, bench: &Bench) -> Ledger {
        let dir = tempfile::tempdir().unwrap();
        self.write(dir.path());
        apply_at(dir.path(), &bench.url(), "2026-01-01").await
    }

    async fn project(&self, dir: &Path) -> Project {
        self.write(dir);
        project::open(dir, &|_| {}).await.unwrap()
    }

    fn write(&self, dir: &Path) {
        let sources = "[company]\nname = \"Test\"\n\
                       [sources.accounts]\nfile = \"accounts.csv\"\ntypes = { size = \"number\", district = \"text\", parent_id = \"text\" }\n\
                       [sources.employees]\nfile = \"employees.csv\"\ntypes = { seat = \"text\" }\n";
        std::fs::write(dir.join("bailiwick.toml"), format!("{sources}{}", self.policy)).unwrap();
        let accounts = format!("account_id,name,parent_id,region,size,district\n{}", self.accounts);
        std::fs::write(dir.join("accounts.csv"), accounts).unwrap();
        let employees = format!("employee_id,name,position,active,capacity,seat\n{}", self.employees);
        std::fs::write(dir.join("employees.csv"), employees).unwrap();
    }
}

async fn apply_at(dir: &Path, url: &str, on: &str) -> Ledger {
    let project = project::open(dir, &|_| {}).await.unwrap();
    let request = Request::new(day(on), 1);
    let plan = plan::make_plan(&project, &request, &|_| {}).unwrap();
    write::write_plan(&project, &plan, None, &dir.join("plan")).unwrap();
    let how = Application {
        actor: "planner",
        at: moment("2025-12-20T09:00:00Z"),
        on: None,
        edited: false,
        replace_later: false,
        reason: String::new(),
    };
    apply_plan(&dir.join("plan"), url, &how, &|_, _| {}).await.unwrap().0
}

fn on() -> Date {
    day(DAY)
}

async fn send(intake: &Intake, arrivals: Value) -> Routed {
    intake.route(Arrivals::of_value(arrivals), on(), "crm", moment("2026-02-01T09:00:00Z")).await.unwrap()
}

/// The first owner of each decision.
fn owners(routed: &Routed) -> Vec<&str> {
    assert!(routed.refused.is_empty(), "{:?}", routed.refused);
    routed
        .decisions
        .iter()
        .map(|one| one.assignments.first().map_or("nobody", |one| one.employee_id.as_str()))
        .collect()
}

fn many(prefix: &str, count: usize) -> Value {
    (0..count).map(|number| json!({"account_id": format!("{prefix}{number:04}"), "region": "north"})).collect()
}

fn absence(employee: &str, substitute: Option<&str>) -> NewAbsence {
    NewAbsence {
        employee: employee.parse().unwrap(),
        from: day("2026-01-20"),
        to: Some(day("2026-03-01")),
        substitute: substitute.map(|one| one.parse().unwrap()),
        reason: "leave".into(),
    }
}

async fn is_away(ledger: &Ledger, employee: &str, substitute: Option<&str>) {
    ledger.record_absence(&absence(employee, substitute), "hr", moment("2026-01-10T00:00:00Z")).await.unwrap();
}

async fn hands_over(ledger: &Ledger, employee: &str, to: &str) {
    let new = NewHandOver {
        employee: employee.parse().unwrap(),
        on: day("2026-01-15"),
        successor: Some(to.parse().unwrap()),
        reason: "leaves".into(),
    };
    ledger.hand_over(&new, "hr", moment("2026-01-11T00:00:00Z")).await.unwrap();
}

async fn nothing_goes_to_the_absent_the_inactive_or_the_gone(bench: Bench) {
    let employees = format!("{THREE}E4,Dan,seller,no,1,\nE5,Eve,seller,yes,1,\n");
    let ledger = Company { policy: EVEN, employees: &employees, accounts: &three_accounts() }.found(&bench).await;
    is_away(&ledger, "E2", None).await;
    hands_over(&ledger, "E3", "E1").await;
    let intake = Intake::new(ledger.clone());
    let routed = send(&intake, many("N", 20)).await;
    assert!(owners(&routed).iter().all(|owner| ["E1", "E5"].contains(owner)), "{:?}", owners(&routed));
    // Back a month later.
    let later =
        intake.route(Arrivals::of_value(many("M", 20)), day("2026-03-01"), "crm", moment("2026-02-01T10:00:00Z"));
    assert!(owners(&later.await.unwrap()).contains(&"E2"));
    is_away_later(&ledger).await;
    let routed = send(&intake, many("L", 20)).await;
    assert!(owners(&routed).iter().all(|owner| *owner == "E1"), "{:?}", owners(&routed));
    ledger.verify_audit().await.unwrap();
}

/// Somebody falls ill while the state is warm.
async fn is_away_later(ledger: &Ledger) {
    ledger.record_absence(&absence("E5", None), "hr", moment("2026-02-01T10:00:00Z")).await.unwrap();
}

async fn only_who_stands_in_takes_the_place_of_the_absent(bench: Bench) {
    let policy = "[[segments]]\nname = \"VIP\"\nwhen = \"size > 5\"\n[[segments]]\nname = \"Others\"\nwhen = \"true\"\n\
                  [[coverage]]\nsegment = \"VIP\"\nrole = \"sales\"\ndivide = { to = \"E3\" }\n\
                  [[coverage]]\nsegment = \"Others\"\nrole = \"sales\"\nstaff = \"employee_id <> 'E3'\"\ndivide = { by = \"region\", seat = \"seat\" }\n\
                  [[coverage]]\nrole = \"service\"\ndivide = { same_as = \"sales\" }\n";
    let employees = "E1,Ann,seller,yes,1,north\nE2,Ben,seller,yes,1,south\nE3,Cid,head,yes,1,\n";
    let accounts = "A1,Shop 1,,north,1,1\nA2,Shop 2,,south,1,1\nA3,Shop 3,,south,9,1\n";
    let ledger = Company { policy, employees, accounts }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    let arrivals = |name: &str| json!([{"account_id": format!("{name}1"), "region": "north", "size": 1}, {"account_id": format!("{name}2"), "size": 7}]);
    assert_eq!(owners(&send(&intake, arrivals("N")).await), ["E1", "E3"]);
    is_away(&ledger, "E1", Some("E2")).await;
    is_away(&ledger, "E3", Some("E2")).await;
    let routed = send(&intake, arrivals("M")).await;
    assert_eq!(owners(&routed), ["E2", "E2"]);
    for (decision, absent) in routed.decisions.iter().zip(["E1", "E3"]) {
        let told: Vec<_> = decision
            .assignments
            .iter()
            .map(|one| (one.role.as_str(), one.employee_id.as_str(), one.stands_in_for.as_deref()))
            .collect();
        assert_eq!(told, [("sales", "E2", Some(absent)), ("service", "E2", None)]);
        assert!(decision.assignments[0].reason.contains("stands in for"), "{}", decision.assignments[0].reason);
    }
    // What was theirs before stays theirs, and `who` names both.
    let kept = send(&intake, json!({"account_id": "N1"})).await;
    assert_eq!((owners(&kept), kept.decisions[0].assignments[0].kept), (vec!["E1"], true));
}

async fn whoever_is_full_stands_behind(bench: Bench) {
    let policy = "[[coverage]]\nrole = \"sales\"\ndivide = { balance = { count = 9 } }\ncapacity = \"capacity\"\n";
    let employees = "E1,Ann,seller,yes,3,\nE2,Ben,seller,yes,5,\nE3,Cid,seller,yes,20,\n";
    let ledger = Company { policy, employees, accounts: &three_accounts() }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    let routed = send(&intake, many("N", 25)).await;
    let mut held: BTreeMap<&str, usize> = BTreeMap::new();
    for holding in ledger.holders(on()).await.unwrap() {
        let id = ["E1", "E2", "E3"].into_iter().find(|id| *holding.employee.as_str() == **id).unwrap();
        *held.entry(id).or_default() += 1;
    }
    assert_eq!(held, BTreeMap::from([("E1", 3), ("E2", 5), ("E3", 20)]));
    assert!(routed.decisions[20].assignments[0].reason.contains("is at the limit"), "{:?}", routed.decisions[20]);
    // No room anywhere: somebody answers all the same, and the reason says so.
    let routed = send(&intake, many("M", 1)).await;
    assert!(routed.decisions[0].assignments[0].reason.contains("everybody is at the limit"), "{routed:?}");
}

async fn a_group_goes_to_the_holder_of_its_head(bench: Bench) {
    let policy = format!("{EVEN}groups = \"together\"\n");
    let ledger = Company { policy: &policy, employees: THREE, accounts: &three_accounts() }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    let head = who(&ledger, "A2", DAY).await;
    let member = |name: &str, parent: &str| json!({"account_id": name, "parent_id": parent});
    let routed = send(&intake, json!([member("N1", "A2"), member("N2", "N1"), member("N3", "A2")])).await;
    assert!(owners(&routed).iter().all(|owner| head.ends_with(owner)), "{head}: {:?}", owners(&routed));
    // A group whose name is no account: all that share it.
    let first = send(&intake, member("G1", "Big group")).await;
    let others = send(&intake, json!([member("G2", "Big group"), member("G3", "Big group")])).await;
    assert!(owners(&others).iter().all(|owner| *owner == owners(&first)[0]));
    assert!(others.decisions[0].assignments[0].reason.contains("Big group"));
}

async fn by_hand_beats_the_rule(bench: Bench) {
    let ledger = Company { policy: EVEN, employees: THREE, accounts: &three_accounts() }.found(&bench).await;
    is_away(&ledger, "E3", None).await;
    let intake = Intake::new(ledger.clone());
    let routed =
        send(&intake, (0..6).map(|number| json!({"account_id": format!("N{number}"), "assign": "E2"})).collect()).await;
    assert!(owners(&routed).iter().all(|owner| *owner == "E2"));
    assert_eq!(routed.decisions[0].assignments[0].reason, "on arrival: given by hand, by crm");
    // The rule does not take it away again, and counts it.
    let again = send(&intake, json!({"account_id": "N0", "size": 3})).await;
    assert_eq!((owners(&again), again.decisions[0].assignments[0].kept), (vec!["E2"], true));
    assert!(owners(&send(&intake, many("M", 6)).await).iter().all(|owner| *owner == "E1"));
    let refused = send(
        &intake,
        json!([
            {"account_id": "X1", "assign": "E3"}, {"account_id": "X2", "assign": "E9"},
            {"account_id": "X3", "assign": {"service": "E1"}}, {"account_id": "N0", "assign": {"sales": "E1"}},
            {"account_id": "X5", "assign": {"sales": "E1"}},
        ]),
    )
    .await;
    let reasons: Vec<&str> = refused.refused.iter().map(|refused| refused.reason.as_str()).collect();
    insta::allow_duplicates! {
        insta::assert_snapshot!(reasons.join("\n"), @r#"
        arrival 1 is to go to Cid (E3), who is not at work on 2026-02-01: name somebody else
        arrival 2 is to go to "E9", and there is no such employee
        arrival 3 is to go to E1 in service, in which no coverage of the policy serves it
        arrival 4 is held by Ben (E2) as sales already: hand it over instead
        "#);
    }
    assert_eq!(refused.decisions.len(), 1);
    let stored = ledger.route_decisions(&account("N3")).await.unwrap();
    assert_eq!(stored[0].why[1]["by_hand"], "crm");
    assert_eq!(stored[0].arrival["assign"], "E2");
}

async fn what_is_known_of_an_account_stays(bench: Bench) {
    let ledger = Company { policy: EVEN, employees: THREE, accounts: &three_accounts() }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    let before = ledger.account(&account("A1")).await.unwrap().unwrap();
    send(&intake, json!({"account_id": "A1"})).await;
    assert_eq!(ledger.account(&account("A1")).await.unwrap().unwrap(), before);
    send(&intake, json!({"account_id": "A1", "size": 7, "campaign": "spring"})).await;
    let after = ledger.account(&account("A1")).await.unwrap().unwrap();
    assert_eq!((after.name.as_str(), &after.attributes["region"]), ("Shop 1", &json!("north")));
    assert_eq!((&after.attributes["size"], &after.attributes["campaign"]), (&json!(7.0), &json!("spring")));
}

async fn a_unit_goes_to_whoever_has_it(bench: Bench) {
    let policy = "[[coverage]]\nrole = \"sales\"\ndivide = { territories = { unit = \"district\" } }\n";
    let places = |rows: &str| rows.to_owned();
    let accounts = places("A1,One,,north,1,D1\nA2,Two,,north,1,D1\nA3,Three,,north,1,D2\nA4,Four,,north,1,D3\n");
    let ledger = Company { policy, employees: THREE, accounts: &accounts }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    let holder = who(&ledger, "A1", DAY).await;
    let lead = |name: &str, unit: &str| json!({"account_id": name, "district": unit});
    let routed = send(
        &intake,
        json!([lead("N1", "D1"), lead("N2", "D1"), lead("N3", "D9"), lead("N4", "D9"), lead("N5", "D9")]),
    )
    .await;
    let found = owners(&routed);
    assert!(holder.ends_with(found[0]) && found[0] == found[1], "{holder} {found:?}");
    assert!(found[2] == found[3] && found[3] == found[4], "a new unit goes with its first account: {found:?}");
    assert!(routed.decisions[0].assignments[0].reason.contains("has unit"), "{:?}", routed.decisions[0]);
    let warm = send(&intake, json!([lead("N6", "D9")])).await;
    let cold = send(&Intake::new(ledger.clone()), json!([lead("N7", "D9")])).await;
    assert_eq!([owners(&warm), owners(&cold)], [[found[2]], [found[2]]]);
}

async fn counts(ledger: &Ledger) -> BTreeMap<String, u64> {
    let loads = ledger.loads(on()).await.unwrap();
    loads.into_iter().map(|load| (load.employee.to_string(), load.accounts)).collect()
}

async fn a_burst_is_spread_evenly_and_whole(bench: Bench) {
    let ledger = Company { policy: EVEN, employees: THREE, accounts: &three_accounts() }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    let version = ledger.version().await.unwrap().seq();
    let calls: Vec<_> = (0..1_000)
        .map(|number| {
            let intake = intake.clone();
            tokio::spawn(async move { send(&intake, json!({"account_id": format!("N{number:04}")})).await })
        })
        .collect();
    let mut ids = vec![];
    for call in calls {
        let routed = call.await.unwrap();
        assert_eq!(routed.decisions[0].assignments.len(), 1);
        ids.push(routed.decisions[0].decision_id.unwrap());
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=1_000).collect::<Vec<u64>>(), "every decision once");
    let counts = counts(&ledger).await;
    assert_eq!(counts.values().sum::<u64>(), 1_003);
    assert!(counts.values().max().unwrap() - counts.values().min().unwrap() <= 1, "{counts:?}");
    let entries = ledger.version().await.unwrap().seq() - version;
    assert!(entries < 1_000, "what arrived together was written together: {entries}");
    ledger.verify_audit().await.unwrap();
}

async fn two_programs_at_once_see_each_others_load(bench: Bench) {
    let ledger = Company { policy: EVEN, employees: THREE, accounts: &three_accounts() }.found(&bench).await;
    let options = OpenOptions { create: false, patience: std::time::Duration::from_secs(60) };
    let other = Ledger::open_with(&bench.url(), options).await.unwrap();
    let intakes = [Intake::new(ledger.clone()), Intake::new(other)];
    let calls: Vec<_> = (0..60)
        .map(|number| {
            let intake = intakes[number % 2].clone();
            tokio::spawn(async move { send(&intake, json!({"account_id": format!("N{number:04}")})).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let counts = counts(&ledger).await;
    assert_eq!(counts.values().copied().collect::<Vec<_>>(), [21, 21, 21], "{counts:?}");
    ledger.verify_audit().await.unwrap();
}

async fn turns_follow_weights_and_hand_overs_do_not_shift_them(bench: Bench) {
    let employees = "E1,Ann,seller,yes,2,\nE2,Ben,seller,yes,1,\nE3,Cid,seller,yes,1,\nE4,Dan,seller,yes,0,\n";
    let ledger = Company { policy: IN_TURN, employees, accounts: &three_accounts() }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    let routed = send(&intake, many("N", 8)).await;
    let got = |owner: &str| owners(&routed).iter().filter(|one| **one == owner).count();
    assert_eq!([got("E1"), got("E2"), got("E3"), got("E4")], [4, 2, 2, 0], "{:?}", owners(&routed));
    // Somebody takes over all that another had; whose turn it is does not change.
    let twin = {
        let place = bench.place.another().ledger().await;
        let ledger = Company { policy: IN_TURN, employees, accounts: &three_accounts() }.found(&place).await;
        (place, ledger)
    };
    send(&Intake::new(twin.1.clone()), many("N", 8)).await;
    let by_hand: Vec<Value> = (0..9).map(|n| json!({"account_id": format!("H{n}"), "assign": "E1"})).collect();
    send(&intake, by_hand.into()).await;
    hands_over(&ledger, "E4", "E2").await;
    let here = send(&intake, many("M", 8)).await;
    let there = send(&Intake::new(twin.1.clone()), many("M", 8)).await;
    assert_eq!(owners(&here), owners(&there));
}

async fn a_restart_changes_nothing(bench: Bench) {
    for policy in [IN_TURN, EVEN] {
        let employees = "E1,Ann,seller,yes,3,\nE2,Ben,seller,yes,2,\nE3,Cid,seller,yes,1,\nE4,Dan,seller,yes,2,\n";
        let mut told = vec![];
        for restarts in [false, true] {
            let place = bench.place.another().ledger().await;
            let ledger = Company { policy, employees, accounts: &three_accounts() }.found(&place).await;
            let mut intake = Intake::new(ledger.clone());
            let mut all = vec![];
            for round in 0..8 {
                if restarts {
                    intake = Intake::new(ledger.clone());
                }
                if round == 3 {
                    is_away(&ledger, "E2", None).await;
                }
                if round == 6 {
                    ledger
                        .end_absence(1, day("2026-01-25"), "back", "hr", moment("2026-02-02T00:00:00Z"))
                        .await
                        .unwrap();
                }
                let routed = send(&intake, many(&format!("R{round}-"), 5)).await;
                all.extend(owners(&routed).into_iter().map(str::to_owned));
            }
            told.push(all);
        }
        assert_eq!(told[0], told[1]);
        assert!(!told[0][15..30].contains(&"E2".to_owned()) && told[0][30..].contains(&"E2".to_owned()), "{told:?}");
    }
}

async fn a_replay_comes_out_the_same(bench: Bench) {
    for policy in [IN_TURN.to_owned(), format!("{EVEN}groups = \"together\"\n")] {
        let place = bench.place.another().ledger().await;
        let employees = "E1,Ann,seller,yes,3,\nE2,Ben,seller,yes,2,\nE3,Cid,seller,yes,1,\nE4,Dan,seller,yes,2,\n";
        let ledger = Company { policy: &policy, employees, accounts: &three_accounts() }.found(&place).await;
        let intake = Intake::new(ledger.clone());
        send(&intake, many("N", 7)).await;
        send(&intake, json!([{"account_id": "N0001"}, {"account_id": "H1", "assign": "E4"}, {"account_id": "G1", "parent_id": "A2"}])).await;
        is_away(&ledger, "E2", None).await;
        send(&intake, many("M", 5)).await;
        hands_over(&ledger, "E3", "E1").await;
        send(&intake, many("L", 5)).await;
        ledger.end_absence(1, day("2026-01-25"), "back", "hr", moment("2026-02-03T00:00:00Z")).await.unwrap();
        let calls: Vec<_> = (0..40)
            .map(|number| {
                let intake = intake.clone();
                tokio::spawn(async move { send(&intake, json!({"account_id": format!("K{number:02}")})).await })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
        let later = Arrivals::of_value(many("J", 4));
        intake.route(later, day("2026-02-20"), "crm", moment("2026-02-20T09:00:00Z")).await.unwrap();
        let before = place.dump().await;
        let again = replay(&ledger, None, None, None).await.unwrap();
        let changed: Vec<_> = again.outcomes.iter().filter(|outcome| outcome.changed()).collect();
        assert_eq!((again.arrivals, again.changed, &again.refused), (64, 0, &vec![]), "{changed:#?}");
        assert!(again.employees.iter().all(|one| one.was == one.would_be));
        let part = replay(&ledger, Some(day("2026-02-20")), Some(day("2026-02-21")), None).await.unwrap();
        assert_eq!((part.arrivals, part.changed), (4, 0));
        assert_eq!(before, place.dump().await, "a replay writes nothing");
    }
}

async fn another_policy_comes_out_otherwise(bench: Bench) {
    let ledger = Company { policy: EVEN, employees: THREE, accounts: &three_accounts() }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    send(&intake, many("N", 9)).await;
    send(&intake, json!({"account_id": "A1"})).await;
    let dir = tempfile::tempdir().unwrap();
    let policy = "[[coverage]]\nrole = \"sales\"\ndivide = { to = \"E2\" }\n";
    let project = Company { policy, employees: THREE, accounts: &three_accounts() }.project(dir.path()).await;
    let request = Request::new(on(), 1);
    let plan = plan::make_plan(&project, &request, &|_| {}).unwrap();
    let before = bench.dump().await;
    let again = replay(&ledger, None, None, Some(Other::of_plan(&project, &plan).unwrap())).await.unwrap();
    assert!(again.outcomes.iter().all(|outcome| outcome.would_be.as_deref() == Some("E2")), "{:?}", again.outcomes);
    let told: Vec<_> = again.employees.iter().map(|one| (one.employee.as_str(), one.was, one.would_be)).collect();
    assert_eq!(told, [("Ann", 3, 0), ("Ben", 3, 9), ("Cid", 3, 0)]);
    assert_eq!(before, bench.dump().await, "a replay writes nothing");
}

async fn what_cannot_be_evaluated_is_refused_alone(bench: Bench) {
    let policy = format!("[measures]\nwork = \"size\"\n{EVEN}balance = {{ work = 5 }}\n");
    let ledger = Company { policy: &policy, employees: THREE, accounts: &three_accounts() }.found(&bench).await;
    let intake = Intake::new(ledger.clone());
    let routed = send(
        &intake,
        json!([{"account_id": "N1", "size": 1}, {"account_id": "N2", "size": -1}, {"account_id": "N3", "size": "much"}, {"account_id": "N4"}]),
    )
    .await;
    let told: Vec<&str> = routed.refused.iter().map(|refused| refused.reason.as_str()).collect();
    assert_eq!(
        told,
        [
            "arrival 2 measure \"work\" is negative or no number for some accounts",
            "arrival 3 size = \"much\": not a number"
        ]
    );
    assert_eq!(routed.decisions.len(), 2);
    // A rehearsal records nothing.
    let before = bench.dump().await;
    let arrivals = Arrivals::of_value(many("M", 3));
    let rehearsed = route(&ledger, arrivals, on(), "crm", moment("2026-02-01T09:00:00Z"), true).await.unwrap();
    assert_eq!((rehearsed.decisions.len(), rehearsed.decisions[0].decision_id), (3, None));
    assert_eq!(before, bench.dump().await);
    let early = route(
        &ledger,
        Arrivals::of_value(many("M", 1)),
        day("2025-01-01"),
        "crm",
        moment("2026-02-01T09:00:00Z"),
        false,
    );
    assert!(matches!(early.await, Err(AppError::Missing { .. })));
}
