//! Millions of order lines, and how long it takes until they are contribution: files and a policy are made from a seed,
//! `bailiwick contribution` reads them, and what it says is held against what was written.

use crate::run::BenchError;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Two roles share each order, a hunter has a part for a year, specialists have an overlay, and a move leaves orders under
/// way with whoever held the account before.
const POLICY: &str = r#"
[company]
name = "Orders"
[sources.accounts]
file = "accounts.csv"
[sources.employees]
file = "employees.csv"
[sources.assignments]
file = "assignments.csv"
[sources.orders]
file = "orders.csv"
[product_lines.machines]
[product_lines.parts]
[product_lines.service]
[[segments]]
name = "Large"
when = "potential > 20000"
[[segments]]
name = "Small"
when = "true"
[[coverage]]
role = "sales-specialist"
divide = { balance = { count = 1.0 } }
[[coverage]]
role = "client-specialist"
divide = { balance = { count = 1.0 } }
[[coverage]]
role = "product-specialist"
product_line = "machines"
divide = { balance = { count = 1.0 } }
[credit]
hunter = { role = "client-specialist", months = 12 }
holdover = { days = 30 }
[[credit.rules]]
name = "Large"
segment = "Large"
share = { sales-specialist = 70, client-specialist = 30 }
overlay = { product-specialist = 10 }
[[credit.rules]]
name = "Others"
share = { sales-specialist = 2, client-specialist = 1 }
"#;

/// Writes a policy with `accounts.csv`, `employees.csv`, `assignments.csv` and `orders.csv` of so many lines, three in a
/// hundred of them returns. Gives the sum of all lines in cents.
fn write(lines: usize, accounts: usize, employees: usize, seed: u64, folder: &Path) -> Result<i64, BenchError> {
    let failed = |source| BenchError::Io { path: folder.display().to_string(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    std::fs::write(folder.join("bailiwick.toml"), POLICY).map_err(failed)?;
    let file = |name: &str| std::fs::File::create(folder.join(name)).map(std::io::BufWriter::new).map_err(failed);
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut out = file("accounts.csv")?;
    writeln!(out, "account_id,potential").map_err(failed)?;
    for account in 0..accounts {
        writeln!(out, "A{account:07},{}", dice.random_range(100..60_000)).map_err(failed)?;
    }
    out.flush().map_err(failed)?;
    let mut out = file("employees.csv")?;
    writeln!(out, "employee_id,manager_id").map_err(failed)?;
    for employee in 0..employees {
        // Twenty lead the others.
        let manager = if employee < 20 { String::new() } else { format!("E{:05}", employee % 20) };
        writeln!(out, "E{employee:05},{manager}").map_err(failed)?;
    }
    out.flush().map_err(failed)?;
    let mut out = file("assignments.csv")?;
    writeln!(out, "account_id,role,product_line,employee_id,valid_from,valid_to").map_err(failed)?;
    for account in 0..accounts {
        let mut who = || dice.random_range(0..employees);
        let (earlier, later, hunter, specialist) = (who(), who(), who(), who());
        let month = dice.random_range(1..=12);
        writeln!(out, "A{account:07},sales-specialist,,E{earlier:05},2023-01-01,2025-{month:02}-15").map_err(failed)?;
        writeln!(out, "A{account:07},sales-specialist,,E{later:05},2025-{month:02}-15,").map_err(failed)?;
        writeln!(out, "A{account:07},client-specialist,,E{hunter:05},2023-01-01,").map_err(failed)?;
        writeln!(out, "A{account:07},product-specialist,machines,E{specialist:05},2023-01-01,").map_err(failed)?;
    }
    out.flush().map_err(failed)?;
    let mut out = file("orders.csv")?;
    writeln!(out, "order_id,account_id,order_date,product_line,amount,kind,reference").map_err(failed)?;
    let names = ["machines", "parts", "service"];
    let mut sum = 0i64;
    let mut last = (0, 0, "", 0);
    for line in 0..lines {
        let returned = line > 0 && dice.random_range(0..100) < 3 && last.3 > 0;
        if returned {
            let (order, account, name, cents) = last;
            sum -= cents;
            writeln!(
                out,
                "R{line:08},A{account:07},2025-12-{:02},{name},-{}.{:02},return,O{order:08}",
                1 + line % 28,
                cents / 100,
                cents % 100
            )
            .map_err(failed)?;
            last.3 = 0;
            continue;
        }
        let account = dice.random_range(0..accounts);
        let cents: i64 = dice.random_range(100..1_000_000);
        let (year, month, day) = (dice.random_range(2024..2026), dice.random_range(1..=12), dice.random_range(1..=28));
        let name = names[dice.random_range(0..3)];
        sum += cents;
        writeln!(
            out,
            "O{line:08},A{account:07},{year}-{month:02}-{day:02},{name},{}.{:02},,",
            cents / 100,
            cents % 100
        )
        .map_err(failed)?;
        last = (line, account, name, cents);
    }
    out.flush().map_err(failed)?;
    Ok(sum)
}

/// Makes the data, runs `program contribution` over it, and prints one JSON object.
pub fn measure(
    program: &Path,
    lines: usize,
    accounts: usize,
    employees: usize,
    seed: u64,
    folder: &Path,
) -> Result<(), BenchError> {
    let sum = write(lines, accounts, employees, seed, folder)?;
    let failed = |source| BenchError::Io { path: program.display().to_string(), source };
    let begun = Instant::now();
    let run = Command::new(program)
        .args(["contribution", "--quiet", "--format", "json", "-p"])
        .arg(folder.join("bailiwick.toml"))
        .output()
        .map_err(failed)?;
    let seconds = begun.elapsed().as_secs_f64();
    if !run.status.success() {
        return Err(BenchError::Table(String::from_utf8_lossy(&run.stderr).into_owned()));
    }
    let told: serde_json::Value =
        serde_json::from_slice(&run.stdout).map_err(|error| BenchError::Table(format!("no JSON: {error}")))?;
    let text = told["amount"].as_str().unwrap_or_default();
    // Cents of a decimal that may have dropped zeros.
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let found: Option<i64> = format!("{whole}{fraction:0<2}").parse().ok();
    let size = std::fs::metadata(folder.join("orders.csv")).map_err(failed)?.len();
    let report = serde_json::json!({
        "lines": told["lines"], "accounts": accounts, "employees": employees, "seed": seed, "bytes": size,
        "seconds": (seconds * 100.0).round() / 100.0, "amount": text, "is_exact": found == Some(sum),
        "nobody": told["nobody"], "employees_credited": told["by_employee"].as_array().map(Vec::len),
    });
    println!("{report}");
    Ok(())
}
