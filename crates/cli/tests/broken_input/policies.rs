//! Policies that contradict themselves or their data.

use super::*;

#[test]
fn no_policy() {
    let arguments = ["plan", "-p", "elsewhere", "-o", "plan"];
    assert_snapshot!(refused_as(&Town::tiny().write(), &arguments), @"
    exit 1
    error: there is no policy elsewhere
      help: name it with -p FILE, or start a project with `bailiwick init DIR`
    ");
}

#[test]
fn a_policy_that_is_no_toml() {
    assert_snapshot!(refused(&covered("role = sales")), @"
    exit 1
    policy-syntax

      × string values must be quoted, expected literal string
       ╭─[bailiwick.toml:8:8]
     7 │ [[coverage]]
     8 │ role = sales
       ·        ──┬──
       ·          ╰── here
       ╰────
      help: the file is TOML: texts stand in quotes, lists in [ ], tables in { }
            or under a [heading]
    ");
}

#[test]
fn a_key_nobody_knows() {
    assert_snapshot!(refused(&covered("rolle = \"sales-specialist\"\ndivide = { by = \"street\" }")), @r#"
    exit 1
    policy-syntax

      × unknown field `rolle`, expected one of `segment`, `role`, `product_line`,
      │ `when`, `staff`, `divide`, `balance`, `capacity`, `arrivals`, `groups`,
      │ `keep`, `pins`
       ╭─[bailiwick.toml:8:1]
     7 │ [[coverage]]
     8 │ rolle = "sales-specialist"
       · ──┬──
       ·   ╰── here
     9 │ divide = { by = "street" }
       ╰────
      help: did you mean "role"?
    "#);
}

#[test]
fn a_value_of_another_type() {
    assert_snapshot!(refused(&covered("role = \"sales-specialist\"\ndivide = { balance = { count = \"5 %\" } }")), @r#"
    exit 1
    policy-syntax

      × invalid type: text "5 %", expected a number
       ╭─[bailiwick.toml:9:32]
     8 │ role = "sales-specialist"
     9 │ divide = { balance = { count = "5 %" } }
       ·                                ──┬──
       ·                                  ╰── here
       ╰────
      help: write a value of the type that is expected; texts and conditions stand
            in quotes
    "#);
}

#[test]
fn a_role_without_a_name() {
    assert_snapshot!(refused(&covered("role = \"\"\ndivide = { by = \"street\" }")), @r#"
    exit 1
    role-form

      × role is empty: give it a value
       ╭─[bailiwick.toml:8:8]
     7 │ [[coverage]]
     8 │ role = ""
       ·        ─┬
       ·         ╰── here
     9 │ divide = { by = "street" }
       ╰────
      help: give the role a name such as "sales-specialist"
    "#);
}

#[test]
fn a_role_nobody_covers() {
    let town = Town::tiny().and_policy("[[coverage]]\nrole = \"service\"\ndivide = { same_as = \"sales-specialst\" }");
    assert_snapshot!(refused(&town), @r#"
    exit 1
    role-unknown

      × there is no role "sales-specialst"
        ╭─[bailiwick.toml:13:22]
     12 │ role = "service"
     13 │ divide = { same_as = "sales-specialst" }
        ·                      ────────┬────────
        ·                              ╰── here
        ╰────
      help: did you mean "sales-specialist"?
    "#);
}

#[test]
fn a_segment_that_does_not_exist() {
    let town = covered("segment = \"VPI\"\nrole = \"sales-specialist\"\ndivide = { by = \"street\" }");
    assert_snapshot!(refused(&town.and_policy("[[segments]]\nname = \"VIP\"\nwhen = \"workload = 4\"")), @r#"
    exit 1
    segment-unknown

      × there is no segment "VPI"
       ╭─[bailiwick.toml:8:11]
     7 │ [[coverage]]
     8 │ segment = "VPI"
       ·           ──┬──
       ·             ╰── here
     9 │ role = "sales-specialist"
       ╰────
      help: did you mean "VIP"?
    "#);
}

#[test]
fn a_column_that_does_not_exist() {
    let town =
        Town::tiny().and_policy("[[segments]]\nname = \"North\"\nwhen = \"ownership = 'company' AND stret = 'North'\"");
    assert_snapshot!(refused(&town), @r#"
    exit 1
    expression

      × there is no column stret
        ╭─[bailiwick.toml:13:35]
     12 │ name = "North"
     13 │ when = "ownership = 'company' AND stret = 'North'"
        ·                                   ──┬──
        ·                                     ╰── here
        ╰────
      help: did you mean street?
    "#);
}

#[test]
fn a_condition_that_is_a_value() {
    assert_snapshot!(refused(&covered("role = \"sales-specialist\"\nwhen = \"street\"\ndivide = { by = \"street\" }")), @r#"
    exit 1
    condition-type

      × "street" is not a condition: it gives a value, not true or false
        ╭─[bailiwick.toml:9:8]
      8 │ role = "sales-specialist"
      9 │ when = "street"
        ·        ────┬───
        ·            ╰── here
     10 │ divide = { by = "street" }
        ╰────
      help: compare it with something, as in region = 'Moscow'
    "#);
}

#[test]
fn a_condition_with_a_query_inside() {
    let town = covered(
        "role = \"sales-specialist\"\nwhen = \"street IN (SELECT street FROM employees)\"\ndivide = { by = \"street\" }",
    );
    assert_snapshot!(refused(&town), @r#"
    exit 1
    expression

      × a query inside an expression is not allowed here
        ╭─[bailiwick.toml:9:9]
      8 │ role = "sales-specialist"
      9 │ when = "street IN (SELECT street FROM employees)"
        ·         ────────────────────┬───────────────────
        ·                             ╰── here
     10 │ divide = { by = "street" }
        ╰────
      help: allowed are columns, literals, comparison, AND OR NOT, arithmetic,
            CASE, IN, BETWEEN, LIKE, IS NULL, CAST and functions of one row;
            anything else belongs in the sql of a source
    "#);
}

#[test]
fn words_compared_with_numbers() {
    let town = covered("role = \"sales-specialist\"\nwhen = \"workload > 'much'\"\ndivide = { by = \"street\" }");
    assert_snapshot!(refused(&town), @r#"
    exit 1
    expression

      × Cast error: Cannot cast string 'much' to value of integer type
        ╭─[bailiwick.toml:9:8]
      8 │ role = "sales-specialist"
      9 │ when = "workload > 'much'"
        ·        ─────────┬─────────
        ·                 ╰── here
     10 │ divide = { by = "street" }
        ╰────
      help: check the types: CAST(x AS DOUBLE), CAST(x AS VARCHAR), DATE '2025-12-
            31'
    "#);
}

#[test]
fn a_tolerance_below_zero() {
    assert_snapshot!(refused(&covered("role = \"sales-specialist\"\ndivide = { balance = { count = -0.05 } }")), @r#"
    exit 1
    tolerance

      × the tolerance of "count" is -0.05
       ╭─[bailiwick.toml:9:24]
     8 │ role = "sales-specialist"
     9 │ divide = { balance = { count = -0.05 } }
       ·                        ──┬──
       ·                          ╰── here
       ╰────
      help: write a share of the mean above 0: 0.05 keeps everybody within ± 5 %
    "#);
}

#[test]
fn a_measure_that_does_not_exist() {
    assert_snapshot!(refused(&covered("role = \"sales-specialist\"\ndivide = { balance = { workload = 0.05 } }")), @r#"
    exit 1
    measure-unknown

      × there is no measure "workload"
       ╭─[bailiwick.toml:9:24]
     8 │ role = "sales-specialist"
     9 │ divide = { balance = { workload = 0.05 } }
       ·                        ────┬───
       ·                            ╰── here
       ╰────
      help: there are: count, or add to [measures]: workload = "an SQL expression
            over account columns"
    "#);
}

#[test]
fn two_roles_that_follow_each_other() {
    let town = covered("role = \"seller\"\ndivide = { same_as = \"carer\" }");
    assert_snapshot!(refused(&town.and_policy("[[coverage]]\nrole = \"carer\"\ndivide = { same_as = \"seller\" }")), @r#"
    exit 1
    same-as-circle

      × role "seller" follows "carer", which follows it back
        ╭─[bailiwick.toml:9:22]
      8 │ role = "seller"
      9 │ divide = { same_as = "carer" }
        ·                      ───┬───
        ·                         ╰── here
     10 │ 
        ╰────
      help: divide one of the two by another form than same_as

    same-as-circle

      × role "carer" follows "seller", which follows it back
        ╭─[bailiwick.toml:13:22]
     12 │ role = "carer"
     13 │ divide = { same_as = "seller" }
        ·                      ────┬───
        ·                          ╰── here
        ╰────
      help: divide one of the two by another form than same_as
    "#);
}

#[test]
fn two_ways_to_divide_at_once() {
    let town = covered("role = \"sales-specialist\"\ndivide = { by = \"street\", to = \"E-1\" }");
    assert_snapshot!(refused(&town), @r#"
    exit 1
    divide-form

      × the coverage of "sales-specialist" divides in 2 ways at once: to, by
       ╭─[bailiwick.toml:8:8]
     7 │ [[coverage]]
     8 │ role = "sales-specialist"
       ·        ─────────┬────────
       ·                 ╰── here
     9 │ divide = { by = "street", to = "E-1" }
       ╰────
      help: give exactly one of to, by, territories, fit, balance, same_as; more
            limits go beside divide, as balance = { … } and capacity = …
    "#);
}

#[test]
fn one_position_held_by_three() {
    assert_snapshot!(refused(&covered("role = \"sales-specialist\"\ndivide = { to = \"position = 'Seller'\" }")), @r#"
    exit 1
    named-several

      × 3 employees meet "position = 'Seller'": E-1, E-2, E-3
       ╭─[bailiwick.toml:9:17]
     8 │ role = "sales-specialist"
     9 │ divide = { to = "position = 'Seller'" }
       ·                 ──────────┬──────────
       ·                           ╰── here
       ╰────
      help: name one person, or divide among them with balance = { count = 0.1 }
    "#);
}

#[test]
fn a_pin_to_nobody() {
    let pin = "[[pins]]\naccount = \"A-01\"\nrole = \"sales-specialist\"\nemployee = \"E-9\"";
    assert_snapshot!(refused(&Town::tiny().and_policy(pin)), @r#"
    exit 1
    pin-employee

      × the pin names employee "E-9", who is not in the data
        ╭─[bailiwick.toml:14:12]
     13 │ role = "sales-specialist"
     14 │ employee = "E-9"
        ·            ──┬──
        ·              ╰── here
        ╰────
      help: did you mean "E-1"?
    "#);
}

#[test]
fn a_pin_of_an_account_nobody_knows() {
    let pin = "[[pins]]\naccount = \"A-99\"\nrole = \"sales-specialist\"\nemployee = \"E-1\"";
    assert_snapshot!(refused(&Town::tiny().and_policy(pin)), @r#"
    exit 1
    pin-account

      × the pin names account "A-99", which is not in the data
        ╭─[bailiwick.toml:12:11]
     11 │ [[pins]]
     12 │ account = "A-99"
        ·           ───┬──
        ·              ╰── here
     13 │ role = "sales-specialist"
        ╰────
      help: correct the id, or remove the pin
    "#);
}

/// 5 is 500 %, which somebody may mean: a plan is made, and says so; `check` refuses.
#[test]
fn a_tolerance_that_was_meant_as_per_cent() {
    let project = covered("role = \"sales-specialist\"\ndivide = { balance = { count = 5 } }").write();
    let run = run_in(folder(&project), &["check", "--on", common::DAY]);
    assert_eq!(run.exit, 1);
    assert_snapshot!(run.stderr, @r#"
    tolerance

      ⚠ the tolerance of "count" is 5, which is 500 %
       ╭─[bailiwick.toml:9:24]
     8 │ role = "sales-specialist"
     9 │ divide = { balance = { count = 5 } }
       ·                        ──┬──
       ·                          ╰── here
       ╰────
      help: 0.05 is 5 %: check that so much is meant
    "#);
    let planned = run_in(folder(&project), &PLAN);
    assert_eq!((planned.exit, planned.stderr), (0, run.stderr));
}
