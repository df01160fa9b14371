//! What the accounts of a segment are promised in a role, put together from all that the policy says of it.

use indexmap::IndexMap;

use super::Policy;
use super::document::Service;
use super::people::Level;
use crate::opening_hours::{OpeningHours, day_number};

/// The share of answers and contacts in time, where nothing else is said.
pub const SHARE: f64 = 0.9;

/// One role's promise to each account of one segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// Business hours until somebody answers.
    pub response_hours: Option<f64>,
    pub contacts_per_year: f64,
    /// Hours a year of contacts.
    pub contact_hours: f64,
    /// Hours a year of answering.
    pub response_work: f64,
    /// The share of answers and contacts that has to be in time.
    pub share: f64,
    /// Skill = least level.
    pub qualification: IndexMap<String, f64>,
}

impl Default for Promise {
    fn default() -> Self {
        Promise {
            response_hours: None,
            contacts_per_year: 0.0,
            contact_hours: 0.0,
            response_work: 0.0,
            share: SHARE,
            qualification: IndexMap::new(),
        }
    }
}

impl Promise {
    /// Hours a year that keeping it takes for one account.
    #[must_use]
    pub fn hours(&self) -> f64 {
        self.contact_hours + self.response_work
    }

    fn add(&mut self, level: &Level) {
        let number = |number: &Option<super::people::Number>| number.as_ref().map(|number| *number.get_ref());
        self.respond_within(number(&level.response_hours));
        let contacts = number(&level.contacts_per_year).unwrap_or(0.0);
        self.contacts_per_year += contacts;
        self.contact_hours += contacts * number(&level.hours_per_contact).unwrap_or(0.0);
        self.response_work +=
            number(&level.responses_per_year).unwrap_or(0.0) * number(&level.hours_per_response).unwrap_or(0.0);
        if let Some(share) = number(&level.share) {
            self.share = share;
        }
        for (skill, least) in &level.qualification {
            self.qualify(skill.get_ref(), *least.get_ref());
        }
    }

    fn respond_within(&mut self, hours: Option<f64>) {
        self.response_hours = self.response_hours.into_iter().chain(hours).reduce(f64::min);
    }

    fn qualify(&mut self, skill: &str, least: f64) {
        let held = self.qualification.entry(skill.to_owned()).or_insert(least);
        *held = held.max(least);
    }
}

impl Policy {
    /// What each account of a segment is promised in a role, without the segment's own `contacts_per_year`: those are
    /// promised once, by the first role that serves the account ([`Policy::promise_of_segment`]).
    #[must_use]
    pub fn promise(&self, segment: &str, role: &str) -> Promise {
        let mut promise = Promise::default();
        if let Some(service) = self.service_of(segment) {
            promise.respond_within(service.response_hours);
            service.qualification.iter().for_each(|(skill, least)| promise.qualify(skill, *least));
        }
        let Some(levels) = self.levels_of(segment) else { return promise };
        levels.roles.iter().filter(|(name, _)| name.get_ref() == role).for_each(|(_, level)| promise.add(level));
        let stages = self.stages_of(segment);
        for (name, level) in &levels.stages {
            let answers = stages.iter().any(|(_, stage, of)| *stage == name.get_ref() && *of == Some(role));
            if answers {
                promise.add(level);
            }
        }
        promise
    }

    /// What the segment's own `service` adds for the first role that serves the account.
    #[must_use]
    pub fn promise_of_segment(&self, segment: &str) -> Promise {
        let Some(service) = self.service_of(segment) else { return Promise::default() };
        let contacts = service.contacts_per_year.unwrap_or(0.0);
        Promise {
            contacts_per_year: contacts,
            contact_hours: contacts * service.hours_per_contact.unwrap_or(0.0),
            ..Promise::default()
        }
    }

    /// The response promised to a matter of a stage, where that is said apart; of its role otherwise.
    #[must_use]
    pub fn response_promised(&self, segment: &str, role: &str, stage: Option<&str>) -> Option<f64> {
        let of_stage = stage.and_then(|stage| {
            let levels = self.levels_of(segment)?;
            let (_, level) = levels.stages.iter().find(|(name, _)| name.get_ref() == stage)?;
            level.response_hours.as_ref().map(|hours| *hours.get_ref())
        });
        of_stage.or_else(|| self.promise(segment, role).response_hours)
    }

    /// Whether any qualification is asked for at all.
    #[must_use]
    pub fn asks_for_qualification(&self) -> bool {
        let of_segment = |service: &Service| !service.qualification.is_empty();
        let mut levels = self.document.service_levels.values();
        self.document.segments.iter().any(|segment| segment.service.as_ref().is_some_and(of_segment))
            || levels.any(|of| of.roles.values().chain(of.stages.values()).any(|level| !level.qualification.is_empty()))
    }

    /// Where the company's days begin and end; what does not read is UTC, as `check` has said.
    #[must_use]
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(self.document.company.time_zone.get_ref()).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// Which day it is in the company.
    #[must_use]
    pub fn day(&self, at: jiff::Timestamp) -> jiff::civil::Date {
        at.to_zoned_datetime(self.zone()).date()
    }

    /// The company's hours, as its policy states them; what does not read is left out, as `check` has said.
    #[must_use]
    pub fn opening_hours(&self) -> OpeningHours {
        let hours = &self.document.business_hours;
        let time = |text: &str, otherwise: i8| {
            let text = if text.len() == 5 { format!("{text}:00") } else { text.to_owned() };
            text.parse().unwrap_or_else(|_| jiff::civil::Time::constant(otherwise, 0, 0, 0))
        };
        OpeningHours {
            days: hours.days.iter().filter_map(|day| day_number(day.get_ref())).collect(),
            from: time(hours.from.get_ref(), 9),
            to: time(hours.to.get_ref(), 17),
            holidays: hours.holidays.iter().filter_map(|day| day.get_ref().parse().ok()).collect(),
            zone: self.zone(),
        }
    }

    fn service_of(&self, segment: &str) -> Option<&Service> {
        let found = self.document.segments.iter().find(|one| one.name.get_ref() == segment)?;
        found.service.as_ref()
    }

    fn levels_of(&self, segment: &str) -> Option<&super::people::ServiceLevel> {
        let found = self.document.service_levels.iter().find(|(name, _)| name.get_ref() == segment)?;
        Some(found.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
[sources.accounts]
file = "a.csv"
[sources.employees]
file = "e.csv"
[[processes]]
name = "Sale"
stages = [{ name = "Offer", role = "seller" }, { name = "Repair", role = "engineer" }]
[[segments]]
name = "VIP"
when = "true"
service = { response_hours = 8, contacts_per_year = 4, hours_per_contact = 1, qualification = { care = 1 } }
[service_levels.VIP]
roles.seller = { contacts_per_year = 12, hours_per_contact = 1.5, qualification = { care = 2 }, share = 0.95 }
stages.Offer = { response_hours = 2, responses_per_year = 10, hours_per_response = 0.5 }
[[coverage]]
role = "seller"
divide = { to = "Ann" }
[[coverage]]
role = "engineer"
divide = { to = "Ann" }
"#;

    #[test]
    fn what_is_said_of_segment_role_and_stage_adds_up() {
        let policy = Policy::parse(POLICY, "bailiwick.toml").expect("a policy");
        let seller = policy.promise("VIP", "seller");
        assert_eq!((seller.response_hours, seller.share, seller.contacts_per_year), (Some(2.0), 0.95, 12.0));
        assert_eq!((seller.contact_hours, seller.response_work, seller.hours()), (18.0, 5.0, 23.0));
        assert_eq!(seller.qualification["care"], 2.0);
        let engineer = policy.promise("VIP", "engineer");
        assert_eq!((engineer.response_hours, engineer.hours(), engineer.share), (Some(8.0), 0.0, SHARE));
        assert_eq!(policy.promise_of_segment("VIP").hours(), 4.0);
        assert_eq!(policy.response_promised("VIP", "seller", Some("Offer")), Some(2.0));
        assert_eq!(policy.response_promised("VIP", "engineer", Some("Repair")), Some(8.0));
        assert_eq!(policy.promise("none", "seller"), Promise::default());
        assert!(policy.asks_for_qualification());
        assert_eq!(policy.opening_hours().told(), "mon–fri 09:00–17:00 (UTC)");
    }
}
