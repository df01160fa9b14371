//! Several changes as one transaction.
//!
//! What is done within [`run`] begins and commits as always, but what would be committed is laid down, and taken up again
//! by the next change; whoever ran it commits it, or lets it go. So the functions of the ledger need not know whether they
//! are alone.

use std::sync::{Arc, Mutex, PoisonError};

use crate::db::Connection;

type Slot = Arc<Mutex<Option<Connection>>>;

tokio::task_local! {
    static SLOT: Slot;
}

/// Runs the work; with its result comes the transaction that holds all that it changed, if it changed anything.
pub(crate) async fn run<T>(work: impl Future<Output = T>) -> (T, Option<Connection>) {
    let slot = Slot::default();
    let result = SLOT.scope(Arc::clone(&slot), work).await;
    let laid_down = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    (result, laid_down)
}

/// A transaction to read with: one of its own, or the one that an earlier change laid down, which is laid down again.
pub(crate) struct Reading {
    connection: Option<Connection>,
    taken_up: bool,
}

impl Reading {
    pub(crate) fn own(connection: Connection) -> Reading {
        Reading { connection: Some(connection), taken_up: false }
    }

    /// The transaction itself, whoever began it.
    #[expect(clippy::expect_used, reason = "it is there until the value is dropped")]
    pub(crate) fn into_connection(mut self) -> Connection {
        self.connection.take().expect("a connection")
    }

    pub(crate) fn taken_up(connection: Connection) -> Reading {
        Reading { connection: Some(connection), taken_up: true }
    }
}

impl std::ops::Deref for Reading {
    type Target = Connection;

    #[expect(clippy::expect_used, reason = "it is there until the value is dropped")]
    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a connection")
    }
}

impl std::ops::DerefMut for Reading {
    #[expect(clippy::expect_used, reason = "it is there until the value is dropped")]
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a connection")
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| self.taken_up) {
            lay_down(connection);
        }
    }
}

/// The transaction that an earlier change laid down.
pub(crate) fn take_up() -> Option<Connection> {
    SLOT.try_with(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).take()).ok().flatten()
}

/// Whether this is part of a whole.
pub(crate) fn is_within() -> bool {
    SLOT.try_with(|_| ()).is_ok()
}

/// Whether a transaction was laid down.
pub(crate) fn is_laid_down() -> bool {
    SLOT.try_with(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).is_some()).unwrap_or(false)
}

/// Lays the transaction down; gives it back where nobody waits for it.
pub(crate) fn lay_down(connection: Connection) -> Option<Connection> {
    let mut connection = Some(connection);
    let _ = SLOT.try_with(|slot| {
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = connection.take();
    });
    connection
}
