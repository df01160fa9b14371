//! What arrives: accounts that look like those the ledger has, under new names.

use std::io::Write;
use std::path::Path;

use bailiwick_store::Ledger;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value};

use crate::LoadError;

pub struct Source {
    like: Vec<Map<String, Value>>,
    accounts: usize,
    dice: ChaCha8Rng,
    run: String,
    made: u64,
}

/// So many accounts are copied.
const MODELS: usize = 5_000;

impl Source {
    pub async fn read(ledger: &Ledger, seed: u64) -> Result<Source, LoadError> {
        let today = crate::today();
        let plan = ledger.active_plan(today).await?;
        let plan = plan.ok_or_else(|| LoadError::Other(format!("no plan is in force on {today}: apply one first")))?;
        let columns: Vec<String> = plan.frozen["account_columns"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|column| column[0].as_str().map(str::to_owned))
            .collect();
        let accounts = ledger.accounts().await?;
        let step = (accounts.len() / MODELS).max(1);
        let like = accounts
            .iter()
            .step_by(step)
            .map(|account| {
                let mut row = account.attributes.clone();
                row.retain(|name, value| columns.contains(name) && !value.is_null());
                row.insert(String::from("name"), account.name.clone().into());
                row
            })
            .collect();
        let run = uuid::Uuid::now_v7().simple().to_string()[..12].to_owned();
        Ok(Source { like, accounts: accounts.len(), dice: ChaCha8Rng::seed_from_u64(seed), run, made: 0 })
    }

    pub fn accounts(&self) -> usize {
        self.accounts
    }

    pub fn next(&mut self) -> Value {
        let mut row = self.like[self.dice.random_range(0..self.like.len())].clone();
        self.made += 1;
        row.insert(String::from("account_id"), format!("L-{}-{:07}", self.run, self.made).into());
        Value::Object(row)
    }

    pub fn write(&mut self, count: u32, path: &Path) -> Result<(), LoadError> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        for _ in 0..count {
            writeln!(out, "{}", self.next())?;
        }
        Ok(out.flush()?)
    }
}
