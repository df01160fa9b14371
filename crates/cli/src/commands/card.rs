//! `bailiwick card ACCOUNT`: whom a customer turns to, as a table, JSON or vCard.

use bailiwick_app::AppError;
use bailiwick_app::card::{Card, Person, card, vcard};
use bailiwick_domain::policy::document::Language;
use bailiwick_store::Ledger;

use super::Setting;
use crate::arguments::{self, Form, Format};
use crate::output::{DONE, csv, json, say, table};

pub async fn run(arguments: &arguments::Card, setting: &Setting) -> Result<u8, AppError> {
    let language = match arguments.language.as_deref() {
        None => None,
        Some("en") => Some(Language::En),
        Some("bg") => Some(Language::Bg),
        Some(other) => {
            return Err(AppError::Usage {
                message: format!("there are no cards in \"{other}\""),
                remedy: String::from("give --language en or bg"),
            });
        }
    };
    if !matches!(setting.form, Form::Vcard | Form::Table | Form::Json | Form::Csv) {
        return Err(AppError::Usage {
            message: String::from("a card has no such form"),
            remedy: String::from("give --format table, json, csv or vcard"),
        });
    }
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let on = setting.day(arguments.on, &ledger).await?;
    let card = card(&ledger, &arguments.account, on, language).await?;
    ledger.close().await;
    match (setting.form, setting.format) {
        (Form::Vcard, _) => {
            use std::io::Write;
            // A reader that has seen enough closes the pipe; that is no error of ours.
            let _ = std::io::stdout().write_all(vcard::vcard(&card).as_bytes());
        }
        (_, Format::Json) => json(&card),
        (_, Format::Csv) => csv(&HEADER, rows(&card)),
        (_, Format::Table) => {
            say(format!("{} — {}", card.account, card.company));
            say(table(&HEADER, rows(&card)));
        }
    }
    Ok(DONE)
}

const HEADER: [&str; 6] = ["role", "answers for", "person", "reached by", "away until", "stands in"];

fn rows(card: &Card) -> impl Iterator<Item = Vec<String>> {
    card.roles.iter().map(|role| {
        let line = role.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        let away = role.away.as_ref();
        let substitute = away.and_then(|away| away.substitute.as_ref());
        let until = away.map(|away| away.until.map_or_else(|| String::from("further notice"), |day| day.to_string()));
        vec![
            format!("{}{line}", role.role),
            role.stages.iter().map(|stage| stage.stage.clone()).collect::<Vec<_>>().join("\n"),
            role.person.name.clone(),
            reached(&role.person),
            until.unwrap_or_default(),
            substitute.map(|person| format!("{}\n{}", person.name, reached(person))).unwrap_or_default(),
        ]
    })
}

fn reached(person: &Person) -> String {
    person.phones.iter().chain(&person.email).chain(&person.hours).cloned().collect::<Vec<_>>().join("\n")
}
