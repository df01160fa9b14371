//! A skill held at a level: `retail:3; dairy:2`. A skill named without a level is held at level 1.

use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    pub name: String,
    /// Not negative; 0 is as good as not held.
    pub level: f64,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("\"{0}\" is not a skill: write name or name:level, separated by semicolons, as in \"retail:3; dairy:2\"")]
pub struct SkillError(pub String);

/// Reads a list of skills; separators are `;`, `,` and `|`.
pub fn parse_skills(text: &str) -> Result<Vec<Skill>, SkillError> {
    text.split([';', ',', '|'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, level) = part.rsplit_once([':', '=']).map_or((part, "1"), |(name, level)| (name, level.trim()));
            match level.parse::<f64>() {
                Ok(level) if level >= 0.0 && level.is_finite() && !name.trim().is_empty() => {
                    Ok(Skill { name: name.trim().to_owned(), level })
                }
                _ => Err(SkillError(part.to_owned())),
            }
        })
        .collect()
}

impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_have_levels() {
        let skills = parse_skills(" retail:3; dairy ,").unwrap();
        assert_eq!(skills.iter().map(ToString::to_string).collect::<Vec<_>>(), ["retail:3", "dairy:1"]);
        assert_eq!(parse_skills("retail:much"), Err(SkillError("retail:much".into())));
        assert_eq!(parse_skills("").unwrap(), []);
    }
}
