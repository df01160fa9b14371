//! What turns out otherwise after a period was closed: not altered there, but booked as a visible correction in the first
//! period that is open.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::trace::Credit;

/// The kind of a credit that corrects a closed period.
pub const CORRECTION: &str = "correction";

/// Whose part of what.
type Key<'a> = (&'a str, &'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>, bool);

fn key(credit: &Credit) -> Key<'_> {
    let order = match (credit.kind.as_str(), &credit.reference) {
        (CORRECTION, Some(order)) => order.as_str(),
        _ => credit.order.as_str(),
    };
    (
        order,
        credit.line.as_str(),
        credit.employee.as_deref(),
        credit.role.as_deref(),
        credit.stage.as_deref(),
        credit.overlay,
    )
}

/// What is missing in, or too much in, what was closed (`frozen`, with corrections booked since) against what the same days
/// give now, as credits of `day`. Nothing where nothing changed.
pub fn corrections(frozen: &[Credit], now: &[Credit], day: Date) -> Vec<Credit> {
    let mut open: BTreeMap<Key, (Decimal, Decimal, &Credit)> = BTreeMap::new();
    for (sign, credit) in now.iter().map(|one| (Decimal::ONE, one)).chain(frozen.iter().map(|one| (-Decimal::ONE, one)))
    {
        let (amount, cost, _) = open.entry(key(credit)).or_insert((Decimal::ZERO, Decimal::ZERO, credit));
        *amount += sign * credit.amount;
        *cost += sign * credit.cost.unwrap_or_default();
    }
    let wrong = open.into_iter().filter(|(_, (amount, cost, _))| !amount.is_zero() || !cost.is_zero());
    let correct = |(key, (amount, cost, credit)): (Key, (Decimal, Decimal, &Credit))| Credit {
        kind: CORRECTION.to_owned(),
        order: key.0.to_owned(),
        reference: Some(key.0.to_owned()),
        date: day,
        amount: amount.normalize(),
        cost: credit.cost.map(|_| cost.normalize()),
        original: None,
        reason: Some(format!("{} of {} turned out otherwise after its period was closed", credit.order, credit.date)),
        ..credit.clone()
    };
    wrong.map(correct).collect()
}

#[cfg(test)]
mod tests {
    use bailiwick_domain::credit::Why;

    use super::*;

    fn credit(order: &str, employee: &str, amount: &str) -> Credit {
        Credit {
            order: order.into(),
            line: "1".into(),
            kind: "order".into(),
            reference: None,
            date: "2026-02-01".parse().unwrap(),
            account: "A".into(),
            segment: "All".into(),
            product_line: None,
            employee: Some(employee.into()),
            role: None,
            stage: None,
            rule: "All".into(),
            assignment: None,
            territory: None,
            why: Why::Holder,
            reason: None,
            overlay: false,
            share: Decimal::ONE,
            amount: amount.parse().unwrap(),
            line_amount: amount.parse().unwrap(),
            cost: None,
            original: None,
            first_order: None,
        }
    }

    fn told(credits: &[Credit]) -> Vec<(String, String, String)> {
        let each = credits
            .iter()
            .map(|one| (one.order.clone(), one.employee.clone().unwrap_or_default(), one.amount.to_string()));
        each.collect()
    }

    #[test]
    fn what_changed_is_booked_once() {
        let frozen = vec![credit("O-1", "Ann", "100"), credit("O-2", "Ann", "50")];
        let now = vec![credit("O-1", "Ben", "100"), credit("O-2", "Ann", "50"), credit("O-3", "Ann", "7.5")];
        let day = "2026-04-01".parse().unwrap();
        let first = corrections(&frozen, &now, day);
        let as_told = |rows: &[(&str, &str, &str)]| {
            rows.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(told(&first), as_told(&[("O-1", "Ann", "-100"), ("O-1", "Ben", "100"), ("O-3", "Ann", "7.5")]));
        assert!(first.iter().all(|one| one.kind == CORRECTION && one.date == day));
        let closed_again = [frozen, first].concat();
        assert_eq!(corrections(&closed_again, &now, day), []);
    }
}
