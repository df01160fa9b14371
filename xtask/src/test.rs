//! `cargo xtask test`: what must hold before a change is merged. The quick checks come first, the tests of the
//! workspace last, then the table of steps and one line with the number of tests.

use std::process::Command;

use bailiwick_testkit::postgres::{self, Cluster};

use crate::steps::Steps;
use crate::{tools, web};

pub fn run() -> bool {
    let mut steps = Steps::default();
    steps.run("format", &mut tools::cargo(["fmt", "--all", "--check"]));
    web::test(&mut steps);
    let lints = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    steps.run("lints", &mut tools::cargo(lints));
    // One server for all of them; it ends with this value.
    let server = private_postgres(&mut steps);
    let with_server = |mut command: Command| {
        if let Some(server) = &server {
            command.env(postgres::SERVER, &server.url).env(postgres::REQUIRED, "true");
        }
        command
    };
    if tools::has_nextest() {
        let tests = ["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "--no-tests", "pass"];
        steps.run("tests", &mut with_server(tools::cargo(tests)));
        steps.run("tests in documentation", &mut tools::cargo(["test", "--workspace", "--locked", "--doc"]));
    } else {
        let tests = ["test", "--workspace", "--locked", "--no-fail-fast"];
        steps.run("tests", &mut with_server(tools::cargo(tests)));
    }
    web::test_app(&mut steps);
    let counts = steps.counts();
    eprintln!("\n{}", steps.table());
    println!("{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped);
    steps.all_done()
}

/// A server for the tests, unless one is named already. Where nothing of PostgreSQL is installed a developer goes on
/// without it; CI does not.
fn private_postgres(steps: &mut Steps) -> Option<Cluster> {
    const STEP: &str = "PostgreSQL";
    if std::env::var_os(postgres::SERVER).is_some() {
        return None;
    }
    let Some(programs) = postgres::programs() else {
        let why = "PostgreSQL is not installed: `cargo xtask setup`";
        if std::env::var_os("CI").is_some() {
            steps.fail(STEP, why)
        } else {
            steps.skip(STEP, why)
        }
        return None;
    };
    let mut server = None;
    steps.check(STEP, || {
        server = Some(Cluster::start(&programs)?);
        Ok(())
    });
    server
}
