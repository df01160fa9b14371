//! Credits of one line by every rule there is, told as a person would; and the property that they always sum.

#![allow(clippy::unwrap_used)]

use bailiwick_domain::credit::*;
use bailiwick_domain::policy::credit::Vacant;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

const SELLER: u32 = 0;
const HUNTER: u32 = 1;
const SPECIALIST: u32 = 2;
const NAMES: [&str; 6] = ["Ann", "Ben", "Cid", "Dee", "Eve", "Fay"];

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn taker(role: u32, part: &str) -> Taker {
    Taker { role, stage: NONE, part: d(part) }
}

fn held(role: u32, employee: u32, from: Date, to: Option<Date>) -> Held {
    Held { role, product_line: NONE, employee, from, to, assignment: employee }
}

/// Ann sells until March, Ben after; Cid found the customer and Dee has that role now; Eve knows product line 7.
fn book() -> Book {
    let mut book = Book::default();
    book.hold(0, held(SELLER, 0, date(2026, 1, 1), Some(date(2026, 3, 1))));
    book.hold(0, held(SELLER, 1, date(2026, 3, 1), None));
    book.hold(0, held(HUNTER, 2, date(2025, 1, 1), Some(date(2026, 1, 1))));
    book.hold(0, held(HUNTER, 3, date(2026, 1, 1), None));
    book.hold(0, Held { product_line: 7, ..held(SPECIALIST, 4, date(2026, 1, 1), None) });
    book.is_away(
        0,
        Away { from: date(2026, 2, 1), to: Some(date(2026, 2, 8)), role: NONE, product_line: NONE, substitute: 5 },
    );
    book
}

fn line(day: Date) -> Line<'static> {
    Line { account: 0, product_line: 7, day, opened: None, first: date(2025, 6, 1), named: &[] }
}

fn rule() -> Rule {
    Rule { shares: vec![taker(SELLER, "70"), taker(HUNTER, "30")], overlays: vec![taker(SPECIALIST, "25")] }
}

fn terms() -> Terms {
    Terms {
        hunter: Some((HUNTER, 12)),
        holdover: Some((30, d("100"))),
        substitute: Some(d("50")),
        vacant: Vacant::Nobody,
    }
}

fn told(line: &Line, rule: &Rule, terms: &Terms, amount: &str) -> String {
    let mut pieces = vec![];
    divide(line, rule, terms, &book(), &mut pieces);
    let given = amounts(&pieces, d(amount));
    let shares = shares_of(&pieces);
    let each = pieces.iter().zip(given).zip(shares).map(|((piece, amount), share)| {
        let who = NAMES.get(piece.employee as usize).unwrap_or(&"nobody");
        format!("{who} {amount} ({share} {}{})", piece.why.word(), if piece.overlay { ", overlay" } else { "" })
    });
    each.collect::<Vec<_>>().join(" · ")
}

#[test]
fn every_rule_is_kept() {
    let plain = told(&line(date(2026, 1, 15)), &rule(), &terms(), "100");
    assert_eq!(
        plain,
        "Ann 70 (0.7 holder) · Cid 30 (0.3 hunter) · Eve 25 (0.25 overlay, overlay)"
            .replace("0.25 overlay", "0.25 holder")
    );
    let away = told(&line(date(2026, 2, 3)), &rule(), &terms(), "100");
    assert_eq!(
        away,
        "Fay 35 (0.35 substitute) · Ann 35 (0.35 holder) · Cid 30 (0.3 hunter) · Eve 25 (0.25 holder, overlay)"
    );
    let moved = told(&line(date(2026, 3, 30)), &rule(), &terms(), "100");
    assert_eq!(moved, "Ann 70 (0.7 holdover) · Cid 30 (0.3 hunter) · Eve 25 (0.25 holder, overlay)");
    let after = told(&line(date(2026, 3, 31)), &rule(), &terms(), "100");
    assert_eq!(after, "Ben 70 (0.7 holder) · Cid 30 (0.3 hunter) · Eve 25 (0.25 holder, overlay)");
    let hunted_out = told(&line(date(2026, 6, 1)), &rule(), &terms(), "100");
    assert_eq!(hunted_out, "Ben 100 (1 holder) · Eve 25 (0.25 holder, overlay)");
    let vacant = told(&line(date(2024, 6, 1)), &rule(), &terms(), "0.01");
    assert_eq!(vacant, "nobody 0.01 (0.7 vacant) · Cid 0 (0.3 hunter)");
}

#[test]
fn only_deals_begun_before_the_move_stay_with_the_earlier_holder() {
    let new_deal = Line { opened: Some(date(2026, 3, 2)), ..line(date(2026, 3, 15)) };
    assert!(told(&new_deal, &rule(), &terms(), "100").starts_with("Ben 70"));
    let old_deal = Line { opened: Some(date(2026, 2, 27)), ..line(date(2026, 3, 15)) };
    assert!(told(&old_deal, &rule(), &terms(), "100").starts_with("Ann 70"));
    let half = Terms { holdover: Some((30, d("40"))), ..terms() };
    assert!(told(&old_deal, &rule(), &half, "100").starts_with("Ann 28 (0.28 holdover) · Ben 42 (0.42 holder)"));
}

#[test]
fn whom_the_order_names_goes_before_the_holder() {
    let named = Line { named: &[(SELLER, 3)], ..line(date(2026, 1, 15)) };
    assert!(told(&named, &rule(), &terms(), "100").starts_with("Dee 70 (0.7 named)"));
}

#[test]
fn others_share_what_nobody_holds_where_the_policy_says_so() {
    let others = Terms { vacant: Vacant::Others, ..terms() };
    assert_eq!(told(&line(date(2024, 6, 1)), &rule(), &others, "0.01"), "Cid 0.01 (1 hunter)");
    let nobody = Line { account: 9, ..line(date(2026, 1, 1)) };
    assert_eq!(told(&nobody, &rule(), &others, "5"), "nobody 3.5 (0.7 vacant) · nobody 1.5 (0.3 vacant)");
}

#[test]
fn a_line_for_a_product_that_has_no_specialist_has_no_overlay() {
    let other = Line { product_line: 8, ..line(date(2026, 1, 15)) };
    assert_eq!(told(&other, &rule(), &terms(), "100"), "Ann 70 (0.7 holder) · Cid 30 (0.3 hunter)");
}

#[test]
fn substitutes_of_substitutes_are_followed_and_circles_end() {
    let mut book = book();
    let day = date(2026, 2, 3);
    assert_eq!(book.stand_in(0, SELLER, 7, day), Some(5));
    book.is_away(5, Away { from: day, to: None, role: NONE, product_line: NONE, substitute: 3 });
    assert_eq!(book.stand_in(0, SELLER, 7, day), Some(3));
    book.is_away(3, Away { from: day, to: None, role: NONE, product_line: NONE, substitute: 0 });
    assert_eq!(book.stand_in(0, SELLER, 7, day), None);
}

fn days() -> impl Strategy<Value = Date> {
    (0i32..900).prop_map(|days| date(2025, 1, 1).saturating_add(days.days()))
}

fn books() -> impl Strategy<Value = Book> {
    let row = (0u32..4, 0u32..5, prop::option::of(0u32..2), 0u32..6, days(), prop::option::of(1i32..400));
    let away = (0u32..6, 0u32..6, days(), prop::option::of(1i32..60), prop::option::of(0u32..5));
    (prop::collection::vec(row, 0..40), prop::collection::vec(away, 0..8)).prop_map(|(rows, away)| {
        let mut book = Book::default();
        for (place, (account, role, product_line, employee, from, long)) in rows.into_iter().enumerate() {
            let to = long.map(|long| from.saturating_add(long.days()));
            let role = if role == 4 { NONE } else { role };
            let assignment = place as u32;
            book.hold(
                account,
                Held { role, product_line: product_line.unwrap_or(NONE), employee, from, to, assignment },
            );
        }
        for (employee, substitute, from, long, role) in away {
            let to = long.map(|long| from.saturating_add(long.days()));
            let (role, product_line) = (role.unwrap_or(NONE), NONE);
            book.is_away(employee, Away { from, to, role, product_line, substitute });
        }
        book
    })
}

fn parts() -> impl Strategy<Value = Vec<Taker>> {
    let one =
        (0u32..4, 0i64..200_000).prop_map(|(role, part)| Taker { role, stage: NONE, part: Decimal::new(part, 2) });
    prop::collection::vec(one, 1..6)
}

fn all_terms() -> impl Strategy<Value = Terms> {
    let percent = || (0i64..=10_000).prop_map(|percent| Decimal::new(percent, 2));
    let hunter = prop::option::of((0u32..4, 1u32..30));
    let holdover = prop::option::of((0u32..200, percent()));
    (hunter, holdover, prop::option::of(percent()), any::<bool>()).prop_map(|(hunter, holdover, substitute, others)| {
        Terms { hunter, holdover, substitute, vacant: if others { Vacant::Others } else { Vacant::Nobody } }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Orders, returns, costs and foreign amounts: what is shared sums to the whole, to the last unit, by any rule.
    #[test]
    fn credits_always_sum_to_the_order(
        book in books(), shares in parts(), overlays in prop::collection::vec((0u32..4, 0i64..=100), 0..3),
        terms in all_terms(), account in 0u32..5, product_line in prop::option::of(0u32..2), day in days(),
        opened in prop::option::of(days()), first in days(), named in prop::collection::vec((0u32..4, 0u32..6), 0..3),
        cents in -100_000_000i64..100_000_000, scale in 0u32..5, rate in 1i64..3_000_000,
        by_hand in prop::collection::vec((0u32..6, 0i64..500), 0..4), is_by_hand in any::<bool>(),
    ) {
        let overlays = overlays.into_iter().map(|(role, part)| Taker { role, stage: NONE, part: part.into() }).collect();
        let rule = Rule { shares, overlays };
        let product_line = product_line.unwrap_or(NONE);
        let line = Line { account, product_line, day, opened, first, named: &named };
        let mut pieces = vec![];
        if is_by_hand {
            let parts: Vec<(u32, Decimal)> = by_hand.into_iter().map(|(who, part)| (who, part.into())).collect();
            divide_by_hand(&parts, &mut pieces);
        } else {
            divide(&line, &rule, &terms, &book, &mut pieces);
        }
        let own = Decimal::new(cents, scale);
        let company = (own * Decimal::new(rate, 4)).round_dp(2);
        for whole in [own, company, -own] {
            let given = amounts(&pieces, whole);
            let shared = |(piece, amount): (&Piece, &Decimal)| if piece.overlay { Decimal::ZERO } else { *amount };
            prop_assert_eq!(pieces.iter().zip(&given).map(shared).sum::<Decimal>(), whole);
        }
        let shares: Decimal = pieces.iter().zip(shares_of(&pieces)).filter(|(p, _)| !p.overlay).map(|(_, share)| share).sum();
        prop_assert_eq!(shares, Decimal::ONE);
        // A return takes from each exactly what the order gave.
        prop_assert_eq!(amounts(&pieces, -own), amounts(&pieces, own).into_iter().map(|a| -a).collect::<Vec<_>>());
    }
}
