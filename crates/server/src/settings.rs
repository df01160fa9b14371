//! What whoever runs the service decides.

/// The default is what suits most.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whoever drafted or proposed a plan does not approve it.
    pub four_eyes: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { four_eyes: true }
    }
}
