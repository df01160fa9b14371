//! Service levels, skills, strategy and scenarios: the guides' examples to the number, and the demo company.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use bailiwick_testkit::repository;
use common::{DAY, run_in};
use serde_json::{Value, json};

fn block(guide: &str, kind: &str, index: usize) -> String {
    let opening = format!("```{kind}\n");
    guide.split(&opening).nth(index + 1).unwrap().split("```").next().unwrap().to_owned()
}

fn guide(name: &str) -> String {
    std::fs::read_to_string(repository().join("docs/guide").join(name)).unwrap()
}

/// A project of the first policy of a guide and its tables.
fn project(guide: &str, tables: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("bailiwick.toml"), block(guide, "toml", 0)).unwrap();
    for (index, table) in tables.iter().enumerate() {
        std::fs::write(dir.path().join(table), block(guide, "csv", index)).unwrap();
    }
    dir
}

fn asked(dir: &Path, arguments: &[&str]) -> Value {
    let run = run_in(dir, &[arguments, &["--on", DAY, "--quiet", "--format", "json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", run.stdout, run.stderr))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn the_guides_service_levels_come_out() {
    let dir = project(&guide("service-levels.md"), &["accounts.csv", "employees.csv", "assignments.csv"]);
    let told = asked(dir.path(), &["service-levels"]);
    assert_eq!((&told["basis"], &told["business_hours"]), (&json!("present"), &json!("mon–fri 09:00–17:00 (UTC)")));
    assert_eq!((number(&told["hours_promised"]), number(&told["hours_short"])), (150.0, 8.0));
    let people: Vec<_> = told["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["employee_id"].as_str().unwrap(), number(&one["hours_promised"]), number(&one["hours_short"])))
        .collect();
    assert_eq!(people, [("Ann", 88.0, 8.0), ("Ben", 62.0, 0.0)]);
    let breaks = &told["breaks_first"];
    assert_eq!(
        (&breaks["segment"], &breaks["accounts_short"], &breaks["employees"]),
        (&json!("Others"), &json!(1), &json!(["Ann"]))
    );
    assert_eq!(told["promises"][0]["response_hours"], 2.0, "the shorter of the two");
    assert_eq!(told["promises"][1]["samples"], json!(["R2"]));
    let remedies = told["mends"][0]["remedies"].as_array().unwrap();
    let means: Vec<_> =
        remedies.iter().map(|one| (one["means"].as_str().unwrap(), number(&one["cost"]).round())).collect();
    assert_eq!(means, [("move", 50.0), ("fewer", 107.0), ("hire", 30_000.0)]);
    assert!((number(&remedies[1]["feasible"]) - 4.6667).abs() < 1e-3 && remedies[0]["to"] == json!(["Ben"]));
    let below = told["below"].as_array().unwrap();
    assert_eq!(below.len(), 1);
    assert_eq!(
        (&below[0]["account_id"], &below[0]["level"], &below[0]["instead"]),
        (&json!("V3"), &json!(1.0), &json!("Ann"))
    );
    assert_eq!((&told["qualified"][0]["qualified"], &told["qualified"][0]["by_the_best"]), (&json!(2), &json!(2)));
    let effort = asked(dir.path(), &["sizing", "--effort"]);
    let vip = &effort["segments"][0];
    assert_eq!(
        (number(&vip["hours"]), number(&vip["share"]), number(&vip["hours_to_target"]).round()),
        (78.0, 0.52, 12.0)
    );
    let page = run_in(dir.path(), &["service-levels", "--on", DAY, "--quiet"]);
    assert_eq!(page.exit, 1, "a promise breaks");
    insta::assert_snapshot!(page.stdout);
    let policy = std::fs::read_to_string(dir.path().join("bailiwick.toml")).unwrap();
    let bulgarian = policy.replace("currency = \"EUR\"", "currency = \"EUR\"\nlanguage = \"bg\"");
    std::fs::write(dir.path().join("bailiwick.toml"), bulgarian).unwrap();
    let told = asked(dir.path(), &["service-levels"]);
    let words: Vec<&str> = told["words"]
        .as_array()
        .unwrap()
        .iter()
        .chain(told["mends"][0]["remedies"].as_array().unwrap().iter().map(|one| &one["words"]))
        .map(|words| words.as_str().unwrap())
        .collect();
    insta::assert_snapshot!(words.join("\n"));
}

#[test]
fn the_guides_skills_come_out() {
    let dir = project(&guide("skills.md"), &["accounts.csv", "employees.csv"]);
    let told = asked(dir.path(), &["skills"]);
    assert_eq!((&told["basis"], number(&told["missing"])), (&json!("planned"), 1.0), "{told:#}");
    let first = &told["trainings"][0];
    assert_eq!(
        (&first["employee_id"], &first["skill"], number(&first["to"])),
        (&json!("Ben"), &json!("dairy"), 1.0),
        "{told:#}"
    );
    assert_eq!((number(&first["confirmed"]), number(&first["per_cost"]), &first["accounts"]), (0.5, 0.5, &json!(1)));
    assert!(told["trainings"].as_array().unwrap().iter().all(|one| one["employee_id"] == "Ben"), "Ann has no room");
    let hire = &told["hires"][0];
    assert_eq!((number(&hire["confirmed"]), number(&hire["cost"])), (1.0, 30_000.0), "{hire:#}");
    assert!((number(&hire["per_cost"]) - 1.0 / 30.0).abs() < 1e-6);
    let dairy = told["cells"]
        .as_array()
        .unwrap()
        .iter()
        .find(|cell| cell["skill"] == "dairy" && cell["dimension"] == "segment")
        .unwrap();
    assert_eq!((&dairy["accounts"], number(&dairy["hours"]), &dairy["accounts_below"]), (&json!(4), 40.0, &json!(1)));
    assert!(
        (number(&dairy["hours_qualified"]) - 100.0 / 3.0).abs() < 1e-9
            && (number(&dairy["gap_hours"]) - 20.0 / 3.0).abs() < 1e-9
    );
    let page = run_in(dir.path(), &["skills", "--on", DAY, "--quiet"]).done();
    insta::assert_snapshot!(page.stdout);
    let csv = run_in(dir.path(), &["skills", "--on", DAY, "--quiet", "--format", "csv"]).done();
    assert_eq!(csv.stdout.lines().count(), 4, "{}", csv.stdout);
}

#[test]
fn the_guides_scenario_comes_out_and_comes_out_again() {
    let guide = guide("sizing.md");
    let dir = project(&guide, &["accounts.csv", "employees.csv"]);
    let mut text = guide.split("```toml\n").map(|block| block.split("```").next().unwrap());
    let text = text.find(|block| block.starts_with("name = \"One more\"")).unwrap();
    std::fs::write(dir.path().join("one-more.toml"), text.replace("set = { city = \"Budapest\" }", "")).unwrap();
    let ask = || asked(dir.path(), &["sizing", "--scenario", "one-more.toml"]);
    let told = ask();
    let side = |name: &str| (number(&told[name]["hours_available"]), number(&told[name]["profit"]).round());
    assert_eq!((side("before"), side("after")), ((800.0, 135_000.0), (1600.0, 140_881.0)), "{told:#}");
    assert_eq!((number(&told["after"]["hours_wanted"]), &told["joiners"]), (2000.0, &json!(["NEW-1"])));
    assert_eq!(told, ask(), "the same seed and data give the same answer");
    let page = run_in(dir.path(), &["sizing", "--scenario", "one-more.toml", "--on", DAY, "--quiet"]).done();
    insta::assert_snapshot!(page.stdout);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let dir = project(&guide("service-levels.md"), &["accounts.csv", "employees.csv", "assignments.csv"]);
    let policy = std::fs::read_to_string(dir.path().join("bailiwick.toml")).unwrap();
    let with = |from: &str, to: &str| {
        assert!(policy.contains(from));
        std::fs::write(dir.path().join("bailiwick.toml"), policy.replacen(from, to, 1)).unwrap();
        run_in(dir.path(), &["check", "--on", DAY, "--quiet"]).stderr
    };
    let said = [
        with("[service_levels.VIP]\nroles.seller", "[service_levels.VIPS]\nroles.saler"),
        with("stages.Offer = { response_hours = 2", "stages.Ofer = { response_hours = 0"),
        with("contacts_per_year = 6, hours_per_contact = 3", "contacts_per_year = 6, share = 2"),
        with("negotiation = 2", "\"a:b\" = 0"),
        with("holidays = [\"2026-03-03\"]", "days = [\"mon\", \"tus\"]\nholidays = [\"03.03.2026\"]"),
        with("from = \"09:00\"", "from = \"18:00\""),
        with("VIP = 0.6", "VIP = 0.7"),
        with(
            "[strategy]",
            "[skills]\ntraining_cost = -1\n[[skills.demands]]\nskill = \"care\"\nrole = \"sellers\"\n[strategy]",
        ),
        with("[strategy]", "[[skills.demands]]\nskill = \"care\"\nwhen = \"clas = 1\"\n[strategy]"),
        with(
            "[strategy]",
            "[[skills.demands]]\nskill = \"care\"\nlevel = 3\n[[skills.demands]]\nskill = \"law\"\nwhen = \"class = 'X'\"\n[strategy]",
        ),
    ];
    insta::assert_snapshot!(said.join("\n----\n"));
    std::fs::write(
        dir.path().join("bailiwick.toml"),
        "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \
        \"employees.csv\"\n[[coverage]]\nrole = \"seller\"\ndivide = { balance = { count = 1.0 } }\n",
    )
    .unwrap();
    let nothing =
        ["service-levels", "skills"].map(|command| run_in(dir.path(), &[command, "--on", DAY, "--quiet"]).stderr);
    insta::assert_snapshot!(nothing.join("\n"));
}

#[test]
fn a_newcomer_sees_figures_of_the_demo() {
    let dir = tempfile::tempdir().unwrap();
    run_in(dir.path(), &["demo", "--no-serve", "--dir", "demo", "--accounts", "600", "--quiet"]).done();
    let demo = dir.path().join("demo");
    assert_eq!(run_in(&demo, &["check", "--on", DAY]).exit, 0);
    let service = asked(&demo, &["service-levels"]);
    assert!(number(&service["hours_promised"]) > 1000.0 && service["promises"].as_array().unwrap().len() > 10);
    let skills = asked(&demo, &["skills", "--planned"]);
    let trainings = skills["trainings"].as_array().unwrap();
    assert!(!trainings.is_empty());
    // What the prices promise is near what solving again finds, and never far below.
    for one in trainings {
        assert!(number(&one["confirmed"]) <= number(&one["estimated"]) * 1.05 + 1e-6, "{one:#}");
    }
    let by = |dimension: &str, of: &str| -> f64 {
        let cells = skills["cells"].as_array().unwrap().iter();
        cells.filter(|cell| cell["dimension"] == dimension).map(|cell| number(&cell[of])).sum()
    };
    for of in ["accounts", "hours", "revenue", "accounts_below"] {
        assert!(
            (by("segment", of) - by("region", of)).abs() < 1e-3
                && (by("segment", of) - by("product-line", of)).abs() < 1e-3,
            "{of}"
        );
    }
    let effort = asked(&demo, &["sizing", "--effort", "--against", "sqlite:bailiwick.db"]);
    let shares: f64 = effort["segments"].as_array().unwrap().iter().map(|of| number(&of["share"])).sum();
    assert!((shares - 1.0).abs() < 1e-9 && effort["contacts"].is_u64());
    std::fs::write(demo.join("leave.toml"), "name = \"Two leave\"\nleavers = [\"E-008\", \"E-013\"]\n").unwrap();
    let told = asked(&demo, &["sizing", "--scenario", "leave.toml"]);
    assert!(number(&told["moved_from_leavers"]) > 0.0 && number(&told["moved"]) >= number(&told["moved_from_leavers"]));
    assert_eq!(number(&told["before"]["employees"]) - number(&told["after"]["employees"]), 2.0);
    assert!(number(&told["after"]["sales"]) <= number(&told["before"]["sales"]) + 1e-6, "fewer hours bring no more");
    let observed = asked(&demo, &["service-levels", "--against", "sqlite:bailiwick.db", "--observed"]);
    assert_eq!(observed["business_hours"], "mon–fri 08:30–17:30 (Europe/Sofia)");
}

#[test]
fn a_colleague_with_hours_is_trained_where_nobody_qualified_has_them() {
    let dir = project(&guide("service-levels.md"), &["accounts.csv", "employees.csv", "assignments.csv"]);
    let policy = std::fs::read_to_string(dir.path().join("bailiwick.toml")).unwrap();
    // The others are promised less than VIPs, so that VIPs are what Ann has too many of.
    let policy = policy
        .replace("contacts_per_year = 12, hours_per_contact = 2", "contacts_per_year = 30, hours_per_contact = 2");
    let policy = policy.replace(
        "roles.seller = { contacts_per_year = 6, hours_per_contact = 3 }",
        "roles.seller = { contacts_per_year = 1, hours_per_contact = 1 }",
    );
    let policy = policy.replace("[strategy]", "[skills]\ntraining_cost = 700\n[strategy]");
    std::fs::write(dir.path().join("bailiwick.toml"), policy).unwrap();
    std::fs::write(
        dir.path().join("assignments.csv"),
        "account_id,employee_id\nV1,Ann\nV2,Ann\nR1,Ann\nR2,Ben\nR3,Ben\nR4,Ben\n",
    )
    .unwrap();
    std::fs::write(dir.path().join("accounts.csv"), "account_id,class\nV1,VIP\nV2,VIP\nR1,\nR2,\nR3,\nR4,\n").unwrap();
    let told = asked(dir.path(), &["service-levels"]);
    // A VIP takes 62 hours, so Ann has 125 of 80; Ben has three, and negotiation at level 1 of 2.
    assert_eq!(number(&told["hours_short"]), 45.0, "{told:#}");
    let remedies = told["mends"][0]["remedies"].as_array().unwrap();
    let train = remedies.iter().find(|one| one["means"] == "train").unwrap();
    assert_eq!(
        (number(&train["levels"]), number(&train["cost"]), &train["skills"]),
        (1.0, 800.0, &json!(["negotiation:2"])),
        "{train:#}"
    );
    assert!(remedies.iter().all(|one| one["means"] != "move"), "nobody else is qualified for them");
}

#[test]
fn a_qualification_of_one_role_limits_who_may_serve_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("accounts.csv", "account_id\nA\nB\nC\nD\n");
    write("employees.csv", "employee_id,skills\nAnn,care:2\nBen,\n");
    write(
        "bailiwick.toml",
        "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n[[segments]]\n\
        name = \"All of them\"\nwhen = \"true\"\n[service_levels.\"All of them\"]\nroles.seller = { qualification = { care = 2 } }\n\
        [[coverage]]\nrole = \"seller\"\ndivide = { balance = { count = 1.0 } }\n[[coverage]]\nrole = \"engineer\"\n\
        divide = { balance = { count = 0.1 } }\n",
    );
    let run = run_in(dir.path(), &["plan", "--on", DAY, "--quiet", "--format", "csv"]).done();
    let of =
        |role: &str, who: &str| run.stdout.lines().filter(|line| line.contains(&format!(",{role},,{who},"))).count();
    assert_eq!(
        (of("seller", "Ann"), of("seller", "Ben"), of("engineer", "Ann"), of("engineer", "Ben")),
        (4, 0, 2, 2),
        "{}",
        run.stdout
    );
}

#[test]
fn a_scenario_says_what_each_would_earn() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("accounts.csv", "account_id\nA\nB\n");
    write("employees.csv", "employee_id\nAnn\nBen\n");
    // The last is of the quarter that is not over.
    write(
        "orders.csv",
        "order_id,account_id,order_date,amount\n1,A,2025-11-05,100\n2,B,2025-12-01,50.50\n3,A,2026-02-01,999\n",
    );
    let paid = "[credit]\n[[credit.rules]]\nname = \"All\"\nshare = { seller = 100 }\n\
        [incentives]\n[[incentives.plans]]\nname = \"Sellers\"\nrole = \"seller\"\n\
        [[incentives.plans.parts]]\nmeasure = \"revenue\"\nrate = 0.1\n";
    let base = "[company]\ncurrency = \"EUR\"\n[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\n\
        file = \"employees.csv\"\n[sources.orders]\nfile = \"orders.csv\"\n[[coverage]]\nrole = \"seller\"\n\
        divide = { balance = { count = 0.1 } }\n";
    write("bailiwick.toml", &format!("{base}{paid}"));
    write("leave.toml", "name = \"Ann leaves\"\nleavers = [\"Ann\"]\n");
    let pay = asked(dir.path(), &["sizing", "--scenario", "leave.toml"])["pay"].clone();
    assert_eq!((&pay["period"], &pay["currency"]), (&json!("2025-Q4"), &json!("EUR")), "{pay:#}");
    assert_eq!((&pay["now"]["total"], &pay["then"]["total"]), (&json!("15.05"), &json!("15.05")));
    let of = |who: &str, when: &str| {
        let mut people = pay["people"].as_array().unwrap().iter();
        people.find(|one| one["employee"] == who).unwrap()[when].as_str().unwrap().to_owned()
    };
    assert_eq!((of("Ann", "then"), of("Ben", "then")), (String::from("0.00"), String::from("15.05")));
    let mut now = [of("Ann", "now"), of("Ben", "now")];
    now.sort();
    assert_eq!(now, ["10.00", "5.05"]);
    let page = run_in(dir.path(), &["sizing", "--scenario", "leave.toml", "--on", DAY, "--quiet"]).done();
    assert!(page.stdout.contains("Pay in 2025-Q4 by the plan without it and with it, in EUR:"), "{}", page.stdout);
    write("bailiwick.toml", base);
    let told = asked(dir.path(), &["sizing", "--scenario", "leave.toml"]);
    assert_eq!(told["pay"], serde_json::Value::Null, "nobody is paid by a plan");
}
