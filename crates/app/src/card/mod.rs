//! The contact card of an account: who answers for what, how to reach them, and who stands in today (SPEC 1.3). What a
//! customer is shown is exactly what is in a [`Card`]: no reasons, no territories, no other customers.

pub mod vcard;

use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::policy::document::Language;
use bailiwick_store::Ledger;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::AppError;
use crate::lang::Texts;
use crate::stages::policy_on;
use crate::who::{Question, Stage, who};

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ContactCard)]
pub struct Card {
    /// Our company, as the policy names it; empty where it does not.
    pub company: String,
    /// The customer.
    pub account: String,
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// `en` or `bg`.
    #[schema(value_type = String)]
    pub language: Language,
    /// In the policy's order of roles.
    pub roles: Vec<CardRole>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardRole {
    pub role: String,
    pub product_line: Option<String>,
    /// What this role answers for.
    pub stages: Vec<Stage>,
    pub person: Person,
    /// Set while the person is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away: Option<CardAway>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardAway {
    /// The first day back, if it is known.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// Who answers meanwhile, if anybody does.
    pub substitute: Option<Person>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = PersonOnCard)]
pub struct Person {
    pub name: String,
    pub position: String,
    pub email: Option<String>,
    pub phones: Vec<String>,
    /// When they can be reached.
    pub hours: Option<String>,
}

/// The card of an account on a day; in the company's language where none is asked for.
///
/// # Errors
/// [`AppError::Missing`] if there is no such account.
pub async fn card(ledger: &Ledger, account: &str, on: Date, language: Option<Language>) -> Result<Card, AppError> {
    let question = Question {
        account: account.to_owned(),
        role: None,
        stage: None,
        product_line: None,
        on,
        as_known_at: None,
        explain: false,
    };
    let answer = who(ledger, &question).await?;
    let company = policy_on(ledger, on).await?.map(|policy| policy.document.company);
    let mut roles = Vec::with_capacity(answer.responsible.len());
    for one in answer.responsible {
        let away = match one.away {
            Some(away) => Some(CardAway {
                until: away.until,
                substitute: match away.substitute {
                    Some(substitute) => Some(person(ledger, &substitute.employee_id, substitute.employee).await?),
                    None => None,
                },
            }),
            None => None,
        };
        roles.push(CardRole {
            role: one.role_title,
            product_line: one.product_line,
            stages: one.stages,
            person: person(ledger, &one.employee_id, one.employee).await?,
            away,
        });
    }
    let language = language.or(company.as_ref().map(|company| company.language)).unwrap_or_default();
    Ok(Card {
        company: company.map(|company| company.name).unwrap_or_default(),
        account: answer.account,
        on,
        language,
        roles,
    })
}

async fn person(ledger: &Ledger, id: &str, name: String) -> Result<Person, AppError> {
    let known = match EmployeeId::new(id) {
        Ok(id) => ledger.employee(&id).await?,
        Err(_) => None,
    };
    let Some(employee) = known else {
        return Ok(Person { name, position: String::new(), email: None, phones: vec![], hours: None });
    };
    let ways = ledger.ways(&employee).await?;
    Ok(Person {
        name,
        position: employee.position.unwrap_or_default(),
        email: ways.email,
        phones: ways.phones,
        hours: ways.hours,
    })
}

/// A day as the language writes it.
pub fn day(texts: &Texts, day: Date) -> String {
    let parts = [("day", day.day().into()), ("month", day.month().into()), ("year", day.year().to_string().into())];
    texts.say("card-day", &parts)
}
