//! Groups of companies: who is at the head (SPEC 2.5).

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use crate::error::AppError;

/// The head of each account's group, found by walking up `parent_id`.
pub fn group_roots(accounts: &bailiwick_data::Table, ids: &[String]) -> Result<Vec<u32>, AppError> {
    let mut roots: Vec<u32> = (0..ids.len() as u32).collect();
    if !accounts.has("parent_id") {
        return Ok(roots);
    }
    let row_of: FxHashMap<&str, u32> = ids.iter().enumerate().map(|(row, id)| (id.as_str(), row as u32)).collect();
    let words = accounts.words("parent_id")?;
    // A head that is no account itself still holds its members together: the first of them stands for it.
    let mut absent: HashMap<&str, u32> = HashMap::new();
    let parents: Vec<Option<u32>> = (0..words.len())
        .map(|row| {
            let parent = words.filled(row)?;
            match row_of.get(parent) {
                Some(known) => Some(*known),
                None => Some(*absent.entry(parent).or_insert(row as u32)),
            }
        })
        .collect();
    for (row, root) in roots.iter_mut().enumerate() {
        let (mut at, mut steps) = (row as u32, 0);
        while let Some(parent) = parents[at as usize].filter(|parent| *parent != at) {
            at = parent;
            steps += 1;
            if steps > ids.len() {
                break;
            }
        }
        *root = at;
    }
    Ok(roots)
}
