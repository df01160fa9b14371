//! `/card/{secret}`: the page by which a customer, who does not sign in, knows whom to turn to.
//!
//! It holds the card and nothing else: no script, no other address, nothing for search engines or caches. A secret that
//! never was, one that was revoked and one that is over are answered alike.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bailiwick_app::card::{Card, CardRole, Person, card, day, vcard};
use bailiwick_app::lang::Texts;
use bailiwick_domain::policy::document::Language;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::extract::Path;
use crate::problem::Problem;
use crate::{Serving, api, secret};

const STYLE: &str = include_str!("../assets/card.css");

/// The page's own style and nothing else: no script, no image, no form, no frame.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The first of our languages that the browser wants most (RFC 9110, 12.5.4).
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Language)> = None;
    for part in text.split(',') {
        let mut parts = part.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let language = match tag.split('-').next() {
            Some("bg") => Language::Bg,
            Some("en") => Language::En,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0_f32);
        if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

pub async fn page(
    State(serving): State<Serving>,
    headers: HeaderMap,
    Path(given): Path<String>,
) -> Result<Response, Problem> {
    let language = accepted(&headers);
    let Some(card) = behind(&serving, &given, language).await? else {
        return Ok(unknown(language.unwrap_or_default()));
    };
    Ok(answer(StatusCode::OK, shown(&card, &given)))
}

pub async fn contacts(
    State(serving): State<Serving>,
    headers: HeaderMap,
    Path(given): Path<String>,
) -> Result<Response, Problem> {
    let language = accepted(&headers);
    let Some(card) = behind(&serving, &given, language).await? else {
        return Ok(unknown(language.unwrap_or_default()));
    };
    Ok(private(api::cards::file(vcard::vcard(&card))))
}

async fn behind(serving: &Serving, given: &str, language: Option<Language>) -> Result<Option<Card>, Problem> {
    let Some(link) = serving.ledger.card_behind(&secret::hash(given), serving.now()).await? else { return Ok(None) };
    Ok(Some(card(&serving.ledger, link.account.as_str(), serving.today(), language).await?))
}

fn answer(status: StatusCode, page: String) -> Response {
    private((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response())
}

/// For the one who looks alone: nothing keeps it, nothing finds it.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}

fn tag(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Bg => "bg",
    }
}

fn frame(language: Language, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex, nofollow\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        tag(language),
        text(title)
    )
}

/// The answer to a link that never was, was revoked, or is over.
fn unknown(language: Language) -> Response {
    let texts = Texts::of(language);
    let title = texts.say("card-unknown-title", &[]);
    let body = format!("<h1>{}</h1>\n<p>{}</p>\n", text(&title), text(&texts.say("card-unknown", &[])));
    answer(StatusCode::NOT_FOUND, frame(language, &title, &body))
}

fn shown(card: &Card, secret: &str) -> String {
    let texts = Texts::of(card.language);
    let title = if card.company.is_empty() {
        texts.say("card-title-plain", &[])
    } else {
        texts.say("card-title", &[("company", card.company.as_str().into())])
    };
    let mut body = String::new();
    let account = texts.say("card-for", &[("account", card.account.as_str().into())]);
    let as_of = texts.say("card-as-of", &[("day", day(texts, card.on).into())]);
    let _ = writeln!(
        body,
        "<header><h1>{}</h1><p class=\"for\">{}</p><p class=\"soft\">{}</p></header>",
        text(&title),
        text(&account),
        text(&as_of)
    );
    if card.roles.is_empty() {
        let _ = writeln!(body, "<p>{}</p>", text(&texts.say("card-nobody", &[])));
    }
    card.roles.iter().for_each(|one| role(&mut body, texts, one));
    if !card.roles.is_empty() {
        let _ = writeln!(
            body,
            "<p class=\"save\"><a href=\"/card/{}/contacts.vcf\" download>{}</a></p>",
            text(secret),
            text(&texts.say("card-save", &[]))
        );
    }
    frame(card.language, &title, &body)
}

fn role(body: &mut String, texts: &Texts, role: &CardRole) {
    let line = role.product_line.as_ref().map(|line| format!(" · {line}")).unwrap_or_default();
    let _ = writeln!(body, "<section>\n<h2>{}{}</h2>", text(&role.role), text(&line));
    if !role.stages.is_empty() {
        let mut stages: Vec<&str> = vec![];
        role.stages.iter().map(|stage| stage.stage.as_str()).for_each(|stage| {
            if !stages.contains(&stage) {
                stages.push(stage);
            }
        });
        let helps = texts.say("card-helps", &[]);
        let _ = writeln!(body, "<p class=\"soft\">{}: {}</p>", text(&helps), text(&stages.join(" · ")));
    }
    match &role.away {
        None => person(body, texts, &role.person),
        Some(away) => {
            let mut told: Vec<(&str, _)> = vec![("name", role.person.name.as_str().into())];
            if let Some(until) = away.until {
                told.push(("day", day(texts, until).into()));
            }
            let message = match (away.until.is_some(), away.substitute.is_some()) {
                (true, true) => "card-away-until",
                (false, true) => "card-away",
                (true, false) => "card-away-nobody-until",
                (false, false) => "card-away-nobody",
            };
            let _ = writeln!(body, "<p class=\"away\">{}</p>", text(&texts.say(message, &told)));
            person(body, texts, away.substitute.as_ref().unwrap_or(&role.person));
        }
    }
    body.push_str("</section>\n");
}

fn person(body: &mut String, texts: &Texts, person: &Person) {
    let _ = writeln!(body, "<p class=\"name\">{}</p>\n<dl>", text(&person.name));
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(body, "<dt>{}</dt><dd>{value}</dd>", text(&texts.say(name, &[])));
    };
    if !person.position.is_empty() {
        row("card-position", &text(&person.position));
    }
    for phone in &person.phones {
        let dialled: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        row("card-phone", &format!("<a href=\"tel:{dialled}\">{}</a>", text(phone)));
    }
    if let Some(email) = &person.email {
        row("card-email", &format!("<a href=\"mailto:{}\">{}</a>", address(email), text(email)));
    }
    if let Some(hours) = &person.hours {
        row("card-hours", &text(hours));
    }
    body.push_str("</dl>\n");
}

/// What may stand in a text or an attribute between double quotes.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 8);
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// An e-mail address in a link: nothing in it may add a header or a parameter (RFC 6068).
fn address(email: &str) -> String {
    api::segment(email).replace("%40", "@")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_language_is_taken() {
        for (given, language) in [
            ("bg-BG,bg;q=0.9,en;q=0.8", Some(Language::Bg)),
            ("de-DE,de;q=0.9,en;q=0.5,bg;q=0.6", Some(Language::Bg)),
            ("en-GB", Some(Language::En)),
            ("bg;q=0", None),
            ("de", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(given));
            assert_eq!(accepted(&headers), language, "{given}");
        }
    }

    #[test]
    fn nothing_in_a_card_becomes_markup() {
        let evil = "<script>alert('x')</script>\"&";
        let person = Person {
            name: evil.into(),
            position: evil.into(),
            email: Some("a@b.c?bcc=x@y.z&body=\"><b>".into()),
            phones: vec!["+359 2<b>".into()],
            hours: Some(evil.into()),
        };
        let stage = bailiwick_app::who::Stage { process: evil.into(), stage: evil.into() };
        let role =
            CardRole { role: evil.into(), product_line: Some(evil.into()), stages: vec![stage], person, away: None };
        let (company, account) = (evil.to_owned(), evil.to_owned());
        let on = jiff::civil::date(2026, 7, 3);
        let page = shown(&Card { company, account, on, language: Language::En, roles: vec![role] }, evil);
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("\"&"), "{page}");
        assert!(page.contains("mailto:a@b.c%3Fbcc%3Dx@y.z%26body"), "{page}");
    }
}
