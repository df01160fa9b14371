//! Names of things: an [`AccountId`] is not a string, and never an [`EmployeeId`].
//!
//! Each is non-empty text without control characters, trimmed, at most [`LONGEST`] characters long. They are cheap to
//! clone (one shared allocation), because a million assignments name the same few roles and employees.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// The longest name, in characters.
pub const LONGEST: usize = 200;

/// The text cannot be a name of this kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    #[error("{kind} is empty: give it a value")]
    Empty { kind: &'static str },
    #[error("{kind} is {found} characters long: the most is {LONGEST}")]
    TooLong { kind: &'static str, found: usize },
    #[error("{kind} {text:?} holds a control character: remove it")]
    Control { kind: &'static str, text: String },
}

fn checked(kind: &'static str, text: &str) -> Result<Arc<str>, IdError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(IdError::Empty { kind });
    }
    if trimmed.len() > LONGEST {
        let found = trimmed.chars().count();
        if found > LONGEST {
            return Err(IdError::TooLong { kind, found });
        }
    }
    if trimmed.chars().any(char::is_control) {
        return Err(IdError::Control { kind, text: trimmed.chars().take(40).collect() });
    }
    Ok(Arc::from(trimmed))
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// # Errors
            /// If the text is empty, too long or holds control characters.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                checked($kind, text.as_ref()).map(Self)
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;
            fn try_from(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::new(&*text).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

names! {
    /// Names an account, as the customer's own systems name it.
    AccountId = "account id";
    /// Names an employee.
    EmployeeId = "employee id";
    /// Names a role, e.g. `sales-specialist`.
    RoleName = "role";
    /// Names a product line.
    ProductLine = "product line";
    /// Names a plan; the same plan cannot be applied twice.
    PlanId = "plan id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_never_empty() {
        assert_eq!(AccountId::new("  A-1 ").unwrap(), "A-1");
        assert_eq!(AccountId::new(" \t"), Err(IdError::Empty { kind: "account id" }));
        assert!(matches!(RoleName::new("a\u{0}b"), Err(IdError::Control { .. })));
        assert!(ProductLine::new("я".repeat(LONGEST)).is_ok());
        assert!(matches!(ProductLine::new("я".repeat(LONGEST + 1)), Err(IdError::TooLong { found: 201, .. })));
    }

    #[test]
    fn a_name_reads_and_writes_as_plain_text() {
        let id: EmployeeId = serde_json::from_str("\" E-7\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"E-7\"");
        assert!(
            serde_json::from_str::<EmployeeId>("\"\"").unwrap_err().to_string().starts_with("employee id is empty")
        );
    }
}
