//! Territories of given units: a country of 8 × 6 square districts, one of them empty, divided among four people. What is
//! connected, and what lies within another, is counted here from the grid alone.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::{DAY, Row, Run, assert_balanced, assert_each_once, assert_summary_complete, read_rows, run_in};
use serde_json::Value;
use tempfile::TempDir;

const WIDTH: i32 = 8;
const HEIGHT: i32 = 6;
/// A district without a single account.
const EMPTY: Cell = (3, 2);

type Cell = (i32, i32);
type Owners = BTreeMap<Cell, String>;

fn code((x, y): Cell) -> String {
    format!("D{x}{y}")
}

fn cells() -> impl Iterator<Item = Cell> {
    (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)))
}

fn beside((x, y): Cell) -> [Cell; 4] {
    [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
}

/// A square of a tenth of a degree.
fn shape(cell: Cell) -> String {
    let degrees = |at: i32, from: f64| from + f64::from(at) / 10.0;
    let (west, east) = (degrees(cell.0, 23.0), degrees(cell.0 + 1, 23.0));
    let (south, north) = (degrees(cell.1, 42.0), degrees(cell.1 + 1, 42.0));
    format!(
        "{{\"type\": \"Feature\", \"properties\": {{\"code\": \"{}\"}}, \"geometry\": {{\"type\": \"Polygon\", \
         \"coordinates\": [[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}",
        code(cell)
    )
}

/// A river between the second and the third column, with a single bridge in the north.
fn crosses_river((ax, ay): Cell, (bx, _): Cell) -> bool {
    ax.min(bx) == 1 && ax.max(bx) == 2 && ay != HEIGHT - 1
}

/// The country's files, with the territories of the policy.
fn country(territories: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    let mut accounts = String::from("account_id,district,latitude,longitude,workload\n");
    let mut number = 0;
    for cell in cells().filter(|cell| *cell != EMPTY) {
        for inner in 0..3 + (cell.0 * 3 + cell.1 * 5) % 4 {
            number += 1;
            let (x, y) = ((inner * 7 % 10) as f64 / 120.0 + 0.01, (inner * 3 % 10) as f64 / 120.0 + 0.01);
            let (east, north) = (23.0 + f64::from(cell.0) / 10.0 + x, 42.0 + f64::from(cell.1) / 10.0 + y);
            accounts += &format!("C{number:03},{},{north:.4},{east:.4},{}\n", code(cell), 1 + number % 3);
        }
    }
    write("accounts.csv", &accounts);
    write("employees.csv", "employee_id,name\nE1,Ann\nE2,Boris\nE3,Clara\nE4,Dimitar\n");
    let shapes: Vec<String> = cells().map(shape).collect();
    write(
        "districts.geojson",
        &format!("{{\"type\": \"FeatureCollection\", \"features\": [{}]}}\n", shapes.join(",\n")),
    );
    let mut pairs = String::from("district,neighbour\n");
    for cell in cells() {
        for next in [(cell.0 + 1, cell.1), (cell.0, cell.1 + 1)] {
            if next.0 < WIDTH && next.1 < HEIGHT && !crosses_river(cell, next) {
                pairs += &format!("{},{}\n", code(cell), code(next));
            }
        }
    }
    write("neighbours.csv", &pairs);
    let policy = format!(
        "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n\
         [measures]\nworkload = \"workload\"\n\
         [[coverage]]\nrole = \"sales-specialist\"\ndivide = {{ territories = {{ {territories} }} }}\n"
    );
    write("bailiwick.toml", &policy);
    dir
}

const SHAPES: &str = "unit = \"district\", shapes = { file = \"districts.geojson\", property = \"code\" }, \
                      contiguous = true, balance = { workload = 0.1 }";
const PAIRS: &str =
    "unit = \"district\", neighbours = \"neighbours.csv\", contiguous = true, balance = { workload = 0.1 }";

fn plan(dir: &Path) -> Run {
    run_in(dir, &["plan", "--on", DAY, "-o", "plan", "--quiet"])
}

/// Who holds which district, each of which is with one person.
fn owners(rows: &[Row], dir: &Path) -> Owners {
    let mut reader = csv::Reader::from_path(dir.join("accounts.csv")).unwrap();
    let district: BTreeMap<String, String> =
        reader.records().map(Result::unwrap).map(|row| (row[0].to_owned(), row[1].to_owned())).collect();
    let mut of_code: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        of_code.entry(&district[&row.account_id]).or_default().insert(&row.employee_id);
    }
    let torn: Vec<_> = of_code.iter().filter(|(_, owners)| owners.len() > 1).collect();
    assert!(torn.is_empty(), "several owners: {torn:?}");
    let held = cells().filter_map(|cell| Some((cell, of_code.get(code(cell).as_str())?.first()?.to_string())));
    held.collect()
}

/// The connected parts of all territories.
fn pieces(owners: &Owners, apart: impl Fn(Cell, Cell) -> bool) -> Vec<BTreeSet<Cell>> {
    let mut seen = BTreeSet::new();
    let mut pieces = vec![];
    for start in owners.keys() {
        let mut piece = BTreeSet::new();
        let mut waiting = vec![*start];
        while let Some(cell) = waiting.pop() {
            if seen.insert(cell) {
                piece.insert(cell);
                let next = beside(cell).into_iter().filter(|next| owners.get(next) == owners.get(&cell));
                waiting.extend(next.filter(|next| !apart(cell, *next)));
            }
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
    }
    pieces
}

/// Parts that border on nothing but one other territory.
fn enclosed(owners: &Owners, pieces: &[BTreeSet<Cell>]) -> usize {
    let around = |piece: &BTreeSet<Cell>| -> BTreeSet<Option<&String>> {
        let outside = piece.iter().flat_map(|cell| beside(*cell)).filter(|next| !piece.contains(next));
        outside.map(|next| owners.get(&next)).collect()
    };
    pieces.iter().map(around).filter(|around| around.len() == 1 && !around.contains(&None)).count()
}

/// The empty district connects for one of the four at most: whether there is one with whom all are in one piece.
fn ways(owners: &Owners) -> impl Iterator<Item = Owners> {
    let people: BTreeSet<&String> = owners.values().collect();
    people.into_iter().map(|person| {
        let mut owners = owners.clone();
        owners.insert(EMPTY, person.clone());
        owners
    })
}

fn planned(territories: &str) -> (Owners, Value) {
    let dir = country(territories);
    plan(dir.path()).done();
    let rows = read_rows(&dir.path().join("plan/assignments.csv"));
    let summary = std::fs::read_to_string(dir.path().join("plan/summary.json")).unwrap();
    let summary = serde_json::from_str(&summary).unwrap();
    assert_each_once(&rows);
    assert_summary_complete(&summary, &rows);
    assert_balanced(&summary);
    assert_eq!(summary["pools"][0]["contiguous"], true);
    assert_eq!(summary["infeasible"], Value::Array(vec![]));
    let owners = owners(&rows, dir.path());
    assert_eq!(owners.len() as i32, WIDTH * HEIGHT - 1);
    (owners, summary)
}

#[test]
fn districts_go_as_a_whole_into_territories_in_one_piece() {
    let (owners, summary) = planned(SHAPES);
    let good = ways(&owners).any(|owners| {
        let pieces = pieces(&owners, |_, _| false);
        pieces.len() == 4 && enclosed(&owners, &pieces) == 0
    });
    assert!(good, "{owners:?}");
    assert_eq!(summary["pools"][0]["enclaves"], 0);
}

#[test]
fn a_file_of_neighbours_says_what_is_connected() {
    let (across, _) = planned(SHAPES);
    assert!(ways(&across).all(|owners| pieces(&owners, crosses_river).len() > 4), "the river would not matter");
    let (owners, summary) = planned(PAIRS);
    assert!(ways(&owners).any(|owners| pieces(&owners, crosses_river).len() == 4), "{owners:?}");
    assert!(summary["pools"][0]["enclaves"].is_null(), "nobody knows where the outside is");
}

/// The whole of what a person is told, by `plan` and by `check`.
#[track_caller]
fn refused(dir: &TempDir) -> String {
    let planned = plan(dir.path());
    assert_eq!((planned.exit, planned.stdout.as_str()), (1, ""));
    assert!(!dir.path().join("plan").exists(), "something was written");
    let checked = run_in(dir.path(), &["check", "--on", DAY, "--quiet"]);
    assert_eq!(checked.exit, 1, "{}", checked.stderr);
    planned.stderr
}

/// The country with a file of it changed.
fn with(territories: &str, name: &str, change: impl Fn(String) -> String) -> TempDir {
    let dir = country(territories);
    let path = dir.path().join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let changed = change(text.clone());
    assert_ne!(changed, text);
    std::fs::write(path, changed).unwrap();
    dir
}

#[test]
fn accounts_of_a_district_without_shape_are_named() {
    insta::assert_snapshot!(refused(&with(SHAPES, "accounts.csv", |text| text.replace(",D11,", ",D1l,"))));
    insta::assert_snapshot!(refused(&with(SHAPES, "accounts.csv", |text| text.replace(",D11,", ",,"))));
}

#[test]
fn a_broken_map_is_named_with_what_to_do() {
    let shapes = |change: &dyn Fn(String) -> String| refused(&with(SHAPES, "districts.geojson", change));
    insta::assert_snapshot!(shapes(&|text| text.replacen("[23,42],[23.1,42]", "[23.05,42],[23.1,42]", 1)));
    insta::assert_snapshot!(shapes(&|text| text.replacen("\"code\": \"D00\"", "\"name\": \"D00\"", 1)));
    insta::assert_snapshot!(shapes(&|text| text.replacen("23.1,42", "2310,42", 1)));
    insta::assert_snapshot!(shapes(&|text| text[..text.len() / 2].to_owned()));
    insta::assert_snapshot!(refused(&with(PAIRS, "neighbours.csv", |text| text + "D00\n")));
}

#[test]
fn a_map_too_large_to_read_is_refused_unread() {
    let dir = country(SHAPES);
    let file = std::fs::OpenOptions::new().write(true).open(dir.path().join("districts.geojson")).unwrap();
    file.set_len(300 << 20).unwrap();
    insta::assert_snapshot!(refused(&dir));
}

#[test]
fn keys_that_do_not_fit_together_are_refused() {
    insta::assert_snapshot!(refused(&country(&SHAPES.replace("unit = \"district\", ", ""))));
    insta::assert_snapshot!(refused(&country(&SHAPES.replace("contiguous = true, ", ""))));
    let both = format!("neighbours = \"neighbours.csv\", {SHAPES}");
    insta::assert_snapshot!(refused(&country(&both)));
}

/// The country with pins: account, employee, reason.
fn pinned(pins: &[(&str, &str, &str)]) -> (TempDir, Value) {
    let pin = |(account, employee, reason): &(&str, &str, &str)| {
        format!("  {{ account = \"{account}\", employee = \"{employee}\", reason = \"{reason}\" }},\n")
    };
    let pins: String = pins.iter().map(pin).collect();
    let dir = with(SHAPES, "bailiwick.toml", |text| format!("{text}pins = [\n{pins}]\n"));
    plan(dir.path()).done();
    let summary = std::fs::read_to_string(dir.path().join("plan/summary.json")).unwrap();
    (dir, serde_json::from_str(&summary).unwrap())
}

#[test]
fn what_cannot_be_in_one_piece_is_said_once() {
    let country = country(SHAPES);
    let accounts = std::fs::read_to_string(country.path().join("accounts.csv")).unwrap();
    let first_in = |cell: Cell| accounts.lines().find(|line| line.contains(&code(cell))).unwrap()[..4].to_owned();
    // Boris has all that surrounds Ann's one district in the west; her other is in the far east.
    let around = beside((1, 1)).map(first_in);
    let (west, east) = (first_in((1, 1)), first_in((7, 5)));
    let mut pins = vec![(west.as_str(), "E1", "hers"), (east.as_str(), "E1", "hers")];
    pins.extend(around.iter().map(|account| (account.as_str(), "E2", "his")));
    let (dir, summary) = pinned(&pins);
    let owners = owners(&read_rows(&dir.path().join("plan/assignments.csv")), dir.path());
    assert!(beside((1, 1)).iter().all(|cell| owners[cell] == "E2") && owners[&(1, 1)] == "E1");
    assert_eq!(summary["pools"][0]["contiguous"], false);
    assert!(summary["pools"][0]["enclaves"].as_u64() >= Some(1), "{summary:#}");
    let said: Vec<&str> =
        summary["infeasible"].as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap()).collect();
    assert_eq!(said.iter().filter(|what| what.contains("territor")).collect::<Vec<_>>(), [&"territories in one piece"]);
}

#[test]
fn a_pin_that_tears_a_district_is_a_broken_promise() {
    let (dir, summary) = pinned(&[("C001", "E1", "long known"), ("C002", "E2", "a friend")]);
    let rows = read_rows(&dir.path().join("plan/assignments.csv"));
    assert_eq!(owners(&rows, dir.path())[&(0, 0)], "E1");
    assert_eq!(summary["infeasible"][0]["what"], "the pin of account C002 to E2");
    assert_eq!(summary["infeasible"][0]["remedy"], "another pin gives what goes with it to E1: remove one of them");
    let of = |id: &str| rows.iter().find(|row| row.account_id == id).unwrap().reason.clone();
    assert!(of("C001").contains("long known"), "{}", of("C001"));
    assert!(!of("C002").contains("a friend"), "{}", of("C002"));
}
