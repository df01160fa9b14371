//! A secret printed on the terminal that lets somebody in.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::secret;

pub struct Door {
    hash: String,
    used: AtomicBool,
}

impl Door {
    /// A door and the secret that fits.
    pub fn new() -> Result<(Door, String), String> {
        let fresh = secret::fresh()?;
        Ok((Door { hash: secret::hash(&fresh), used: AtomicBool::new(false) }, fresh))
    }

    /// Hashes are compared, so that the time it takes tells nothing of the secret.
    pub fn fits(&self, given: &str) -> bool {
        !self.used.load(Ordering::Relaxed) && secret::hash(given) == self.hash
    }

    /// Lets in once.
    pub fn take(&self, given: &str) -> bool {
        self.fits(given) && !self.used.swap(true, Ordering::AcqRel)
    }
}
