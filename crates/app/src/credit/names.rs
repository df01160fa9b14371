//! Numbers for names, given out one after the other.

use rustc_hash::FxHashMap;

use bailiwick_domain::credit::NONE;

#[derive(Debug, Clone, Default)]
pub struct Names {
    names: Vec<String>,
    known: FxHashMap<String, u32>,
}

impl Names {
    pub fn of(names: impl IntoIterator<Item = String>) -> Names {
        let mut all = Names::default();
        names.into_iter().for_each(|name| {
            all.number(&name);
        });
        all
    }

    /// The number of a name; a new one if it was not met before.
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.known.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.known.insert(name.to_owned(), number);
        number
    }

    /// The number of a name that is known, else none.
    pub fn find(&self, name: &str) -> u32 {
        self.known.get(name).copied().unwrap_or(NONE)
    }

    /// The name; empty for none.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
