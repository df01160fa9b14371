//! What can be said of a policy without its data: names that lead nowhere, forms that contradict each other.

use std::collections::HashSet;

use super::document::{Capacity, Coverage, Divide, Keep, Pin, Principle, Territories, Text};
use super::{ALL, COUNT, Policy};
use crate::finding::{Finding, suggest};
use crate::id::RoleName;

/// All complaints, in the order of the file's parts.
pub fn check(policy: &Policy) -> Vec<Finding> {
    let mut findings = vec![];
    check_company(policy, &mut findings);
    check_sources(policy, &mut findings);
    check_principles(policy, &mut findings);
    check_segments(policy, &mut findings);
    check_processes(policy, &mut findings);
    check_coverage(policy, &mut findings);
    check_sizing(policy, &mut findings);
    super::check_people::check_people(policy, &mut findings);
    super::check_credit::check(policy, &mut findings);
    for pin in &policy.document.pins {
        check_pin(policy, pin, None, &mut findings);
    }
    findings
}

fn check_company(policy: &Policy, findings: &mut Vec<Finding>) {
    let company = &policy.document.company;
    if jiff::tz::TimeZone::get(company.time_zone.get_ref()).is_err() {
        findings.push(
            Finding::error(
                "time-zone-unknown",
                format!("company.time_zone \"{}\" is not a time zone", company.time_zone.get_ref()),
                "use an IANA name such as \"Europe/Sofia\"",
            )
            .at(policy.place(&company.time_zone)),
        );
    }
    for share in company.ramp_up.iter().filter(|share| !(0.0..=1.0).contains(share.get_ref())) {
        findings.push(
            Finding::error(
                "ramp-up-share",
                format!("a joiner cannot bear {} of a full load", share.get_ref()),
                "write shares from 0 to 1, one a month, as in ramp_up = [0.25, 0.5, 0.75]",
            )
            .at(policy.place(share)),
        );
    }
    let currency = company.currency.get_ref();
    if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_uppercase()) {
        findings.push(
            Finding::error(
                "currency-unknown",
                format!("company.currency \"{currency}\" is not a currency"),
                "use an ISO 4217 code such as \"EUR\"",
            )
            .at(policy.place(&company.currency)),
        );
    }
}

fn check_sources(policy: &Policy, findings: &mut Vec<Finding>) {
    let sources = &policy.document.sources;
    for needed in ["accounts", "employees"] {
        if !sources.keys().any(|name| name.get_ref() == needed) {
            findings.push(Finding::error(
                "source-missing",
                format!("there is no [sources.{needed}]"),
                format!("add [sources.{needed}] with file = \"{needed}.csv\""),
            ));
        }
    }
    for (name, source) in sources {
        if source.file.is_some() == source.sql.is_some() {
            let message = format!("source \"{}\" needs either file or sql, and not both", name.get_ref());
            let finding = Finding::error("source-form", message, "keep the one that is meant");
            findings.push(finding.at(policy.place(name)));
        }
    }
}

fn check_principles(policy: &Policy, findings: &mut Vec<Finding>) {
    for (name, principle) in &policy.document.principles {
        let Principle::Score(score) = principle else { continue };
        let weight: f64 = score.score.values().map(|weight| weight.abs()).sum();
        if weight <= 0.0 || !weight.is_finite() {
            let message = format!("the weights of \"{}\" add up to nothing", name.get_ref());
            let finding = Finding::error("score-weights", message, "give at least one parameter a weight above 0");
            findings.push(finding.at(policy.place(name)));
        }
        if score.classes.is_empty() {
            let message = format!("\"{}\" has no classes", name.get_ref());
            let remedy = "add classes = { VIP = 0.95, regular = 0.0 }";
            findings.push(Finding::error("score-classes", message, remedy).at(policy.place(name)));
        }
        let percentile = score.by == super::document::ClassBy::Percentile;
        for (class, least) in &score.classes {
            if percentile && !(0.0..=1.0).contains(least) {
                let message = format!("class \"{}\" begins at percentile {least}, outside 0 to 1", class.get_ref());
                let remedy = "write 0.95 for the best 5 %, or by = \"threshold\" to compare with the score itself";
                findings.push(Finding::error("score-classes", message, remedy).at(policy.place(class)));
            }
        }
        if percentile && !score.classes.is_empty() && !score.classes.values().any(|least| *least <= 0.0) {
            let message = format!("accounts below the lowest class of \"{}\" have no class", name.get_ref());
            let remedy = "add a class that begins at 0.0, as in regular = 0.0";
            findings.push(Finding::warning("score-classes", message, remedy).at(policy.place(name)));
        }
    }
}

fn check_segments(policy: &Policy, findings: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for segment in &policy.document.segments {
        if !seen.insert(segment.name.get_ref()) {
            let message = format!("two segments are called \"{}\"", segment.name.get_ref());
            findings.push(
                Finding::error("segment-twice", message, "give each segment its own name")
                    .at(policy.place(&segment.name)),
            );
        }
    }
}

fn check_processes(policy: &Policy, findings: &mut Vec<Finding>) {
    let covered: HashSet<&str> = policy.document.coverage.iter().map(|c| c.role.get_ref().as_str()).collect();
    for process in &policy.document.processes {
        for name in &process.segments {
            check_segment_name(policy, name, findings);
        }
        for stage in &process.stages {
            let (process, name) = (process.name.get_ref(), stage.name.get_ref());
            match &stage.role {
                None => {
                    let message = format!("nobody answers for stage \"{name}\" of \"{process}\": it names no role");
                    let remedy = "add role = \"…\" to the stage";
                    findings.push(Finding::error("stage-without-role", message, remedy).at(policy.place(&stage.name)));
                }
                Some(role) if !covered.contains(role.get_ref().as_str()) => {
                    let message = format!(
                        "stage \"{name}\" of \"{process}\" needs role \"{}\", which no coverage gives",
                        role.get_ref()
                    );
                    let remedy = format!(
                        "add a [[coverage]] with that role, or {}",
                        suggest(role.get_ref(), covered.iter().copied().collect::<Vec<_>>())
                    );
                    findings.push(Finding::error("stage-without-coverage", message, remedy).at(policy.place(role)));
                }
                Some(_) => {}
            }
        }
    }
}

pub(super) fn check_segment_name(policy: &Policy, name: &Text, findings: &mut Vec<Finding>) {
    let known = policy.segment_names();
    if !known.contains(&name.get_ref().as_str()) && name.get_ref() != ALL {
        let message = format!("there is no segment \"{}\"", name.get_ref());
        findings
            .push(Finding::error("segment-unknown", message, suggest(name.get_ref(), known)).at(policy.place(name)));
    }
}

fn check_measure(policy: &Policy, name: &Text, findings: &mut Vec<Finding>) {
    let known = policy.document.measures.keys().map(|name| name.get_ref().as_str()).chain([COUNT]);
    let known: Vec<&str> = known.collect();
    if !known.contains(&name.get_ref().as_str()) {
        let message = format!("there is no measure \"{}\"", name.get_ref());
        let remedy = format!(
            "{}, or add to [measures]: {} = \"an SQL expression over account columns\"",
            suggest(name.get_ref(), known),
            name.get_ref()
        );
        findings.push(Finding::error("measure-unknown", message, remedy).at(policy.place(name)));
    }
}

pub(super) fn check_product_line(policy: &Policy, name: &Text, findings: &mut Vec<Finding>) {
    let known: Vec<&str> = policy.document.product_lines.keys().map(|name| name.get_ref().as_str()).collect();
    if !known.contains(&name.get_ref().as_str()) {
        let message = format!("there is no product line \"{}\"", name.get_ref());
        let remedy = format!("{}; product lines are listed under [product_lines]", suggest(name.get_ref(), known));
        findings.push(Finding::error("product-line-unknown", message, remedy).at(policy.place(name)));
    }
}

pub(super) fn check_role(policy: &Policy, name: &Text, findings: &mut Vec<Finding>) {
    let known = policy.role_names();
    if !known.contains(&name.get_ref().as_str()) {
        let message = format!("there is no role \"{}\"", name.get_ref());
        findings.push(Finding::error("role-unknown", message, suggest(name.get_ref(), known)).at(policy.place(name)));
    }
}

fn check_coverage(policy: &Policy, findings: &mut Vec<Finding>) {
    let document = &policy.document;
    if document.coverage.is_empty() {
        let remedy = "add a [[coverage]] with role, staff and divide";
        findings.push(Finding::error("coverage-missing", "the policy covers nothing: it has no [[coverage]]", remedy));
    }
    for coverage in &document.coverage {
        for name in coverage.segment.iter().flat_map(|names| &names.0) {
            check_segment_name(policy, name, findings);
        }
        for line in coverage.product_line.iter().flat_map(|names| &names.0) {
            check_product_line(policy, line, findings);
        }
        if let Err(error) = RoleName::new(coverage.role.get_ref()) {
            let finding =
                Finding::error("role-form", error.to_string(), "give the role a name such as \"sales-specialist\"");
            findings.push(finding.at(policy.place(&coverage.role)));
        }
        if !document.roles.is_empty() && !document.roles.keys().any(|role| role.get_ref() == coverage.role.get_ref()) {
            let known = document.roles.keys().map(|role| role.get_ref().as_str());
            let message = format!("role \"{}\" is not in [roles]", coverage.role.get_ref());
            let remedy = format!("{}, or describe it under [roles]", suggest(coverage.role.get_ref(), known));
            findings.push(Finding::error("role-unknown", message, remedy).at(policy.place(&coverage.role)));
        }
        check_divide(policy, coverage, &coverage.divide, findings);
        check_tolerances(policy, coverage.balance.iter(), findings);
        if let Some(Capacity::Of(of)) = &coverage.capacity {
            check_measure(policy, &of.measure, findings);
        }
        if let Some(keep) = &coverage.keep {
            check_keep(policy, coverage, keep, findings);
            let divide = &coverage.divide;
            if divide.to.is_some() || divide.by.is_some() || divide.same_as.is_some() {
                let message = format!(
                    "keep has no effect on the coverage of \"{}\": its form leaves nothing to choose",
                    coverage.role.get_ref()
                );
                let remedy = "remove keep, or pin the accounts that should stay";
                findings.push(Finding::warning("keep-ignored", message, remedy).at(policy.place(&coverage.role)));
            }
        }
        check_arrivals(policy, coverage, findings);
        for pin in &coverage.pins {
            check_pin(policy, pin, Some(coverage), findings);
        }
    }
    check_following(policy, findings);
}

fn check_divide(policy: &Policy, coverage: &Coverage, divide: &Divide, findings: &mut Vec<Finding>) {
    let forms = [
        ("to", divide.to.is_some()),
        ("by", divide.by.is_some()),
        ("territories", divide.territories.is_some()),
        ("fit", divide.fit.is_some()),
        ("balance", divide.balance.is_some()),
        ("same_as", divide.same_as.is_some()),
    ];
    let given: Vec<&str> = forms.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    if given.len() != 1 {
        let role = coverage.role.get_ref();
        let message = match given.as_slice() {
            [] => format!("the coverage of \"{role}\" does not say how to divide"),
            several => {
                format!("the coverage of \"{role}\" divides in {} ways at once: {}", several.len(), several.join(", "))
            }
        };
        let remedy = "give exactly one of to, by, territories, fit, balance, same_as; \
                      more limits go beside divide, as balance = { … } and capacity = …";
        findings.push(Finding::error("divide-form", message, remedy).at(policy.place(&coverage.role)));
    }
    if let Some(territories) = &divide.territories {
        check_tolerances(policy, territories.balance.iter(), findings);
        if let Some(weight) = &territories.weight {
            check_measure(policy, weight, findings);
        }
        check_units(policy, coverage, territories, findings);
        if let (Some(count), None) = (&territories.count, territories.count()) {
            let message = format!("the count of territories is \"{}\"", count.0.get_ref());
            let remedy = "write a whole number above 0, or \"sized\"";
            findings.push(Finding::error("territory-count", message, remedy).at(policy.place(&count.0)));
        }
    }
    if let Some(balance) = &divide.balance {
        check_tolerances(policy, balance.iter(), findings);
    }
    if let Some(fit) = &divide.fit
        && !(fit.near >= 0.0 && fit.near.is_finite())
    {
        let message = format!("fit.near is {}: it must be a number that is not negative", fit.near);
        findings.push(
            Finding::error("fit-near", message, "write 0.5 for half a skill level a 100 km")
                .at(policy.place(&coverage.role)),
        );
    }
    if let Some(followed) = &divide.same_as
        && followed.get_ref() != "parent"
    {
        check_role(policy, followed, findings);
    }
    if let (Some(seat), None) = (&divide.seat, &divide.by) {
        findings.push(
            Finding::error(
                "divide-form",
                "seat says where an employee sits, which only by needs",
                "remove it, or add by",
            )
            .at(policy.place(seat)),
        );
    }
}

/// How arrivals are shared is known, and there is something to share.
fn check_arrivals(policy: &Policy, coverage: &Coverage, findings: &mut Vec<Finding>) {
    let Some(arrivals) = &coverage.arrivals else { return };
    let role = coverage.role.get_ref();
    if arrivals.share().is_none() {
        let message = format!("how arrivals of \"{role}\" are shared is neither \"least-loaded\" nor \"rotation\"");
        let remedy = "write arrivals = \"least-loaded\", \"rotation\", or with weights { rotation = \"capacity\" }";
        findings.push(Finding::error("arrivals-form", message, remedy).at(policy.place(&coverage.role)));
    }
    let divide = &coverage.divide;
    if divide.to.is_some() || divide.by.is_some() || divide.same_as.is_some() {
        let message =
            format!("arrivals has no effect on the coverage of \"{role}\": its form leaves nothing to choose");
        let remedy = "remove arrivals, or divide by balance, fit or territories";
        findings.push(Finding::warning("arrivals-ignored", message, remedy).at(policy.place(&coverage.role)));
    }
}

/// Units, and who neighbours whom, fit together.
fn check_units(policy: &Policy, coverage: &Coverage, territories: &Territories, findings: &mut Vec<Finding>) {
    let mut refuse = |message: &str, remedy: &str, at: &Text| {
        findings.push(Finding::error("territory-unit", message, remedy).at(policy.place(at)));
    };
    let map = territories.shapes.as_ref().map(|shapes| &shapes.file).or(territories.neighbours.as_ref());
    match (&territories.unit, map) {
        (None, Some(map)) => refuse(
            "shapes and neighbours speak of units, and there is no unit",
            "add unit = \"postcode\", or whatever column names the unit of an account",
            map,
        ),
        (Some(unit), _) if coverage.groups.is_some() => refuse(
            "the accounts of a unit go together, and so do those of a group, but a group may lie in several units",
            "remove groups or unit",
            unit,
        ),
        (Some(_), Some(map)) if !territories.contiguous => refuse(
            "shapes and neighbours say what is connected, and territories need not be",
            "add contiguous = true, or remove the file",
            map,
        ),
        _ => {}
    }
    if let (Some(_), Some(neighbours)) = (&territories.shapes, &territories.neighbours) {
        refuse("both shapes and neighbours say who neighbours whom", "remove one of them", neighbours);
    }
    if let (Some(drive), true, None) = (&territories.drive, territories.contiguous, map) {
        refuse(
            "minutes on the road do not say what is connected",
            "add unit, and shapes or neighbours of it, or remove contiguous",
            &drive.file,
        );
    }
}

fn check_tolerances<'a>(
    policy: &Policy,
    balance: impl Iterator<Item = (&'a Text, &'a f64)>,
    findings: &mut Vec<Finding>,
) {
    for (measure, tolerance) in balance {
        check_measure(policy, measure, findings);
        if !(*tolerance > 0.0 && *tolerance <= 10.0) {
            let message = format!("the tolerance of \"{}\" is {tolerance}", measure.get_ref());
            let remedy = "write a share of the mean above 0: 0.05 keeps everybody within ± 5 %";
            findings.push(Finding::error("tolerance", message, remedy).at(policy.place(measure)));
        } else if *tolerance > 1.0 {
            let message =
                format!("the tolerance of \"{}\" is {tolerance}, which is {} %", measure.get_ref(), tolerance * 100.0);
            let remedy = "0.05 is 5 %: check that so much is meant";
            findings.push(Finding::warning("tolerance", message, remedy).at(policy.place(measure)));
        }
    }
}

fn check_keep(policy: &Policy, coverage: &Coverage, keep: &Keep, findings: &mut Vec<Finding>) {
    if let Some(of) = &keep.of {
        check_measure(policy, of, findings);
    }
    if keep.moves.is_some() && keep.share.is_some() {
        let finding =
            Finding::error("keep-form", "keep has two budgets: moves and share", "keep the one that is meant");
        findings.push(finding.at(policy.place(&coverage.role)));
    }
    let negative = [keep.moves, keep.share].into_iter().flatten().any(|budget| budget < 0.0 || !budget.is_finite());
    if negative || keep.share.is_some_and(|share| share > 1.0) {
        let remedy = "moves is a number of accounts, share is between 0 and 1";
        findings.push(
            Finding::error("keep-form", "the budget of moves is out of range", remedy).at(policy.place(&coverage.role)),
        );
    }
}

fn check_sizing(policy: &Policy, findings: &mut Vec<Finding>) {
    let Some(sizing) = &policy.document.sizing else { return };
    let above = |value: f64| value > 0.0 && value.is_finite();
    let general = [
        ("hours_per_year", above(sizing.hours_per_year), "write the working hours of a full-time employee, 1600 say"),
        ("customer_share", above(sizing.customer_share) && sizing.customer_share <= 1.0, "write a share: 0.7 for 70 %"),
    ];
    let amount = |value: Option<f64>| value.is_none_or(|value| value >= 0.0 && value.is_finite());
    let general = general.into_iter().chain([
        ("move_cost", amount(sizing.move_cost), "write what it costs when an account changes hands"),
        ("contact_value", amount(sizing.contact_value), "write what one contact with a customer is worth"),
    ]);
    for (key, _, remedy) in general.filter(|(_, sound, _)| !sound) {
        findings.push(Finding::error("sizing-number", format!("sizing.{key} is out of range"), remedy));
    }
    for (name, role) in &sizing.roles {
        check_role(policy, name, findings);
        let share = |value: Option<f64>| value.is_none_or(|value| above(value) && value <= 1.0);
        let numbers = [
            ("margin", share(role.margin), "write the share of sales that is left before the employee's cost: 0.3"),
            ("cost", role.cost.is_none_or(above), "write what a full-time employee costs a year"),
            (
                "elasticity",
                share(role.elasticity) && role.elasticity != Some(1.0),
                "write a number above 0 and below 1: 0.3 if 10 % more hours bring 3 % more sales",
            ),
        ];
        for (key, _, remedy) in numbers.into_iter().filter(|(_, sound, _)| !sound) {
            let message = format!("sizing.roles.{}.{key} is out of range", name.get_ref());
            findings.push(Finding::error("sizing-number", message, remedy).at(policy.place(name)));
        }
    }
}

fn check_pin(policy: &Policy, pin: &Pin, within: Option<&Coverage>, findings: &mut Vec<Finding>) {
    match &pin.role {
        Some(role) => check_role(policy, role, findings),
        None if within.is_none() => {
            let message = format!("the pin of account \"{}\" does not say in which role", pin.account.get_ref());
            findings.push(Finding::error("pin-role", message, "add role = \"…\"").at(policy.place(&pin.account)));
        }
        None => {}
    }
    if let Some(line) = &pin.product_line {
        check_product_line(policy, line, findings);
    }
}

/// `same_as` must not run in a circle.
fn check_following(policy: &Policy, findings: &mut Vec<Finding>) {
    for coverage in &policy.document.coverage {
        let Some(followed) = &coverage.divide.same_as else { continue };
        let start = coverage.role.get_ref().as_str();
        let mut seen = HashSet::new();
        let mut front = vec![followed.get_ref().as_str()];
        while let Some(role) = front.pop() {
            if role == start {
                let message = format!("role \"{start}\" follows \"{}\", which follows it back", followed.get_ref());
                let remedy = "divide one of the two by another form than same_as";
                findings.push(Finding::error("same-as-circle", message, remedy).at(policy.place(followed)));
                break;
            }
            if seen.insert(role) {
                front.extend(followed_by(policy, role));
            }
        }
    }
}

fn followed_by<'a>(policy: &'a Policy, role: &str) -> impl Iterator<Item = &'a str> {
    let coverage = policy.document.coverage.iter().filter(move |coverage| coverage.role.get_ref() == role);
    let followed = coverage.filter_map(|coverage| coverage.divide.same_as.as_ref()).map(|role| role.get_ref().as_str());
    followed.filter(|role| *role != "parent").collect::<Vec<_>>().into_iter()
}
