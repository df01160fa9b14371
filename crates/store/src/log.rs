//! SQLite's write-ahead log, emptied beside those who write.
//!
//! The log begins anew only when a transaction finds that all of it was moved into the file. While transactions follow one
//! another it never is, the log grows, and in the end some commit has to move what is left and wait for the disk (a tenth of
//! a second for 256 MB). So most of it is moved beside the transactions, and the little that came meanwhile between two of
//! them (<https://www.sqlite.org/wal.html>, section 2.3).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::db::Pool;
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

#[derive(Debug)]
enum State {
    Rests(Option<Instant>),
    /// Most of it is moved beside the transactions, until this ends.
    Moves(JoinHandle<()>),
}

impl Log {
    #[must_use]
    pub fn of(ledger: Ledger) -> Log {
        Log { ledger, state: Arc::new(Mutex::new(State::Rests(None))) }
    }

    /// To be called between two transactions. Should moving fail, a commit does it later.
    pub async fn move_along(&self) {
        if self.is_nearly_moved() {
            let _ = self.ledger.checkpoint().await;
            *self.state() = State::Rests(Some(Instant::now()));
        }
    }

    /// Begins to move it when it is time; whether the rest can follow.
    fn is_nearly_moved(&self) -> bool {
        let mut state = self.state();
        match &*state {
            State::Moves(moving) => moving.is_finished(),
            State::Rests(Some(since)) if since.elapsed() < PAUSE => false,
            State::Rests(_) => {
                let ledger = self.ledger.clone();
                *state = State::Moves(tokio::spawn(async move {
                    for _ in 0..MOST_TIMES {
                        if ledger.checkpoint().await.is_ok_and(|left| left <= FEW) {
                            break;
                        }
                    }
                }));
                false
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// Moves what is in SQLite's write-ahead log into its file, as far as nobody still reads it there; the pages that are
    /// left. PostgreSQL sees to it by itself.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn checkpoint(&self) -> Result<u64, StoreError> {
        let Pool::Sqlite(_) = &self.pool else { return Ok(0) };
        let row = crate::db::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(&self.pool).await?;
        let pages = |at: usize| row.first().map_or(Ok(0), |row| row.try_get::<i64>(at));
        Ok(u64::try_from(pages(1)? - pages(2)?).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::query;

    #[tokio::test]
    async fn the_log_begins_anew_while_transactions_go_on() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&format!("sqlite:{}", dir.path().join("l.db").display())).await.unwrap();
        let write = async |what: &'static str| query(what).execute(&ledger.pool).await.unwrap();
        // The salt in the log's header is another one each time it begins anew (<https://www.sqlite.org/fileformat2.html>,
        // section 4.1).
        let salt = || std::fs::read(dir.path().join("l.db-wal")).unwrap()[16..24].to_vec();
        write("CREATE TABLE t (x INTEGER)").await;
        let log = Log::of(ledger.clone());
        log.move_along().await;
        while matches!(&*log.state(), State::Moves(moving) if !moving.is_finished()) {
            tokio::task::yield_now().await;
        }
        // Meanwhile somebody writes; that is the rest.
        write("INSERT INTO t VALUES (1)").await;
        let before = salt();
        log.move_along().await;
        assert!(matches!(&*log.state(), State::Rests(Some(_))));
        write("INSERT INTO t VALUES (2)").await;
        assert_ne!(salt(), before, "it goes on where it was");
        ledger.close().await;
    }
}
