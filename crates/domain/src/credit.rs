//! Credits: an order line divided among those who held its account's roles on the day (SPEC 1.2).
//!
//! Names are numbers here, given out by the caller, so that millions of lines are divided without a text being touched.
//! [`divide`] takes one line, the rule it fell under and the [`Book`] of who held what when, and gives [`Piece`]s. What is
//! shared always sums to the line, to the last unit ([`apportion`](crate::apportion)): what nobody held is a piece of
//! nobody's, not a gap. Overlays come beside the whole and are marked as such.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::apportion::{apportion, shares};
use crate::policy::credit::Vacant;

/// No employee, role, stage, product line or assignment.
pub const NONE: u32 = u32::MAX;

/// Who held a role of an account from a day to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// [`NONE`]: in every role.
    pub role: u32,
    /// [`NONE`]: for everything that nobody else holds by product line.
    pub product_line: u32,
    pub employee: u32,
    pub from: Date,
    /// The first day no longer.
    pub to: Option<Date>,
    /// The caller's number of the assignment.
    pub assignment: u32,
}

impl Held {
    fn covers(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// Who was away, and who stood in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    pub from: Date,
    pub to: Option<Date>,
    /// [`NONE`]: in every role that has no cover of its own.
    pub role: u32,
    pub product_line: u32,
    pub substitute: u32,
}

/// Who held what, by account, and who stood in for whom, by employee.
#[derive(Debug, Clone, Default)]
pub struct Book {
    held: Vec<Vec<Held>>,
    away: Vec<Vec<Away>>,
}

impl Book {
    pub fn hold(&mut self, account: u32, held: Held) {
        place(&mut self.held, account).push(held);
    }

    pub fn is_away(&mut self, employee: u32, away: Away) {
        place(&mut self.away, employee).push(away);
    }

    fn of(&self, account: u32) -> &[Held] {
        self.held.get(account as usize).map_or(&[], Vec::as_slice)
    }

    /// Who holds a role on a day: for the product line if somebody does, else whoever holds it for everything.
    #[must_use]
    pub fn holder(&self, account: u32, role: u32, product_line: u32, day: Date) -> Option<&Held> {
        let fits = |held: &&Held| {
            (held.role == role || held.role == NONE)
                && (held.product_line == product_line || held.product_line == NONE)
                && held.covers(day)
        };
        // The more exact, then the later.
        self.of(account)
            .iter()
            .filter(fits)
            .max_by_key(|held| (held.product_line != NONE, held.role != NONE, held.from))
    }

    /// Who held what `held` is until the day it began, if somebody else did.
    fn before(&self, account: u32, held: &Held) -> Option<&Held> {
        let earlier = self
            .of(account)
            .iter()
            .filter(|one| one.role == held.role && one.product_line == held.product_line && one.to == Some(held.from));
        earlier.filter(|one| one.employee != held.employee).max_by_key(|one| one.from)
    }

    /// Who stands in for an employee that is away on a day, on and on while whoever stands in is away too.
    #[must_use]
    pub fn stand_in(&self, employee: u32, role: u32, product_line: u32, day: Date) -> Option<u32> {
        let mut asked = vec![employee];
        let mut found = None;
        while let Some(next) = self.substitute(*asked.last()?, role, product_line, day) {
            if asked.contains(&next) {
                return None;
            }
            asked.push(next);
            found = Some(next);
        }
        found
    }

    fn substitute(&self, employee: u32, role: u32, product_line: u32, day: Date) -> Option<u32> {
        let away = self.away.get(employee as usize)?;
        let fits = |away: &&Away| {
            away.from <= day
                && away.to.is_none_or(|to| day < to)
                && (away.role == NONE || (away.role == role && away.product_line == product_line))
        };
        away.iter().filter(fits).max_by_key(|away| (away.role != NONE, away.from)).map(|away| away.substitute)
    }
}

fn place<T>(all: &mut Vec<Vec<T>>, number: u32) -> &mut Vec<T> {
    let number = number as usize;
    if all.len() <= number {
        all.resize_with(number + 1, Vec::new);
    }
    &mut all[number]
}

/// A role's part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taker {
    pub role: u32,
    pub stage: u32,
    /// Part of the whole, or percent of it in an overlay.
    pub part: Decimal,
}

/// How the lines of one rule are divided.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rule {
    pub shares: Vec<Taker>,
    pub overlays: Vec<Taker>,
}

/// What holds for every rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Terms {
    /// The hunter's role, and for how many months from the account's first order it has its part.
    pub hunter: Option<(u32, u32)>,
    /// Days after a move, and percent for the earlier holder.
    pub holdover: Option<(u32, Decimal)>,
    /// Percent for who stands in.
    pub substitute: Option<Decimal>,
    pub vacant: Vacant,
}

/// An order line. A return has the days of the order it takes back, so that it takes back from those who had it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line<'a> {
    pub account: u32,
    pub product_line: u32,
    /// The day by which holders are looked up.
    pub day: Date,
    /// When the deal began, where it is known.
    pub opened: Option<Date>,
    /// The account's first order.
    pub first: Date,
    /// Whom the order itself names: role and employee.
    pub named: &'a [(u32, u32)],
}

/// Why somebody has a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CreditReason)]
pub enum Why {
    /// Holds the role on the day.
    Holder,
    /// The order names them.
    Named,
    /// Found the customer.
    Hunter,
    /// Held the role until the account was moved.
    Holdover,
    /// Stood in on the day.
    Substitute,
    /// Divided by hand.
    ByHand,
    /// Nobody held the role.
    Vacant,
}

impl Why {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Why::Holder => "holder",
            Why::Named => "named",
            Why::Hunter => "hunter",
            Why::Holdover => "holdover",
            Why::Substitute => "substitute",
            Why::ByHand => "by-hand",
            Why::Vacant => "vacant",
        }
    }
}

/// What one person (or nobody) has of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// [`NONE`]: nobody.
    pub employee: u32,
    pub role: u32,
    pub stage: u32,
    pub assignment: u32,
    pub why: Why,
    /// Beside the hundred percent.
    pub overlay: bool,
    /// Its part of all parts; of an overlay, its percent.
    pub weight: Decimal,
}

/// Who has which part of a line: first what is shared, then overlays.
pub fn divide(line: &Line, rule: &Rule, terms: &Terms, book: &Book, pieces: &mut Vec<Piece>) {
    pieces.clear();
    for taker in &rule.shares {
        resolve(line, taker, false, terms, book, pieces);
    }
    if terms.vacant == Vacant::Others && pieces.iter().any(|piece| piece.why != Why::Vacant && !piece.weight.is_zero())
    {
        pieces.retain(|piece| piece.why != Why::Vacant);
    }
    pieces.retain(|piece| !piece.weight.is_zero());
    if pieces.is_empty() {
        let role = rule.shares.first().map_or(NONE, |taker| taker.role);
        pieces.push(nobody(role, NONE, Decimal::ONE));
    }
    let shared = pieces.len();
    for taker in &rule.overlays {
        resolve(line, taker, true, terms, book, pieces);
    }
    let mut place = 0;
    // An overlay that nobody holds is nothing.
    pieces.retain(|piece| {
        place += 1;
        place <= shared || (piece.why != Why::Vacant && !piece.weight.is_zero())
    });
}

/// A line divided by hand: employee and part.
pub fn divide_by_hand(parts: &[(u32, Decimal)], pieces: &mut Vec<Piece>) {
    pieces.clear();
    pieces.extend(parts.iter().filter(|(_, part)| !part.is_zero()).map(|&(employee, weight)| Piece {
        employee,
        role: NONE,
        stage: NONE,
        assignment: NONE,
        why: Why::ByHand,
        overlay: false,
        weight,
    }));
    if pieces.is_empty() {
        pieces.push(nobody(NONE, NONE, Decimal::ONE));
    }
}

fn nobody(role: u32, stage: u32, weight: Decimal) -> Piece {
    Piece { employee: NONE, role, stage, assignment: NONE, why: Why::Vacant, overlay: false, weight }
}

/// Adds whoever has a taker's part.
fn resolve(line: &Line, taker: &Taker, overlay: bool, terms: &Terms, book: &Book, pieces: &mut Vec<Piece>) {
    let Taker { role, stage, part } = *taker;
    let mut give = |employee: u32, assignment: u32, why: Why, weight: Decimal| {
        pieces.push(Piece { employee, role, stage, assignment, why, overlay, weight });
    };
    let hunts = terms.hunter.filter(|(hunter, _)| *hunter == role);
    if let Some((_, months)) = hunts {
        let end = line.first.saturating_add(i32::try_from(months).unwrap_or(i32::MAX).months());
        if line.day >= end {
            return;
        }
    }
    if let Some((_, employee)) = line.named.iter().find(|(named, _)| *named == role) {
        return give(*employee, NONE, Why::Named, part);
    }
    if hunts.is_some() {
        return match book.holder(line.account, role, line.product_line, line.first) {
            Some(held) => give(held.employee, held.assignment, Why::Hunter, part),
            None => give(NONE, NONE, Why::Vacant, part),
        };
    }
    let Some(held) = book.holder(line.account, role, line.product_line, line.day) else {
        return give(NONE, NONE, Why::Vacant, part);
    };
    let mut rest = part;
    if let Some((days, percent)) = terms.holdover
        && line.day < held.from.saturating_add(i64::from(days).days())
        && line.opened.is_none_or(|opened| opened < held.from)
        && let Some(earlier) = book.before(line.account, held)
    {
        let kept = part * percent / Decimal::ONE_HUNDRED;
        give(earlier.employee, earlier.assignment, Why::Holdover, kept);
        rest -= kept;
    }
    if let Some(percent) = terms.substitute
        && let Some(substitute) = book.stand_in(held.employee, role, line.product_line, line.day)
    {
        let given = rest * percent / Decimal::ONE_HUNDRED;
        give(substitute, held.assignment, Why::Substitute, given);
        rest -= given;
    }
    give(held.employee, held.assignment, Why::Holder, rest);
}

/// What each piece has of an amount: shared pieces sum to it exactly, overlays have their percent of it, rounded to the
/// unit (halves to the even one).
#[must_use]
pub fn amounts(pieces: &[Piece], whole: Decimal) -> Vec<Decimal> {
    let scale = whole.normalize().scale().max(2);
    let shared = pieces.iter().position(|piece| piece.overlay).unwrap_or(pieces.len());
    let weights: Vec<Decimal> = pieces[..shared].iter().map(|piece| piece.weight).collect();
    let mut given = apportion(whole, &weights, scale);
    given.extend(pieces[shared..].iter().map(|piece| {
        let exact = whole * piece.weight / Decimal::ONE_HUNDRED;
        exact.round_dp_with_strategy(scale, RoundingStrategy::MidpointNearestEven)
    }));
    given
}

/// Each piece's share of the line: shared ones sum to 1 exactly; overlays tell their percent as a share.
#[must_use]
pub fn shares_of(pieces: &[Piece]) -> Vec<Decimal> {
    let shared = pieces.iter().position(|piece| piece.overlay).unwrap_or(pieces.len());
    let weights: Vec<Decimal> = pieces[..shared].iter().map(|piece| piece.weight).collect();
    let mut given = shares(&weights);
    given.extend(pieces[shared..].iter().map(|piece| (piece.weight / Decimal::ONE_HUNDRED).normalize()));
    given
}
