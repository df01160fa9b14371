//! What a coverage's form looks at in accounts: place, seat, unit and the skills they ask for.

use bailiwick_data::Table;
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::Text;
use bailiwick_engine::Point;

use crate::classify::{compile, data_finding};
use crate::error::AppError;
use crate::plan::outcome::Routing;

/// Of all accounts of a table.
pub struct Views {
    longitude: Vec<Option<f64>>,
    latitude: Vec<Option<f64>>,
    seat: Option<Vec<Option<String>>>,
    unit: Option<Vec<Option<String>>>,
    skills: Vec<Asked>,
    must: Vec<Asked>,
}

enum Asked {
    Column(Vec<Option<String>>),
    /// The product line covered.
    Line(String),
}

impl Asked {
    fn of(&self, row: usize) -> Option<&str> {
        match self {
            Asked::Column(texts) => texts[row].as_deref().filter(|text| !text.is_empty()),
            Asked::Line(line) => Some(line),
        }
    }
}

/// Of one account.
pub struct View<'a> {
    pub place: Option<Point>,
    pub seat: Option<&'a str>,
    pub unit: Option<&'a str>,
    pub skills: Vec<&'a str>,
    pub must: Vec<&'a str>,
}

impl View<'_> {
    /// Every skill the account asks for.
    pub fn asked(&self) -> impl Iterator<Item = &str> {
        self.skills.iter().chain(&self.must).copied()
    }
}

impl Views {
    pub fn of(policy: &Policy, pool: &Routing, table: &Table) -> Result<Views, AppError> {
        let divide = &policy.document.coverage[pool.coverage].divide;
        let texts = |text: &Text| -> Result<Vec<Option<String>>, AppError> {
            let refuse = |finding| AppError::refused(policy, vec![finding]);
            let expression = compile(policy, text, &table.columns()).map_err(refuse)?;
            expression.texts(table).map_err(|error| refuse(data_finding(policy, text, &error)))
        };
        let asked = |names: &[Text]| -> Vec<Asked> {
            let one = |name: &Text| match &pool.product_line {
                Some(line) if name.get_ref() == "product_line" => Some(Asked::Line(line.clone())),
                _ => table.texts(name.get_ref()).ok().map(Asked::Column),
            };
            names.iter().filter_map(one).collect()
        };
        let unit = divide.territories.as_ref().and_then(|territories| territories.unit.as_ref());
        let fit = divide.fit.as_ref();
        Ok(Views {
            longitude: table.numbers_if_any("longitude")?,
            latitude: table.numbers_if_any("latitude")?,
            seat: divide.by.as_ref().map(texts).transpose()?,
            unit: unit.map(texts).transpose()?,
            skills: fit.map(|fit| asked(&fit.skills)).unwrap_or_default(),
            must: fit.map(|fit| asked(&fit.must)).unwrap_or_default(),
        })
    }

    pub fn one(&self, row: usize) -> View<'_> {
        let place = match (self.longitude[row], self.latitude[row]) {
            (Some(x), Some(y)) => Some(Point { x, y }),
            _ => None,
        };
        View {
            place,
            seat: self.seat.as_ref().and_then(|column| column[row].as_deref()),
            unit: self.unit.as_ref().and_then(|column| column[row].as_deref()).filter(|unit| !unit.is_empty()),
            skills: self.skills.iter().filter_map(|asked| asked.of(row)).collect(),
            must: self.must.iter().filter_map(|asked| asked.of(row)).collect(),
        }
    }
}
