//! `cargo xtask test`: what must hold before a change is merged. The quick checks come first, the tests of the
//! workspace last, then the table of steps and one line with the number of tests.

use crate::steps::Steps;
use crate::{tools, web};

pub fn run() -> bool {
    let mut steps = Steps::default();
    steps.run("format", &mut tools::cargo(["fmt", "--all", "--check"]));
    web::test(&mut steps);
    let lints = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    steps.run("lints", &mut tools::cargo(lints));
    if tools::has_nextest() {
        let tests = ["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "--no-tests", "pass"];
        steps.run("tests", &mut tools::cargo(tests));
        steps.run("tests in documentation", &mut tools::cargo(["test", "--workspace", "--locked", "--doc"]));
    } else {
        steps.run("tests", &mut tools::cargo(["test", "--workspace", "--locked", "--no-fail-fast"]));
    }
    let counts = steps.counts();
    eprintln!("\n{}", steps.table());
    println!("{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped);
    steps.all_done()
}
