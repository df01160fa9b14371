//! How many tests passed: read from the lines that the test programs print.

/// Tests by their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    pub fn add(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// What a line says of tests; nothing if it is no closing line of cargo test, cargo-nextest or node.
    pub fn of_line(line: &str) -> Counts {
        let line = strip_colours(line);
        let line = line.trim();
        let mut counts = Counts::default();
        if let Some(result) = line.strip_prefix("test result: ") {
            // test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
            let sentence = result.split_once(". ").map_or(result, |(_, rest)| rest);
            sentence.split("; ").for_each(|part| counts.take(part));
        } else if let Some((_, rest)) = line.strip_prefix("Summary [").and_then(|rest| rest.split_once(" tests run: "))
        {
            // Summary [   0.5s] 12 tests run: 11 passed (1 slow), 1 failed, 2 skipped
            rest.split(", ").for_each(|part| counts.take(part));
        } else if let Some(part) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
            // # pass 12
            if let Some((word, number)) = part.split_once(' ') {
                counts.put(word, number);
            }
        }
        counts
    }

    fn take(&mut self, part: &str) {
        let mut words = part.split_whitespace();
        if let (Some(number), Some(word)) = (words.next(), words.next()) {
            self.put(word, number);
        }
    }

    fn put(&mut self, word: &str, number: &str) {
        let Ok(number) = number.parse::<u64>() else { return };
        match word {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" | "timed" | "cancelled" => self.failed += number,
            "skipped" | "ignored" => self.skipped += number,
            _ => {}
        }
    }
}

/// A line without the codes that colour it on a terminal.
fn strip_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(letter) = rest.next() {
        if letter == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn closing_lines_are_counted() {
        let libtest =
            "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s";
        assert_eq!(Counts::of_line(libtest), counts(3, 2, 1));
        let nextest = "     Summary [   0.512s] 14 tests run: 13 passed (1 slow), 1 failed, 2 skipped";
        assert_eq!(Counts::of_line(nextest), counts(13, 1, 2));
        let coloured = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.5s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m \u{1b}[33;1mskipped\u{1b}[0m";
        assert_eq!(Counts::of_line(coloured), counts(2, 0, 0));
        assert_eq!(Counts::of_line("# pass 21"), counts(21, 0, 0));
        assert_eq!(Counts::of_line("ℹ fail 1"), counts(0, 1, 0));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["running 3 tests", "test it_passed ... ok", "5 passed", "# tests 21", "ℹ duration_ms 12"] {
            assert_eq!(Counts::of_line(line), Counts::default(), "{line}");
        }
    }
}
