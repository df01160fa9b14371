//! The drafts that are worked on, kept warm; and the fronts that were computed, as long as the service lives.
//!
//! The ledger alone says what a draft is. A studio that is behind it, or ahead of it because what was done was let go, is read
//! anew: each carries the mark of the ledger's state that it is.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bailiwick_app::studio::{self, Studio};
use bailiwick_domain::id::PlanId;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use uuid::Uuid;

use crate::Serving;
use crate::problem::Problem;

/// Drafts that are kept at a time; the one that was not used for longest makes room.
const MOST: usize = 4;
/// Fronts that are kept at a time; the oldest makes room.
const MOST_FRONTS: usize = 4;

type Place = Arc<Turn<Option<Studio>>>;

#[derive(Default)]
pub struct Studios {
    open: Mutex<Vec<(PlanId, Place)>>,
    fronts: Mutex<Vec<Arc<KeptFront>>>,
}

/// A front's plans on disk, which go with this value.
pub struct KeptFront {
    pub job: Uuid,
    pub plan: PlanId,
    pub folder: PathBuf,
}

impl Drop for KeptFront {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A draft that is worked on by nobody else at the moment.
pub struct Desk(OwnedMutexGuard<Option<Studio>>);

impl Desk {
    pub fn studio(&mut self) -> Result<&mut Studio, Problem> {
        self.0.as_mut().ok_or_else(|| Problem::ours(&"a studio was left empty"))
    }

    /// It is read anew by whoever comes next.
    pub fn forget(&mut self) {
        *self.0 = None;
    }
}

impl Studios {
    fn place(&self, plan: &PlanId) -> Place {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match open.iter().position(|(known, _)| known == plan) {
            Some(index) => open.remove(index).1,
            None => Place::default(),
        };
        open.push((plan.clone(), Arc::clone(&place)));
        if open.len() > MOST {
            open.remove(0);
        }
        place
    }

    /// The draft as the ledger has it, for one at a time.
    pub async fn open(&self, serving: &Serving, plan: &PlanId) -> Result<Desk, Problem> {
        let mut turn = self.place(plan).lock_owned().await;
        let stands = serving.ledger.proposal(plan).await?;
        let stands = stands.ok_or_else(|| Problem::missing("draft", plan.as_str()))?;
        let mark = serving.ledger.draft_mark(plan).await?;
        let same = turn.as_ref().is_some_and(|known| known.mark == mark);
        if !same {
            *turn = Some(studio::open::open(&serving.ledger, plan, serving.settings.project.as_deref()).await?);
        }
        if let Some(known) = turn.as_mut() {
            known.state = stands.state;
        }
        Ok(Desk(turn))
    }

    pub fn keep(&self, front: KeptFront) {
        let mut fronts = self.fronts.lock().unwrap_or_else(PoisonError::into_inner);
        fronts.push(Arc::new(front));
        if fronts.len() > MOST_FRONTS {
            fronts.remove(0);
        }
    }

    pub fn front(&self, job: Uuid) -> Option<Arc<KeptFront>> {
        let fronts = self.fronts.lock().unwrap_or_else(PoisonError::into_inner);
        fronts.iter().find(|front| front.job == job).cloned()
    }
}
