//! What the disk under the ledger takes by itself: no durable answer can come sooner.

use std::io::{Seek, Write};
use std::path::Path;
use std::time::Instant;

use crate::waits::Waits;

/// Pages written, each made durable before the next.
const PAGES: usize = 500;

/// Percentiles, in milliseconds, of writing 4 KiB over and over and making it durable, in the folder of the database; null
/// where the database is no file.
pub fn sync_alone(db: &str) -> std::io::Result<serde_json::Value> {
    let Some(path) = db.strip_prefix("sqlite:") else { return Ok(serde_json::Value::Null) };
    let path = Path::new(path).with_extension("sync");
    let mut file = std::fs::File::create(&path)?;
    let mut waits = Waits::default();
    for page in 0..PAGES {
        let begin = Instant::now();
        file.seek(std::io::SeekFrom::Start(page as u64 % 64 * 4096))?;
        file.write_all(&[page as u8; 4096])?;
        file.sync_data()?;
        waits.add(begin.elapsed());
    }
    drop(file);
    std::fs::remove_file(&path)?;
    Ok(waits.percentiles())
}
