//! What a policy asks of accounts one by one: every expression over their columns, in the order in which columns come into
//! being, so that whoever reads the accounts can evaluate it at once.
//!
//! Whoever asks later finds the values beside the table; what is missing here is evaluated where it is asked.

use bailiwick_data::cluster::Asked;
use bailiwick_domain::policy::document::{Coverage, Document, Principle, Text};

use crate::classify::CHAIN_PLACE;

/// Principles as [`crate::classify`] derives them, and then all that a plan evaluates over accounts.
pub fn asked_of_accounts(document: &Document) -> Vec<Asked> {
    let principles = document.principles.iter().map(|(name, principle)| match principle {
        Principle::Expression(text) => Asked::Column { name: name.get_ref().clone(), sql: text.get_ref().clone() },
        Principle::Score(score) => Asked::Classes {
            name: name.get_ref().clone(),
            texts: score.classes.keys().map(|class| class.get_ref().clone()).collect(),
            parameters: score.score.keys().map(|parameter| parameter.get_ref().clone()).collect(),
        },
    });
    let place = document.groups.place.iter();
    let place = place.map(|text| Asked::Column { name: CHAIN_PLACE.to_owned(), sql: text.get_ref().clone() });
    let segments = document.segments.iter().map(|segment| &segment.when);
    let measures = document.measures.values();
    let lines = document.product_lines.values().filter_map(|line| line.when.as_ref());
    let demands = document.skills.iter().flat_map(|skills| &skills.demands).filter_map(|demand| demand.when.as_ref());
    let coverage = document.coverage.iter().flat_map(of_coverage);
    let values = segments.chain(measures).chain(lines).chain(demands).chain(coverage);
    let values = values.map(|text| Asked::Value { sql: text.get_ref().clone() });
    principles.chain(place).chain(values).collect()
}

fn of_coverage(coverage: &Coverage) -> Vec<&Text> {
    let territories = coverage.divide.territories.as_ref();
    let texts = [
        coverage.when.as_ref(),
        coverage.divide.by.as_ref(),
        territories.and_then(|territories| territories.unit.as_ref()),
        territories.and_then(|territories| territories.drive.as_ref()).map(|drive| &drive.place),
        coverage.keep.as_ref().and_then(|keep| keep.price.as_ref()).map(|price| &price.0),
    ];
    texts.into_iter().flatten().collect()
}
