//! Passwords: argon2id with the parameters OWASP recommends (19 MiB, two passes, one lane).
//!
//! Hashing is dear on purpose, so it happens beside the requests, and only a few at a time: a flood of sign-ins waits
//! instead of taking all memory.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use jiff::SignedDuration;
use tokio::sync::Semaphore;

use crate::problem::Problem;
use crate::secret;

/// The least number of characters.
pub const SHORTEST: usize = 12;
const LONGEST: usize = 200;

static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Of nobody's password: what is compared when the name is unknown, so that the answer takes as long.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| make(&secret::fresh().ok()?).ok());

fn argon2() -> Result<Argon2<'static>, String> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| error.to_string())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn make(password: &str) -> Result<String, String> {
    let salt = secret::bytes::<16>()?;
    let hash: PasswordHash =
        argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

fn agrees(password: &str, hash: &str) -> bool {
    let (Ok(argon2), Ok(hash)) = (argon2(), PasswordHash::new(hash)) else { return false };
    argon2.verify_password(password.as_bytes(), &hash).is_ok()
}

/// The hash of a new password, as a PHC string.
///
/// # Errors
/// Says why the password is too weak, in words for whoever chose it.
pub async fn hash(password: String, name: &str) -> Result<String, String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(format!("the password has {length} characters; it needs at least {SHORTEST}"));
    }
    if length > LONGEST {
        return Err(format!("the password has {length} characters; the most is {LONGEST}"));
    }
    let (small, name) = (password.to_lowercase(), name.trim().to_lowercase());
    let distinct = small.chars().collect::<std::collections::BTreeSet<_>>().len();
    if distinct < 5 || (!name.is_empty() && small.contains(&name)) {
        return Err("the password is too easy to guess: use several words, and not the name".to_owned());
    }
    beside(move || make(&password)).await.and_then(|made| made)
}

/// Whether the password is the one of this hash; with no hash, no, after the same time.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Problem> {
    let checked = beside(move || match (&hash, &*NOBODYS) {
        (Some(hash), _) => agrees(&password, hash),
        (None, Some(nobodys)) => {
            agrees(&password, nobodys);
            false
        }
        (None, None) => false,
    });
    checked.await.map_err(|error| Problem::ours(&error))
}

async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let _turn = AT_ONCE.acquire().await.map_err(|error| error.to_string())?;
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())
}

/// How long nobody may try again after so many wrong passwords in a row: a minute after the fifth, twice as long after
/// each further one, at most an hour.
pub fn delay(failed: u32) -> Option<SignedDuration> {
    let over = failed.checked_sub(5)?;
    Some(SignedDuration::from_mins(60.min(1 << over.min(6))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn delays_grow_to_an_hour() {
        let minutes: Vec<_> = (4..14).map(|failed| delay(failed).map(|delay| delay.as_mins())).collect();
        let expected = [None, Some(1), Some(2), Some(4), Some(8), Some(16), Some(32), Some(60), Some(60), Some(60)];
        assert_eq!(minutes, expected);
        assert_eq!(delay(u32::MAX), Some(SignedDuration::from_mins(60)));
    }

    #[tokio::test]
    async fn a_password_agrees_with_its_hash_alone() {
        let hash = hash("correct horse battery".to_owned(), "ann").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse battery".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!verify("correct horse batterz".to_owned(), Some(hash)).await.unwrap());
        assert!(!verify("correct horse battery".to_owned(), None).await.unwrap());
    }

    #[tokio::test]
    async fn weak_passwords_are_refused() {
        for weak in ["short", "aaaaaaaaaaaaaaaa", "i am annabel so there", &"x y z w v ".repeat(30)] {
            assert!(hash(weak.to_owned(), "Annabel").await.is_err(), "{weak}");
        }
    }
}
