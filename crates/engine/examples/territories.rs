//! Development driver: `territories ACCOUNTS.csv EMPLOYEES.csv OUT.csv [tolerance of workload] [of potential] [options…]`
//! with options `fixed` (centres at the employees' places), `contiguous`, `seed=N`, `budget=N` with `present=FILE.csv`.

use bailiwick_engine::{
    Centres, Contiguity, Control, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site, check, solve,
};
use std::collections::HashMap;
use std::error::Error;
use std::fs::{File, read_to_string};
use std::io::{BufWriter, Write};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let accounts = read_to_string(&arguments[0])?;
    let employees = read_to_string(&arguments[1])?;
    let rows: Vec<Vec<&str>> = accounts.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let people: Vec<Vec<&str>> = employees.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let number = |row: &[&str], column: usize| row[column].parse::<f64>().unwrap_or(0.0);
    let (units, owners) = (rows.len(), people.len());
    let option = |name: &str| arguments.iter().find_map(|a| a.strip_prefix(name));
    let mut measures = Vec::new();
    for (column, tolerance) in [(3, arguments.get(3)), (4, arguments.get(4))] {
        let Some(tolerance) = tolerance.and_then(|t| t.parse::<f64>().ok()) else { continue };
        let values: Vec<f64> = rows.iter().map(|row| number(row, column)).collect();
        let mean = values.iter().sum::<f64>() / owners as f64;
        measures.push(Measure {
            values,
            lower: vec![mean * (1.0 - tolerance); owners],
            upper: vec![mean * (1.0 + tolerance); owners],
        });
    }
    let at = |row: &[&str]| Point { x: number(row, 2), y: number(row, 1) };
    let sites =
        rows.iter().enumerate().map(|(unit, row)| Site { unit: unit as u32, at: at(row), weight: number(row, 3) });
    let homes: Vec<Point> = people.iter().map(|row| at(row)).collect();
    let present = match option("present=") {
        None => Vec::new(),
        Some(file) => {
            let index: HashMap<&str, u32> = people.iter().enumerate().map(|(j, row)| (row[0], j as u32)).collect();
            read_to_string(file)?
                .lines()
                .skip(1)
                .map(|l| l.split(',').nth(1).and_then(|e| index.get(e).copied()))
                .collect()
        }
    };
    let problem = Problem {
        units,
        owners,
        cost: Cost::Travel {
            sites: sites.collect(),
            metric: Metric::GreatCircle,
            centres: if option("fixed").is_some() { Centres::Fixed(homes.clone()) } else { Centres::Free },
            homes: homes.into_iter().map(Some).collect(),
        },
        measures,
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves { present, budget: option("budget=").and_then(|b| b.parse().ok()), ..Moves::default() },
        contiguity: if option("contiguous").is_some() { Contiguity::OfSites } else { Contiguity::Ignored },
    };
    let seed = option("seed=").and_then(|s| s.parse().ok()).unwrap_or(1);
    let start = Instant::now();
    let progress = |p: bailiwick_engine::Progress| {
        eprintln!(
            "{:8.2}s {:12} {:4.0}% {:?}",
            start.elapsed().as_secs_f64(),
            p.phase,
            100.0 * p.fraction,
            p.objective
        );
    };
    let limit: f64 = option("limit=").and_then(|s| s.parse().ok()).unwrap_or(f64::INFINITY);
    let control = Control {
        seed,
        out_of_time: &|| start.elapsed().as_secs_f64() > limit,
        cancelled: &|| false,
        patient: false,
        progress: &progress,
    };
    let solution = solve(&problem, &control)?;
    let seconds = start.elapsed().as_secs_f64();
    if units <= 20_000 {
        check::referee(&problem, &solution).iter().for_each(|fault| println!("FAULT {fault}"));
    }
    println!(
        "{seconds:.2} s, cost {:.1}, bound {:?}, gap {:?}, shortfalls {}, contiguous {:?}, moved {}, {}",
        solution.objective,
        solution.lower_bound,
        solution.gap(),
        solution.shortfalls.len(),
        solution.contiguous,
        solution.moved,
        solution.method
    );
    let mut out = BufWriter::new(File::create(&arguments[2])?);
    writeln!(out, "account_id,employee_id")?;
    for (row, &owner) in rows.iter().zip(&solution.owner) {
        writeln!(out, "{},{}", row[0], people[owner as usize][0])?;
    }
    Ok(())
}
