//! SQLite's write-ahead log, emptied beside those who write.
//!
//! The log begins anew only when a transaction finds that all of it was moved into the file. While transactions follow one
//! another it never is, the log grows, and in the end some commit has to move what is left and wait for the disk (a tenth of
//! a second for 256 MB). So most of it is moved beside the transactions, and the little that came meanwhile between two of
//! them (<https://www.sqlite.org/wal.html>, section 2.3).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::StoreError;
use crate::ledger::Ledger;

/// Moving takes a processor and the disk from the transactions: longer pauses write a page that changes often less often.
const PAUSE: Duration = Duration::from_secs(1);
/// So few pages are moved between two transactions: a few milliseconds.
const FEW: u64 = 256;
/// Each time less is left, unless the transactions are faster than the disk.
const MOST_TIMES: usize = 6;

/// Sees to it that a ledger's log stays short while one writer after the other writes. Clones see to the same log.
#[derive(Debug, Clone)]
pub struct Log {
    ledger: Ledger,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Rests(Option<Instant>),
    /// Most of it is being moved.
    Moves,
    /// Little is left.
    Nearly,
}

impl Log {
    #[must_use]
    pub fn of(ledger: Ledger) -> Log {
        Log { ledger, state: Arc::new(Mutex::new(State::Rests(None))) }
    }

    /// To be called between two transactions. Should moving fail, a commit does it later.
    pub async fn move_along(&self) {
        let state = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state {
            State::Rests(since) if since.is_none_or(|since| since.elapsed() >= PAUSE) => {
                self.set(State::Moves);
                let log = self.clone();
                tokio::spawn(async move {
                    for _ in 0..MOST_TIMES {
                        if log.ledger.checkpoint().await.is_ok_and(|left| left <= FEW) {
                            break;
                        }
                    }
                    log.set(State::Nearly);
                });
            }
            State::Nearly => {
                let _ = self.ledger.checkpoint().await;
                self.set(State::Rests(Some(Instant::now())));
            }
            State::Rests(_) | State::Moves => {}
        }
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl Ledger {
    /// Moves what is in SQLite's write-ahead log into its file, as far as nobody still reads it there; the pages that are
    /// left. PostgreSQL sees to it by itself.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn checkpoint(&self) -> Result<u64, StoreError> {
        if !self.is_sqlite() {
            return Ok(0);
        }
        let row = crate::db::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(&self.pool).await?;
        let pages = |at: usize| row.first().map_or(Ok(0), |row| row.try_get::<i64>(at));
        Ok(u64::try_from(pages(1)? - pages(2)?).unwrap_or(0))
    }
}
