//! Plans on a cluster of real processes: the same as embedded, whatever happens to an executor; and refusals that leave
//! nothing behind. Needs the feature `ballista`: `cargo test --workspace --features bailiwick/ballista --test cluster`.

#![cfg(feature = "ballista")]
#![allow(clippy::unwrap_used)]

mod common;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use bailiwick_data::{RowCells, RowsWriter};
use bailiwick_testkit::ballista::{Cluster, Parts};
use bailiwick_testkit::repository;
use common::{DAY, Run, run_in};
use serde_json::Value;

const FILES: usize = 6;
const A_FILE: usize = 700;

fn cluster(executors: usize) -> Cluster {
    start(&Parts { scheduler: vec!["--patience".into(), "8".into()], executor: vec![], executors })
}

fn start(parts: &Parts) -> Cluster {
    Cluster::start(Path::new(env!("CARGO_BIN_EXE_bailiwick")), parts).unwrap()
}

/// A number of its own for each account, without a pattern.
fn mix(account: usize, salt: u64) -> u64 {
    let mut x = (account as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 32)
}

const REGIONS: [&str; 4] = ["North", "South", "East", "West"];

struct Account {
    id: String,
    title: String,
    region: &'static str,
    turnover: f64,
    potential: f64,
    latitude: f64,
    longitude: f64,
}

fn account(number: usize) -> Account {
    let part = |salt: u64, steps: u64| (mix(number, salt) % steps) as f64 / steps as f64;
    Account {
        id: format!("C{number:05}"),
        title: format!("Company {}", mix(number, 5) % 900),
        region: REGIONS[(mix(number, 1) % 4) as usize],
        turnover: (part(2, 1_000_000) * 1e8).round() / 100.0,
        potential: part(3, 10_000) * 100.0,
        latitude: 42.0 + part(6, 100_000) * 2.0,
        longitude: 22.5 + part(7, 100_000) * 5.0,
    }
}

const POLICY: &str = r#"
[company]
name = "Many"

[sources.accounts]
file = "FILES"
on_error = "skip"
columns = { account_id = "Customer No", name = "title", weight = "turnover / 1000 + 1" }

[sources.employees]
file = "employees.csv"

[principles]
geography = "region"
size = "CASE WHEN turnover > 400000 THEN 'large' ELSE 'small' END"
standing = "power(potential, 0.5)"
importance = { score = { turnover = 0.7, "round(potential, 1)" = 0.3 }, classes = { VIP = 0.9, regular = 0.0 } }

[measures]
workload = "sqrt(weight) + 1"

[[segments]]
name = "VIP"
when = "importance = 'VIP' AND (size = 'large' OR standing > 9)"
[[segments]]
name = "Regional"
when = "geography IN ('North', 'South') AND name LIKE '%1%'"
[[segments]]
name = "Rest"
when = "importance_score >= 0"

[[coverage]]
segment = "VIP"
role = "sales-specialist"
staff = "department = 'VIP'"
divide = { balance = { workload = 0.1 } }
[[coverage]]
segment = "Regional"
role = "sales-specialist"
when = "standing > 0"
staff = "department = 'regions'"
divide = { by = "geography" }
[[coverage]]
segment = ["Regional", "Rest"]
role = "sales-specialist"
staff = "department = 'field'"
divide = { territories = { balance = { workload = 0.15 } } }
"#;

/// A company whose customers are in several files, with rows that cannot be used in two of them.
fn company(format: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let policy = POLICY.replace("FILES", &format!("accounts-*.{format}"));
    std::fs::write(dir.path().join("bailiwick.toml"), policy).unwrap();
    let mut staff = String::from("employee_id,name,department,region,latitude,longitude\n");
    for number in 0..12 {
        let department = ["VIP", "regions", "field"][number % 3];
        let region = REGIONS[number / 3];
        writeln!(staff, "E{number:02},Person {number},{department},{region},42.{number:02},24.{number:02}").unwrap();
    }
    std::fs::write(dir.path().join("employees.csv"), staff).unwrap();
    for file in 0..FILES {
        let accounts: Vec<Account> = (file * A_FILE..(file + 1) * A_FILE).map(account).collect();
        let path = dir.path().join(format!("accounts-{file}.{format}"));
        if format == "csv" { write_csv(&path, file, &accounts) } else { write_parquet(&path, &accounts) }
    }
    dir
}

/// Decimal commas and grouped digits, which the first file alone does not tell, and columns in another order in one file.
fn write_csv(path: &Path, file: usize, accounts: &[Account]) {
    let swapped = file == 2;
    let mut text = String::from(if swapped {
        "title;Customer No;region;turnover;potential;latitude;longitude;since\n"
    } else {
        "Customer No;title;region;turnover;potential;latitude;longitude;since\n"
    });
    for (row, one) in accounts.iter().enumerate() {
        let whole = file == 0;
        let turnover = if whole { format!("{:.0}", one.turnover) } else { format!("{:.2}", one.turnover) };
        let comma = |number: f64| format!("{number:.5}").replace('.', ",");
        let (turnover, potential) = (turnover.replace('.', ","), format!("{:.2}", one.potential).replace('.', ","));
        let latitude = if file == 3 && row == 7 { String::from("1234,5") } else { comma(one.latitude) };
        let since = format!("{:02}.{:02}.20{:02}", row % 28 + 1, row % 12 + 1, row % 20);
        let (first, second) = if swapped { (&one.title, &one.id) } else { (&one.id, &one.title) };
        let longitude = comma(one.longitude);
        writeln!(text, "{first};{second};{};{turnover};{potential};{latitude};{longitude};{since}", one.region)
            .unwrap();
        if file == 4 && row == 11 {
            text.push_str("too;few\n");
        }
        // The same customer once more, in another file.
        if file == 5 && row == 3 {
            writeln!(text, "{};again;North;1;1;42,0;23,0;01.01.2020", account(5).id).unwrap();
        }
    }
    std::fs::write(path, text).unwrap();
}

fn write_parquet(path: &Path, accounts: &[Account]) {
    let names = ["Customer No", "title", "region", "turnover", "potential", "latitude", "longitude"];
    let mut writer = RowsWriter::new(path, &names);
    let texts = |of: fn(&Account) -> &str| RowCells::Texts(accounts.iter().map(|one| Some(of(one))).collect());
    let numbers = |of: fn(&Account) -> f64| RowCells::Numbers(accounts.iter().map(|one| Some(of(one))).collect());
    let regions =
        accounts.iter().map(|one| REGIONS.iter().position(|region| *region == one.region).map(|at| at as u32));
    let columns = vec![
        texts(|one| &one.id),
        texts(|one| &one.title),
        RowCells::Words { names: &REGIONS, rows: regions.collect() },
        numbers(|one| one.turnover),
        numbers(|one| one.potential),
        numbers(|one| one.latitude),
        numbers(|one| one.longitude),
    ];
    writer.write(columns).unwrap();
    writer.finish().unwrap();
}

fn plan(dir: &Path, output: &str, more: &[&str]) -> Run {
    run_in(dir, &[&["plan", "-o", output, "--on", DAY, "--seed", "7"], more].concat())
}

/// What a plan's folder holds, without the seconds that it took.
fn content(folder: &Path) -> (String, Value) {
    let assignments = std::fs::read_to_string(folder.join("assignments.csv")).unwrap();
    let mut summary: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("summary.json")).unwrap()).unwrap();
    summary["seconds"] = Value::Null;
    (assignments, summary)
}

#[track_caller]
fn assert_same(dir: &Path) {
    let (embedded, distributed) = (content(&dir.join("embedded")), content(&dir.join("distributed")));
    assert!(embedded.0 == distributed.0, "the assignments differ");
    assert_eq!(embedded.1, distributed.1);
    let rejected = |name: &str| std::fs::read_to_string(dir.join(name).join("rejected.csv")).ok();
    assert_eq!(rejected("embedded"), rejected("distributed"));
}

#[test]
fn a_plan_on_a_cluster_is_the_same_as_without_one() {
    let cluster = cluster(2);
    for format in ["csv", "parquet"] {
        let company = company(format);
        let embedded = plan(company.path(), "embedded", &[]);
        let distributed = plan(company.path(), "distributed", &["--engine", &cluster.url]);
        assert_eq!(embedded.exit, distributed.exit, "{}\n{}", embedded.stderr, distributed.stderr);
        assert_same(company.path());
        let (assignments, summary) = content(&company.path().join("embedded"));
        assert!(assignments.lines().count() > FILES * A_FILE * 9 / 10, "{}", embedded.stderr);
        assert_eq!(summary["pools"].as_array().unwrap().len(), 3);
        assert!(!distributed.stderr.contains("Read here"), "{}", distributed.stderr);
    }
    // Principles below, everything else above, for each class of importance where one is named; and nothing twice, as it
    // would be if the evaluation had failed there.
    assert!(cluster.keeps(" below 2") && cluster.keeps(" above 8") && !cluster.keeps(" above 9"));
    let all = [cluster.said(0), cluster.said(1)].concat();
    assert_eq!(all.iter().filter(|line| line.starts_with("reading accounts-")).count(), 2 * FILES, "{all:?}");
    for executor in 0..2 {
        let said = cluster.said(executor).join("\n");
        assert!(said.contains("looking at accounts-") && said.contains("reading accounts-"), "{executor}: {said}");
    }
}

#[test]
fn every_example_comes_out_the_same_on_a_cluster() {
    let cluster = cluster(2);
    let mut compared = 0;
    for example in std::fs::read_dir(repository().join("examples")).unwrap() {
        let example = example.unwrap().path();
        if !example.join("bailiwick.toml").exists() || example.ends_with("world") {
            continue;
        }
        let dir = tempfile::tempdir().unwrap();
        let policy = example.display().to_string();
        let embedded = plan(dir.path(), "embedded", &["-p", &policy]);
        let distributed = plan(dir.path(), "distributed", &["-p", &policy, "--engine", &cluster.url]);
        assert_eq!((embedded.exit, &embedded.stderr), (distributed.exit, &distributed.stderr), "{policy}");
        assert_same(dir.path());
        compared += 1;
    }
    assert!(compared >= 6, "{compared} examples");
}

#[test]
fn a_plan_survives_an_executor_that_is_lost_in_the_middle() {
    for moment in ["looking at accounts-", "reading accounts-"] {
        let mut cluster = cluster(2);
        let company = company("csv");
        let embedded = plan(company.path(), "embedded", &[]);
        let child = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
            .current_dir(company.path())
            .args(["plan", "-o", "distributed", "--on", DAY, "--seed", "7", "--engine", &cluster.url])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lost = cluster.kill_first_that_says(moment).unwrap();
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(embedded.exit), "{moment}: {told}");
        assert!(!cluster.is_whole(), "the executor still runs");
        assert_same(company.path());
        // What it had begun was done by the other.
        let begun: Vec<String> = cluster.said(lost).into_iter().filter(|line| line.contains("accounts-")).collect();
        let others = cluster.said(1 - lost);
        assert!(!begun.is_empty() && begun.iter().any(|line| others.contains(line)), "{begun:?}\n{others:?}");
    }
}

#[track_caller]
fn assert_refused(run: &Run, dir: &Path, says: &[&str]) {
    assert_eq!(run.exit, 1, "{}\n{}", run.stdout, run.stderr);
    for text in says {
        assert!(run.stderr.contains(text), "\"{text}\" is not in:\n{}", run.stderr);
    }
    assert!(!dir.join("plan").exists(), "a folder is left");
    assert!(run.stdout.is_empty(), "{}", run.stdout);
}

#[test]
fn a_cluster_that_does_not_answer_is_refused() {
    let company = company("csv");
    let run = plan(company.path(), "plan", &["--engine", "ballista://127.0.0.1:1"]);
    assert_refused(&run, company.path(), &["ballista://127.0.0.1:1 cannot be reached", "bailiwick cluster scheduler"]);
    let run = plan(company.path(), "plan", &["--engine", "ballista://nowhere"]);
    assert_refused(&run, company.path(), &["names no host and port", "--engine ballista://10.0.0.5:50050"]);
}

#[test]
fn a_part_of_another_version_is_refused() {
    let other = vec![String::from("--version-told"), String::from("9.9.9")];
    let company = company("csv");
    let says = ["the versions differ", "is 9.9.9", "install one version"];
    let scheduler = start(&Parts { scheduler: other.clone(), executor: vec![], executors: 1 });
    let run = plan(company.path(), "plan", &["--engine", &scheduler.url]);
    assert_refused(&run, company.path(), &[&says[..], &["the scheduler at"]].concat());
    let executor = start(&Parts { scheduler: vec![], executor: other, executors: 1 });
    let run = plan(company.path(), "plan", &["--engine", &executor.url]);
    assert_refused(&run, company.path(), &[&says[..], &["the executor at"]].concat());
}

#[test]
fn a_file_that_an_executor_does_not_see_is_named() {
    let cluster = cluster(1);
    let company = company("csv");
    // A path that leads every process to its own folder.
    let policy = company.path().join("bailiwick.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, text.replace("accounts-*.csv", "/proc/self/cwd/accounts-1.csv")).unwrap();
    let embedded = plan(company.path(), "embedded", &[]);
    assert!(embedded.exit < 2, "{}", embedded.stderr);
    let run = plan(company.path(), "plan", &["--engine", &cluster.url]);
    let says =
        ["source accounts", "accounts-1.csv", "the executor at 127.0.0.1:", "cannot open", "under the same path"];
    assert_refused(&run, company.path(), &says);
}

#[test]
fn faults_of_a_policy_are_told_as_they_are_without_a_cluster() {
    let cluster = cluster(1);
    let company = company("csv");
    let policy = company.path().join("bailiwick.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    let broken: [(&str, &str); 4] = [
        ("turnover / 1000 + 1", "turnover / CAST(0 AS INT)"),
        ("\"geography IN ('North', 'South') AND name LIKE '%1%'\"", "\"CAST(name AS INT) > 0\""),
        ("columns = { account_id = \"Customer No\"", "columns = { account_id = \"Customer Number\""),
        ("on_error = \"skip\"", "on_error = \"refuse\""),
    ];
    for (right, wrong) in broken {
        assert!(text.contains(right), "{right}");
        std::fs::write(&policy, text.replace(right, wrong)).unwrap();
        let embedded = plan(company.path(), "plan", &[]);
        let distributed = plan(company.path(), "plan", &["--engine", &cluster.url]);
        assert_eq!(embedded.exit, 1, "{wrong}: {}", embedded.stderr);
        assert_refused(&distributed, company.path(), &[]);
        assert_eq!(embedded.stderr, distributed.stderr);
    }
}
