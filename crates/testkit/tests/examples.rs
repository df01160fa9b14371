//! Every example project hangs together: the policy parses, every name in it exists in the data, and what is expected of
//! a plan speaks of accounts, employees, roles and segments that there are. (The planner's own test is with the planner.)

use std::collections::BTreeSet;

use bailiwick_domain::policy::document::{Capacity, Coverage, Document, Principle, Text};
use bailiwick_testkit::example::level;
use bailiwick_testkit::{Example, Owner, read_owners};

/// A principle of SPEC 2 each, at both scales, and what the worked examples of the specification ask for.
const NAMES: &[&str] = &[
    "channel",
    "city",
    "equipment",
    "importance",
    "industry",
    "ownership",
    "product-lines",
    "rebalance",
    "wholesaler",
    "world",
];

fn document(example: &Example) -> Document {
    let text = std::fs::read_to_string(example.policy()).unwrap_or_else(|error| panic!("{}: {error}", example.name));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", example.name))
}

/// Column names in an SQL expression: words that are neither quoted, nor keywords, nor numbers.
fn names_in(sql: &str) -> Vec<String> {
    const WORDS: &[&str] = &[
        "and", "or", "not", "in", "is", "null", "case", "when", "then", "else", "end", "true", "false", "like",
        "between",
    ];
    let unquoted: String = sql.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let words = unquoted.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    let is_name = |word: &&str| {
        word.starts_with(|letter: char| letter.is_alphabetic()) && !WORDS.contains(&word.to_lowercase().as_str())
    };
    words.filter(is_name).map(str::to_owned).collect()
}

struct Names<'a> {
    example: &'a str,
    account: BTreeSet<&'a str>,
    employee: BTreeSet<&'a str>,
    measures: BTreeSet<&'a str>,
}

impl Names<'_> {
    fn known(&self, expression: &str, among: &BTreeSet<&str>) {
        for name in names_in(expression) {
            assert!(among.contains(name.as_str()), "{}: {name} in {expression:?} is unknown", self.example);
        }
    }

    fn check_coverage(&self, coverage: &Coverage, example: &Example) {
        let account = |text: &Option<Text>| text.iter().for_each(|text| self.known(text.get_ref(), &self.account));
        let employee = |text: &Option<Text>| text.iter().for_each(|text| self.known(text.get_ref(), &self.employee));
        let measure = |name: &str| assert!(self.measures.contains(name), "{}: measure {name}", self.example);
        let divide = &coverage.divide;
        account(&coverage.when);
        employee(&coverage.staff);
        account(&divide.by);
        match &divide.seat {
            Some(_) => employee(&divide.seat),
            None => employee(&divide.by),
        }
        if let Some(to) = &divide.to {
            if to.get_ref().contains('=') {
                employee(&divide.to);
            } else {
                assert!(example.employees.find("employee_id", to.get_ref()).is_some(), "{}", to.get_ref());
            }
        }
        if let Some(fit) = &divide.fit {
            for skill in fit.skills.iter().chain(&fit.must) {
                let skill = skill.get_ref().as_str();
                assert!(skill == "product_line" || self.account.contains(skill), "{}: skill {skill}", self.example);
            }
            employee(&fit.capacity.as_ref().map(|limit| limit.0.clone()));
        }
        if let Some(territories) = &divide.territories {
            territories.balance.keys().chain(&territories.weight).for_each(|name| measure(name.get_ref()));
        }
        coverage
            .balance
            .keys()
            .chain(divide.balance.iter().flatten().map(|(name, _)| name))
            .for_each(|name| measure(name.get_ref()));
        match &coverage.capacity {
            Some(Capacity::Count(text)) => self.known(text.get_ref(), &self.employee),
            Some(Capacity::Of(of)) => self.known(of.limit.get_ref(), &self.employee),
            None => {}
        }
        if let Some(price) = coverage.keep.iter().find_map(|keep| keep.price.as_ref()) {
            self.known(price.0.get_ref(), &self.account);
        }
        let forms = [
            divide.to.is_some(),
            divide.by.is_some(),
            divide.territories.is_some(),
            divide.fit.is_some(),
            divide.balance.is_some(),
            divide.same_as.is_some(),
        ];
        assert_eq!(forms.iter().filter(|form| **form).count(), 1, "{}: one form of divide", self.example);
    }
}

#[test]
fn there_is_an_example_for_every_principle() {
    let names: Vec<String> = Example::all().into_iter().map(|example| example.name).collect();
    assert_eq!(names, NAMES);
    for example in Example::all() {
        let lines = std::fs::read_to_string(example.dir.join("README.md")).unwrap().lines().count();
        assert!((10..=24).contains(&lines), "{}: a README of {lines} lines", example.name);
    }
}

#[test]
fn every_name_in_a_policy_is_in_the_data() {
    for example in Example::all() {
        let document = document(&example);
        let columns: BTreeSet<&str> = example.accounts.header.iter().map(String::as_str).collect();
        let principles = document.principles.keys().map(|name| name.get_ref().as_str());
        let names = Names {
            example: &example.name,
            account: columns.iter().copied().chain(principles).collect(),
            employee: example.employees.header.iter().map(String::as_str).collect(),
            measures: document.measures.keys().map(|name| name.get_ref().as_str()).chain(["count"]).collect(),
        };
        for source in document.sources.values() {
            let file = source.file.as_ref().unwrap().get_ref();
            assert!(example.dir.join(file).is_file(), "{}: {file}", example.name);
        }
        for principle in document.principles.values() {
            match principle {
                Principle::Expression(text) => names.known(text.get_ref(), &columns),
                Principle::Score(score) => score.score.keys().for_each(|text| names.known(text.get_ref(), &columns)),
            }
        }
        document.measures.values().for_each(|text| names.known(text.get_ref(), &columns));
        document.groups.place.iter().for_each(|text| names.known(text.get_ref(), &columns));
        document.segments.iter().for_each(|segment| names.known(segment.when.get_ref(), &names.account));
        document
            .product_lines
            .values()
            .flat_map(|line| &line.when)
            .for_each(|text| names.known(text.get_ref(), &names.account));
        document.coverage.iter().for_each(|coverage| names.check_coverage(coverage, &example));
    }
}

#[test]
fn segments_roles_and_pins_exist() {
    for example in Example::all() {
        let document = document(&example);
        let segments: BTreeSet<&str> =
            document.segments.iter().map(|segment| segment.name.get_ref().as_str()).collect();
        let roles: BTreeSet<&str> = document.coverage.iter().map(|coverage| coverage.role.get_ref().as_str()).collect();
        let lines: BTreeSet<&str> = document.product_lines.keys().map(|name| name.get_ref().as_str()).collect();
        for coverage in &document.coverage {
            let named = coverage.segment.iter().flat_map(|many| &many.0);
            named.for_each(|name| assert!(segments.contains(name.get_ref().as_str()), "{}", name.get_ref()));
            let named = coverage.product_line.iter().flat_map(|many| &many.0);
            named.for_each(|name| assert!(lines.contains(name.get_ref().as_str()), "{}", name.get_ref()));
        }
        for process in &document.processes {
            process.segments.iter().for_each(|name| assert!(segments.contains(name.get_ref().as_str())));
            for role in process.stages.iter().flat_map(|stage| &stage.role) {
                assert!(roles.contains(role.get_ref().as_str()), "{}: nobody is {}", example.name, role.get_ref());
            }
        }
        for pin in &document.pins {
            assert!(example.accounts.find("account_id", pin.account.get_ref()).is_some());
            assert!(example.employees.find("employee_id", pin.employee.get_ref()).is_some());
        }
        for service in document.segments.iter().flat_map(|segment| &segment.service) {
            for (skill, least) in &service.qualification {
                let held = |row: &std::collections::BTreeMap<String, String>| level(&row["skills"], skill) >= *least;
                assert!(example.employees.rows.iter().any(held), "{}: nobody holds {skill}", example.name);
            }
        }
    }
}

#[test]
fn what_is_expected_speaks_of_what_there_is() {
    for example in Example::all() {
        let document = document(&example);
        let named = document.segments.iter().map(|segment| segment.name.get_ref().as_str());
        let segments: BTreeSet<&str> =
            if document.segments.is_empty() { BTreeSet::from(["All"]) } else { named.collect() };
        let roles: BTreeSet<&str> = document.coverage.iter().map(|coverage| coverage.role.get_ref().as_str()).collect();
        for owner in &example.expected {
            assert!(segments.contains(owner.segment.as_str()) && roles.contains(owner.role.as_str()), "{owner:?}");
            assert!(example.accounts.find("account_id", &owner.account_id).is_some(), "{owner:?}");
            assert!(example.employees.find("employee_id", &owner.employee_id).is_some(), "{owner:?}");
        }
        for promise in &example.promises {
            assert!(roles.contains(promise.role.as_str()));
            assert!(promise.segments.iter().chain([&promise.segment]).any(|name| segments.contains(name.as_str())));
        }
        assert!(!example.expected.is_empty() || !example.promises.is_empty(), "{} expects nothing", example.name);
    }
}

#[test]
fn the_judge_accepts_the_right_plan_and_names_the_wrong_owner() {
    let example = Example::named("wholesaler");
    let mut plan: Vec<Owner> = example.expected.clone();
    assert_eq!(example.judge(&plan), Vec::<String>::new());
    let vip = plan.iter_mut().find(|owner| owner.employee_id == "E-08").unwrap();
    vip.employee_id = "E-09".into();
    let (account, segment) = (vip.account_id.clone(), vip.segment.clone());
    assert_eq!(
        example.judge(&plan),
        [format!("{account} has E-09 as sales-specialist in {segment:?}: it should be E-08 in {segment:?}")]
    );
    plan.pop();
    assert_eq!(example.judge(&plan).len(), 2);
}

#[test]
fn the_judge_sees_a_split_chain_and_a_lopsided_plan() {
    let example = Example::named("channel");
    let mut plan = example.expected.clone();
    for row in example.accounts.rows.iter().filter(|row| row["channel"] == "chain") {
        for role in ["sales-specialist", "customer-service-specialist"] {
            plan.push(Owner {
                account_id: row["account_id"].clone(),
                role: role.into(),
                product_line: String::new(),
                employee_id: "E-05".into(),
                segment: "Chains".into(),
            });
        }
    }
    assert_eq!(example.judge(&plan), ["sales-specialist in Chains: count is up to 200.0 % off the mean among 1"]);
    let index = plan.len() - 2;
    plan[index].employee_id = "E-06".into();
    let faults = example.judge(&plan);
    assert!(faults.iter().any(|fault| fault.contains("the group of")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("is not also sales-specialist")), "{faults:?}");
}

#[test]
fn where_nothing_is_left_to_choose_the_expected_owners_are_a_right_plan() {
    let determined: Vec<Example> = Example::all().into_iter().filter(|example| example.promises.is_empty()).collect();
    assert_eq!(determined.len(), 4);
    for example in determined {
        assert_eq!(example.judge(&example.expected), Vec::<String>::new(), "{}", example.name);
        let served: BTreeSet<&str> = example.expected.iter().map(|owner| owner.account_id.as_str()).collect();
        assert_eq!(served.len(), example.accounts.rows.len(), "{}: an account without an owner", example.name);
    }
}

#[test]
fn the_judge_counts_moves_but_not_those_of_a_leaver() {
    let example = Example::named("rebalance");
    let mut plan = read_owners(&example.dir.join("assignments.csv"));
    let expected = |owner: &Owner| example.expected.iter().find(|fixed| fixed.account_id == owner.account_id).cloned();
    for owner in &mut plan {
        owner.segment = "All".into();
        if owner.employee_id == "E-07" {
            owner.employee_id = "E-06".into();
        }
        *owner = expected(owner).unwrap_or_else(|| owner.clone());
    }
    let faults = example.judge(&plan);
    assert_eq!(faults.len(), 1, "balance only: {faults:?}");
    for owner in plan.iter_mut().filter(|owner| owner.employee_id == "E-01").take(50) {
        owner.employee_id = "E-04".into();
    }
    assert!(example.judge(&plan).iter().any(|fault| fault.contains("accounts move, more than 45")));
}
