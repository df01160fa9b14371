//! Who sees which accounts: what SQL says against a model in plain Rust, on random companies.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_domain::absence::{Absence, NewAbsence, StandIn, stand_in};
use bailiwick_domain::access::{Operation, Principal, Reach, UserRole};
use bailiwick_domain::assignment::Later;
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{AccountsWanted, Ledger, StoreError, Within};
use common::*;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};

on_both!(lists_and_single_accounts_agree_with_the_model, pages_follow_each_other, a_circle_of_managers_ends);

/// A company: the manager of each employee, for each account and role who holds it from January and from March, and who
/// is away in February, with whoever is named to stand in.
#[derive(Debug, Clone)]
struct Company {
    managers: Vec<Option<usize>>,
    away: Vec<(usize, Option<usize>)>,
    january: Vec<[Option<usize>; 2]>,
    march: Vec<Option<usize>>,
}

const ROLES: [&str; 2] = ["seller", "service"];

fn companies() -> impl Strategy<Value = Company> {
    (2..9_usize, 1..12_usize).prop_flat_map(|(staff, accounts)| {
        (
            prop::collection::vec(prop::option::of(0..staff), staff),
            prop::collection::vec((0..staff, prop::option::of(0..staff)), 0..staff),
            prop::collection::vec([prop::option::of(0..staff), prop::option::of(0..staff)], accounts),
            prop::collection::vec(prop::option::of(0..staff), accounts),
        )
            .prop_map(|(managers, away, january, march)| Company { managers, away, january, march })
    })
}

fn name(number: usize) -> String {
    format!("E{number}")
}

fn account_name(number: usize) -> String {
    format!("A{number:02}")
}

impl Company {
    async fn write(&self, ledger: &Ledger) {
        let mut lines: Vec<String> = Vec::new();
        for (number, held) in self.january.iter().enumerate() {
            for (role, holder) in ROLES.iter().zip(held) {
                if let Some(holder) = holder {
                    lines.push(format!("{} {role} {}", account_name(number), name(*holder)));
                }
            }
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut first = plan("P-1", "2026-01-01", &lines);
        first.accounts = (0..self.january.len()).map(|number| acme(&account_name(number))).collect();
        first.employees = (0..self.managers.len())
            .map(|number| {
                let mut one = employee(&name(number));
                one.manager = self.managers[number].map(|manager| name(manager).parse().unwrap());
                one
            })
            .collect();
        first.scope = ROLES.iter().map(|r| bailiwick_store::ScopeKey { role: role(r), product_line: None }).collect();
        apply(ledger, &first, "2026-01-01T00:00:00Z").await.unwrap();
        let lines: Vec<String> = self
            .march
            .iter()
            .enumerate()
            .filter_map(|(number, holder)| Some(format!("{} seller {}", account_name(number), name((*holder)?))))
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut second = plan("P-2", "2026-03-01", &lines);
        second.employees = vec![];
        second.accounts = vec![];
        second.scope = vec![bailiwick_store::ScopeKey { role: role("seller"), product_line: None }];
        second.later = Later::Replace;
        apply(ledger, &second, "2026-01-02T00:00:00Z").await.unwrap();
        for (employee, substitute) in &self.away {
            let mut new = NewAbsence {
                employee: name(*employee).parse().unwrap(),
                from: day("2026-02-01"),
                to: Some(day("2026-03-01")),
                substitute: substitute.map(|one| name(one).parse().unwrap()),
                reason: "leave".into(),
            };
            if let Err(StoreError::NotAtWork { .. }) =
                ledger.record_absence(&new, "hr", moment("2026-01-03T00:00:00Z")).await
            {
                new.substitute = None;
                let _ = ledger.record_absence(&new, "hr", moment("2026-01-03T00:00:00Z")).await;
            }
        }
    }

    fn reports_to(&self, employee: usize, top: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = Some(employee);
        while let Some(one) = next.filter(|one| seen.insert(*one)) {
            if one == top {
                return true;
            }
            next = self.managers[one];
        }
        false
    }

    /// With those who are away on the day.
    fn seen(&self, user: usize, reach: Reach, march: bool, away: &BTreeMap<EmployeeId, Absence>) -> BTreeSet<String> {
        let number = |id: &EmployeeId| id.as_str()[1..].parse::<usize>().unwrap();
        let answers = |holder: usize, role_name: &str| {
            let id = name(holder).parse().unwrap();
            let substitute = match stand_in(away, &id, &role(role_name), None) {
                StandIn::Found(who, _) => Some(number(&who)),
                StandIn::NotNeeded | StandIn::Nobody => None,
            };
            [Some(holder), substitute]
        };
        let within = |holder: usize| match reach {
            Reach::Nothing => false,
            Reach::Own => holder == user,
            Reach::Below => self.reports_to(holder, user),
            Reach::All => true,
        };
        (0..self.january.len())
            .filter(|&number| {
                let seller = if march { self.march[number] } else { self.january[number][0] };
                let holders = ROLES.iter().zip([seller, self.january[number][1]]);
                let mut answering =
                    holders.filter_map(|(role, holder)| Some(answers(holder?, role))).flatten().flatten();
                reach == Reach::All || answering.any(within)
            })
            .map(account_name)
            .collect()
    }
}

async fn all_seen(ledger: &Ledger, within: Within<'_>, on: Date) -> BTreeSet<String> {
    let wanted = AccountsWanted { limit: 100, ..AccountsWanted::default() };
    let page = ledger.accounts_within(within, on, &wanted).await.unwrap();
    assert_eq!(page.next, None);
    page.accounts.iter().map(|account| account.id.to_string()).collect()
}

async fn lists_and_single_accounts_agree_with_the_model(bench: Bench) {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(7), ..Config::default() });
    let mut seen_in_all = BTreeMap::<Reach, usize>::new();
    let mut as_substitute = 0;
    let mut place = Some(bench.place.another());
    for _ in 0..8 {
        let company = companies().new_tree(&mut runner).unwrap().current();
        let here = place.take().unwrap();
        place = Some(here.another());
        let bench = here.ledger().await;
        let ledger = &bench.ledger;
        company.write(ledger).await;
        for user in 0..company.managers.len() {
            for &held in UserRole::ALL {
                let principal = Principal {
                    name: "somebody".into(),
                    roles: BTreeSet::from([held]),
                    employee: Some(name(user).parse().unwrap()),
                    scopes: None,
                };
                let within = Within::of(&principal, Operation::ReadAccounts);
                for (on, march) in [(day("2026-02-01"), false), (day("2026-03-01"), true)] {
                    let reach = principal.reach(Operation::ReadAccounts);
                    let away = ledger.absences(None, Some(on)).await.unwrap();
                    let away = away.into_iter().map(|absence| (absence.employee.clone(), absence)).collect();
                    let expected = company.seen(user, reach, march, &away);
                    let holding = company.seen(user, reach, march, &BTreeMap::new());
                    as_substitute += expected.difference(&holding).count();
                    *seen_in_all.entry(reach).or_default() += expected.len();
                    assert_eq!(all_seen(ledger, within, on).await, expected, "{company:?} {user} {held} {on}");
                    for number in 0..company.january.len() {
                        let id = account_name(number);
                        let sees = ledger.sees_account(within, &account(&id), on).await.unwrap();
                        assert_eq!(sees, expected.contains(&id), "{company:?} {user} {held} {id} {on}");
                    }
                }
            }
        }
    }
    assert!(as_substitute > 10, "{as_substitute}");
    assert!(seen_in_all[&Reach::Own] > 10 && seen_in_all[&Reach::Below] > seen_in_all[&Reach::Own], "{seen_in_all:?}");
}

async fn pages_follow_each_other(bench: Bench) {
    let lines: Vec<String> = (0..25).map(|number| format!("A{number:02} seller E{}", number % 2)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    apply(&bench.ledger, &plan("P-1", "2026-01-01", &lines), "2026-01-01T00:00:00Z").await.unwrap();
    let on = day("2026-01-01");
    let odd: EmployeeId = "E1".parse().unwrap();
    let mut wanted = AccountsWanted { limit: 5, ..AccountsWanted::default() };
    let mut met = Vec::new();
    loop {
        let page = bench.ledger.accounts_within(Within::One(&odd), on, &wanted).await.unwrap();
        met.extend(page.accounts.iter().map(|account| account.id.to_string()));
        let Some(next) = page.next else { break };
        assert_eq!(next.to_string().parse(), Ok(next.clone()));
        wanted.after = Some(next);
    }
    let expected: Vec<String> =
        (0..25).filter(|number| number % 2 == 1).map(|number| format!("A{number:02}")).collect();
    assert_eq!(met, expected);
    // Company A10 has the text in its name, A1… begin with it.
    let wanted = AccountsWanted { text: "a1".into(), employee: Some(odd), limit: 50, ..AccountsWanted::default() };
    let page = bench.ledger.accounts_within(Within::Everybody, on, &wanted).await.unwrap();
    assert_eq!(page.accounts.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["A11", "A13", "A15", "A17", "A19"]);
    let wanted = AccountsWanted { role: Some(role("service")), limit: 5, ..AccountsWanted::default() };
    assert!(bench.ledger.accounts_within(Within::Everybody, on, &wanted).await.unwrap().accounts.is_empty());
    assert!(bench.ledger.accounts_within(Within::Nobody, on, &wanted).await.unwrap().accounts.is_empty());
}

async fn a_circle_of_managers_ends(bench: Bench) {
    let mut first = plan("P-1", "2026-01-01", &["ACME seller A", "BETA seller B", "GAMA seller C"]);
    first.employees[0].manager = Some("B".parse().unwrap());
    first.employees[1].manager = Some("A".parse().unwrap());
    apply(&bench.ledger, &first, "2026-01-01T00:00:00Z").await.unwrap();
    let a: EmployeeId = "A".parse().unwrap();
    let names = |found: Vec<EmployeeId>| found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(names(bench.ledger.employees_within(Within::Below(&a)).await.unwrap()), "A B");
    assert_eq!(names(bench.ledger.employees_within(Within::One(&a)).await.unwrap()), "A");
    assert_eq!(names(bench.ledger.employees_within(Within::Everybody).await.unwrap()), "A B C");
}
