//! Progress bars on stderr for anything over a second; silent where stderr is no terminal.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that shows itself only if the work takes longer than a moment.
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    pub fn new(quiet: bool) -> Bar {
        let bar =
            if quiet || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { ProgressBar::new(1000) };
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {msg:32!} [{wide_bar:.green}] {percent:>3} %  {elapsed}")
        {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Bar { bar }
    }

    pub fn set(&self, what: &str, fraction: f64) {
        self.bar.set_message(what.to_owned());
        self.bar.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
