//! Errors of ours that come back from a cluster whole: Ballista passes errors on as texts, in which ours stand in a form
//! that no quoting changes.

use crate::error::DataError;

const MARK: &str = "bailiwick0fault0";

/// The error as a text that holds it.
pub(super) fn wrap(error: &DataError) -> String {
    let json = serde_json::to_vec(error).unwrap_or_default();
    let hexadecimal: String = json.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{error} {MARK}{hexadecimal}")
}

/// The error that a text holds.
pub(super) fn unwrap(text: &str) -> Option<DataError> {
    let digits = text.split_once(MARK)?.1;
    let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let json: Option<Vec<u8>> = (0..end / 2 * 2).step_by(2).map(byte).collect();
    serde_json::from_slice(&json?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Fault;

    #[test]
    fn an_error_comes_back_as_it_went() {
        let fault = Fault::new("\"Ångström\" is no number").file("a.csv").row(7).span(3..9).remedy("mend it");
        let error = DataError::Evaluate(Box::new(fault));
        let told = format!("Job 7 failed: {:?}", format!("Task failed: {:?}", wrap(&error)));
        assert_eq!(unwrap(&told), Some(error));
        assert_eq!(unwrap("Job 7 failed"), None);
    }
}
