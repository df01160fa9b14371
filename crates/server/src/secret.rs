//! Secrets: made by the operating system's generator, handed out once, kept as a hash.
//!
//! A secret has 256 random bits, so a plain SHA-256 of it cannot be guessed backwards. Passwords have not; see
//! [`crate::password`].

use std::fmt::Write;

use bailiwick_store::sha256_hex;
use rand::TryRng;
use rand::rngs::SysRng;

/// Tells people, and programs that look for leaked secrets, what this is.
pub const TOKEN_PREFIX: &str = "blwk_";

/// A new secret: 64 hexadecimal digits.
pub fn fresh() -> Result<String, String> {
    Ok(bytes::<32>()?.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

pub fn bytes<const N: usize>() -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(|error| format!("no random numbers from the system: {error}"))?;
    Ok(bytes)
}

/// What is kept of a secret.
pub fn hash(secret: &str) -> String {
    sha256_hex(secret)
}
