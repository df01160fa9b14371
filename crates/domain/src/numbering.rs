//! Texts by number: names of tens of millions of things take their own bytes and a few more each, and comparing two is
//! comparing numbers.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// Texts one after the other, numbered from 0.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    pub fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// Adds a text, also one that is there already.
    pub fn push(&mut self, text: &str) -> u32 {
        self.all.push_str(text);
        self.ends.push(self.all.len());
        self.len() - 1
    }

    /// A number that was not given is a mistake of the caller and panics.
    #[must_use]
    pub fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.all[start..self.ends[number]]
    }

    /// The number of a text among texts that are in order.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = from + (to - from) / 2;
            match self.get(middle).cmp(text) {
                Ordering::Less => from = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// Numbers of the texts in the order of the texts.
    #[must_use]
    pub fn order(&self) -> Vec<u32> {
        // Most texts are told apart by their beginnings, which lie side by side here.
        let beginning = |number: u32| {
            let mut bytes = [0; 16];
            let text = self.get(number).as_bytes();
            let length = text.len().min(16);
            bytes[..length].copy_from_slice(&text[..length]);
            let (high, low) = bytes.split_at(8);
            [high, low].map(|half| half.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte)))
        };
        let mut keyed: Vec<([u64; 2], u32)> = (0..self.len()).map(|number| (beginning(number), number)).collect();
        keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.get(a.1).cmp(self.get(b.1))));
        keyed.into_iter().map(|(_, number)| number).collect()
    }
}

/// Gives numbers to texts, the same to the same text, in the order in which they come.
#[derive(Debug, Default)]
pub struct Numbering {
    texts: Texts,
    known: HashTable<u32>,
}

impl Numbering {
    /// The texts by their numbers.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The number of a text, a new one if it has none.
    pub fn number(&mut self, text: &str) -> u32 {
        let Numbering { texts, known } = self;
        let hash = FxBuildHasher.hash_one(text);
        if let Some(number) = known.find(hash, |number| texts.get(*number) == text) {
            return *number;
        }
        let number = texts.push(text);
        known.insert_unique(hash, number, |number| FxBuildHasher.hash_one(texts.get(*number)));
        number
    }

    /// The number of a text that has one.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        self.known.find(FxBuildHasher.hash_one(text), |number| self.texts.get(*number) == text).copied()
    }

    /// The texts in order, and the place there of each number.
    #[must_use]
    pub fn in_order(self) -> (Texts, Vec<u32>) {
        let Numbering { texts, known } = self;
        drop(known);
        let mut sorted =
            Texts { all: String::with_capacity(texts.all.len()), ends: Vec::with_capacity(texts.ends.len()) };
        let mut places = vec![0; texts.ends.len()];
        for number in texts.order() {
            places[number as usize] = sorted.push(texts.get(number));
        }
        (sorted, places)
    }
}

/// Places of the texts of two, both in order, in the order of all of them: the same text has the same place.
#[must_use]
pub fn places_among_both(a: &Texts, b: &Texts) -> (Vec<u32>, Vec<u32>) {
    let (mut of_a, mut of_b) = (Vec::with_capacity(a.ends.len()), Vec::with_capacity(b.ends.len()));
    let mut place = 0;
    loop {
        let (i, j) = (of_a.len() as u32, of_b.len() as u32);
        let order = match (i < a.len(), j < b.len()) {
            (true, true) => a.get(i).cmp(b.get(j)),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => return (of_a, of_b),
        };
        if order.is_le() {
            of_a.push(place);
        }
        if order.is_ge() {
            of_b.push(place);
        }
        place += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn numbered(words: &[String]) -> (Texts, Vec<u32>) {
        let mut numbering = Numbering::default();
        let numbers: Vec<u32> = words.iter().map(|word| numbering.number(word)).collect();
        assert!(words.iter().zip(&numbers).all(|(word, number)| numbering.find(word) == Some(*number)));
        let (texts, places) = numbering.in_order();
        (texts, numbers.into_iter().map(|number| places[number as usize]).collect())
    }

    proptest! {
        #[test]
        fn texts_are_found_again_in_order(
            a in prop::collection::vec("[ab\0ä]{0,20}", 0..60),
            b in prop::collection::vec("[ab\0ä]{0,20}", 0..60),
        ) {
            let sorted = |words: &[String]| words.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
            let sides = [&a, &b].map(|words| {
                let (texts, places) = numbered(words);
                assert_eq!((0..texts.len()).map(|at| texts.get(at).to_owned()).collect::<Vec<_>>(), sorted(words));
                for (word, place) in words.iter().zip(&places) {
                    assert_eq!((texts.get(*place), texts.find(word)), (word.as_str(), Some(*place)));
                }
                texts
            });
            let all = sorted(&[a, b].concat());
            let (of_a, of_b) = places_among_both(&sides[0], &sides[1]);
            for (texts, places) in sides.iter().zip([of_a, of_b]) {
                for (number, place) in places.iter().enumerate() {
                    prop_assert_eq!(texts.get(number as u32), &all[*place as usize]);
                }
            }
        }
    }
}
