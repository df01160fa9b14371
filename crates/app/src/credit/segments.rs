//! Which segment an account was in on a day: as the assignments that held then say, else as it is in now.
//!
//! Segments are decided by conditions over accounts as they are; the past of an account's columns is kept nowhere. What is
//! kept is each assignment's segment when it was recorded, so that an order of last year is divided by the rule of last
//! year's segment. Where no assignment held on the day, or none says its segment, the present one stands for it.

use bailiwick_domain::credit::NONE;
use bailiwick_domain::policy::Policy;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::holdings::Holdings;
use super::names::Names;

/// From a day, until before another, the segment.
type Stretch = (Date, Option<Date>, u16);

pub struct Segments {
    now: Vec<Option<u16>>,
    /// Of accounts that were in another segment than now, by account; what held since the latest day first.
    before: FxHashMap<u32, Vec<Stretch>>,
}

impl Segments {
    pub fn of(policy: &Policy, now: Vec<Option<u16>>, holdings: &Holdings, accounts: &Names) -> Segments {
        let names = policy.segment_names();
        let number = |name: &str| names.iter().position(|known| *known == name).map(|place| place as u16);
        let mut known: FxHashMap<&str, Option<u16>> = FxHashMap::default();
        let mut before: FxHashMap<u32, Vec<Stretch>> = FxHashMap::default();
        for held in &holdings.held {
            let Some(name) = held.segment.as_deref() else { continue };
            // A segment that the policy does not have any more has no rule, either.
            let Some(segment) = *known.entry(name).or_insert_with(|| number(name)) else { continue };
            let account = accounts.find(&held.account);
            if account != NONE {
                before.entry(account).or_default().push((held.from, held.to, segment));
            }
        }
        let present = |account: u32| now.get(account as usize).copied().flatten();
        before.retain(|account, all| all.iter().any(|(.., segment)| Some(*segment) != present(*account)));
        before.values_mut().for_each(|all| all.sort_by(|a, b| b.cmp(a)));
        Segments { now, before }
    }

    /// The present one.
    pub fn now(&self, account: u32) -> Option<u16> {
        self.now.get(account as usize).copied().flatten()
    }

    pub fn on(&self, account: u32, day: Date) -> Option<u16> {
        let held = |(from, to, _): &&Stretch| *from <= day && to.is_none_or(|to| day < to);
        let then = self.before.get(&account).and_then(|all| all.iter().find(held));
        then.map(|(.., segment)| *segment).or_else(|| self.now(account))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credit::holdings::Held;

    #[test]
    fn an_order_is_in_the_segment_of_its_day() {
        let text = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n[[segments]]\nname = \
                    \"Large\"\nwhen = \"n > 1\"\n[[segments]]\nname = \"Small\"\nwhen = \"true\"\n[[coverage]]\nrole = \
                    \"seller\"\ndivide = { balance = { count = 1.0 } }\n";
        let policy = Policy::parse(text, "p").unwrap();
        let accounts = Names::of(["A", "B"].map(String::from));
        let day = |text: &str| text.parse::<Date>().unwrap();
        let held = |account: &str, segment: Option<&str>, from: &str, to: Option<&str>| Held {
            account: account.into(),
            role: None,
            product_line: None,
            employee: "Ann".into(),
            territory: None,
            segment: segment.map(String::from),
            from: day(from),
            to: to.map(day),
            source: String::new(),
        };
        let holdings = Holdings {
            held: vec![
                held("A", Some("Small"), "2025-01-01", Some("2026-01-01")),
                held("A", Some("Large"), "2026-01-01", None),
                held("B", Some("Gone"), "2025-01-01", None),
                held("B", None, "2025-01-01", None),
            ],
            away: vec![],
        };
        let segments = Segments::of(&policy, vec![Some(0), Some(1)], &holdings, &accounts);
        let on = |account, text| segments.on(account, day(text));
        assert_eq!((on(0, "2025-12-31"), on(0, "2026-01-01")), (Some(1), Some(0)));
        assert_eq!(on(0, "2024-12-31"), Some(0), "nobody held it: the present one");
        assert_eq!(on(1, "2025-06-01"), Some(1), "the policy has no such segment any more");
        assert_eq!((on(2, "2025-06-01"), segments.now(2)), (None, None));
    }
}
