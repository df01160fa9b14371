//! A way into the database that knows nothing of the ledger's rules.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

pub enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

pub struct Column {
    pub name: String,
    pub integer: bool,
}

/// The only right to write, held.
pub enum Lock {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Lock {
    pub async fn release(self) {
        match self {
            Lock::Sqlite(tx) => tx.rollback().await.unwrap(),
            Lock::Postgres(tx) => tx.rollback().await.unwrap(),
        }
    }
}

impl Raw {
    /// One connection, so that what is made for a session stays.
    pub async fn open(url: &str) -> Raw {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url).unwrap().create_if_missing(true);
            Raw::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap())
        } else {
            let options = PgConnectOptions::from_str(url).unwrap();
            Raw::Postgres(PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap())
        }
    }

    pub async fn try_execute(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            Raw::Sqlite(pool) => sql.execute(pool).await.map(|_| ()),
            Raw::Postgres(pool) => sql.execute(pool).await.map(|_| ()),
        }
    }

    pub async fn execute(&self, sql: &str) {
        self.try_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// What it is refused with.
    pub async fn refused(&self, sql: &str) -> String {
        self.try_execute(sql).await.expect_err(sql).to_string()
    }

    /// The first column, as text.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        match self {
            Raw::Sqlite(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap(),
            Raw::Postgres(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap(),
        }
    }

    pub async fn close(self) {
        match self {
            Raw::Sqlite(pool) => pool.close().await,
            Raw::Postgres(pool) => pool.close().await,
        }
    }

    /// Takes the right to write, as another program would.
    pub async fn lock(&self) -> Lock {
        match self {
            Raw::Sqlite(pool) => Lock::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await.unwrap()),
            Raw::Postgres(pool) => {
                let mut tx = pool.begin().await.unwrap();
                sqlx::raw_sql("INSERT INTO audit SELECT * FROM audit WHERE false").execute(&mut *tx).await.unwrap();
                Lock::Postgres(tx)
            }
        }
    }

    pub async fn tables(&self) -> Vec<String> {
        self.texts(match self {
            Raw::Sqlite(_) => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY 1"
            }
            Raw::Postgres(_) => {
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
                 AND relname NOT LIKE '\\_sqlx%' ORDER BY relname::text COLLATE \"C\""
            }
        })
        .await
    }

    pub async fn columns(&self, table: &str) -> Vec<Column> {
        let columns = match self {
            Raw::Sqlite(_) => format!("SELECT name || ' ' || type FROM pragma_table_info('{table}')"),
            Raw::Postgres(_) => format!(
                "SELECT column_name || ' ' || data_type FROM information_schema.columns WHERE table_name = '{table}' \
                 AND table_schema = 'public' ORDER BY ordinal_position"
            ),
        };
        let column = |text: String| {
            let (name, kind) = text.split_once(' ').unwrap();
            Column { name: name.to_owned(), integer: matches!(kind, "INTEGER" | "bigint") }
        };
        self.texts(&columns).await.into_iter().map(column).collect()
    }

    /// All rows of a table as text, in a fixed order.
    pub async fn rows(&self, table: &str) -> Vec<Vec<String>> {
        let columns = self.columns(table).await;
        let quoted: Vec<String> = columns
            .iter()
            .map(|Column { name, integer }| match self {
                Raw::Sqlite(_) => format!("quote({name})"),
                Raw::Postgres(_) if *integer => format!("coalesce({name}::text, 'NULL')"),
                Raw::Postgres(_) => format!("quote_nullable({name})"),
            })
            .collect();
        let order: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY {}", quoted.join(" || '\u{1f}' || "), order.join(", "));
        self.texts(&sql).await.iter().map(|row| row.split('\u{1f}').map(str::to_owned).collect()).collect()
    }

    pub async fn dump(&self) -> String {
        let mut text = String::new();
        for table in self.tables().await {
            text.push_str(&format!("# {table}\n"));
            for row in self.rows(&table).await {
                text.push_str(&row.join(" | "));
                text.push('\n');
            }
        }
        text
    }

    /// One query for every row of every table, for whoever asks often.
    pub async fn whole(&self) -> String {
        let mut tables = Vec::new();
        for table in self.tables().await {
            let columns = self.columns(&table).await;
            let quoted = columns.iter().map(|Column { name, .. }| match self {
                Raw::Sqlite(_) => format!("quote({name})"),
                Raw::Postgres(_) => format!("quote_nullable({name})"),
            });
            let row = quoted.collect::<Vec<_>>().join(" || ' | ' || ");
            tables.push(format!("SELECT '{table} | ' || {row} AS line FROM {table}"));
        }
        format!("{} ORDER BY 1", tables.join(" UNION ALL "))
    }

    /// From now on a change fails when it comes to write this into the table.
    pub async fn fail_on(&self, table: &str, condition: &str) {
        self.execute(&match self {
            Raw::Sqlite(_) => format!(
                "CREATE TRIGGER injected BEFORE INSERT ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'injected'); END"
            ),
            Raw::Postgres(_) => format!(
                "CREATE OR REPLACE FUNCTION injected() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'injected'; END $$; \
                 CREATE TRIGGER injected BEFORE INSERT ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION injected()"
            ),
        })
        .await;
    }

    pub async fn fail_no_more(&self, table: &str) {
        self.execute(&match self {
            Raw::Sqlite(_) => "DROP TRIGGER injected".to_owned(),
            Raw::Postgres(_) => format!("DROP TRIGGER injected ON {table}"),
        })
        .await;
    }

    /// Takes away everything by which the database guards itself, and gives each row a number to name it by.
    pub async fn unguard(&self) {
        match self {
            Raw::Sqlite(_) => {
                for trigger in self.texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'").await {
                    self.execute(&format!("DROP TRIGGER {trigger}")).await;
                }
                self.execute("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF").await;
            }
            Raw::Postgres(_) => {
                for table in self.tables().await {
                    self.execute(&format!(
                        "GRANT ALL ON {table} TO CURRENT_USER; ALTER TABLE {table} DISABLE TRIGGER USER"
                    ))
                    .await;
                    let constraints = format!(
                        "SELECT conname::text FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype IN ('c', 'f')"
                    );
                    for name in self.texts(&constraints).await {
                        self.execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await;
                    }
                    self.execute(&format!("ALTER TABLE {table} ADD COLUMN rowid BIGSERIAL")).await;
                }
            }
        }
    }
}
