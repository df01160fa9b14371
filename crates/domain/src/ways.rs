//! Ways to reach an employee: as somebody wrote them down here, or else as the source of employees has them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::employee::EmployeeRecord;
use crate::id::EmployeeId;
use crate::text::{self, Unfit};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    pub employee: EmployeeId,
    pub email: Option<String>,
    pub phones: Vec<String>,
    /// When they can be reached, or what else a customer should know: "Monday to Friday, 9 to 17".
    pub hours: Option<String>,
}

impl Ways {
    /// The columns `email`, `phone` and `mobile` of the source.
    #[must_use]
    pub fn of_source(employee: &EmployeeRecord) -> Ways {
        let column = |name: &str| match employee.attributes.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        Ways {
            employee: employee.id.clone(),
            email: column("email"),
            phones: ["phone", "mobile"].into_iter().filter_map(column).collect(),
            hours: None,
        }
    }

    /// The same, trimmed.
    ///
    /// # Errors
    /// What cannot be kept.
    pub fn checked(self) -> Result<Ways, Unfit> {
        Ok(Ways {
            email: text::email(self.email.as_deref())?,
            phones: text::phones(&self.phones)?,
            hours: text::maybe_line("the hours", self.hours.as_deref())?,
            ..self
        })
    }
}
