//! Reasons in words: why this account has this owner, and how far from the best a pool is.

use bailiwick_domain::policy::Policy;
use fluent_bundle::FluentValue;

use super::Plan;
use super::outcome::{Fitness, NOBODY, Nobody, PoolOutcome, Why};
use super::present::GONE;
use crate::lang::Texts;

/// Says why, for every row of a plan.
pub struct Explainer<'a> {
    plan: &'a Plan,
    policy: &'a Policy,
    texts: &'static Texts,
    pin_reasons: Vec<String>,
}

impl<'a> Explainer<'a> {
    pub fn new(plan: &'a Plan, policy: &'a Policy) -> Explainer<'a> {
        let texts = Texts::of(policy.document.company.language);
        Explainer { plan, policy, texts, pin_reasons: plan.pin_reasons.clone() }
    }

    fn employee(&self, row: u32) -> String {
        let staff = &self.plan.staff;
        let (name, id) = (&staff.names[row as usize], &staff.ids[row as usize]);
        if name == id { id.clone() } else { format!("{name} ({id})") }
    }

    /// One sentence for one account of a pool.
    pub fn reason(&self, outcome: &PoolOutcome, position: usize) -> String {
        let owner = outcome.owner[position];
        let mut text = self.choice(outcome, position, owner);
        let history = match outcome.before[position] {
            Some(before) if before == owner => self.texts.say("why-kept", &[]),
            Some(GONE) => self.texts.say("why-holder-gone", &[]),
            Some(before) => self.texts.say("why-moved", &[("before", self.employee(before).into())]),
            None => return text,
        };
        text.push_str("; ");
        text.push_str(&history);
        text
    }

    fn choice(&self, outcome: &PoolOutcome, position: usize, owner: u32) -> String {
        let say = |name: &str, arguments: &[(&str, FluentValue)]| self.texts.say(name, arguments);
        let territory = || {
            let territory = outcome.territories.get(outcome.territory[position] as usize);
            territory.map_or_else(String::new, |territory| territory.name.clone())
        };
        match outcome.why[position] {
            Why::Named => {
                let position = &self.plan.staff.positions[owner as usize];
                say("why-named", &[("employee", self.employee(owner).into()), ("position", position.as_str().into())])
            }
            Why::Seat { own } => {
                let name = if own { "why-seat-own" } else { "why-seat" };
                say(name, &[("seat", territory().into()), ("employee", self.employee(owner).into())])
            }
            Why::Near { km, next, next_km } => {
                let mut arguments = vec![("km", self.tenth(km).into()), ("territory", territory().into())];
                if next == NOBODY {
                    return say("why-near-alone", &arguments);
                }
                arguments.push(("next", self.employee(next).into()));
                arguments.push(("nextkm", self.tenth(next_km).into()));
                say(if next_km < km { "why-not-nearest" } else { "why-near" }, &arguments)
            }
            Why::Drive { minutes, next, next_minutes } => {
                let mut arguments = vec![("minutes", self.tenth(minutes).into()), ("territory", territory().into())];
                if next == NOBODY {
                    return say("why-drive-alone", &arguments);
                }
                arguments.push(("next", self.employee(next).into()));
                arguments.push(("nextminutes", self.tenth(next_minutes).into()));
                say(if next_minutes < minutes { "why-not-quickest" } else { "why-drive" }, &arguments)
            }
            Why::NoPlace => say("why-no-place", &[]),
            Why::Fit { own, next, other, better } => {
                let fitness = self.fitness(outcome, own);
                if next == NOBODY || (own.missing <= 1e-6 && own.km.is_none()) {
                    return fitness;
                }
                let arguments = [
                    ("fitness", fitness.into()),
                    ("next", self.employee(next).into()),
                    ("other", self.fitness(outcome, other).into()),
                ];
                say(if better { "why-fit-other-better" } else { "why-fit" }, &arguments)
            }
            Why::Load => say("why-load", &[("count", outcome.pool.staff.len().into())]),
            Why::Follows => {
                let followed = outcome.routing.territories.first().map_or("", String::as_str);
                say("why-follows", &[("role", self.policy.role_title(followed).into())])
            }
            Why::Parent => say("why-parent", &[]),
            Why::Group => say("why-group", &[]),
            Why::Pinned(index) => match self.pin_reasons.get(index as usize).filter(|reason| !reason.is_empty()) {
                Some(reason) => say("why-pinned", &[("reason", reason.as_str().into())]),
                None => say("why-pinned-plain", &[]),
            },
            Why::Nobody(nobody) => say(
                match nobody {
                    Nobody::NoStaff => "why-nobody-staff",
                    Nobody::NoValue => "why-nobody-value",
                    Nobody::NoSkill => "why-nobody-skill",
                    Nobody::NoHolder => "why-nobody-holder",
                },
                &[],
            ),
        }
    }

    /// Skills, and the way where it counts.
    fn fitness(&self, outcome: &PoolOutcome, fitness: Fitness) -> String {
        let fit = outcome.pool.coverage(self.policy).divide.fit.as_ref();
        let asked = fit.is_some_and(|fit| !fit.skills.is_empty() || !fit.must.is_empty());
        let way = fitness.km.map(|km| self.texts.say("fitness-way", &[("km", self.tenth(km).into())]));
        let skills = match (asked, &way) {
            (false, Some(_)) => None,
            (false, None) => Some(self.texts.say("fitness-any", &[])),
            (true, _) if fitness.missing <= 1e-6 => Some(self.texts.say("fitness-full", &[])),
            (true, _) => Some(self.texts.say("fitness-short", &[("missing", self.tenth(fitness.missing).into())])),
        };
        [skills, way].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn tenth(&self, value: f32) -> String {
        self.texts.number(f64::from(value), 1)
    }

    /// How far from the best possible a pool is, in words a manager understands.
    pub fn gap(&self, outcome: &PoolOutcome) -> String {
        let decided =
            outcome.why.iter().all(|why| matches!(why, Why::Seat { own: true } | Why::Named | Why::Pinned(_)));
        super::gap::gap_words(self.texts, outcome, decided || outcome.routing.form == "same_as")
    }
}
