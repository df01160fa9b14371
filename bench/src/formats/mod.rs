//! Readers of published instance formats: each turns a text into an engine problem.

mod cpmp;
mod gap;
mod tdp;

use bailiwick_engine::Problem;
use clap::ValueEnum;
use std::str::FromStr;
use thiserror::Error;

/// The formats known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Generalised assignment (OR-Library, Yagiura).
    Gap,
    /// Capacitated p-median (OR-Library pmedcap).
    Cpmp,
    /// Commercial territory design (2DU).
    Tdp,
}

#[derive(Debug, PartialEq, Error)]
pub enum FormatError {
    #[error("the file ends where {0} is expected")]
    End(&'static str),
    #[error("entry {position} is `{found}` where {expected} is expected")]
    Entry { position: usize, found: String, expected: &'static str },
    #[error("entry {position}: {found} is out of range for {expected}")]
    Range { position: usize, found: String, expected: &'static str },
    #[error("the affinities are not all 1; other affinities are not supported")]
    Affinity,
}

pub fn parse(format: Format, text: &str) -> Result<Problem, FormatError> {
    match format {
        Format::Gap => gap::parse(text),
        Format::Cpmp => cpmp::parse(text),
        Format::Tdp => tdp::parse(text),
    }
}

/// Numbers separated by white space.
struct Numbers<'a> {
    words: std::iter::Enumerate<std::str::SplitWhitespace<'a>>,
}

impl<'a> Numbers<'a> {
    fn of(text: &'a str) -> Self {
        Numbers { words: text.split_whitespace().enumerate() }
    }

    fn next<T: FromStr>(&mut self, expected: &'static str) -> Result<T, FormatError> {
        let (position, word) = self.words.next().ok_or(FormatError::End(expected))?;
        word.parse().map_err(|_| FormatError::Entry { position: position + 1, found: word.to_owned(), expected })
    }

    fn many<T: FromStr>(&mut self, count: usize, expected: &'static str) -> Result<Vec<T>, FormatError> {
        (0..count).map(|_| self.next(expected)).collect()
    }

    /// A count from 1 to 1,000,000.
    fn count(&mut self, expected: &'static str) -> Result<usize, FormatError> {
        let (position, word) = self.words.next().ok_or(FormatError::End(expected))?;
        let found = || word.to_owned();
        match word.parse::<usize>() {
            Ok(count @ 1..=1_000_000) => Ok(count),
            Ok(_) => Err(FormatError::Range { position: position + 1, found: found(), expected }),
            Err(_) => Err(FormatError::Entry { position: position + 1, found: found(), expected }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bailiwick_engine::{Contiguity, Cost};

    #[test]
    fn gap_weights_become_one_measure_an_agent() {
        let problem = parse(Format::Gap, "2 3\n1 2 3\n4 5 6\n7 8 9\n1 1 1\n15 2").expect("a valid text");
        assert_eq!((problem.units, problem.owners), (3, 2));
        assert_eq!(problem.cost, Cost::Matrix(vec![1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
        assert_eq!(problem.measures[0].values, [7.0, 8.0, 9.0]);
        assert_eq!(problem.measures[0].upper, [15.0, f64::INFINITY]);
        assert_eq!(problem.measures[1].upper, [f64::INFINITY, 2.0]);
    }

    #[test]
    fn tdp_tolerances_become_limits() {
        let text = "2\n0 0 0 1 2 3 0\n1 5 0 3 2 1 0\n1\n0 1\n1 1 0.5 0.5 0.5 0.5\n1 1\n";
        let problem = parse(Format::Tdp, text).expect("a valid text");
        assert_eq!(problem.measures.len(), 3);
        assert_eq!((problem.measures[0].lower[0], problem.measures[0].upper[0]), (2.0, 6.0));
        assert_eq!(problem.contiguity, Contiguity::Edges(vec![(0, 1)]));
    }

    #[test]
    fn a_short_or_wrong_file_says_where() {
        assert_eq!(parse(Format::Cpmp, "1 713\n2 1"), Err(FormatError::End("the capacity")));
        let wrong = FormatError::Entry { position: 2, found: "x".into(), expected: "the number of items" };
        assert_eq!(parse(Format::Gap, "2 x"), Err(wrong));
    }
}
