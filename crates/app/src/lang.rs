//! Texts for people, in English and Bulgarian, from Fluent files beside the code.
//!
//! Fluent (fluent-bundle) is chosen because it knows each language's plural forms and keeps texts out of the code.

use bailiwick_domain::policy::document::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

pub struct Texts {
    bundle: FluentBundle<FluentResource>,
    language: Language,
}

impl Texts {
    pub fn of(language: Language) -> Texts {
        let (tag, source) = match language {
            Language::En => ("en", include_str!("../locales/en.ftl")),
            Language::Bg => ("bg", include_str!("../locales/bg.ftl")),
        };
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
        // The marks that isolate text directions would show up as stray characters in CSV files.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Texts { bundle, language }
    }

    /// A number as the language writes it.
    pub fn number(&self, value: f64, digits: usize) -> String {
        let text = format!("{value:.digits$}");
        match self.language {
            Language::En => text,
            Language::Bg => text.replace('.', ","),
        }
    }

    /// A text with its arguments; its name where it is missing, so that a slip is seen and nothing fails.
    pub fn say(&self, name: &str, arguments: &[(&str, FluentValue)]) -> String {
        let Some(pattern) = self.bundle.get_message(name).and_then(|message| message.value()) else {
            return name.to_owned();
        };
        let mut given = FluentArgs::with_capacity(arguments.len());
        for (key, value) in arguments {
            given.set(*key, value.clone());
        }
        let mut errors = vec![];
        self.bundle.format_pattern(pattern, Some(&given), &mut errors).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<&str> {
        let lines = source.lines().filter(|line| !line.starts_with([' ', '#', '}']) && line.contains(" = "));
        lines.filter_map(|line| line.split(" = ").next()).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let (en, bg) = (include_str!("../locales/en.ftl"), include_str!("../locales/bg.ftl"));
        assert!(FluentResource::try_new(en.to_owned()).is_ok() && FluentResource::try_new(bg.to_owned()).is_ok());
        assert_eq!(names(en), names(bg));
    }

    #[test]
    fn plurals_follow_the_language() {
        let texts = Texts::of(Language::Bg);
        assert_eq!(texts.say("why-load", &[("count", 1.into())]), "изравнява натоварването между един служител");
        assert_eq!(texts.say("why-load", &[("count", 3.into())]), "изравнява натоварването между 3 служители");
    }
}
