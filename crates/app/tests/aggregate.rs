//! Plans by basic units beside plans account by account: whatever is promised of accounts holds of them either way.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use bailiwick_app::apply::plan_assignments;
use bailiwick_app::plan::outcome::{NOBODY, PoolOutcome, Why};
use bailiwick_app::plan::stage::Stage;
use bailiwick_app::plan::{Plan, Request, Step, assignments, make_plan, write};
use bailiwick_app::project::{self, Project};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ACCOUNTS: usize = 4_000;
const EMPLOYEES: usize = 10;

/// A project of accounts around eight towns: some in groups, some pinned, a third with a holder, every twentieth without a
/// place, half of them asking for a language.
fn found(dir: &Path, coverage: &str, seed: u64) -> Project {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let towns: Vec<(f64, f64)> =
        (0..8).map(|_| (dice.random_range(41.5..44.0), dice.random_range(22.5..28.5))).collect();
    let mut accounts = String::from("account_id,parent_id,latitude,longitude,workload,potential,language\n");
    let mut holders = String::from("account_id,employee_id\n");
    for row in 0..ACCOUNTS {
        let (latitude, longitude) = towns[dice.random_range(0..8)];
        let mut near = || dice.random_range(-0.2..0.2) + dice.random_range(-0.2..0.2);
        let place = format!("{:.5},{:.5}", latitude + near(), longitude + near());
        let place = if row % 20 == 7 { ",".to_owned() } else { place };
        let parent = if row % 50 < 3 && row % 50 > 0 { format!("A{:04}", row - row % 50) } else { String::new() };
        let (hours, potential) = (dice.random_range(1.0..5.0), dice.random_range(10.0..500.0f64));
        let language = ["English", "German"][dice.random_range(0..2)];
        writeln!(accounts, "A{row:04},{parent},{place},{hours:.2},{potential:.1},{language}").unwrap();
        if row % 3 == 0 {
            writeln!(holders, "A{row:04},E{}", dice.random_range(0..EMPLOYEES)).unwrap();
        }
    }
    let mut employees = String::from("employee_id,latitude,longitude,skills,capacity\n");
    for row in 0..EMPLOYEES {
        let (latitude, longitude) = towns[row % 8];
        let skills = if row % 3 == 0 {
            "English:3; German:3"
        } else if row % 2 == 0 {
            "English:3"
        } else {
            "German:3"
        };
        writeln!(employees, "E{row},{latitude},{longitude},{skills},{}", ACCOUNTS / EMPLOYEES + 60).unwrap();
    }
    let policy = format!(
        "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n\
         [sources.assignments]\nfile = \"holders.csv\"\n[measures]\nworkload = \"workload\"\npotential = \"potential\"\n\
         [[pins]]\naccount = \"A0100\"\nrole = \"sales\"\nemployee = \"E3\"\n\
         [[pins]]\naccount = \"A0105\"\nrole = \"sales\"\nemployee = \"E4\"\n\
         [[coverage]]\nrole = \"sales\"\n{coverage}\n"
    );
    std::fs::write(dir.join("bailiwick.toml"), policy).unwrap();
    std::fs::write(dir.join("accounts.csv"), accounts).unwrap();
    std::fs::write(dir.join("employees.csv"), employees).unwrap();
    std::fs::write(dir.join("holders.csv"), holders).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(project::open(dir, &|_| {})).unwrap()
}

fn plan(project: &Project, basic_from: usize) -> Plan {
    let request = Request { basic_from: Some(basic_from), ..Request::new(jiff::civil::date(2026, 1, 1), 1) };
    make_plan(project, &request, &|_| {}).unwrap()
}

fn is_by_units(outcome: &PoolOutcome) -> bool {
    outcome.method.contains("basic units")
}

/// What must hold of every plan, computed from the accounts alone.
fn hold_to_account(project: &Project, plan: &Plan) {
    let outcome = &plan.pools[0];
    assert_eq!(outcome.pool.accounts, (0..ACCOUNTS as u32).collect::<Vec<_>>(), "every account exactly once");
    assert!(outcome.owner.iter().all(|owner| (*owner as usize) < EMPLOYEES), "everybody has somebody");
    for measure in &outcome.measures {
        let values = match measure.name.as_str() {
            "count" => vec![Some(1.0); ACCOUNTS],
            name => project.snapshot.accounts.numbers(name).unwrap(),
        };
        let mut loads = [0.0; EMPLOYEES];
        for (account, owner) in outcome.pool.accounts.iter().zip(&outcome.owner) {
            loads[*owner as usize] += values[*account as usize].unwrap();
        }
        for (owner, load) in loads.iter().enumerate() {
            let told = measure.loads[owner];
            assert!((load - told).abs() < 1e-6 * load.max(1.0), "{}: {load} is told as {told}", measure.name);
            let (lower, upper) = (measure.lower[owner], measure.upper[owner]);
            let slack = 1e-6 * upper.min(1e9);
            assert!(*load <= upper + slack && *load >= lower - slack, "{}: {load} of {lower}..{upper}", measure.name);
        }
    }
    for (account, employee) in [("A0100", 3), ("A0105", 4)] {
        let row = plan.account_ids.iter().position(|id| id == account).unwrap();
        assert_eq!((outcome.owner[row], matches!(outcome.why[row], Why::Pinned(_))), (employee, true));
    }
}

const TERRITORIES: &str = "divide = { territories = { balance = { workload = 0.05, potential = 0.1 } } }";

#[test]
fn territories_by_basic_units_keep_what_is_promised_and_cost_little() {
    for seed in 1..=4 {
        let dir = tempfile::tempdir().unwrap();
        let project = found(dir.path(), TERRITORIES, seed);
        let (fine, basic) = (plan(&project, usize::MAX), plan(&project, 0));
        assert!(is_by_units(&basic.pools[0]) && !is_by_units(&fine.pools[0]));
        hold_to_account(&project, &fine);
        hold_to_account(&project, &basic);
        let (fine, basic) = (&fine.pools[0], &basic.pools[0]);
        assert!(basic.objective <= fine.objective * 1.02, "{} against {}", basic.objective, fine.objective);
        // No bound is told that is one of basic units only.
        assert_eq!(basic.lower_bound, Some(0.0));
        assert!(basic.broken.is_empty(), "{:?}", basic.broken);
    }
}

#[test]
fn the_objective_is_that_of_the_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let project = found(dir.path(), TERRITORIES, 5);
    let plan = plan(&project, 0);
    let outcome = &plan.pools[0];
    let hours = project.snapshot.accounts.numbers("workload").unwrap();
    let km: f64 = (0..ACCOUNTS)
        .filter_map(|row| {
            let centre = outcome.territories[outcome.territory[row] as usize].centre.unwrap();
            Some(hours[row]? * bailiwick_app::geo::great_circle_km(plan.places[row]?, centre))
        })
        .sum();
    assert!((km - outcome.cost).abs() < 1e-6 * km, "{km} is told as {}", outcome.cost);
}

#[test]
fn groups_stay_together_and_holders_within_the_budget() {
    let coverage = "groups = \"together\"\nkeep = { share = 0.1 }\n\
                    divide = { territories = { balance = { workload = 0.2 }, around = \"home\" } }";
    let dir = tempfile::tempdir().unwrap();
    let project = found(dir.path(), coverage, 6);
    let plan = plan(&project, 0);
    hold_to_account(&project, &plan);
    let outcome = &plan.pools[0];
    assert!(is_by_units(outcome));
    for head in (0..ACCOUNTS).step_by(50) {
        // A pinned member takes its group along.
        assert_eq!(outcome.owner[head], outcome.owner[head + 1]);
        assert_eq!(outcome.owner[head], outcome.owner[head + 2]);
    }
    // What is pinned to somebody else has to move and takes nothing out of the budget.
    let pinned = [100, 101, 102, 105];
    let moved = (0..ACCOUNTS).filter(|row| !pinned.contains(row) && outcome.is_moved_from_staff(*row)).count();
    assert!(moved > 0 && moved as f64 <= 0.1 * ACCOUNTS as f64, "{moved} moved");
}

#[test]
fn nobody_gets_what_they_have_no_skill_for_and_reasons_are_those_of_one_account() {
    let coverage = "capacity = \"capacity\"\ndivide = { fit = { must = [\"language\"], near = 1.0 } }";
    let dir = tempfile::tempdir().unwrap();
    let project = found(dir.path(), coverage, 7);
    let basic = plan(&project, 0);
    assert!(is_by_units(&basic.pools[0]));
    hold_to_account(&project, &basic);
    let asked = project.snapshot.accounts.texts("language").unwrap();
    let outcome = &basic.pools[0];
    for (row, language) in asked.iter().enumerate().filter(|(row, _)| !matches!(outcome.why[*row], Why::Pinned(_))) {
        assert!(basic.staff.level(outcome.owner[row] as usize, language.as_deref().unwrap()) > 0.0);
        match outcome.why[row] {
            Why::Fit { own, .. } => assert!(own.missing.abs() < 1e-6),
            other => panic!("{other:?}"),
        }
    }
    assert!(outcome.lower_bound.is_some_and(|bound| bound > 0.0 && bound <= outcome.objective));
}

#[test]
fn even_loads_stay_even() {
    let dir = tempfile::tempdir().unwrap();
    let project = found(dir.path(), "divide = { balance = { workload = 0.01, count = 0.02 } }", 8);
    let plan = plan(&project, 0);
    assert!(is_by_units(&plan.pools[0]));
    hold_to_account(&project, &plan);
    assert!(plan.pools[0].why.iter().all(|why| !matches!(why, Why::Group)));
}

#[test]
fn limits_that_leave_nothing_open_are_those_of_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let exact = "divide = { balance = { count = 0.0001 } }";
    let project = found(dir.path(), exact, 9);
    let (fine, basic) = (plan(&project, usize::MAX), plan(&project, 0));
    assert!(!is_by_units(&basic.pools[0]));
    assert_eq!(fine.pools[0].owner, basic.pools[0].owner);
}

#[test]
fn few_accounts_are_planned_one_by_one() {
    let dir = tempfile::tempdir().unwrap();
    let project = found(dir.path(), TERRITORIES, 10);
    let request = Request::new(jiff::civil::date(2026, 1, 1), 1);
    let usual = make_plan(&project, &request, &|_| {}).unwrap();
    assert_eq!(usual.pools[0].owner, plan(&project, usize::MAX).pools[0].owner);
    assert!(usual.pools[0].lower_bound.is_some());
}

#[test]
fn the_same_comes_out_whatever_the_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let project = found(dir.path(), TERRITORIES, 11);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let plan = pool.install(|| plan(&project, 0));
        (plan.pools[0].owner.clone(), plan.pools[0].objective)
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn every_part_of_the_work_is_told_when_it_begins() {
    let dir = tempfile::tempdir().unwrap();
    let project = found(dir.path(), TERRITORIES, 12);
    let stages = std::sync::Mutex::new(vec![]);
    let request = Request { basic_from: Some(0), ..Request::new(jiff::civil::date(2026, 1, 1), 1) };
    let told = |step: Step| {
        let mut stages = stages.lock().unwrap();
        if stages.last() != Some(&step.stage) {
            stages.push(step.stage);
        }
    };
    make_plan(&project, &request, &told).unwrap();
    assert_eq!(*stages.lock().unwrap(), [Stage::Conditions, Stage::Aggregation, Stage::Solving, Stage::JoinBack]);
}

#[test]
fn a_plan_in_parquet_is_the_plan_in_csv() {
    let dir = tempfile::tempdir().unwrap();
    let project = found(dir.path(), TERRITORIES, 13);
    let mut plan = plan(&project, 0);
    plan.pools[0].owner[8] = NOBODY;
    plan.pools[0].territory[8] = NOBODY;
    let at = dir.path().join("plan");
    let written = |form| {
        write::write_plan_as(form, &project, &plan, None, &at).unwrap();
        let files: BTreeMap<bool, bool> =
            [(false, at.join(assignments::CSV).exists()), (true, at.join(assignments::PARQUET).exists())].into();
        let manifest = write::read_manifest(&at).unwrap();
        assert!(manifest.files.contains_key(form.file()) && !manifest.files.contains_key(form.other_file()));
        (files, plan_assignments(&at).unwrap())
    };
    let (files, csv) = written(assignments::FileForm::Csv);
    assert_eq!(files, [(false, true), (true, false)].into());
    let (files, parquet) = written(assignments::FileForm::Parquet);
    assert_eq!(files, [(false, false), (true, true)].into(), "the file of the other form is gone");
    assert_eq!(csv.len(), ACCOUNTS - 1);
    assert_eq!(csv, parquet);
}
