//! In which language a caller wants to be told.

use axum::http::{HeaderMap, header};
use bailiwick_app::lang::Texts;
use bailiwick_domain::policy::document::Language;

/// The texts of the first of our languages in `Accept-Language`; English where it names none. Weights are not looked at:
/// browsers list what their user likes most first.
pub fn texts_for(headers: &HeaderMap) -> &'static Texts {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = |tag: &str| match tag.trim().get(..2) {
        Some(tag) if tag.eq_ignore_ascii_case("bg") => Some(Language::Bg),
        Some(tag) if tag.eq_ignore_ascii_case("en") => Some(Language::En),
        _ => None,
    };
    Texts::of(asked.split(',').find_map(known).unwrap_or(Language::En))
}
