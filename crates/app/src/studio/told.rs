//! What a draft's pool is told as, in words: how far it is from the best, and which promises it does not keep.

use fluent_bundle::FluentValue;
use serde::Serialize;
use utoipa::ToSchema;

use bailiwick_domain::policy::document::Language;

use super::{DraftPool, Studio, Words};
use crate::lang::Texts;
use crate::plan::gap;
use crate::plan::solve::short;

/// Loads that miss a limit by less than this share of it are within it.
const SLACK: f64 = 1e-6;

/// A promise of the policy that the draft does not keep. It is told, and not forbidden.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DraftException {
    /// `over-tolerance`, `under-tolerance`, `over-capacity`, `detached`, `torn-group` or `against-policy`.
    pub code: &'static str,
    pub employee_id: Option<String>,
    pub measure: Option<String>,
    pub load: Option<f64>,
    pub limit: Option<f64>,
    /// Accounts, parts or groups that it concerns.
    pub count: Option<u64>,
    pub words: Words,
}

/// The same text in both languages.
pub fn both(name: &str, arguments: impl Fn(&Texts) -> Vec<(&'static str, FluentValue<'static>)>) -> Words {
    let say = |language| {
        let texts = Texts::of(language);
        texts.say(name, &arguments(texts))
    };
    Words { en: say(Language::En), bg: say(Language::Bg) }
}

/// The lower and the upper limit of a balanced measure for one of the people.
pub fn limits(pool: &DraftPool, measure: usize, person: usize) -> (Option<f64>, Option<f64>) {
    let of = &pool.measures[measure];
    let target = of.targets.as_ref().map(|targets| targets[person]);
    let within = target.zip(of.tolerance);
    let lower = within.map(|(target, tolerance)| target * (1.0 - tolerance).max(0.0));
    let upper = within.map_or(f64::INFINITY, |(target, tolerance)| target * (1.0 + tolerance));
    let upper = upper.min(of.capacity[person]);
    (lower.map(|lower| lower.min(upper)), upper.is_finite().then_some(upper))
}

impl Studio {
    /// Everything of the policy that a pool does not keep as it stands.
    #[must_use]
    pub fn exceptions(&self, index: usize) -> Vec<DraftException> {
        let pool = &self.pools[index];
        let mut found = vec![];
        for (measure, limited) in pool.measures.iter().enumerate() {
            for (person, employee) in pool.people.iter().enumerate() {
                self.examine_load(pool, (measure, limited.name.as_str()), (person, *employee), &mut found);
            }
        }
        let apart = pool.part.iter().filter(|part| !matches!(**part, 0 | u32::MAX)).count();
        if apart > 0 {
            let say = move |_: &Texts| vec![("count", FluentValue::from(apart))];
            found.push(DraftException {
                count: Some(apart as u64),
                ..plain("detached", both("exception-detached", say))
            });
        }
        if pool.together && pool.torn > 0 {
            let torn = pool.torn;
            let say = move |_: &Texts| vec![("count", FluentValue::from(torn))];
            found.push(DraftException { count: Some(torn as u64), ..plain("torn-group", both("exception-torn", say)) });
        }
        let by_hand = pool.by_hand.iter().filter(|by_hand| **by_hand).count();
        if by_hand > 0 && matches!(pool.form, "to" | "by" | "same_as") {
            let say = move |_: &Texts| vec![("count", FluentValue::from(by_hand))];
            let words = both("exception-against", say);
            found.push(DraftException { count: Some(by_hand as u64), ..plain("against-policy", words) });
        }
        found
    }

    fn examine_load(
        &self,
        pool: &DraftPool,
        (measure, name): (usize, &str),
        (person, employee): (usize, u32),
        found: &mut Vec<DraftException>,
    ) {
        let load = pool.loads[measure][person];
        let (lower, upper) = limits(pool, measure, person);
        let (code, text, limit) = match (lower, upper) {
            (_, Some(upper)) if load > upper + SLACK * upper.max(1.0) => {
                if pool.measures[measure].capacity[person] <= upper {
                    ("over-capacity", "exception-capacity", upper)
                } else {
                    ("over-tolerance", "exception-over", upper)
                }
            }
            (Some(lower), _) if load < lower - SLACK * lower.max(1.0) => ("under-tolerance", "exception-under", lower),
            _ => return,
        };
        let (who, of) = (self.person(employee), name.to_owned());
        let say = move |texts: &Texts| {
            let number = |value: f64| FluentValue::from(texts.number(value, digits(value)));
            vec![
                ("employee", FluentValue::from(who.clone())),
                ("measure", FluentValue::from(of.clone())),
                ("load", number(load)),
                ("limit", number(limit)),
            ]
        };
        found.push(DraftException {
            employee_id: Some(self.staff.ids[employee as usize].clone()),
            measure: Some(name.to_owned()),
            load: Some(load),
            limit: Some(limit),
            ..plain(code, both(text, say))
        });
    }

    /// How far from the best possible a pool is, in words.
    #[must_use]
    pub fn gap_words(&self, index: usize, broken: bool) -> Words {
        let pool = &self.pools[index];
        let by_hand = pool.by_hand.iter().filter(|by_hand| **by_hand).count();
        if by_hand > 0 && matches!(pool.form, "to" | "by" | "same_as") {
            return both("gap-by-hand", move |_| vec![("count", FluentValue::from(by_hand))]);
        }
        let decided = matches!(pool.form, "to" | "same_as");
        let say = |language| gap::told(Texts::of(language), pool.gap(), broken, decided, pool.form);
        Words { en: say(Language::En), bg: say(Language::Bg) }
    }
}

fn plain(code: &'static str, words: Words) -> DraftException {
    DraftException { code, employee_id: None, measure: None, load: None, limit: None, count: None, words }
}

/// As many digits as [`short`] writes.
fn digits(value: f64) -> usize {
    short(value).split_once('.').map_or(0, |(_, rest)| rest.len())
}
