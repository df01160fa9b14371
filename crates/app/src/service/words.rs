//! What a manager reads of service levels, in the policy's language.

use bailiwick_domain::policy::Policy;

use super::{Means, Service};
use crate::lang::Texts;

fn texts(policy: &Policy) -> &'static Texts {
    Texts::of(policy.document.company.language)
}

/// One sentence or several: what breaks first and by how much, or how far from it the company is.
pub(super) fn words(policy: &Policy, service: &Service) -> Vec<String> {
    let texts = texts(policy);
    let hours = |value: f64| texts.number(value, 0);
    let mut words = vec![];
    match (&service.breaks_first, service.headroom) {
        (Some(breaks), _) => {
            words.push(texts.say(
                "service-short",
                &[("promised", hours(service.hours_promised).into()), ("short", hours(service.hours_short).into())],
            ));
            words.push(texts.say(
                "service-breaks",
                &[
                    ("segment", breaks.segment.clone().into()),
                    ("role", policy.role_title(&breaks.role).to_owned().into()),
                    ("accounts", breaks.accounts_short.into()),
                    ("hours", hours(breaks.hours_short).into()),
                ],
            ));
        }
        (None, Some(headroom)) => words.push(texts.say(
            "service-holds",
            &[
                ("promised", hours(service.hours_promised).into()),
                ("headroom", texts.number(headroom * 100.0, 0).into()),
            ],
        )),
        (None, None) => {}
    }
    if !service.below.is_empty() {
        let mut accounts: Vec<&str> = service.below.iter().map(|below| below.account_id.as_str()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        words.push(texts.say("service-below", &[("accounts", accounts.len().into())]));
    }
    words
}

/// A remedy in one sentence, with its price where it is known.
pub(super) fn remedy(policy: &Policy, means: &Means, cost: Option<f64>) -> String {
    let texts = texts(policy);
    let list = |names: &[String]| names.join(", ");
    let sentence = match means {
        Means::Move { accounts, hours, to } => texts.say(
            "mend-move",
            &[("accounts", (*accounts).into()), ("hours", texts.number(*hours, 0).into()), ("to", list(to).into())],
        ),
        Means::Train { skills, employees, accounts, .. } => texts.say(
            "mend-train",
            &[("employees", list(employees).into()), ("skills", list(skills).into()), ("accounts", (*accounts).into())],
        ),
        Means::Fewer { of, contacts_per_year, feasible, .. } => texts.say(
            "mend-fewer",
            &[
                ("of", of.clone().into()),
                ("feasible", texts.number(*feasible, 1).into()),
                ("contacts", texts.number(*contacts_per_year, 1).into()),
            ],
        ),
        Means::Hire { employees, beside } => match beside {
            Some(beside) => texts.say(
                "mend-hire",
                &[("employees", texts.number(*employees, 0).into()), ("beside", beside.clone().into())],
            ),
            None => texts.say("mend-hire-anybody", &[("employees", texts.number(*employees, 0).into())]),
        },
    };
    let price = match cost {
        Some(cost) => texts.say(
            "mend-price",
            &[
                ("cost", texts.number(cost, 0).into()),
                ("currency", policy.document.company.currency.get_ref().clone().into()),
            ],
        ),
        None => texts.say("mend-no-price", &[]),
    };
    format!("{sentence} {price}")
}
