//! An absence: somebody is away from a day to a day, and others stand in meanwhile.
//!
//! Who stands in is decided once, when the absence is recorded ([`choose`]), and kept with it, so that a customer does not
//! meet another person every day as loads change. Responsibility does not move: the absent stay the owners of their
//! accounts, and are back on their day without anybody doing anything. If whoever stands in is away too, their own
//! stand-in is asked ([`stand_in`]).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::employee::EmployeeRecord;
use crate::id::{EmployeeId, ProductLine, RoleName};

/// An absence to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAbsence {
    pub employee: EmployeeId,
    /// The first day away.
    pub from: Date,
    /// The first day back; `None`: until further notice.
    #[serde(default)]
    pub to: Option<Date>,
    /// Who stands in for everything; `None`: chosen by rule, role by role.
    #[serde(default)]
    pub substitute: Option<EmployeeId>,
    /// Why, for the audit trail: leave, illness, …
    pub reason: String,
}

/// An absence as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    pub id: u64,
    pub employee: EmployeeId,
    pub from: Date,
    pub to: Option<Date>,
    pub reason: String,
    /// By role and product line; the last, without a role, is for everything else.
    pub covers: Vec<Cover>,
    pub recorded_at: Timestamp,
    /// Number of the audit entry that recorded it.
    pub recorded_by: u64,
}

/// Who stands in for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// `None`: whatever no other cover is for.
    pub role: Option<RoleName>,
    pub product_line: Option<ProductLine>,
    pub substitute: EmployeeId,
    pub rule: CoverRule,
}

/// Why this person stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoverRule {
    /// Named when the absence was recorded.
    Named,
    /// At work all the time, holds the same role (and product line), and of those the fewest accounts.
    LeastLoaded,
    /// The manager, because nobody else holds the role.
    Manager,
}

impl CoverRule {
    pub const ALL: [CoverRule; 3] = [CoverRule::Named, CoverRule::LeastLoaded, CoverRule::Manager];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CoverRule::Named => "named",
            CoverRule::LeastLoaded => "least-loaded",
            CoverRule::Manager => "manager",
        }
    }

    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

/// Somebody who holds the same role, and how many accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    pub employee: &'a EmployeeId,
    pub accounts: u64,
}

/// Who stands in for one role: of those at work all the time the least loaded, else the manager. Equal loads: the first by
/// id. Nobody, if nobody is at work.
pub fn choose<'a>(
    candidates: impl IntoIterator<Item = Candidate<'a>>,
    manager: Option<&'a EmployeeId>,
    at_work: impl Fn(&EmployeeId) -> bool,
) -> Option<(&'a EmployeeId, CoverRule)> {
    let least = candidates
        .into_iter()
        .filter(|candidate| at_work(candidate.employee))
        .min_by_key(|candidate| (candidate.accounts, candidate.employee));
    match least {
        Some(candidate) => Some((candidate.employee, CoverRule::LeastLoaded)),
        None => manager.filter(|manager| at_work(manager)).map(|manager| (manager, CoverRule::Manager)),
    }
}

/// Whether two stretches share a day; ends are exclusive, `None` is for ever.
#[must_use]
pub fn overlap(a: (Date, Option<Date>), b: (Date, Option<Date>)) -> bool {
    a.1.is_none_or(|end| b.0 < end) && b.1.is_none_or(|end| a.0 < end)
}

/// Whether an employee is with the company on every day of a stretch, by the columns `active`, `start_date` and `end_date`.
#[must_use]
pub fn employed(employee: &EmployeeRecord, from: Date, to: Option<Date>) -> bool {
    let text = |name: &str| match employee.attributes.get(name) {
        Some(serde_json::Value::String(text)) => Some(text.trim().to_lowercase()),
        Some(serde_json::Value::Bool(value)) => Some(value.to_string()),
        _ => None,
    };
    let date = |name: &str| text(name).and_then(|text| text.get(..10).and_then(|day| day.parse::<Date>().ok()));
    let active = text("active").is_none_or(|text| !matches!(text.as_str(), "false" | "0" | "no" | "не"));
    let begun = date("start_date").is_none_or(|start| start <= from);
    let stays = date("end_date").is_none_or(|end| to.is_some_and(|to| to <= end));
    active && begun && stays
}

/// Who answers in the place of somebody on a day, given everybody who is away on it: the cover for the role and product
/// line, else that for everything else, and so on while whoever is found is away too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandIn {
    /// They are at work themselves.
    NotNeeded,
    /// Who answers instead, and why they.
    Found(EmployeeId, CoverRule),
    /// Everybody who could is away.
    Nobody,
}

#[must_use]
pub fn stand_in(
    away: &BTreeMap<EmployeeId, Absence>,
    employee: &EmployeeId,
    role: &RoleName,
    line: Option<&ProductLine>,
) -> StandIn {
    let mut asked = BTreeSet::from([employee]);
    let (mut now, mut rule) = (employee, None);
    while let Some(absence) = away.get(now) {
        let of_role = absence
            .covers
            .iter()
            .find(|cover| cover.role.as_ref() == Some(role) && cover.product_line.as_ref() == line);
        let cover = of_role.or_else(|| absence.covers.iter().find(|cover| cover.role.is_none()));
        match cover {
            Some(cover) if asked.insert(&cover.substitute) => (now, rule) = (&cover.substitute, Some(cover.rule)),
            _ => return StandIn::Nobody,
        }
    }
    rule.map_or(StandIn::NotNeeded, |rule| StandIn::Found(now.clone(), rule))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::{Map, json};

    fn id(text: &str) -> EmployeeId {
        text.parse().unwrap()
    }

    fn away(who: &str, covers: &[(&str, &str)]) -> (EmployeeId, Absence) {
        let cover = |&(role, substitute): &(&str, &str)| Cover {
            role: role.parse().ok(),
            product_line: None,
            substitute: id(substitute),
            rule: CoverRule::Named,
        };
        let absence = Absence {
            id: 1,
            employee: id(who),
            from: date(2026, 7, 1),
            to: None,
            reason: String::new(),
            covers: covers.iter().map(cover).collect(),
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_by: 1,
        };
        (id(who), absence)
    }

    fn asked(away: &[(EmployeeId, Absence)], who: &str, role: &str) -> String {
        match stand_in(&away.iter().cloned().collect(), &id(who), &role.parse().unwrap(), None) {
            StandIn::NotNeeded => "themselves".into(),
            StandIn::Found(who, _) => who.to_string(),
            StandIn::Nobody => "nobody".into(),
        }
    }

    #[test]
    fn each_role_has_its_stand_in() {
        let all = [away("Ann", &[("seller", "Ben"), ("", "Max")])];
        assert_eq!(asked(&all, "Ann", "seller"), "Ben");
        assert_eq!(asked(&all, "Ann", "service"), "Max");
        assert_eq!(asked(&all, "Ben", "seller"), "themselves");
    }

    #[test]
    fn a_stand_in_who_is_away_has_one_too_and_circles_end() {
        let all = [away("Ann", &[("seller", "Ben")]), away("Ben", &[("seller", "Cid")])];
        assert_eq!(asked(&all, "Ann", "seller"), "Cid");
        let circle = [away("Ann", &[("seller", "Ben")]), away("Ben", &[("seller", "Ann")])];
        assert_eq!(asked(&circle, "Ann", "seller"), "nobody");
        assert_eq!(asked(&[away("Ann", &[])], "Ann", "seller"), "nobody");
    }

    #[test]
    fn the_least_loaded_at_work_is_chosen_else_the_manager() {
        let (ann, ben, cid, max) = (id("Ann"), id("Ben"), id("Cid"), id("Max"));
        let all = [(&cid, 2), (&ann, 1), (&ben, 2)].map(|(employee, accounts)| Candidate { employee, accounts });
        let chosen = |away: &[&EmployeeId]| choose(all, Some(&max), |who| !away.contains(&who));
        assert_eq!(chosen(&[]), Some((&ann, CoverRule::LeastLoaded)));
        assert_eq!(chosen(&[&ann]), Some((&ben, CoverRule::LeastLoaded)));
        assert_eq!(chosen(&[&ann, &ben, &cid]), Some((&max, CoverRule::Manager)));
        assert_eq!(chosen(&[&ann, &ben, &cid, &max]), None);
    }

    #[test]
    fn stretches_that_touch_do_not_overlap() {
        let day = |d| date(2026, 7, d);
        assert!(!overlap((day(1), Some(day(5))), (day(5), None)));
        assert!(overlap((day(1), Some(day(6))), (day(5), None)));
        assert!(overlap((day(1), None), (day(9), Some(day(10)))));
    }

    #[test]
    fn whoever_leaves_meanwhile_is_not_employed_throughout() {
        let with = |attributes: serde_json::Value| EmployeeRecord {
            id: id("Ann"),
            name: String::new(),
            position: None,
            department: None,
            manager: None,
            attributes: serde_json::from_value::<Map<_, _>>(attributes).unwrap(),
        };
        let july = (date(2026, 7, 1), Some(date(2026, 8, 1)));
        for (attributes, expected) in [
            (json!({}), true),
            (json!({"active": "No"}), false),
            (json!({"active": false}), false),
            (json!({"start_date": "2026-07-02"}), false),
            (json!({"start_date": "2026-07-01", "end_date": "2026-08-01"}), true),
            (json!({"end_date": "2026-07-31"}), false),
        ] {
            assert_eq!(employed(&with(attributes.clone()), july.0, july.1), expected, "{attributes}");
        }
        assert!(!employed(&with(json!({"end_date": "2026-12-31"})), july.0, None));
    }
}
