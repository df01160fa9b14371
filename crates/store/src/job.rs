//! Jobs: work that takes longer than a request, how far it is, and what came of it.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::db::bulk::{self, Target};
use crate::db::{Param, Row, query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, count, json, moment};
use crate::user::uuid;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    Queued,
    Running,
    Done,
    Failed,
    /// Somebody wanted it to stop.
    Cancelled,
    /// The service ended before it did.
    Stopped,
    /// It was done, and what it did was taken back.
    Undone,
}

impl JobState {
    pub const ALL: [JobState; 7] = [
        JobState::Queued,
        JobState::Running,
        JobState::Done,
        JobState::Failed,
        JobState::Cancelled,
        JobState::Stopped,
        JobState::Undone,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Queued => "queued",
            JobState::Running => "running",
            JobState::Done => "done",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
            JobState::Stopped => "stopped",
            JobState::Undone => "undone",
        }
    }

    /// Whether nothing more comes of it.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, JobState::Queued | JobState::Running)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct JobRecord {
    pub id: Uuid,
    pub kind: String,
    pub state: JobState,
    pub params: Value,
    pub done: u64,
    /// 0: not known.
    pub total: u64,
    pub result: Option<Value>,
    pub error: Option<String>,
    pub user: Uuid,
    pub actor: String,
    /// Whether somebody wants it to stop.
    pub cancel: bool,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// The entry of the audit trail by which its records came in.
    pub entry: Option<u64>,
}

/// A job to be done.
pub struct NewJob<'a> {
    pub id: Uuid,
    pub kind: &'a str,
    pub params: &'a Value,
    pub user: Uuid,
    pub actor: &'a str,
    /// What it is made of, in pieces.
    pub parts: &'a [String],
}

/// What came of a job.
pub struct JobEnd<'a> {
    pub state: JobState,
    pub result: Option<Value>,
    pub error: Option<&'a str>,
    pub entry: Option<u64>,
    pub rejects: &'a [Reject],
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its place in what was sent, from 1.
    pub number: u64,
    pub reason: String,
    pub content: String,
}

const COLUMNS: &str = "job_id, kind, state, params, done, total, result, error, user_id, actor, cancel, created_at, \
     started_at, finished_at, entry";

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Ledger {
    pub async fn create_job(&self, new: &NewJob<'_>, at: Timestamp) -> Result<JobRecord, StoreError> {
        let mut tx = self.begin().await?;
        query(
            "INSERT INTO jobs (job_id, kind, state, params, done, total, user_id, actor, cancel, created_at) \
             VALUES ($1, $2, 'queued', $3, 0, 0, $4, $5, 0, $6)",
        )
        .bind(new.id.to_string())
        .bind(new.kind)
        .bind(new.params.to_string())
        .bind(new.user.to_string())
        .bind(new.actor)
        .bind(at.as_microsecond())
        .execute(&mut tx)
        .await?;
        let id = new.id.to_string();
        let parts: Vec<(&str, i64, &str)> =
            (0..).zip(new.parts).map(|(part, content)| (id.as_str(), part, content.as_str())).collect();
        let target = Target { table: "job_parts", columns: &["job_id", "part", "content"], suffix: "" };
        bulk::insert(&mut tx, target, &parts, part_values, |_| ()).await?;
        tx.commit().await?;
        self.job(new.id).await?.ok_or(StoreError::UnknownJob { job: new.id })
    }

    pub async fn job(&self, id: Uuid) -> Result<Option<JobRecord>, StoreError> {
        let row = query(sql(format!("SELECT {COLUMNS} FROM jobs WHERE job_id = $1")))
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Jobs of one user or of all, the newest first, after the one of this id.
    pub async fn jobs(
        &self,
        user: Option<Uuid>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<JobRecord>, StoreError> {
        let rows = query(sql(format!(
            "SELECT {COLUMNS} FROM jobs WHERE (CAST($1 AS TEXT) IS NULL OR user_id = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR job_id < $2) ORDER BY job_id DESC LIMIT $3"
        )))
        .bind(user.map(|id| id.to_string()))
        .bind(after.map(|id| id.to_string()))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Jobs of one kind, the newest first, after the one of this id, without what came of them; `with` names a parameter
    /// and the text it has to have.
    pub async fn jobs_of(
        &self,
        kind: &str,
        with: Option<(&str, &str)>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<JobRecord>, StoreError> {
        let columns = COLUMNS.replace("result", "CAST(NULL AS TEXT)");
        // As both databases keep it: within a text of JSON every quote is escaped, so this is found nowhere else.
        let with = with.map(|(name, text)| format!("{}:{}", Value::from(name), Value::from(text)));
        let rows = query(sql(format!(
            "SELECT {columns} FROM jobs WHERE kind = $1 AND (CAST($2 AS TEXT) IS NULL OR \
             replace(params, $2, '') <> params) \
             AND (CAST($3 AS TEXT) IS NULL OR job_id < $3) ORDER BY job_id DESC LIMIT $4"
        )))
        .bind(kind)
        .bind(with)
        .bind(after.map(|id| id.to_string()))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Takes the job that has waited longest; nobody else gets it.
    pub async fn claim_job(&self, at: Timestamp) -> Result<Option<JobRecord>, StoreError> {
        let mut tx = self.begin().await?;
        let found: Option<String> = query("SELECT job_id FROM jobs WHERE state = 'queued' ORDER BY job_id LIMIT 1")
            .scalar_optional(&mut tx)
            .await?;
        let Some(id) = found else { return Ok(None) };
        query("UPDATE jobs SET state = 'running', started_at = $1 WHERE job_id = $2")
            .bind(at.as_microsecond())
            .bind(&id)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        self.job(uuid(&id)?).await
    }

    /// What the job is made of.
    pub async fn job_content(&self, id: Uuid) -> Result<String, StoreError> {
        let rows = query("SELECT content FROM job_parts WHERE job_id = $1 ORDER BY part")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await?;
        let mut all = String::new();
        for row in &rows {
            all.push_str(row.try_get(0)?);
        }
        Ok(all)
    }

    /// Notes how far a job is; whether somebody wants it to stop.
    pub async fn job_progress(&self, id: Uuid, done: u64, total: u64) -> Result<bool, StoreError> {
        query("UPDATE jobs SET done = $1, total = $2 WHERE job_id = $3 AND state = 'running'")
            .bind(number(done))
            .bind(number(total))
            .bind(id.to_string())
            .execute(&self.pool)
            .await?;
        let cancel: Option<i64> =
            query("SELECT cancel FROM jobs WHERE job_id = $1").bind(id.to_string()).scalar_optional(&self.pool).await?;
        Ok(cancel == Some(1))
    }

    /// Notes what came of a running job; what it was made of goes.
    pub async fn end_job(&self, id: Uuid, end: &JobEnd<'_>, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let ended = query(
            "UPDATE jobs SET state = $1, result = $2, error = $3, entry = $4, finished_at = $5 \
             WHERE job_id = $6 AND state = 'running'",
        )
        .bind(end.state.as_str())
        .bind(end.result.as_ref().map(Value::to_string))
        .bind(end.error)
        .bind(end.entry.map(number))
        .bind(at.as_microsecond())
        .bind(id.to_string())
        .execute(&mut tx)
        .await?;
        if ended == 0 {
            return Err(StoreError::UnknownJob { job: id });
        }
        query("DELETE FROM job_parts WHERE job_id = $1").bind(id.to_string()).execute(&mut tx).await?;
        let of = id.to_string();
        let rejects: Vec<(&str, &Reject)> = end.rejects.iter().map(|reject| (of.as_str(), reject)).collect();
        let columns = &["job_id", "number", "reason", "content"];
        let target = Target { table: "job_rejects", columns, suffix: "" };
        bulk::insert(&mut tx, target, &rejects, reject_values, |_| ()).await?;
        tx.commit().await
    }

    /// Wants a job to stop: one that waits never begins, one that runs stops when it looks. Whether it was under way.
    pub async fn cancel_job(&self, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let waited =
            query("UPDATE jobs SET state = 'cancelled', finished_at = $1 WHERE job_id = $2 AND state = 'queued'")
                .bind(at.as_microsecond())
                .bind(id.to_string())
                .execute(&mut tx)
                .await?;
        if waited > 0 {
            query("DELETE FROM job_parts WHERE job_id = $1").bind(id.to_string()).execute(&mut tx).await?;
        }
        let runs = query("UPDATE jobs SET cancel = 1 WHERE job_id = $1 AND state = 'running'")
            .bind(id.to_string())
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(waited + runs > 0)
    }

    /// Says of jobs that run that the service ended before they did; how many.
    pub async fn stop_jobs(&self, at: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let stopped = query("UPDATE jobs SET state = 'stopped', finished_at = $1 WHERE state = 'running'")
            .bind(at.as_microsecond())
            .execute(&mut tx)
            .await?;
        query("DELETE FROM job_parts WHERE job_id IN (SELECT job_id FROM jobs WHERE state = 'stopped')")
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(stopped)
    }

    /// Says of a job that is done that what it did was taken back; whether it was one.
    pub async fn mark_undone(&self, id: Uuid) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let marked = query("UPDATE jobs SET state = 'undone' WHERE job_id = $1 AND state = 'done'")
            .bind(id.to_string())
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(marked > 0)
    }

    /// Rows of a job that could not be used, in their order, after a number.
    pub async fn rejects(&self, id: Uuid, after: u64, limit: u32) -> Result<Vec<Reject>, StoreError> {
        let rows = query(
            "SELECT number, reason, content FROM job_rejects WHERE job_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        )
        .bind(id.to_string())
        .bind(number(after))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| Ok(Reject { number: count(row.try_get(0)?), reason: row.try_get(1)?, content: row.try_get(2)? }))
            .collect()
    }
}

fn part_values<'r>((id, part, content): &'r (&str, i64, &str), values: &mut Vec<Param<'r>>) {
    values.extend([Param::from(*id), (*part).into(), Param::from(*content)]);
}

fn reject_values<'r>((id, reject): &'r (&str, &Reject), values: &mut Vec<Param<'r>>) {
    values.extend([
        Param::from(*id),
        number(reject.number).into(),
        Param::from(&reject.reason),
        Param::from(&reject.content),
    ]);
}

fn read(row: &Row) -> Result<JobRecord, StoreError> {
    let state: &str = row.try_get(2)?;
    let known = JobState::ALL.into_iter().find(|known| known.as_str() == state);
    Ok(JobRecord {
        id: uuid(row.try_get(0)?)?,
        kind: row.try_get(1)?,
        state: known.ok_or_else(|| bad("the state of a job", state))?,
        params: json("parameters", row.try_get(3)?)?,
        done: count(row.try_get(4)?),
        total: count(row.try_get(5)?),
        result: row.try_get::<Option<&str>>(6)?.map(|text| json("a result", text)).transpose()?,
        error: row.try_get(7)?,
        user: uuid(row.try_get(8)?)?,
        actor: row.try_get(9)?,
        cancel: row.try_get::<i64>(10)? == 1,
        created_at: moment(row.try_get(11)?)?,
        started_at: row.try_get::<Option<i64>>(12)?.map(moment).transpose()?,
        finished_at: row.try_get::<Option<i64>>(13)?.map(moment).transpose()?,
        entry: row.try_get::<Option<i64>>(14)?.map(count),
    })
}
