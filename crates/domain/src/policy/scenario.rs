//! What if: a small text that changes a policy and its sources (SPEC 3.5): leavers, joiners, more accounts like those
//! there are, and more policy, such as a product line.
//!
//! More policy is put behind the text of the policy, so that it says anything a policy can say, by the same checks; a
//! complaint about it names the scenario's own line.

use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_spanned::Spanned;

use super::document::Text;
use super::people::Number;
use super::{Policy, explain_syntax, locate};
use crate::finding::{Finding, Place};

/// The whole scenario file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioText {
    #[schemars(with = "String")]
    pub name: Text,
    /// Employees who are not there any more.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub leavers: Vec<Text>,
    /// People who are there as well.
    #[serde(default)]
    pub joiners: Vec<Joiner>,
    /// Accounts that are there as well.
    #[serde(default)]
    pub accounts: Vec<MoreAccounts>,
    /// More policy, as it would stand in `bailiwick.toml`: it begins with a heading in brackets.
    #[schemars(with = "Option<String>")]
    pub policy: Option<Text>,
}

/// Somebody like somebody there is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Joiner {
    /// The employee whose columns they have.
    #[schemars(with = "String")]
    pub like: Text,
    /// What sets them apart: column = value.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, String>")]
    pub set: IndexMap<Text, Value>,
    /// So many of them; one when absent.
    #[schemars(with = "Option<u32>")]
    pub count: Option<Spanned<u32>>,
}

/// A value of a column.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Number(f64),
    Text(String),
}

/// Accounts with the profile of others.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoreAccounts {
    /// Whose profile they have: an SQL condition over account columns.
    #[schemars(with = "String")]
    pub like: Text,
    /// So many of them …
    #[schemars(with = "Option<u32>")]
    pub count: Option<Spanned<u32>>,
    /// … or this share of those that there are.
    #[schemars(with = "Option<f64>")]
    pub share: Option<Number>,
    /// What sets them apart: column = an SQL expression over account columns.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, String>")]
    pub set: IndexMap<Text, Text>,
}

/// A scenario that is sound in itself.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub document: ScenarioText,
    pub text: Arc<str>,
    pub file: String,
}

/// The part of a policy's text that came from a scenario.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// Where it begins in the text of the policy.
    at: usize,
    /// Where it begins in the text of the scenario.
    begins: usize,
    text: Arc<str>,
    file: String,
}

impl Overlay {
    /// The place in the scenario of something that stands in the text of the policy.
    pub(super) fn place(&self, span: &std::ops::Range<usize>) -> Option<Place> {
        let start = span.start.checked_sub(self.at)? + self.begins;
        let end = span.end.checked_sub(self.at)? + self.begins;
        let place = locate(&self.text, &self.file, start..end.min(self.text.len()));
        Some(Place { source: Some(Arc::clone(&self.text)), ..place })
    }
}

impl Scenario {
    /// # Errors
    /// All that is wrong with it, as far as that can be told without a policy.
    pub fn parse(text: &str, file: &str) -> Result<Scenario, Vec<Finding>> {
        let document: ScenarioText = toml::from_str(text).map_err(|error| vec![explain_syntax(&error, text, file)])?;
        let scenario = Scenario { document, text: text.into(), file: file.to_owned() };
        let findings = scenario.check();
        if findings.is_empty() { Ok(scenario) } else { Err(findings) }
    }

    /// Where a text of the scenario stands.
    pub fn place<T>(&self, text: &Spanned<T>) -> Place {
        Place { source: Some(Arc::clone(&self.text)), ..locate(&self.text, &self.file, text.span()) }
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = vec![];
        let mut complain = |place: Place, message: String, remedy: &str| {
            findings.push(Finding::error("scenario-form", message, remedy).at(place));
        };
        for more in &self.document.accounts {
            if more.count.is_some() == more.share.is_some() {
                let message = String::from("more accounts need either count or share, and not both");
                complain(self.place(&more.like), message, "write count = 200, or share = 0.5 for half as many again");
            }
            if let Some(share) =
                more.share.as_ref().filter(|share| !(*share.get_ref() > 0.0 && *share.get_ref() <= 10.0))
            {
                let message = format!("a share of {} of the accounts is not possible", share.get_ref());
                complain(
                    self.place(share),
                    message,
                    "write a share above 0 and at most 10: 0.5 for half as many again",
                );
            }
            if let Some(count) = more.count.as_ref().filter(|count| !(1..=1_000_000).contains(count.get_ref())) {
                let message = format!("{} more accounts are not possible", count.get_ref());
                complain(self.place(count), message, "write a number from 1 to 1000000");
            }
        }
        for joiner in &self.document.joiners {
            if let Some(count) = joiner.count.as_ref().filter(|count| !(1..=1_000).contains(count.get_ref())) {
                let message = format!("{} joiners are not possible", count.get_ref());
                complain(self.place(count), message, "write a number from 1 to 1000");
            }
        }
        if let Some(policy) = &self.document.policy {
            let mut lines =
                policy.get_ref().lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            if !lines.next().is_none_or(|line| line.starts_with('[')) {
                let message = String::from("more policy has to begin with a heading");
                complain(
                    self.place(policy),
                    message,
                    "begin it with [table] or [[table]], as in [product_lines.ventilation]",
                );
            }
        }
        let document = &self.document;
        let nothing = document.leavers.is_empty() && document.joiners.is_empty() && document.accounts.is_empty();
        if nothing && document.policy.is_none() {
            let message = format!("the scenario \"{}\" changes nothing", document.name.get_ref());
            complain(self.place(&document.name), message, "say leavers, joiners, accounts or policy");
        }
        findings
    }

    /// The policy with what the scenario adds to it.
    ///
    /// # Errors
    /// What is wrong with the two together; each complaint at its place in the file it came from.
    pub fn policy_over(&self, base: &Policy) -> Result<Policy, Vec<Finding>> {
        let Some(more) = &self.document.policy else { return Ok(base.clone()) };
        let mut text = base.text.clone();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let at = text.len();
        text.push_str(more.get_ref());
        let span = more.span();
        // Between quotes without escapes the very spot is known.
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let begins = span.start + raw.find(more.get_ref().as_str()).unwrap_or(0);
        let overlay = Overlay { at, begins, text: Arc::clone(&self.text), file: self.file.clone() };
        Policy::read(&text, &base.file, Some(overlay))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n[[coverage]]\n\
                        role = \"seller\"\ndivide = { to = \"Ann\" }";

    fn base() -> Policy {
        Policy::parse(BASE, "bailiwick.toml").expect("a policy")
    }

    fn over(more: &str) -> Result<Policy, Vec<Finding>> {
        let text = format!("name = \"more\"\npolicy = '''\n{more}'''\n");
        Scenario::parse(&text, "more.toml").expect("a scenario").policy_over(&base())
    }

    fn told(findings: &[Finding]) -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn more_policy_is_policy_and_is_blamed_at_its_own_line() {
        let more = "[product_lines.air]\nwhen = \"true\"\n[[coverage]]\nrole = \"seller\"\nproduct_line = \"air\"\n\
                    divide = { to = \"Ben\" }\n";
        let policy = over(more).expect("a policy");
        assert_eq!((policy.document.coverage.len(), policy.document.product_lines.len()), (2, 1));
        let place = policy.place(&policy.document.coverage[1].role);
        assert_eq!((place.file.as_str(), place.line, place.column), ("more.toml", 6, 8));
        let place = policy.place(&policy.document.coverage[0].role);
        assert_eq!((place.file.as_str(), place.line), ("bailiwick.toml", 6));
        let wrong = over("[[coverage]]\nrole = \"seller\"\nproduct_line = \"air\"\ndivide = { to = \"Ben\" }\n");
        assert!(told(&wrong.unwrap_err())[0].starts_with("more.toml:5:16: there is no product line \"air\""));
        let syntax = over("[[coverage]]\nrole = seller\n").unwrap_err();
        assert!(told(&syntax)[0].starts_with("more.toml:4:8: "), "{}", told(&syntax)[0]);
    }

    #[test]
    fn what_cannot_be_meant_is_said_with_its_place() {
        let text = "name = \"x\"\npolicy = \"role = 1\"\n[[accounts]]\nlike = \"true\"\ncount = 0\nshare = 20\n\
                    [[joiners]]\nlike = \"Ann\"\ncount = 0\n";
        insta::assert_snapshot!(told(&Scenario::parse(text, "x.toml").unwrap_err()).join("\n"));
        insta::assert_snapshot!(told(&Scenario::parse("name = \"y\"\n", "y.toml").unwrap_err()).join("\n"));
        insta::assert_snapshot!(
            told(&Scenario::parse("name = \"z\"\nleaver = [\"Ann\"]\n", "z.toml").unwrap_err()).join("\n")
        );
    }
}
