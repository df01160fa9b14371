//! Hours given out, and service observed, against what can be counted by hand.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use bailiwick_domain::communication::Direction;
use bailiwick_domain::policy::Policy;
use bailiwick_store::{Contacted, HolderOf};
use jiff::Timestamp;
use proptest::prelude::*;

use super::observed::{Period, percentile, summarise};
use super::{Due, allot};

fn due() -> impl Strategy<Value = Due> {
    (0u16..3, 0.0..1.0f64, 0.0..40.0f64, prop::option::of(0u32..3)).prop_map(|(segment, importance, hours, owner)| {
        Due { pool: 0, account: 0, segment, importance, hours, kept: 0.0, owner }
    })
}

proptest! {
    /// Nobody spends more than they have, no account gets more than it is promised, and what is kept is what is spent.
    #[test]
    fn hours_are_given_once(dues in prop::collection::vec(due(), 0..40), hours in prop::collection::vec(0.0..200.0f64, 3)) {
        let mut given = dues.clone();
        let spent = allot(&mut given, &hours);
        let kept: f64 = given.iter().map(|due| due.kept).sum();
        prop_assert!((kept - spent.iter().sum::<f64>()).abs() < 1e-6);
        prop_assert!(spent.iter().zip(&hours).all(|(spent, had)| *spent <= had + 1e-9));
        prop_assert!(given.iter().all(|due| due.kept >= 0.0 && due.kept <= due.hours && (due.owner.is_some() || due.kept == 0.0)));
    }

    /// More hours for anybody keep every promise at least as well as before.
    #[test]
    fn feasibility_grows_with_hours(dues in prop::collection::vec(due(), 0..40), hours in prop::collection::vec(0.0..200.0f64, 3), who in 0usize..3, more in 0.0..100.0f64) {
        let (mut before, mut after) = (dues.clone(), dues);
        allot(&mut before, &hours);
        let mut raised = hours.clone();
        raised[who] += more;
        allot(&mut after, &raised);
        prop_assert!(before.iter().zip(&after).all(|(before, after)| after.kept + 1e-9 >= before.kept));
    }

    /// What comes first in the order never yields to what comes later.
    #[test]
    fn precedence_is_kept(dues in prop::collection::vec(due(), 1..40), hours in prop::collection::vec(0.0..200.0f64, 3)) {
        let mut given = dues.clone();
        allot(&mut given, &hours);
        let mut fewer = dues[..dues.len() - 1].to_vec();
        allot(&mut fewer, &hours);
        prop_assert!(fewer.iter().zip(&given).all(|(alone, beside)| (alone.kept - beside.kept).abs() < 1e-9));
    }
}

const POLICY: &str = r#"
[company]
time_zone = "Europe/Sofia"
[sources.accounts]
file = "a.csv"
[sources.employees]
file = "e.csv"
[[segments]]
name = "VIP"
when = "vip"
[[segments]]
name = "Others"
when = "true"
[service_levels.VIP]
roles.seller = { response_hours = 2, contacts_per_year = 24, hours_per_contact = 1, share = 0.5 }
[[coverage]]
role = "seller"
divide = { balance = { count = 1.0 } }
"#;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn came(account: &str, at_: &str, answered: Option<&str>, by: Option<&str>) -> Contacted {
    Contacted {
        number: 1,
        account: Some(account.into()),
        role: Some("seller".into()),
        stage: None,
        direction: Direction::Incoming,
        at: at(at_),
        answered_at: answered.map(at),
        by: by.map(str::to_owned),
    }
}

fn went(account: &str, at_: &str, by: &str) -> Contacted {
    Contacted { direction: Direction::Outgoing, role: None, ..came(account, at_, None, Some(by)) }
}

#[test]
fn what_was_recorded_is_held_against_what_was_promised() {
    let policy = Policy::parse(POLICY, "bailiwick.toml").unwrap();
    let served = |account: &str, employee: &str, segment: &str| HolderOf {
        account_id: account.into(),
        role: "seller".into(),
        product_line: String::new(),
        employee_id: employee.into(),
        segment: segment.into(),
    };
    let served = [served("V1", "Ann", "VIP"), served("V2", "Ben", "VIP"), served("R1", "Ben", "Others")];
    // Sofia is two hours ahead. Friday 16:00 to Monday 10:00 are two hours; Monday 9:00 to 12:00 are three.
    let found = [
        came("V1", "2026-01-09T14:00:00Z", Some("2026-01-12T08:00:00Z"), Some("Ann")),
        came("V2", "2026-01-12T07:00:00Z", None, None),
        went("V2", "2026-01-12T10:00:00Z", "Ben"),
        came("V1", "2026-01-30T14:30:00Z", None, None),
        came("R1", "2026-01-12T07:00:00Z", Some("2026-01-12T08:00:00Z"), Some("Cid")),
        went("V1", "2026-01-20T10:00:00Z", "Ann"),
        went("V1", "2026-01-26T10:00:00Z", "Ann"),
        went("V2", "2026-02-10T10:00:00Z", "Ben"),
    ];
    let period = Period {
        from: "2026-01-01".parse().unwrap(),
        to: "2026-02-01".parse().unwrap(),
        now: at("2026-01-30T15:00:00Z"),
    };
    let names = BTreeMap::from([(String::from("Ann"), String::from("Ann Lee"))]);
    let told = summarise(&policy, period, at("2026-01-31T22:00:00Z"), &found, &served, &BTreeMap::new(), &names);
    let vip = &told.segments[0];
    assert_eq!((vip.segment.as_str(), vip.role.as_str()), ("VIP", "seller"));
    let answers = &vip.responses;
    assert_eq!((answers.received, answers.answered, answers.waiting), (3, 2, 1), "half an hour is not late yet");
    assert_eq!((answers.median_hours, answers.p90_hours, answers.in_time), (Some(2.0), Some(3.0), Some(0.5)));
    // 24 a year are 2 in 31 days: V1 had two, V2 one; what went in February does not count.
    let contacts = &vip.contacts;
    assert_eq!(
        (contacts.accounts, contacts.contacts, contacts.median_days, contacts.in_time),
        (2, 3, Some(6.0), Some(0.5))
    );
    assert_eq!(vip.kept, Some(true), "half was promised");
    // Whoever came in the middle of the month is owed nothing yet: 24 a year are less than one in 14 days.
    let since = BTreeMap::from([((String::from("V2"), String::from("seller")), "2026-01-18".parse().unwrap())]);
    let late = summarise(&policy, period, at("2026-01-31T22:00:00Z"), &found, &served, &since, &names);
    assert_eq!(late.segments[0].contacts.in_time, Some(1.0));
    let others = &told.segments[1];
    assert_eq!((others.responses.in_time, others.kept), (None, None), "nothing was promised");
    let who: Vec<_> =
        told.employees.iter().map(|kept| (kept.employee_id.as_deref().unwrap(), kept.responses.received)).collect();
    assert_eq!(who, [("Ann", 2), ("Ben", 1), ("Cid", 1)]);
    assert_eq!(told.employees[0].employee.as_deref(), Some("Ann Lee"));
}

#[test]
fn a_percentile_is_a_value_that_was_seen() {
    let sorted = [1.0, 2.0, 3.0, 4.0];
    assert_eq!(
        (percentile(&sorted, 0.5), percentile(&sorted, 0.9), percentile(&[], 0.5)),
        (Some(2.0), Some(4.0), None)
    );
}
