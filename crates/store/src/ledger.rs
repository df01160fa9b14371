//! The ledger itself: one struct over connections to whichever database its URL names.

use bailiwick_domain::ledger::LedgerVersion;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::audit;
use crate::db::{Connection, Pool, Reading, query, sql, whole};
use crate::error::StoreError;

/// Told of rows written and rows in all; may be called from any thread.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// The record of who is responsible for what. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(crate) pool: Pool,
}

impl Ledger {
    /// The present version. Changes with every change.
    pub async fn version(&self) -> Result<LedgerVersion, StoreError> {
        Ok(audit::head(&self.pool).await?.version())
    }

    /// Waits until everything is written and lets go of the database.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Several changes as one: all of them hold, or none.
    ///
    /// # Errors
    /// That of the work, and those of the database; nothing is changed then.
    pub async fn whole<T, E: From<StoreError>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        // Within a larger whole it is part of that.
        if whole::is_within() {
            return work.await;
        }
        let (result, changed) = whole::run(work).await;
        let result = result?;
        if let Some(changed) = changed {
            changed.commit_now().await?;
        }
        Ok(result)
    }

    /// A transaction that may write. It has the only right to from its first moment on, so what it reads stays true.
    pub(crate) async fn begin(&self) -> Result<Connection, StoreError> {
        self.pool.begin().await
    }

    /// Whether what is done here and now becomes true together with other things, when whoever began it says so
    /// ([`Ledger::once`]); another task would not see it before.
    #[must_use]
    pub fn is_part_of_a_whole(&self) -> bool {
        whole::is_within()
    }

    /// A transaction that reads one state of the ledger however long it takes.
    pub(crate) async fn read(&self) -> Result<Reading, StoreError> {
        self.pool.read().await
    }
}

/// JSON with sorted keys and no blanks: the form that is stored and hashed.
pub(crate) fn canonical(value: &Value) -> String {
    fn sort(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let mut entries: Vec<_> = map.iter().map(|(key, value)| (key.clone(), sort(value))).collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                Value::Object(entries.into_iter().collect())
            }
            Value::Array(items) => Value::Array(items.iter().map(sort).collect()),
            other => other.clone(),
        }
    }
    sort(value).to_string()
}

pub(crate) fn json(what: &'static str, text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| bad(what, text))
}

pub(crate) fn moment(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| bad("a moment", &micros.to_string()))
}

pub(crate) fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| bad("a date", text))
}

/// A date as text that sorts as dates do.
pub(crate) fn date_text(date: Date) -> Result<String, StoreError> {
    if date.year() < 1 { Err(StoreError::BadDate(date)) } else { Ok(date.to_string()) }
}

/// The number that the next row of a table gets. Only for whoever has the right to write.
pub(crate) async fn next_id(conn: &mut Connection, table: &'static str) -> Result<i64, StoreError> {
    Ok(query(sql(format!("SELECT coalesce(max(id), 0) + 1 FROM {table}"))).scalar(conn).await?)
}

pub(crate) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(crate) fn bad(what: &'static str, value: &str) -> StoreError {
    StoreError::BadValue { what, value: value.chars().take(80).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewPlan, RouteBatch};

    /// A server runs these on whichever thread is free.
    #[test]
    fn every_answer_may_change_threads() {
        fn sent<T: Send>(_: impl Fn() -> T) {}
        fn any<T>() -> T {
            unreachable!("only compiled")
        }
        fn all(ledger: &Ledger, plan: &NewPlan, batch: &RouteBatch, day: Date, at: Timestamp) {
            sent(|| Ledger::open(any()));
            sent(|| ledger.version());
            sent(|| ledger.apply(plan, "", at, &|_, _| ()));
            sent(|| ledger.record_route(batch, "", at));
            sent(|| ledger.who(any(), None, None, day, None));
            sent(|| ledger.history(any()));
            sent(|| ledger.holders(day));
            sent(|| ledger.loads(day));
            sent(|| ledger.accounts());
            sent(|| ledger.find_accounts("", 1));
            sent(|| ledger.audit(any()));
            sent(|| ledger.verify_audit());
            sent(|| ledger.active_plan(day));
            sent(|| ledger.route_decisions(any()));
        }
        let _ = all;
    }

    #[test]
    fn canonical_json_sorts_keys_at_every_depth() {
        let value = serde_json::json!({"b": [{"d": 1, "c": 2}], "a": "ä"});
        assert_eq!(canonical(&value), r#"{"a":"ä","b":[{"c":2,"d":1}]}"#);
    }
}
