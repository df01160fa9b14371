//! A year in the life of a ledger: made, asked, planned anew when somebody leaves, refused when stale, fed with arrivals.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bailiwick_store::Ledger;
use bailiwick_testkit::{Example, Town};
use common::{DAY, Planned, Row, copy_of, count_by, ledger_state, read_rows, run_in, run_with};
use serde_json::{Value, json};
use tempfile::TempDir;

const DB: &str = "sqlite:ledger.db";
/// The day of the second plan, and the day before.
const LATER: &str = "2026-07-01";
const EVE: &str = "2026-06-30";

/// Entries of the audit trail, after every one of them was checked.
fn audited(ledger: &Path) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ledger = Ledger::open_existing(&format!("sqlite:{}", ledger.display())).await.unwrap();
        let entries = ledger.verify_audit().await.unwrap();
        ledger.close().await;
        entries
    })
}

mod demo {
    use super::*;

    const DEMO: &str = "sqlite:demo/bailiwick.db";

    fn made() -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        let run = run_in(dir.path(), &["demo", "--no-serve", "--dir", "demo", "--accounts", "1200"]).done();
        assert!(run.stdout.contains("Who is responsible for"), "{}", run.stdout);
        dir
    }

    fn ask(dir: &Path, account: &str, on: &str, more: &[&str]) -> Value {
        let arguments = [&["who", account, "--on", on, "--db", DEMO, "--format", "json"], more].concat();
        run_in(dir, &arguments).done().json()
    }

    fn holders(answer: &Value) -> Vec<(&str, &str)> {
        let responsible = answer["responsible"].as_array().unwrap().iter();
        responsible.map(|one| (one["role"].as_str().unwrap(), one["employee_id"].as_str().unwrap())).collect()
    }

    fn of<'a>(rows: &'a [Row], account: &str) -> BTreeSet<(&'a str, &'a str)> {
        let mine = rows.iter().filter(|row| row.account_id == account);
        mine.map(|row| (row.role.as_str(), row.employee_id.as_str())).collect()
    }

    #[test]
    fn a_company_lives_through_a_change() {
        let home = made();
        let dir = home.path();
        let rows = read_rows(&dir.join("demo/plan/assignments.csv"));
        let ledger = dir.join("demo/bailiwick.db");
        its_policy_has_no_errors(dir);
        everybody_can_ask(dir, &rows);
        let entries = audited(&ledger);

        let leaver = "E-009";
        leaves(&dir.join("demo/employees.csv"), leaver);
        let plan = ["plan", "-p", "demo", "-o", "later", "--against", DEMO, "--on", LATER];
        run_in(dir, &plan).done();
        let after = read_rows(&dir.join("later/assignments.csv"));
        assert!(after.iter().all(|row| row.employee_id != leaver && row.valid_from == LATER));
        the_difference_is_told(dir, &rows, &after, leaver);

        let before = ledger_state(&ledger);
        run_in(dir, &["plan", "-p", "demo", "-o", "rival", "--against", DEMO, "--on", "2026-08-01"]).done();
        run_in(dir, &["diff", DEMO, "later", "--on", EVE]).done();
        assert_eq!(ledger_state(&ledger), before, "planning and comparing change nothing");

        let applied = ["apply", "later", "--db", DEMO, "--yes", "--format", "json", "--reason", "E-009 leaves"];
        let applied = run_in(dir, &applied).done().json();
        // The first version is that of the years before the plan.
        assert_eq!((applied["on"].as_str(), applied["policy_version"].as_u64()), (Some(LATER), Some(2)));
        both_days_are_remembered(dir, &rows, &after, leaver);
        a_stale_plan_is_refused(dir, &ledger);
        assert!(audited(&ledger) > entries);
    }

    fn its_policy_has_no_errors(dir: &Path) {
        let check = run_in(dir, &["check", "-p", "demo", "--on", DAY, "--format", "json"]).done().json();
        let grave: Vec<_> = check.as_array().unwrap().iter().filter(|finding| finding["severity"] != "info").collect();
        assert!(grave.is_empty(), "{grave:#?}");
    }

    fn everybody_can_ask(dir: &Path, rows: &[Row]) {
        let before = last_year(dir);
        let listed = |row: &&Row| before.get(&(row.account_id.clone(), String::from("administrator")));
        let is_plain = |row: &&Row| row.segment == "Regional business" && listed(row).is_some();
        let plain = rows.iter().find(is_plain).unwrap();
        let held = listed(&plain).unwrap();
        let plain = plain.account_id.as_str();
        let then = ask(dir, plain, "2025-12-31", &["--role", "administrator"]);
        assert_eq!(holders(&then), [("administrator", held.as_str())], "before the plan the company's own list holds");
        let answer = ask(dir, plain, DAY, &[]);
        assert_eq!(holders(&answer).into_iter().collect::<BTreeSet<_>>(), of(rows, plain));
        assert_eq!(answer["responsible"].as_array().unwrap().len(), 5, "five roles");
        for (stage, role) in [
            ("First interest", "client-specialist"),
            ("Offer and contract", "sales-specialist"),
            ("Handover", "customer-service-specialist"),
            ("Repair", "service-manager"),
            ("shipping papers", "administrator"),
        ] {
            let answer = ask(dir, plain, DAY, &["--stage", stage]);
            let found: Vec<&str> = holders(&answer).iter().map(|(role, _)| *role).collect();
            assert_eq!(found, [role], "{stage}");
        }
        let one = ask(dir, plain, DAY, &["--role", "administrator"]);
        assert_eq!(holders(&one).len(), 1);
        let by_line = rows.iter().find(|row| row.product_line == "kitchen").unwrap();
        let answer = ask(dir, &by_line.account_id, DAY, &["--role", "sales-specialist", "--product", "kitchen"]);
        assert_eq!(holders(&answer), [("sales-specialist", by_line.employee_id.as_str())]);
        assert_eq!(answer["responsible"][0]["product_line"], "kitchen");

        let why = ask(dir, plain, DAY, &["--explain"]);
        assert_eq!(why["explanation"].as_array().unwrap().len(), 5);
        // What somebody kept is held by the reason it was given for.
        let mut by_policy = 0;
        for explanation in why["explanation"].as_array().unwrap() {
            let segments = explanation["segments"].as_array().unwrap();
            assert_eq!(segments.last().unwrap()["segment"], "Regional business");
            assert_eq!(segments.iter().filter(|step| step["matched"] == true).count(), 1);
            let rule = explanation["rule"].as_str().unwrap();
            assert!(rule.starts_with("bailiwick.toml:") || rule == "the company's own list", "{explanation:#}");
            by_policy += usize::from(rule.starts_with("bailiwick.toml:"));
            let candidates = explanation["candidates"].as_array().unwrap();
            let role = explanation["role"].as_str().unwrap();
            let holder = holders(&why).into_iter().find(|(held, _)| *held == role).unwrap().1;
            assert!(
                candidates.is_empty() || candidates.iter().any(|one| one["employee_id"] == holder),
                "{explanation:#}"
            );
        }
        assert!(by_policy > 0, "{why:#}");
        let csv = run_in(dir, &["who", plain, "--on", DAY, "--db", DEMO, "--format", "csv"]).done();
        assert_eq!(
            csv.stdout.lines().next().unwrap(),
            "account_id,role,product_line,employee_id,employee,since,reason,substitute_id,substitute"
        );
        assert_eq!(csv.stdout.lines().count(), 6);
        let nobody = run_in(dir, &["who", plain, "--on", "2022-12-31", "--db", DEMO]);
        assert_eq!(nobody.exit, 1);
        assert!(nobody.stdout.ends_with("Nobody is responsible.\n"), "{}", nobody.stdout);
    }

    /// Who held what before the plan, by account and role, as the demo's own list says.
    fn last_year(dir: &Path) -> std::collections::BTreeMap<(String, String), String> {
        let text = std::fs::read_to_string(dir.join("demo/assignments.csv")).unwrap();
        let row = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            ((cells[0].to_owned(), cells[1].to_owned()), cells[3].to_owned())
        };
        text.lines().skip(1).map(row).collect()
    }

    /// The last day at work becomes the day before the second plan.
    fn leaves(employees: &Path, id: &str) {
        let text = std::fs::read_to_string(employees).unwrap();
        let with_end = |line: &str| match line.starts_with(id) {
            true => format!("{line}{LATER}\n"),
            false => format!("{line}\n"),
        };
        std::fs::write(employees, text.lines().map(with_end).collect::<String>()).unwrap();
    }

    fn the_difference_is_told(dir: &Path, rows: &[Row], after: &[Row], leaver: &str) {
        let told = run_in(dir, &["diff", DEMO, "later", "--on", EVE, "--format", "json"]).done().json();
        let key =
            |row: &Row| (row.account_id.clone(), row.role.clone(), row.product_line.clone(), row.employee_id.clone());
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = (rows.iter().map(key).collect(), after.iter().map(key).collect());
        assert_eq!(told["unchanged"], a.intersection(&b).count());
        let moved = told["moved"].as_array().unwrap();
        assert_eq!(moved.len(), a.difference(&b).count());
        assert_eq!((&told["opened"], &told["closed"]), (&json!(0), &json!(0)));
        let left = rows.iter().filter(|row| row.employee_id == leaver).count();
        assert!(left > 20);
        assert_eq!(moved.iter().filter(|one| one["from"] == leaver).count(), left, "everything the leaver held moves");
        let change = told["employees"].as_array().unwrap().iter().find(|one| one["employee_id"] == leaver).unwrap();
        assert_eq!((&change["before"], &change["after"]), (&json!(left), &json!(0)));
        let summary: Value =
            serde_json::from_str(&std::fs::read_to_string(dir.join("later/summary.json")).unwrap()).unwrap();
        assert_eq!(summary["moved"], moved.len());
        assert_eq!(summary["kept"], told["unchanged"]);
    }

    fn both_days_are_remembered(dir: &Path, rows: &[Row], after: &[Row], leaver: &str) {
        let listed = last_year(dir);
        let before = |row: &Row| listed.get(&(row.account_id.clone(), row.role.clone())).cloned();
        // The plan gave it to the leaver, and somebody else had it before.
        let was_moved = |row: &&Row| {
            row.employee_id == leaver
                && row.role == "sales-specialist"
                && before(row).is_some_and(|holder| holder != leaver)
        };
        let account = rows.iter().find(was_moved).unwrap();
        let first = before(account).unwrap();
        let account = account.account_id.as_str();
        let (old, new) = (ask(dir, account, EVE, &[]), ask(dir, account, LATER, &["--explain"]));
        assert_eq!(holders(&old).into_iter().collect::<BTreeSet<_>>(), of(rows, account));
        assert_eq!(holders(&new).into_iter().collect::<BTreeSet<_>>(), of(after, account));
        let seller = |answer: &Value| {
            answer["responsible"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["role"] == "sales-specialist")
                .unwrap()
                .clone()
        };
        assert_eq!((&seller(&old)["since"], &seller(&old)["until"]), (&json!(DAY), &json!(LATER)));
        assert_eq!((&seller(&new)["since"], &seller(&new)["until"]), (&json!(LATER), &Value::Null));
        let history = new["history"].as_array().unwrap();
        let sold: Vec<&Value> = history.iter().filter(|held| held["role"] == "sales-specialist").collect();
        assert_eq!(sold.len(), 3, "{history:#?}");
        assert_eq!((&sold[2]["employee_id"], &sold[2]["to"]), (&json!(first), &json!(DAY)));
        assert_eq!((&sold[1]["employee_id"], &sold[1]["to"]), (&json!(leaver), &json!(LATER)));
    }

    fn a_stale_plan_is_refused(dir: &Path, ledger: &Path) {
        let before = ledger_state(ledger);
        for plan in ["rival", "later", "demo/plan"] {
            let run = run_in(dir, &["apply", plan, "--db", DEMO, "--yes"]);
            assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{plan}");
            let reason = if plan == "rival" { "error: the plan is stale" } else { "is already applied" };
            assert!(run.stderr.contains(reason), "{plan}: {}", run.stderr);
            assert_eq!(ledger_state(ledger), before, "{plan}");
        }
        let elsewhere = run_in(dir, &["apply", "rival", "--db", "sqlite:new.db", "--yes"]);
        assert_eq!(elsewhere.exit, 1);
        assert!(!dir.join("new.db").exists(), "a plan made against a ledger makes no new one: {}", elsewhere.stderr);
    }

    /// The bytes of a second demo with the same seed, and a folder that is no demo.
    #[test]
    fn a_demo_is_made_anew_but_never_over_something_else() {
        let home = made();
        let first = std::fs::read(home.path().join("demo/plan/assignments.csv")).unwrap();
        run_in(home.path(), &["demo", "--no-serve", "--dir", "demo", "--accounts", "1200"]).done();
        assert!(std::fs::read(home.path().join("demo/plan/assignments.csv")).unwrap() == first);
        std::fs::create_dir(home.path().join("mine")).unwrap();
        std::fs::write(home.path().join("mine/letter.txt"), "Dear Sir").unwrap();
        let run = run_in(home.path(), &["demo", "--no-serve", "--dir", "mine"]);
        assert_eq!(run.exit, 2);
        assert_eq!(std::fs::read_dir(home.path().join("mine")).unwrap().count(), 1);
    }
}

/// Arrivals are assigned by the policy in force (SPEC 4.6).
mod arrivals {
    use super::*;

    fn channel() -> (Planned, Vec<Row>) {
        let planned = Planned::done(&Example::named("channel").policy());
        planned.apply();
        let rows = planned.rows();
        (planned, rows)
    }

    fn owner<'a>(rows: &'a [Row], account: &str) -> &'a str {
        let seller = rows.iter().find(|row| row.account_id == account && row.role == "sales-specialist");
        &seller.unwrap().employee_id
    }

    fn decisions(stdout: &str) -> Vec<Value> {
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn seller(decision: &Value) -> &Value {
        decision["assignments"].as_array().unwrap().iter().find(|one| one["role"] == "sales-specialist").unwrap()
    }

    fn route(planned: &Planned, lines: &str, more: &[&str]) -> common::Run {
        let arguments = [&["route", "-", "--on", "2026-02-01", "--db", DB], more].concat();
        run_with(planned.dir.path(), &arguments, lines)
    }

    #[test]
    fn arrivals_go_where_the_policy_says() {
        let (planned, rows) = channel();
        let accounts = Example::named("channel").accounts.rows;
        let member = accounts.iter().find(|row| row["channel"] == "chain" && !row["parent_id"].is_empty()).unwrap();
        let branch = accounts.iter().find(|row| row["place"] == "branch").unwrap();
        let known = accounts.iter().find(|row| row["place"] == "dealer" && row["region"] == "North").unwrap();
        let (chain, dealer, known) = (&member["parent_id"], &branch["parent_id"], &known["account_id"]);
        let lines = [
            json!({"account_id": "N-1", "name": "New shop", "parent_id": chain, "channel": "chain", "place": "shop", "region": "West"}),
            json!({"account_id": "N-2", "name": "New branch", "parent_id": dealer, "channel": "regional dealer", "place": "branch"}),
            json!({"account_id": "N-3", "channel": "regional dealer", "place": "dealer", "region": "North", "shoe_size": 44}),
            json!({"account_id": "N-4", "channel": "own network", "place": "shop", "region": "East"}),
            json!({"account_id": known, "name": "Moved", "channel": "regional dealer", "place": "dealer", "region": "South"}),
        ];
        let lines = lines.map(|line| line.to_string()).join("\n");

        let before = ledger_state(&planned.dir.path().join("ledger.db"));
        let entries = audited(&planned.dir.path().join("ledger.db"));
        let rehearsed = route(&planned, &lines, &["--dry-run"]).done();
        assert_eq!(ledger_state(&planned.dir.path().join("ledger.db")), before, "a rehearsal changes nothing");
        let run = route(&planned, &lines, &[]).done();
        assert_ne!(ledger_state(&planned.dir.path().join("ledger.db")), before);
        assert!(audited(&planned.dir.path().join("ledger.db")) > entries);

        let decided = decisions(&run.stdout);
        let expected = [owner(&rows, chain), owner(&rows, dealer), owner(&rows, known), "E-01", owner(&rows, known)];
        let found: Vec<&str> = decided.iter().map(|one| seller(one)["employee_id"].as_str().unwrap()).collect();
        assert_eq!(found, expected);
        let kept: Vec<bool> = decided.iter().map(|one| seller(one)["kept"].as_bool().unwrap()).collect();
        assert_eq!(kept, [false, false, false, false, true]);
        let segments: Vec<&str> = decided.iter().map(|one| one["segment"].as_str().unwrap()).collect();
        assert_eq!(segments, ["Chains", "Regional dealers", "Regional dealers", "Own network", "Regional dealers"]);
        assert!(decided.iter().all(|one| one["assignments"].as_array().unwrap().len() == 2), "seller and carer");
        let rehearsed = decisions(&rehearsed.stdout);
        let rehearsed: Vec<&str> = rehearsed.iter().map(|one| seller(one)["employee_id"].as_str().unwrap()).collect();
        assert_eq!(rehearsed, found, "a rehearsal says what the performance does");

        for (account, employee) in ["N-1", "N-2", "N-3", "N-4", known].iter().zip(expected) {
            let asked =
                ["who", account, "--role", "sales-specialist", "--on", "2026-02-01", "--db", DB, "--format", "json"];
            let answer = run_in(planned.dir.path(), &asked).done().json();
            assert_eq!(answer["responsible"][0]["employee_id"], employee, "{account}");
        }
        let asked = ["who", "N-1", "--on", "2026-01-31", "--db", DB];
        assert_eq!(run_in(planned.dir.path(), &asked).exit, 1, "nobody had it before it came");
    }

    #[test]
    fn past_arrivals_are_decided_once_more() {
        let (planned, _) = channel();
        let lines = (1..=6).map(|number| {
            json!({"account_id": format!("N-{number}"), "channel": "regional dealer", "place": "dealer", "region": "North"}).to_string()
        });
        route(&planned, &lines.collect::<Vec<_>>().join("\n"), &[]).done();
        let database = planned.dir.path().join("ledger.db");
        let before = ledger_state(&database);
        let same = run_in(planned.dir.path(), &["replay", "--db", DB]).done();
        assert!(same.stdout.starts_with("6 arrivals decided once more; 0 would come out otherwise"), "{}", same.stdout);
        let none = run_in(planned.dir.path(), &["replay", "--db", DB, "--from", "2027-01-01"]).done();
        assert!(none.stdout.starts_with("0 arrivals"), "{}", none.stdout);

        let project = copy_of(&Example::named("channel").dir);
        let policy = project.path().join("bailiwick.toml");
        let text = std::fs::read_to_string(&policy).unwrap();
        std::fs::write(&policy, text.replace("by = \"region\"", "to = \"E-01\"")).unwrap();
        let policy = policy.display().to_string();
        let asked = ["replay", "-p", &policy, "--db", DB, "--format", "json"];
        let other = run_in(planned.dir.path(), &asked).done().json();
        assert_eq!(other["arrivals"], 6);
        let outcomes = other["outcomes"].as_array().unwrap();
        assert!(outcomes.iter().all(|one| one["would_be"].is_string()), "{other:#}");
        assert_eq!(ledger_state(&database), before, "a replay writes nothing");
    }

    /// Where nothing is known yet of the work an arrival brings, the way to it still decides.
    #[test]
    fn an_arrival_of_unknown_work_counts_as_the_usual_one() {
        let planned = Planned::done(&Example::named("city").policy());
        planned.apply();
        let accounts = Example::named("city").accounts.rows;
        let number = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<f64>().unwrap();
        let mean = |column: &str| accounts.iter().map(|row| number(row, column)).sum::<f64>() / accounts.len() as f64;
        let (visits, spent) = (mean("visits"), mean("spent"));
        let arrivals = |known: bool| {
            let lines = accounts.iter().step_by(40).enumerate().map(|(index, row)| {
                let mut line = json!({"account_id": format!("N-{index}"), "latitude": number(row, "latitude"), "longitude": number(row, "longitude")});
                if known {
                    line["visits"] = json!(visits.round());
                    line["spent"] = json!(spent.round());
                }
                line.to_string()
            });
            let run = route(&planned, &lines.collect::<Vec<_>>().join("\n"), &["--dry-run"]).done();
            let owners = decisions(&run.stdout);
            owners.iter().map(|one| seller(one)["employee_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let unknown = arrivals(false);
        assert_eq!(unknown, arrivals(true));
        assert!(unknown.iter().collect::<BTreeSet<_>>().len() > 1, "all went to one: {unknown:?}");
    }

    #[test]
    fn a_member_that_arrives_before_its_head_follows_it_all_the_same() {
        let (planned, _) = channel();
        let lines = [
            json!({"account_id": "M-2", "parent_id": "M-1", "channel": "chain", "place": "shop", "region": "West"}),
            json!({"account_id": "M-1", "channel": "chain", "place": "headquarters", "region": "East"}),
            json!({"account_id": "M-3", "parent_id": "M-2", "channel": "chain", "place": "shop", "region": "North"}),
        ];
        let run = route(&planned, &lines.map(|line| line.to_string()).join("\n"), &[]).done();
        let decided = decisions(&run.stdout);
        let told: Vec<&str> = decided.iter().map(|one| one["account_id"].as_str().unwrap()).collect();
        assert_eq!(told, ["M-2", "M-1", "M-3"], "as they came in");
        let owners: BTreeSet<&str> = decided.iter().map(|one| seller(one)["employee_id"].as_str().unwrap()).collect();
        assert_eq!(owners.len(), 1, "{owners:?}");
        let reason = seller(&decided[0])["reason"].as_str().unwrap();
        assert!(reason.contains("holds the head of its group, M-1"), "{reason}");
    }

    #[test]
    fn broken_lines_are_named_and_the_others_are_served() {
        let (planned, _) = channel();
        let lines = "{\"account_id\": \"N-1\", \"channel\": \"own network\"}\n\
                     {\"account_id\": \"N-2\",\n\
                     \n\
                     {\"name\": \"nameless\"}\n\
                     {\"account_id\": \"N-4\", \"latitude\": \"north\"}\n\
                     [1, 2]\n";
        let run = route(&planned, lines, &[]);
        assert_eq!(run.exit, 1);
        assert_eq!(decisions(&run.stdout).len(), 1);
        insta::assert_snapshot!(run.stderr, @r#"
        standard input: line 2 is no JSON object: EOF while parsing a value (column 21)
        standard input: line 4 has no account_id: add it, as in {"account_id": "A-1", …}
        standard input: line 5 latitude = "north": not a number
        standard input: line 6 is no JSON object: invalid type: sequence, expected a map (column 0)
        "#);
        let asked = ["who", "N-1", "--on", "2026-02-01", "--db", DB];
        run_in(planned.dir.path(), &asked).done();
    }

    #[test]
    fn a_file_of_nothing_but_broken_lines_changes_nothing() {
        let (planned, _) = channel();
        let before = ledger_state(&planned.dir.path().join("ledger.db"));
        let run = route(&planned, "nonsense\n", &[]);
        assert_eq!((run.exit, run.stdout.as_str()), (1, ""));
        assert_eq!(ledger_state(&planned.dir.path().join("ledger.db")), before);
    }
}

/// What people read, in full.
mod words {
    use super::*;

    fn without_seconds(text: &str) -> String {
        let (before, after) = text.split_once("(seed 1, ").unwrap();
        let (_, after) = after.split_once(" s)").unwrap();
        format!("{before}(seed 1, … s){after}")
    }

    #[test]
    fn a_plan_in_a_table() {
        let planned = Planned::done(&Example::named("wholesaler").policy());
        insta::assert_snapshot!(without_seconds(&planned.run.stdout), @"
        Digital Wholesale: 220 accounts, 10 employees; 220 of 220 assigned from 2026-01-01 (seed 1, … s)
        ┌──────────────────────┬──────────────────┬──────────┬───────┬─────────┬───────────────────────────┬────────┬──────────────┬────────┐
        │ segment              ┆ role             ┆ accounts ┆ staff ┆ divided ┆ balance: worst of allowed ┆ gap ≤  ┆ moved / kept ┆ nobody │
        ╞══════════════════════╪══════════════════╪══════════╪═══════╪═════════╪═══════════════════════════╪════════╪══════════════╪════════╡
        │ State orders, Moscow ┆ sales-specialist ┆ 8        ┆ 1     ┆ to      ┆                           ┆ 0.00 % ┆ —            ┆ 0      │
        │ VIP                  ┆ sales-specialist ┆ 9        ┆ 2     ┆ by      ┆                           ┆ 0.00 % ┆ —            ┆ 0      │
        │ Dealers              ┆ sales-specialist ┆ 203      ┆ 7     ┆ by      ┆                           ┆ 0.00 % ┆ —            ┆ 0      │
        └──────────────────────┴──────────────────┴──────────┴───────┴─────────┴───────────────────────────┴────────┴──────────────┴────────┘
        Written to plan: open plan/report.html, or compare and apply it with `bailiwick apply plan`
        ");
    }

    #[test]
    fn an_answer_with_its_reasons() {
        let planned = Planned::done(&Example::named("equipment").policy());
        let db = planned.apply();
        let run = run_in(planned.dir.path(), &["who", "K-001", "--on", DAY, "--explain", "--db", &db]).done();
        insta::assert_snapshot!(run.stdout, @r#"
        Shumen Confectionery (K-001) — segment All, on 2026-01-01
        ┌──────────────────┬─────────────────────┬────────────────────────────────┬────────────┬───────────────────────────────────────────────────────────────────────┐
        │ role             ┆ employee            ┆ answers for                    ┆ since      ┆ why                                                                   │
        ╞══════════════════╪═════════════════════╪════════════════════════════════╪════════════╪═══════════════════════════════════════════════════════════════════════╡
        │ Sales manager    ┆ Stefan Orlov (E-02) ┆ Deal, Delivery, Installation   ┆ 2026-01-01 ┆ seat “East”, which is Stefan Orlov (E-02)'s own                       │
        │                  ┆ Sales manager       ┆                                ┆            ┆ bailiwick.toml:50 by                                                  │
        │ Service engineer ┆ Yana Toteva (E-08)  ┆ Service, Repair, Advice on use ┆ 2026-01-01 ┆ has every skill asked for at the best level there is, 190.8 km away;  │
        │                  ┆ Service engineer    ┆                                ┆            ┆ the next best, Asen Rusev (E-07): has every skill asked for at the    │
        │                  ┆                     ┆                                ┆            ┆ best level there is, 220.5 km away                                    │
        │                  ┆                     ┆                                ┆            ┆ bailiwick.toml:58 fit                                                 │
        └──────────────────┴─────────────────────┴────────────────────────────────┴────────────┴───────────────────────────────────────────────────────────────────────┘

        Why sales-manager, by bailiwick.toml:50 by of policy version 1:
          geography = East
          skill = packaging line
          Stefan Orlov (E-02): holds seat "East"
          Mila Daneva (E-01): does not hold seat "East"
          Petar Minchev (E-04): does not hold seat "East"
          Rada Koleva (E-03): does not hold seat "East"

        Why service-engineer, by bailiwick.toml:58 fit of policy version 1:
          geography = East
          skill = packaging line
          Yana Toteva (E-08): packaging line at 3 of 3, 190.8 km away
          Asen Rusev (E-07): packaging line at 3 of 3, 220.5 km away
          Nadya Simova (E-06): packaging line at 0 of 3, 74.2 km away — may not serve it
          Vesela Ganeva (E-10): packaging line at 0 of 3, 94.5 km away — may not serve it
          Kiril Bonev (E-09): packaging line at 0 of 3, 303.5 km away — may not serve it

        History:
        ┌──────────────────┬─────────────────────┬────────────┬────┬────────────────────────────────────────────────────────────────────────────────────────────────┐
        │ role             ┆ employee            ┆ from       ┆ to ┆ why                                                                                            │
        ╞══════════════════╪═════════════════════╪════════════╪════╪════════════════════════════════════════════════════════════════════════════════════════════════╡
        │ sales-manager    ┆ Stefan Orlov (E-02) ┆ 2026-01-01 ┆ …  ┆ seat “East”, which is Stefan Orlov (E-02)'s own                                                │
        │ service-engineer ┆ Yana Toteva (E-08)  ┆ 2026-01-01 ┆ …  ┆ has every skill asked for at the best level there is, 190.8 km away; the next best, Asen Rusev │
        │                  ┆                     ┆            ┆    ┆ (E-07): has every skill asked for at the best level there is, 220.5 km away                    │
        └──────────────────┴─────────────────────┴────────────┴────┴────────────────────────────────────────────────────────────────────────────────────────────────┘
        "#);
    }

    /// A sentence without what is Latin in it: names and numbers, which depend on how the optimiser divides.
    fn words_alone(sentence: &str) -> String {
        let words =
            sentence.split(' ').map(|word| if word.contains(|c: char| c.is_ascii_alphanumeric()) { "…" } else { word });
        let mut kept: Vec<&str> = words.collect();
        kept.dedup();
        kept.join(" ")
    }

    #[test]
    fn reasons_in_bulgarian() {
        let mut said: BTreeSet<String> = BTreeSet::new();
        for name in ["wholesaler", "equipment", "channel", "rebalance", "importance"] {
            let project = copy_of(&Example::named(name).dir);
            let policy = project.path().join("bailiwick.toml");
            let text = std::fs::read_to_string(&policy).unwrap();
            std::fs::write(&policy, text.replacen("[company]\n", "[company]\nlanguage = \"bg\"\n", 1)).unwrap();
            let rows = Planned::done(&policy).rows();
            said.extend(rows.iter().flat_map(|row| row.reason.split("; ")).map(words_alone));
        }
        insta::assert_snapshot!(said.into_iter().collect::<Vec<_>>().join("\n"), @"
        досега при …
        досегашният отговорник е напуснал
        заедно с останалите от групата
        закрепен: …
        изравнява натоварването между … служители
        има всички търсени умения на най-високото налично ниво, на … км
        място … което е на …
        на … км
        остава при досегашния отговорник
        следващият най-близък, … е на … км
        следващият най-подходящ, … има всички търсени умения на най-високото налично ниво, на … км
        следващият най-подходящ, … на … км
        същият служител като за главната фирма на групата
        същият служител като за …
        … е по-близо … км), но балансът или капацитетът не го позволява
        … км от центъра на територия …
        … отговаря за този сегмент като …
        ");
    }

    /// What is decided after the plan speaks the company's language too.
    #[test]
    fn arrivals_and_candidates_in_bulgarian() {
        let project = copy_of(&Example::named("rebalance").dir);
        let policy = project.path().join("bailiwick.toml");
        let text = std::fs::read_to_string(&policy).unwrap();
        std::fs::write(&policy, text.replacen("[company]\n", "[company]\nlanguage = \"bg\"\n", 1)).unwrap();
        let planned = Planned::done(&policy);
        let db = planned.apply();
        let lead = r#"{"account_id": "L-1", "latitude": 42.7, "longitude": 23.3, "hours": 1, "customer_since": 2026}"#;
        let routed = run_with(planned.dir.path(), &["route", "-", "--on", DAY, "--db", &db], lead).done().json();
        let reason = routed["assignments"][0]["reason"].as_str().unwrap();
        assert!(reason.starts_with("при постъпване: на ") && reason.contains(" км от центъра"), "{reason}");
        let arguments = ["who", "L-1", "--on", DAY, "--explain", "--db", &db, "--format", "json"];
        let answer = run_in(planned.dir.path(), &arguments).done().json();
        let candidates = answer["explanation"][0]["candidates"].as_array().unwrap();
        assert!(candidates.len() > 1, "{answer:#}");
        for candidate in candidates {
            assert!(candidate["because"].as_str().unwrap().ends_with(" км от центъра"), "{candidate}");
        }
    }
}

/// What a plan's folder is good for, and what is printed instead of one.
mod plans {
    use super::*;

    #[test]
    fn a_plan_is_printed_in_any_format() {
        let policy = Example::named("wholesaler").policy();
        let csv = Planned::by(&policy, &["--format", "csv"]);
        assert_eq!(csv.run.stdout, csv.text("assignments.csv"));
        let json = Planned::by(&policy, &["--format", "json"]);
        assert_eq!(json.run.json(), json.summary());
        let dir = tempfile::tempdir().unwrap();
        let policy = policy.display().to_string();
        let only_printed = run_in(dir.path(), &["plan", "-p", &policy, "--on", DAY]).done();
        assert!(only_printed.stdout.contains("220 of 220 assigned") && only_printed.stderr.is_empty());
        assert_eq!(common::contents(dir.path()).len(), 0, "without -o nothing is written");
    }

    #[test]
    fn a_plan_replaces_an_earlier_one_whole() {
        let project = copy_of(&Example::named("wholesaler").dir);
        let plan = ["plan", "-o", "plan", "--on", DAY];
        run_in(project.path(), &plan).done();
        let first = common::contents(&project.path().join("plan"));
        let accounts = project.path().join("accounts.csv");
        let text = std::fs::read_to_string(&accounts).unwrap();
        std::fs::write(&accounts, text.lines().take(51).collect::<Vec<_>>().join("\n")).unwrap();
        run_in(project.path(), &plan).done();
        let second = common::contents(&project.path().join("plan"));
        assert!(first.keys().eq(second.keys()), "{:?}", second.keys());
        assert_eq!(read_rows(&project.path().join("plan/assignments.csv")).len(), 50);
        let left: Vec<_> =
            common::contents(project.path()).into_keys().filter(|path| path.starts_with(".plan")).collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn edits_are_taken_when_they_are_meant() {
        let planned = Planned::done(&Example::named("wholesaler").policy());
        let path = planned.file("assignments.csv");
        let text = std::fs::read_to_string(&path).unwrap().replacen(",E-06,", ",E-07,", 1);
        std::fs::write(&path, text).unwrap();
        let dir = planned.dir.path();
        assert_eq!(run_in(dir, &["apply", "plan", "--db", DB, "--yes"]).exit, 1);
        run_in(dir, &["apply", "plan", "--db", DB, "--yes", "--edited", "--on", "2026-03-01"]).done();
        let asked = ["who", "A-001", "--on", "2026-03-01", "--db", DB, "--format", "json"];
        assert_eq!(run_in(dir, &asked).done().json()["responsible"][0]["employee_id"], "E-07");
        assert_eq!(run_in(dir, &["who", "A-001", "--on", "2026-02-28", "--db", DB]).exit, 1);
    }

    /// Rows that the policy says to leave out are left out, each with its reason in the plan's folder.
    #[test]
    fn rows_are_left_out_where_the_policy_says_so() {
        let source = "file = \"accounts.csv\"\non_error = \"skip\"";
        let people = "[sources.employees]\nfile = \"employees.csv\"";
        let coverage = "[[coverage]]\nrole = \"seller\"\ndivide = { by = \"street\" }";
        let town = Town::tiny().policy(&format!("[sources.accounts]\n{source}\n{people}\n{coverage}\n"));
        let town = town.account("A-03", "latitude", "95").account("A-05", "account_id", "A-01").write();
        let dir = town.path("");
        let run = run_in(&dir, &["plan", "-o", "deep/plan", "--on", DAY]).done();
        assert!(run.stderr.contains("2 rows of accounts cannot be used and are left out"), "{}", run.stderr);
        let rejected = std::fs::read_to_string(dir.join("deep/plan/rejected.csv")).unwrap();
        assert_eq!(rejected.lines().count(), 3, "{rejected}");
        assert_eq!(read_rows(&dir.join("deep/plan/assignments.csv")).len(), 10);
        let named =
            common::contents(&dir).into_keys().filter(|path| path.to_string_lossy().contains("rejected")).count();
        assert_eq!(named, 1, "they are written once");
        let check = run_in(&dir, &["check", "--on", DAY]);
        assert_eq!(check.exit, 1, "it is worth a look");
        assert!(check.stderr.contains("2 rows of accounts"), "{}", check.stderr);
    }

    /// A plan that goes into a folder that is still to be made can refuse rows too.
    #[test]
    fn rejected_rows_are_written_where_no_folder_is_yet() {
        let town = Town::tiny().account("A-03", "latitude", "95").write();
        let run = run_in(&town.path(""), &["plan", "-o", "deep/plan", "--on", DAY]);
        assert_eq!(run.exit, 1);
        assert!(run.stderr.contains("it is in deep/plan-rejected.csv with its reason"), "{}", run.stderr);
        assert!(town.path("deep/plan-rejected.csv").exists());
    }

    /// What cannot be kept is told, and the best plan there is is still given.
    #[test]
    fn a_promise_that_cannot_be_kept_is_told() {
        let project = copy_of(&Example::named("equipment").dir);
        let employees = project.path().join("employees.csv");
        let text = std::fs::read_to_string(&employees).unwrap();
        let skilled: Vec<&str> = text.lines().filter(|line| !line.contains("packaging line")).collect();
        assert!(skilled.len() < text.lines().count());
        std::fs::write(&employees, skilled.join("\n")).unwrap();
        let run = run_in(project.path(), &["plan", "-o", "plan", "--on", DAY]);
        assert_eq!(run.exit, 1, "{}", run.stdout);
        assert!(run.stdout.contains("What could not be kept:"), "{}", run.stdout);
        let rows = read_rows(&project.path().join("plan/assignments.csv"));
        let bare = rows.iter().filter(|row| row.employee_id.is_empty()).count();
        let summary = std::fs::read_to_string(project.path().join("plan/summary.json")).unwrap();
        let summary: Value = serde_json::from_str(&summary).unwrap();
        assert!(bare > 0);
        assert_eq!(summary["unassigned"], bare);
        assert!(!summary["infeasible"].as_array().unwrap().is_empty());
        assert!(rows.iter().filter(|row| row.employee_id.is_empty()).all(|row| row.reason.starts_with("nobody")));
        let check = run_in(project.path(), &["check", "--on", DAY, "--format", "json"]);
        assert_eq!(check.exit, 1);
        let missing = &check.json()[0];
        assert_eq!((&missing["code"], &missing["count"]), (&json!("skill-missing"), &json!(bare)));
    }
}

mod beginnings {
    use super::*;

    #[test]
    fn a_new_project_says_what_it_lacks() {
        let dir = tempfile::tempdir().unwrap();
        run_in(dir.path(), &["init", "mine"]).done();
        let files: BTreeSet<_> = common::contents(&dir.path().join("mine")).into_keys().collect();
        assert_eq!(files, ["accounts.csv", "bailiwick.toml", "employees.csv"].map(Into::into).into());
        let run = run_in(dir.path(), &["check", "-p", "mine"]);
        assert_eq!(run.exit, 1);
        insta::assert_snapshot!(run.stderr, @"
        error: source accounts, accounts.csv: there are no accounts, only the names of columns
          help: fill the file, or name the right one
        ");
        let again = run_in(dir.path(), &["init", "mine"]);
        assert_eq!(again.exit, 2, "an existing project is left alone");
    }

    #[test]
    fn a_new_project_works_once_it_is_filled() {
        let dir = tempfile::tempdir().unwrap();
        run_in(dir.path(), &["init", "mine"]).done();
        let accounts = (0..40).map(|n| format!("A-{n},Shop {n},,West,food,42.{n:02},23.{n:02},{},1\n", 100 * n));
        let people = (0..4).map(|n| {
            let department = ["Key accounts", "Sales"][n % 2];
            format!("E-{n},Person {n},Seller,{department},,West,42.{n},23.{n},,\n")
        });
        for (file, rows) in [("accounts.csv", accounts.collect::<String>()), ("employees.csv", people.collect())] {
            let path = dir.path().join("mine").join(file);
            let header = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, header + &rows).unwrap();
        }
        run_in(dir.path(), &["check", "-p", "mine", "--on", DAY]).done();
        run_in(dir.path(), &["plan", "-p", "mine", "-o", "mine/plan", "--on", DAY]).done();
        let rows = read_rows(&dir.path().join("mine/plan/assignments.csv"));
        common::assert_each_once(&rows);
        assert_eq!(count_by(&rows, |row| row.employee_id.as_str()).len(), 4);
    }

    #[test]
    fn shells_are_told_what_can_be_typed() {
        let dir = tempfile::tempdir().unwrap();
        for shell in ["bash", "zsh", "fish"] {
            let run = run_in(dir.path(), &["completions", shell]).done();
            assert!(run.stdout.contains("--time-limit") || run.stdout.contains("time-limit"), "{shell}");
        }
    }

    #[test]
    fn every_command_explains_itself() {
        let dir = tempfile::tempdir().unwrap();
        for command in [
            "demo",
            "init",
            "check",
            "plan",
            "diff",
            "apply",
            "who",
            "route",
            "replay",
            "serve",
            "users",
            "schema",
            "completions",
        ] {
            let run = run_in(dir.path(), &[command, "--help"]).done();
            assert!(run.stdout.contains("Usage: bailiwick"), "{command}");
        }
        assert_eq!(run_in(dir.path(), &["plna"]).exit, 2);
        assert_eq!(run_in(dir.path(), &[]).exit, 2);
    }
}
