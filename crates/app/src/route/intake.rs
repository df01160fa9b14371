//! Where arrivals are handed in, from any number of callers at once.
//!
//! **One writes, all others gather.** While a transaction is being written, what arrives waits; the next transaction takes
//! all of it (group commit: DeWitt et al., *Implementation techniques for main memory database systems*, SIGMOD 1984).
//! Each caller is answered once the transaction with their arrivals holds, so durability costs one synchronisation for
//! many. What is decided sees everything decided before, in this process by the state kept warm, in others because the
//! ledger's version is compared under the right to write.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bailiwick_domain::ledger::LedgerVersion;
use bailiwick_store::{Ledger, Log, RouteBatch, RouteTurn, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::oneshot;

use super::arrival::{Arrival, Arrivals, heads_first};
use super::book::Book;
use super::decide::Decided;
use super::router::Router;
use super::{Decision, Refused, Routed};
use crate::error::AppError;

/// Arrivals that are decided at a time, so that a great many need no great memory.
const AT_ONCE: usize = 8_192;
/// Arrivals of different callers that one transaction takes.
const MOST_TOGETHER: usize = 4_096;
/// Arrivals that may wait.
const MOST_WAITING: usize = 200_000;
/// Transactions of several callers begin at least so far apart: smaller ones would only write the same pages more often.
const APART: Duration = Duration::from_millis(1);

/// Cheap to clone; clones are the same intake.
#[derive(Clone)]
pub struct Intake {
    ledger: Ledger,
    waiting: Arc<Mutex<Waiting>>,
    warm: Arc<tokio::sync::Mutex<Option<Warm>>>,
    log: Log,
}

#[derive(Default)]
struct Waiting {
    jobs: Vec<Job>,
    arrivals: usize,
    at_work: bool,
}

struct Job {
    arrivals: Arrivals,
    on: Date,
    actor: String,
    at: Timestamp,
    answer: oneshot::Sender<Result<Routed, AppError>>,
}

/// The state that decisions rest on, and the version of the ledger it stands for.
struct Warm {
    router: Router,
    version: LedgerVersion,
}

/// What came of one caller's arrivals.
#[derive(Default)]
struct Outcome {
    /// By the place among those sent.
    decisions: Vec<(usize, Decision)>,
    refused: Vec<Refused>,
}

impl Intake {
    pub fn new(ledger: Ledger) -> Intake {
        Intake { log: Log::of(ledger.clone()), ledger, waiting: Arc::default(), warm: Arc::default() }
    }

    /// Decides about arrivals, and answers once the decisions are recorded. It goes on though the caller be gone.
    pub async fn route(&self, arrivals: Arrivals, on: Date, actor: &str, at: Timestamp) -> Result<Routed, AppError> {
        if arrivals.arrivals.is_empty() {
            return Ok(Routed { decisions: vec![], refused: arrivals.refused });
        }
        let (answer, answered) = oneshot::channel();
        if self.ledger.is_part_of_a_whole() {
            // What is written together with other things cannot wait for others' arrivals.
            let job = Job { arrivals, on, actor: actor.to_owned(), at, answer };
            let mut outcomes = self.together(&mut None, std::slice::from_ref(&job)).await?;
            return Ok(outcomes.pop().unwrap_or_default().told(job.arrivals.refused));
        }
        let start = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.arrivals >= MOST_WAITING {
                return Err(AppError::Busy);
            }
            waiting.arrivals += arrivals.arrivals.len();
            waiting.jobs.push(Job { arrivals, on, actor: actor.to_owned(), at, answer });
            !std::mem::replace(&mut waiting.at_work, true)
        };
        if start {
            let intake = self.clone();
            tokio::spawn(async move { intake.work().await });
        }
        answered.await.unwrap_or(Err(AppError::Busy))
    }

    /// Takes what waits until nothing does.
    async fn work(&self) {
        let _closing = Closing(&self.waiting);
        let mut warm = self.warm.lock().await;
        let (mut began, mut several) = (Instant::now(), false);
        loop {
            // A caller alone, one arrival after the other, gains nothing by waiting for company.
            if several && let Some(early) = APART.checked_sub(began.elapsed()) {
                tokio::time::sleep(early).await;
            }
            let Some(jobs) = self.take() else { break };
            (began, several) = (Instant::now(), jobs.len() > 1);
            let outcomes = match self.together(&mut warm, &jobs).await {
                Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
                Err(error) if jobs.len() == 1 => vec![Err(error)],
                // Another program writes and does not end: to try each alone would only make all wait longer.
                Err(AppError::Store(StoreError::Locked)) => jobs.iter().map(|_| Err(AppError::Busy)).collect(),
                // One of them may be to blame: each is tried alone, so that the others are served.
                Err(_) => {
                    let mut outcomes = vec![];
                    for job in &jobs {
                        let alone = self.together(&mut warm, std::slice::from_ref(job)).await;
                        outcomes.push(alone.map(|mut outcomes| outcomes.pop().unwrap_or_default()));
                    }
                    outcomes
                }
            };
            self.log.move_along().await;
            for (job, outcome) in jobs.into_iter().zip(outcomes) {
                // Whoever does not wait any more need not be told.
                let _ = job.answer.send(outcome.map(|outcome| outcome.told(job.arrivals.refused)));
            }
        }
    }

    /// What waits for the same day, as much as goes together.
    fn take(&self) -> Option<Vec<Job>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = waiting.jobs.first() else {
            waiting.at_work = false;
            return None;
        };
        let (on, mut taken) = (first.on, 0);
        let mut fits = |job: &&Job| {
            taken += job.arrivals.arrivals.len();
            job.on == on && taken <= MOST_TOGETHER
        };
        let count = waiting.jobs.iter().take_while(|job| fits(job)).count().max(1);
        let jobs: Vec<Job> = waiting.jobs.drain(..count).collect();
        waiting.arrivals -= jobs.iter().map(|job| job.arrivals.arrivals.len()).sum::<usize>();
        Some(jobs)
    }

    /// Decides and records in one transaction. What is warm is lost if it fails.
    async fn together(&self, warm: &mut Option<Warm>, jobs: &[Job]) -> Result<Vec<Outcome>, AppError> {
        let mut turn = self.ledger.route_turn().await?;
        let on = jobs[0].on;
        let mut router = match warm.take() {
            Some(mut kept) if kept.router.on == on && turn.holds_since(&kept.version, None).await? => {
                kept.version = turn.version();
                kept.router
            }
            _ => Router::read(&mut turn, on, None).await?,
        };
        let outcomes = write(&mut turn, &mut router, jobs).await?;
        let version = turn.commit().await?;
        *warm = Some(Warm { router, version });
        Ok(outcomes)
    }
}

/// Should a defect end the work in the middle, whoever waits is told, and the next to come begins anew.
struct Closing<'a>(&'a Mutex<Waiting>);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Waiting::default();
        }
    }
}

impl Outcome {
    fn told(mut self, mut refused: Vec<Refused>) -> Routed {
        self.decisions.sort_by_key(|(number, _)| *number);
        refused.append(&mut self.refused);
        refused.sort_by_key(|refused| refused.line);
        Routed { decisions: self.decisions.into_iter().map(|(_, decision)| decision).collect(), refused }
    }

    fn add(&mut self, job: &Arrivals, arrival: &Arrival, decided: Result<Decision, String>) {
        match decided {
            Ok(decision) => self.decisions.push((arrival.number, decision)),
            Err(reason) => self.refused.push(Refused::new(job.called, arrival.number, &reason)),
        }
    }
}

/// Decides about all jobs and writes what was decided, callers in the order in which they came.
async fn write(turn: &mut RouteTurn, router: &mut Router, jobs: &[Job]) -> Result<Vec<Outcome>, AppError> {
    let mut outcomes: Vec<Outcome> = jobs.iter().map(|_| Outcome::default()).collect();
    let owned = jobs.iter().enumerate().flat_map(|(job, of)| of.arrivals.arrivals.iter().map(move |one| (job, one)));
    let mut all: Vec<(usize, &Arrival)> = owned.collect();
    if jobs.len() == 1 {
        let mut arrivals: Vec<&Arrival> = all.into_iter().map(|(_, arrival)| arrival).collect();
        heads_first(&mut arrivals);
        all = arrivals.into_iter().map(|arrival| (0, arrival)).collect();
    }
    let at = jobs.iter().map(|job| job.at).max().unwrap_or_default();
    for part in all.chunks(AT_ONCE) {
        let arrivals: Vec<&Arrival> = part.iter().map(|(_, arrival)| *arrival).collect();
        let mut book = Book::read(turn, &arrivals, router.on, None).await?;
        let decided = router.decide(&arrivals, |place| jobs[part[place].0].actor.clone(), &mut book);
        let mut batches: Vec<Batch> = vec![];
        for ((job, arrival), decided) in part.iter().zip(decided) {
            match decided {
                Ok(decided) => {
                    let actor = jobs[*job].actor.as_str();
                    match batches.last_mut().filter(|batch| batch.actor == actor) {
                        Some(batch) => batch.add(*job, arrival, decided),
                        None => {
                            let mut batch = Batch { actor, of: vec![], decided: vec![] };
                            batch.add(*job, arrival, decided);
                            batches.push(batch);
                        }
                    }
                }
                Err(reason) => outcomes[*job].add(&jobs[*job].arrivals, arrival, Err(reason)),
            }
        }
        for batch in batches {
            let of = batch.of.clone();
            let actor = batch.actor;
            let (batch, decisions) = batch.finish(router.on);
            let routed = turn.write(&batch, actor, at).await?;
            for (((job, arrival), mut decision), id) in of.into_iter().zip(decisions).zip(routed.first..) {
                decision.decision_id = Some(id);
                outcomes[job].add(&jobs[job].arrivals, arrival, Ok(decision));
            }
        }
    }
    Ok(outcomes)
}

/// What is recorded in the name of one caller.
struct Batch<'a> {
    actor: &'a str,
    of: Vec<(usize, &'a Arrival)>,
    decided: Vec<Decided>,
}

impl<'a> Batch<'a> {
    fn add(&mut self, job: usize, arrival: &'a Arrival, decided: Decided) {
        self.of.push((job, arrival));
        self.decided.push(decided);
    }

    fn finish(self, on: Date) -> (RouteBatch, Vec<Decision>) {
        let (mut accounts, mut decisions, mut told) = (vec![], vec![], vec![]);
        for decided in self.decided {
            accounts.push(decided.record);
            decisions.push(decided.route);
            told.push(decided.decision);
        }
        // An account that arrives twice is recorded as it arrived last.
        let mut seen = HashSet::new();
        accounts.reverse();
        accounts.retain(|account| seen.insert(account.id.clone()));
        accounts.reverse();
        (RouteBatch { base_version: None, on, accounts, decisions }, told)
    }
}

/// Decides, and records nothing.
pub async fn rehearse(ledger: &Ledger, arrivals: Arrivals, on: Date, actor: &str) -> Result<Routed, AppError> {
    let mut outcome = Outcome::default();
    if !arrivals.arrivals.is_empty() {
        let mut turn = ledger.route_look().await?;
        let mut router = Router::read(&mut turn, on, None).await?;
        let mut ordered: Vec<&Arrival> = arrivals.arrivals.iter().collect();
        heads_first(&mut ordered);
        let mut book = Book::read(&mut turn, &ordered, on, None).await?;
        let decided = router.decide(&ordered, |_| actor.to_owned(), &mut book);
        for (arrival, decided) in ordered.iter().zip(decided) {
            outcome.add(&arrivals, arrival, decided.map(|decided| decided.decision));
        }
    }
    Ok(outcome.told(arrivals.refused))
}
