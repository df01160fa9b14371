//! What is wrong with rows although every cell is of its type: empty keys, doubled keys, half a place, loops of parents.

use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::meaning::{Need, meanings};
use super::typing::Misfit;
use crate::nearest::list;
use crate::table::{Table, Words};

/// A fault of a row and its column.
pub(crate) type Fault = (String, Misfit);

/// All faults of a table with a fixed meaning. `row_number` gives the row of the file for a row of the table; rows in
/// `refused` are out already. With `cascade`, a row whose parent is left out is left out too.
pub(crate) fn check(
    source: &str,
    table: &Table,
    row_number: &dyn Fn(usize) -> u64,
    refused: &FxHashSet<usize>,
    cascade: bool,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for meaning in meanings(source) {
        if meaning.need != Need::Filled && !meaning.unique {
            continue;
        }
        let Ok(texts) = table.words(meaning.column) else { continue };
        if meaning.need == Need::Filled {
            for (row, text) in texts.iter().enumerate() {
                // A cell that did not fit its type is NULL now and told already.
                if text.is_none_or(|text| text.trim().is_empty()) && !refused.contains(&row) {
                    faults.push(fault(meaning.column, row, "", "is empty and must not be"));
                }
            }
        }
        if meaning.unique && may_repeat(&texts) {
            let mut first: FxHashMap<&str, usize> = FxHashMap::default();
            for (row, text) in texts.iter().enumerate() {
                let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
                if let Some(&first) = first.get(text) {
                    let reason = format!("is there already, in row {}", row_number(first));
                    faults.push(fault(meaning.column, row, text, &reason));
                } else {
                    first.insert(text, row);
                }
            }
        }
    }
    if matches!(source, "accounts" | "employees") {
        faults.extend(half_places(table, refused));
    }
    if source == "assignments" {
        faults.extend(backward_periods(table));
    }
    let links = match source {
        "accounts" => Some(("account_id", "parent_id", "account")),
        "employees" => Some(("employee_id", "manager_id", "employee")),
        _ => None,
    };
    if let Some((id, parent, noun)) = links {
        let mut out = refused.clone();
        out.extend(faults.iter().map(|(_, misfit)| misfit.row));
        faults.extend(check_links(table, [id, parent, noun], &out, cascade));
    }
    faults
}

/// False where no two texts are the same. Sorting their digests is quicker than looking each up in a table of millions.
fn may_repeat(texts: &Words) -> bool {
    let digest = |row: usize| texts.get(row).map(|text| FxBuildHasher.hash_one(text));
    let mut digests: Vec<u64> = (0..texts.len()).into_par_iter().filter_map(digest).collect();
    digests.par_sort_unstable();
    digests.windows(2).any(|pair| pair[0] == pair[1])
}

fn fault(column: &str, row: usize, value: &str, reason: &str) -> Fault {
    (column.to_owned(), Misfit { row, value: crate::rejected::shorten(value), reason: reason.to_owned() })
}

fn half_places(table: &Table, refused: &FxHashSet<usize>) -> Vec<Fault> {
    let (Ok(latitudes), Ok(longitudes)) = (table.numbers("latitude"), table.numbers("longitude")) else {
        return Vec::new();
    };
    let pairs = latitudes.iter().zip(&longitudes).enumerate().filter(|(row, _)| !refused.contains(row));
    pairs
        .filter_map(|(row, pair)| match pair {
            (Some(_), None) => Some(fault("longitude", row, "", "is empty although there is a latitude")),
            (None, Some(_)) => Some(fault("latitude", row, "", "is empty although there is a longitude")),
            _ => None,
        })
        .collect()
}

fn backward_periods(table: &Table) -> Vec<Fault> {
    let (Ok(from), Ok(to)) = (table.texts("valid_from"), table.texts("valid_to")) else { return Vec::new() };
    let pairs = from.iter().zip(&to).enumerate();
    pairs
        .filter_map(|(row, pair)| match pair {
            (Some(from), Some(to)) if to < from => {
                Some(fault("valid_to", row, to, &format!("is before valid_from, {from}")))
            }
            _ => None,
        })
        .collect()
}

/// Unknown parents and loops.
///
/// Where not a single parent is an account, the column names groups that have no account of their own (a chain known only
/// by its number), and nothing can be unknown.
fn check_links(table: &Table, names: [&str; 3], out: &FxHashSet<usize>, cascade: bool) -> Vec<Fault> {
    let [id, parent, noun] = names;
    let (Ok(ids), Ok(parents)) = (table.words(id), table.words(parent)) else { return Vec::new() };
    let mut row_of: FxHashMap<&str, usize> = FxHashMap::default();
    for (row, id) in ids.iter().enumerate() {
        if let Some(id) = id {
            row_of.entry(id).or_insert(row);
        }
    }
    let up: Vec<Option<&str>> =
        parents.iter().map(|parent| parent.filter(|parent| !parent.trim().is_empty())).collect();
    let next: Vec<Option<usize>> =
        up.iter().map(|parent| parent.and_then(|parent| row_of.get(parent).copied())).collect();
    let mut faults = Vec::new();
    if parent == "manager_id" || next.iter().any(Option::is_some) {
        for (row, parent_id) in up.iter().enumerate() {
            if let Some(parent_id) = parent_id
                && next[row].is_none()
            {
                faults.push(fault(parent, row, parent_id, &format!("is no {noun} of this table")));
            }
        }
    }
    // 0 unseen, 1 on the present walk, 2 done. Each row is walked over once.
    let mut state = vec![0u8; ids.len()];
    for start in 0..ids.len() {
        let mut walk = Vec::new();
        let mut at = Some(start);
        while let Some(row) = at.filter(|&row| state[row] == 0) {
            state[row] = 1;
            walk.push(row);
            at = next[row];
        }
        if let Some(row) = at.filter(|&row| state[row] == 1)
            && let Some(begin) = walk.iter().position(|&other| other == row)
        {
            let cycle = &walk[begin..];
            let name = |&row: &usize| ids.get(row).unwrap_or_default();
            let mut spelt: Vec<&str> = cycle.iter().take(12).map(name).collect();
            if cycle.len() > spelt.len() {
                spelt.push("…");
            }
            spelt.push(name(&row));
            let reason = format!("closes a loop: {}", spelt.join(" → "));
            let mut rows = cycle.to_vec();
            rows.sort_unstable();
            faults.extend(rows.iter().map(|&row| fault(parent, row, up[row].unwrap_or_default(), &reason)));
        }
        walk.iter().for_each(|&row| state[row] = 2);
    }
    if cascade {
        faults.extend(cascade_down(parent, &up, &next, out, &faults));
    }
    faults
}

/// Rows below a row that is left out.
fn cascade_down(
    parent: &str,
    up: &[Option<&str>],
    next: &[Option<usize>],
    out: &FxHashSet<usize>,
    faults: &[Fault],
) -> Vec<Fault> {
    let mut gone: FxHashSet<usize> = out.clone();
    gone.extend(faults.iter().map(|(_, misfit)| misfit.row));
    let mut below: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for (row, next) in next.iter().enumerate() {
        if let Some(next) = next {
            below.entry(*next).or_default().push(row);
        }
    }
    let mut queue: Vec<usize> = gone.iter().copied().collect();
    let mut more = Vec::new();
    while let Some(row) = queue.pop() {
        for &child in below.get(&row).map_or(&[][..], Vec::as_slice) {
            if gone.insert(child) {
                more.push(fault(
                    parent,
                    child,
                    up[child].unwrap_or_default(),
                    "is left out itself, with its own fault",
                ));
                queue.push(child);
            }
        }
    }
    more.sort_by_key(|(_, misfit)| misfit.row);
    more
}

/// The line to write when a needed column is not there.
pub(crate) fn propose(column: &str, found: &[String]) -> String {
    let noun = column.split('_').next().unwrap_or(column);
    let words: &[&str] = match noun {
        "account" => &["account", "customer", "client", "company", "partner", "клиент", "контрагент"],
        "employee" => &["employee", "staff", "person", "seller", "manager", "служител", "сотрудник"],
        "order" if column == "order_date" => &["date", "дата"],
        "order" => &["order", "invoice", "document", "поръчка", "заказ"],
        "amount" => &["amount", "total", "sum", "revenue", "value", "сума"],
        _ => &[],
    };
    let keyish =
        |lower: &str| ["id", "no", "nr", "number", "code", "key", "№", "код"].iter().any(|part| lower.contains(part));
    let score = |name: &String| {
        let lower = name.to_lowercase();
        let about = words.iter().any(|word| lower.contains(word));
        usize::from(about) * 2 + usize::from(column.ends_with("_id") == keyish(&lower))
    };
    let best = found.iter().enumerate().max_by_key(|(index, name)| (score(name), usize::MAX - index));
    let best = best.map_or("…", |(_, name)| name.as_str());
    let found = list(found.iter().map(String::as_str), 30);
    format!("the columns found are: {found}; say which one it is: columns = {{ {column} = {best:?} }}")
}
