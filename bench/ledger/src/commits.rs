//! Arrivals recorded at a pace, as the service gathers them: while one transaction is written, what is due waits for the
//! next. Decisions cost nothing here, so what is seen is the database alone.

use std::time::{Duration, Instant};

use bailiwick_ledger_bench::disk;
use bailiwick_ledger_bench::waits::Waits;
use bailiwick_store::{Ledger, Log, NewRoute, RouteBatch};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::BenchError;
use crate::world;

pub async fn run(db: &str, rate: u32, seconds: u32, leave_log: bool, apart: u64) -> Result<Value, BenchError> {
    let ledger = Ledger::open_existing(db).await?;
    let sync = disk::sync_alone(db)?;
    let on = Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let run = Timestamp::now().as_second();
    let total = rate * seconds;
    let due = |number: u32| Duration::from_secs_f64(f64::from(number) / f64::from(rate));
    let begin = Instant::now();
    let (mut waits, mut begins, mut writes, mut commits) =
        (Waits::default(), Waits::default(), Waits::default(), Waits::default());
    let (mut next, mut batches) = (0, 0);
    let (log, mut rests) = (Log::of(ledger.clone()), Waits::default());
    let (mut slow, mut previous) = (vec![], Instant::now());
    while next < total {
        let ready = ((begin.elapsed().as_secs_f64() * f64::from(rate)) as u32 + 1).min(total);
        if ready <= next {
            std::thread::sleep(due(next).saturating_sub(begin.elapsed()));
            continue;
        }
        let early = Duration::from_micros(apart).saturating_sub(previous.elapsed());
        if !early.is_zero() {
            std::thread::sleep(early);
            continue;
        }
        let batch = batch(run, next..ready, on)?;
        let started = Instant::now();
        previous = started;
        let mut turn = ledger.route_turn().await?;
        let opened = Instant::now();
        turn.write(&batch, "bench", Timestamp::now()).await?;
        let written = Instant::now();
        turn.commit().await?;
        let committed = Instant::now();
        begins.add(opened - started);
        writes.add(written - opened);
        commits.add(committed - written);
        if committed - started > Duration::from_millis(4) {
            let ms = |span: Duration| (span.as_secs_f64() * 1e4).round() / 10.0;
            slow.push(json!([
                (begin.elapsed().as_secs_f64() * 1e3).round() / 1e3,
                ready - next,
                ms(opened - started),
                ms(written - opened),
                ms(committed - written)
            ]));
        }
        (next..ready).for_each(|number| waits.add(begin.elapsed().saturating_sub(due(number))));
        next = ready;
        batches += 1;
        if !leave_log {
            let begin = Instant::now();
            log.move_along().await;
            rests.add(begin.elapsed());
        }
    }
    ledger.close().await;
    slow.truncate(60);
    Ok(json!({
        "rate": rate, "batches": batches, "milliseconds": waits.percentiles(), "sync_alone_before": sync,
        "begin": begins.percentiles(), "write": writes.percentiles(), "commit": commits.percentiles(),
        "rest_of_the_log": rests.percentiles(), "slow_at_size_begin_write_commit": slow,
    }))
}

fn batch(run: i64, numbers: std::ops::Range<u32>, on: jiff::civil::Date) -> Result<RouteBatch, BenchError> {
    let (mut accounts, mut decisions) = (vec![], vec![]);
    for number in numbers {
        // As ids come: one after the other within a run, runs anywhere.
        let id = format!("L{run}-{number:06}").parse()?;
        let account = world::account(id, number);
        let assignments = vec![world::assignment(account.id.clone(), number, number % 200)?];
        decisions.push(NewRoute {
            arrival: json!({"account_id": account.id.as_str(), "name": account.name, "attributes": account.attributes}),
            account: account.id.clone(),
            assignments,
            why: json!({"coverage": 1, "least_loaded": true, "among": 200}),
            seed: u64::from(number),
        });
        accounts.push(account);
    }
    Ok(RouteBatch { base_version: None, on, accounts, decisions })
}
