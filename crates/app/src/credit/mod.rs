//! Orders become credits (SPEC 1.2, 4.7): each line is divided by the assignments that held on its day, by the policy's
//! rules.
//!
//! [`Ground`] holds everything in numbers: orders by columns, who held what when, rules. It is gone through in two ways:
//! [`tally`](tally::tally) sums millions of lines without keeping one, [`trace`](trace::trace) writes down every credit
//! with its order line, rule and assignment.

pub mod correct;
pub mod holdings;
pub mod listed;
pub mod names;
pub mod orders;
pub mod rates;
pub mod rules;
pub mod segments;
pub mod tally;
pub mod trace;

use bailiwick_domain::credit::{Away, Book, Held, Line, NONE, Piece, divide, divide_by_hand};
use bailiwick_domain::finding::Finding;
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::credit::CreditPolicy;
use jiff::civil::Date;

use self::holdings::Holdings;
use self::names::Names;
use self::orders::{Numbers, Orders};
use self::rates::Rates;
use self::rules::{ByHand, RuleNames, Rules};
use self::segments::Segments;
use crate::classify::classify;
use crate::error::AppError;
use crate::project::Project;

/// Everything that credits are reckoned from.
pub struct Ground<'a> {
    pub policy: &'a Policy,
    pub credit: CreditPolicy,
    pub orders: Orders,
    pub rules: Rules,
    pub rates: Rates,
    /// The account table with principles, and the segment of each; accounts of no source follow.
    pub accounts: bailiwick_data::Table,
    pub account_names: Names,
    pub segment: Segments,
    pub employees: Names,
    pub roles: Names,
    pub stages: Names,
    pub product_lines: Names,
    pub territories: Names,
    /// By assignment: its territory.
    territory: Vec<u32>,
    book: Book,
    held: Vec<holdings::Held>,
    pub findings: Vec<Finding>,
}

impl<'a> Ground<'a> {
    /// # Errors
    /// If there are no orders, or something of the policy does not compile.
    pub fn prepare(project: &'a Project, holdings: Holdings, by_hand: &[ByHand]) -> Result<Ground<'a>, AppError> {
        let policy = &project.policy;
        let Some(table) = &project.snapshot.orders else {
            return Err(AppError::Missing {
                message: String::from("the policy has no orders"),
                remedy: String::from(
                    "write [sources.orders] with file = \"orders.csv\": order_id, account_id, order_date, amount",
                ),
            });
        };
        let credit = match &policy.document.credit {
            Some(credit) if !credit.rules.is_empty() => credit.clone(),
            Some(credit) => CreditPolicy { rules: rules::default_terms(policy, table).rules, ..credit.clone() },
            None => rules::default_terms(policy, table),
        };
        let classified = classify(policy, &project.snapshot.accounts)?;
        let ids = |table: &bailiwick_data::Table, column: &str| -> Result<Vec<String>, AppError> {
            Ok(table.texts(column)?.into_iter().map(Option::unwrap_or_default).collect())
        };
        let mut account_names = Names::of(ids(&classified.accounts, "account_id")?);
        let mut employees = Names::of(ids(&project.snapshot.employees, "employee_id")?);
        let mut roles = Names::of(policy.role_names().into_iter().map(str::to_owned));
        let (mut stages, mut product_lines, mut territories) = (Names::default(), Names::default(), Names::default());
        let mut of_rules = RuleNames {
            roles: &mut roles,
            stages: &mut stages,
            product_lines: &mut product_lines,
            employees: &mut employees,
        };
        let rules = Rules::compile(policy, &credit, table, by_hand, &mut of_rules)?;
        let rates = Rates::read(policy.document.company.currency.get_ref(), project.snapshot.others.get("rates"))?;
        let numbers = Numbers {
            accounts: &mut account_names,
            employees: &mut employees,
            product_lines: &mut product_lines,
            roles: &roles,
        };
        let orders = Orders::read(policy, table, &rates, &credit.named, numbers)?;
        let mut book = Book::default();
        let mut territory = vec![];
        for (assignment, held) in holdings.held.iter().enumerate() {
            let account = account_names.find(&held.account);
            territory.push(held.territory.as_deref().map_or(NONE, |name| territories.number(name)));
            if account == NONE {
                continue;
            }
            let one = Held {
                role: held.role.as_deref().map_or(NONE, |role| roles.number(role)),
                product_line: held.product_line.as_deref().map_or(NONE, |line| product_lines.number(line)),
                employee: employees.number(&held.employee),
                from: held.from,
                to: held.to,
                assignment: assignment as u32,
            };
            book.hold(account, one);
        }
        for away in &holdings.away {
            let one = Away {
                from: away.from,
                to: away.to,
                role: away.role.as_deref().map_or(NONE, |role| roles.number(role)),
                product_line: away.product_line.as_deref().map_or(NONE, |line| product_lines.number(line)),
                substitute: employees.number(&away.substitute),
            };
            book.is_away(employees.number(&away.employee), one);
        }
        let mut segment = classified.segment;
        segment.resize(account_names.len(), None);
        let segment = Segments::of(policy, segment, &holdings, &account_names);
        let findings = orders.findings.clone();
        Ok(Ground {
            policy,
            credit,
            orders,
            rules,
            rates,
            accounts: classified.accounts,
            account_names,
            segment,
            employees,
            roles,
            stages,
            product_lines,
            territories,
            territory,
            book,
            held: holdings.held,
            findings,
        })
    }

    /// The account's present segment.
    pub fn segment_of(&self, account: u32) -> Option<u16> {
        self.segment.now(account)
    }

    /// The segment by which a row of the orders is divided: the account's on the row's day, or on the day of what it takes
    /// back.
    pub fn segment_of_row(&self, row: usize) -> Option<u16> {
        let of = self.orders.day_row(row);
        self.segment.on(self.orders.account[of], self.orders.date[of])
    }

    /// The segment's name; empty where there is none.
    pub fn segment_name(&self, segment: Option<u16>) -> &'a str {
        let names = self.policy.segment_names();
        segment.and_then(|segment| names.get(usize::from(segment)).copied()).unwrap_or_default()
    }

    /// The day of an account's first order.
    pub fn first_order(&self, account: u32) -> Option<Date> {
        self.orders.first.get(account as usize).copied().flatten()
    }

    /// The territory of an assignment.
    pub fn territory_of(&self, assignment: u32) -> u32 {
        self.territory.get(assignment as usize).copied().unwrap_or(NONE)
    }

    /// Account and employee of everything that is held on a day from one until before another.
    pub fn held_between(&self, from: Date, end: Date) -> impl Iterator<Item = (u32, u32)> {
        let within = move |held: &&holdings::Held| held.from < end && held.to.is_none_or(|to| from < to);
        self.held
            .iter()
            .filter(within)
            .map(|held| (self.account_names.find(&held.account), self.employees.find(&held.employee)))
    }

    pub fn held(&self, assignment: u32) -> Option<&holdings::Held> {
        self.held.get(assignment as usize)
    }

    /// Divides a row of the orders; gives the rule it fell under. `named` is room to work in.
    fn pieces(&self, row: usize, named: &mut Vec<(u32, u32)>, pieces: &mut Vec<Piece>) -> Option<usize> {
        let orders = &self.orders;
        let of = orders.day_row(row);
        let account = orders.account[of];
        let rule = self.rules.of(of, self.segment_of_row(row), orders.product_line[of]);
        named.clear();
        let who = orders.named.iter().map(|(role, who)| (*role, who[of])).filter(|(_, who)| *who != NONE);
        named.extend(who);
        let day = orders.date[of];
        let line = Line {
            account,
            product_line: orders.product_line[of],
            day,
            opened: orders.opened.get(of).copied().flatten(),
            first: self.first_order(account).unwrap_or(day),
            named,
        };
        match rule {
            Some(rule) => divide(&line, &self.rules.rules[rule].rule, &self.rules.terms, &self.book, pieces),
            None => divide_by_hand(&[], pieces),
        }
        rule
    }

    /// Who would have which part of an order of the account on a day, of no product line.
    pub(crate) fn hypothetical(&self, account: u32, day: Date) -> Vec<Piece> {
        let mut pieces = vec![];
        let first = self.first_order(account).unwrap_or(day);
        let line = Line { account, product_line: NONE, day, opened: Some(day), first, named: &[] };
        // Conditions over order columns are met by orders alone.
        let rule = self.rules.for_account(self.segment_of(account));
        match rule {
            Some(rule) => divide(&line, rule, &self.rules.terms, &self.book, &mut pieces),
            None => divide_by_hand(&[], &mut pieces),
        }
        pieces
    }
}
