//! A card as vCard 4.0 (RFC 6350): one a person to turn to today, so that an address book takes them.
//!
//! Written here rather than by a crate: what is needed is escaping (3.4), folding (3.2) and eight properties.

use std::collections::BTreeMap;

use super::{Card, CardRole, Person, day};
use crate::lang::Texts;

/// What a vCard is called on the wire.
pub const MEDIA_TYPE: &str = "text/vcard; charset=utf-8";

/// Octets a line, without its end (RFC 6350, 3.2).
const LINE: usize = 75;

/// All people of the card who can be turned to: whoever answers, and whoever stands in for them today.
#[must_use]
pub fn vcard(card: &Card) -> String {
    let texts = Texts::of(card.language);
    let mut people: BTreeMap<&Person, Vec<String>> = BTreeMap::new();
    let mut order: Vec<&Person> = vec![];
    for role in &card.roles {
        let mut add = |person, text| {
            if !people.contains_key(person) {
                order.push(person);
            }
            people.entry(person).or_default().push(text);
        };
        add(&role.person, title(role));
        if let Some((substitute, text)) = stands_in(role, texts) {
            add(substitute, text);
        }
    }
    order.iter().map(|person| one(card, person, people.get(person).map_or(&[][..], Vec::as_slice))).collect()
}

fn title(role: &CardRole) -> String {
    match &role.product_line {
        Some(line) => format!("{} ({line})", role.role),
        None => role.role.clone(),
    }
}

fn stands_in<'a>(role: &'a CardRole, texts: &Texts) -> Option<(&'a Person, String)> {
    let away = role.away.as_ref()?;
    let substitute = away.substitute.as_ref()?;
    let name = role.person.name.as_str();
    let text = match away.until {
        Some(until) => texts.say("card-stands-in-until", &[("name", name.into()), ("day", day(texts, until).into())]),
        None => texts.say("card-stands-in", &[("name", name.into())]),
    };
    Some((substitute, format!("{}: {text}", title(role))))
}

fn one(card: &Card, person: &Person, roles: &[String]) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            fold(&mut text, &format!("{name}:{}", escape(value)));
        }
    };
    line("BEGIN", "VCARD");
    line("VERSION", "4.0");
    line("KIND", "individual");
    line("FN", &person.name);
    line("ORG", &card.company);
    line("TITLE", &person.position);
    line("ROLE", &roles.join("; "));
    line("EMAIL;TYPE=work", person.email.as_deref().unwrap_or_default());
    person.phones.iter().for_each(|phone| line("TEL;TYPE=work", phone));
    line("NOTE", person.hours.as_deref().unwrap_or_default());
    line("END", "VCARD");
    text
}

/// Backslash, comma, semicolon and line breaks are written with a backslash; other control characters are left out.
fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 8);
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ',' | ';' => text.extend(['\\', c]),
            '\n' | '\r' => text.push_str("\\n"),
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
    text
}

/// Long lines go on in the next after a blank, never within a character.
fn fold(text: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use bailiwick_domain::policy::document::Language;
    use proptest::prelude::*;

    use super::super::CardAway;
    use super::*;

    fn person(name: &str) -> Person {
        Person {
            name: name.into(),
            position: "Service engineer".into(),
            email: Some("a@example.com".into()),
            phones: vec!["+359 2 123".into(), "112".into()],
            hours: Some("Mo–Fr, 9–17".into()),
        }
    }

    fn card(roles: Vec<CardRole>) -> Card {
        let (company, account) = ("Cold, Kitchen; Ltd".into(), "ACME".into());
        Card { company, account, on: jiff::civil::date(2026, 7, 3), language: Language::Bg, roles }
    }

    fn role(name: &str, person: Person, away: Option<CardAway>) -> CardRole {
        CardRole { role: name.into(), product_line: None, stages: vec![], person, away }
    }

    #[test]
    fn whoever_can_be_turned_to_is_a_card_of_their_own() {
        let until = Some(jiff::civil::date(2026, 7, 15));
        let away = Some(CardAway { until, substitute: Some(person("Бен")) });
        let text = vcard(&card(vec![
            role("Service", person("Ann"), away),
            role("Sales", person("Бен"), None),
            role("Care", person("Ann"), None),
        ]));
        insta::assert_snapshot!(text.replace("\r\n", "\n"), @r"
        BEGIN:VCARD
        VERSION:4.0
        KIND:individual
        FN:Ann
        ORG:Cold\, Kitchen\; Ltd
        TITLE:Service engineer
        ROLE:Service\; Care
        EMAIL;TYPE=work:a@example.com
        TEL;TYPE=work:+359 2 123
        TEL;TYPE=work:112
        NOTE:Mo–Fr\, 9–17
        END:VCARD
        BEGIN:VCARD
        VERSION:4.0
        KIND:individual
        FN:Бен
        ORG:Cold\, Kitchen\; Ltd
        TITLE:Service engineer
        ROLE:Service: замества Ann до 15 юли 2026 г.\; Sales
        EMAIL;TYPE=work:a@example.com
        TEL;TYPE=work:+359 2 123
        TEL;TYPE=work:112
        NOTE:Mo–Fr\, 9–17
        END:VCARD
        ");
    }

    /// A reader of RFC 6350: unfolds, splits, unescapes.
    fn read(text: &str) -> Vec<(String, String)> {
        let unfolded = text.replace("\r\n ", "");
        let unescape = |value: &str| {
            let (mut out, mut chars) = (String::new(), value.chars());
            while let Some(c) = chars.next() {
                match c {
                    '\\' => match chars.next() {
                        Some('n') => out.push('\n'),
                        Some(c) => out.push(c),
                        None => {}
                    },
                    c => out.push(c),
                }
            }
            out
        };
        let lines = unfolded.split("\r\n").filter(|line| !line.is_empty());
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_owned(), unescape(value))).collect()
    }

    proptest! {
        /// Whatever a name holds, it comes back, no line is too long, and no property is smuggled in.
        #[test]
        fn any_name_comes_back(name in "[^\\p{Cc}]{1,200}", position in "(?s).{0,100}") {
            let one = Person { name: name.clone(), position, ..person("") };
            let text = vcard(&card(vec![role("Care", one, None)]));
            prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE));
            let read = read(&text);
            let names: Vec<&str> = read.iter().filter(|(key, _)| key == "FN").map(|(_, value)| value.as_str()).collect();
            prop_assert_eq!(names, vec![name.as_str()]);
            prop_assert!(read.iter().filter(|(key, _)| key == "END").count() == 1);
        }
    }
}
