//! How far from the best possible a pool can be, in words a manager understands.
//!
//! A bound says what no plan can beat. The gap to it is the most that could be gained, not what could be: where the bound
//! is loose, the words say so rather than blame the plan.

use super::outcome::PoolOutcome;
use crate::lang::Texts;

/// A gap above this is no judgement of the plan.
const LOOSE: f64 = 0.25;
/// Above this share the bound excludes next to nothing.
const EMPTY: f64 = 0.9;

/// What is known of a pool's distance from the best.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    /// The policy left nothing to choose.
    Determined,
    /// Some promise is broken, so plans that keep them all cost more or do not exist.
    Unfeasible,
    Unknown,
    Optimal,
    Within(f64),
}

impl Known {
    fn of(gap: Option<f64>, broken: bool, decided: bool) -> Known {
        if decided {
            return Known::Determined;
        }
        match gap {
            _ if broken => Known::Unfeasible,
            None => Known::Unknown,
            Some(gap) if gap < 1e-6 => Known::Optimal,
            Some(gap) => Known::Within(gap),
        }
    }
}

/// One sentence or two; `decided`: the policy left nothing to choose.
pub fn gap_words(texts: &Texts, outcome: &PoolOutcome, decided: bool) -> String {
    told(texts, outcome.gap(), !outcome.broken.is_empty(), decided, &outcome.routing.form)
}

/// The same of a pool that is known by its numbers: its gap, and whether some promise is broken.
pub fn told(texts: &Texts, gap: Option<f64>, broken: bool, decided: bool, form: &str) -> String {
    words(texts, Known::of(gap, broken, decided), form)
}

fn words(texts: &Texts, known: Known, form: &str) -> String {
    let say = |name: &str| texts.say(name, &[]);
    let measured = match form {
        "territories" => "gap-of-way",
        "fit" => "gap-of-fit",
        _ => "gap-of-moves",
    };
    match known {
        Known::Determined => say("gap-determined"),
        Known::Unfeasible => say("gap-unfeasible"),
        Known::Unknown => say("gap-none"),
        Known::Optimal => say("gap-optimal"),
        Known::Within(gap) => {
            let name = match gap {
                gap if gap <= LOOSE => "gap-some",
                gap if gap <= EMPTY => "gap-loose",
                _ => "gap-empty",
            };
            // Rounded up, so that the sentence stays true.
            let percent = (gap * 1000.0 - 1e-6).ceil() / 10.0;
            let digits = if percent < 10.0 { 1 } else { 0 };
            let percent = if digits == 0 { percent.ceil() } else { percent };
            texts.say(name, &[("gap", texts.number(percent, digits).into()), ("measured", say(measured).into())])
        }
    }
}

#[cfg(test)]
mod tests {
    use bailiwick_domain::policy::document::Language;

    use super::*;

    fn all(language: Language) -> String {
        let texts = Texts::of(language);
        let cases = [
            (Known::Determined, "by"),
            (Known::Optimal, "fit"),
            (Known::Within(0.0003), "territories"),
            (Known::Within(0.0300), "territories"),
            (Known::Within(0.1234), "fit"),
            (Known::Within(0.5), "balance"),
            (Known::Within(0.8123), "territories"),
            (Known::Within(1.0), "territories"),
            (Known::Unknown, "territories"),
            (Known::Unfeasible, "territories"),
        ];
        let lines = cases.map(|(known, form)| format!("{known:?}: {}", words(texts, known, form)));
        lines.join("\n")
    }

    #[test]
    fn a_manager_understands_it() {
        insta::assert_snapshot!(all(Language::En));
    }

    #[test]
    fn a_bulgarian_manager_understands_it() {
        insta::assert_snapshot!(all(Language::Bg));
    }
}
