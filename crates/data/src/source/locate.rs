//! The files of a source: a path relative to the policy, with `*` for many, and near names when there is none.

use std::path::{Component, Path, PathBuf};

use crate::error::{DataError, Fault};
use crate::nearest::{list, nearest};

/// A file found and the name to call it by.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub path: PathBuf,
    pub name: String,
}

/// All files that `pattern` names, sorted. Policies are trusted with any path, but not with addresses of the network.
pub(crate) fn locate(pattern: &str, base: &Path) -> Result<Vec<Found>, DataError> {
    let fault = |message: &str| Fault::new(message).file(pattern);
    if pattern.contains("://") {
        return Err(DataError::File(Box::new(
            fault("addresses of the network are not read").remedy("download the file and name it by its path"),
        )));
    }
    if pattern.trim().is_empty() {
        return Err(DataError::File(Box::new(fault("no file is named").remedy("write file = \"accounts.csv\""))));
    }
    let whole = base.join(pattern);
    let paths = if pattern.contains('*') { expand(&whole) } else { vec![whole.clone()] };
    let found: Vec<Found> = paths
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| {
            let inside = if Path::new(pattern).is_absolute() { None } else { path.strip_prefix(base).ok() };
            let name = inside.unwrap_or(&path).display().to_string().replace('\\', "/");
            Found { path, name }
        })
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    if whole.is_dir() {
        return Err(DataError::File(Box::new(
            fault("this is a folder")
                .remedy(format!("name the files in it: \"{}/*.csv\"", pattern.trim_end_matches('/'))),
        )));
    }
    if let Err(error) = std::fs::metadata(&whole)
        && error.kind() == std::io::ErrorKind::PermissionDenied
    {
        return Err(DataError::File(Box::new(fault("may not be opened").remedy("check its permissions"))));
    }
    Err(missing(pattern, &whole, base))
}

/// Every path that matches, `*` standing for any part of one name. Hidden files only where the pattern starts with a dot.
fn expand(pattern: &Path) -> Vec<PathBuf> {
    let mut paths = vec![PathBuf::new()];
    for component in pattern.components() {
        let Component::Normal(part) = component else {
            paths.iter_mut().for_each(|path| path.push(component));
            continue;
        };
        let part = part.to_string_lossy();
        if !part.contains('*') {
            paths.iter_mut().for_each(|path| path.push(part.as_ref()));
            continue;
        }
        paths = paths
            .iter()
            .flat_map(|folder| names(folder).into_iter().map(move |name| (folder.clone(), name)))
            .filter(|(_, name)| fits(&part, name) && (part.starts_with('.') || !name.starts_with('.')))
            .map(|(folder, name)| folder.join(name))
            .collect();
    }
    paths.sort();
    paths
}

/// Whether `name` fits a pattern with any number of `*`.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn names(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    let mut names: Vec<String> = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn missing(pattern: &str, whole: &Path, base: &Path) -> DataError {
    let folder = whole.parent().unwrap_or(base);
    let shown = match folder.strip_prefix(base) {
        Ok(inside) if inside.as_os_str().is_empty() => "the policy's folder".to_owned(),
        Ok(inside) => format!("{}/", inside.display()),
        Err(_) => format!("{}", folder.display()),
    };
    let fault = Fault::new(if pattern.contains('*') { "no file fits this pattern" } else { "there is no such file" });
    let fault = fault.file(pattern);
    if !folder.is_dir() && !pattern.contains('*') {
        return DataError::File(Box::new(fault.remedy(format!("there is no folder {shown} either"))));
    }
    let all: Vec<String> = names(folder).into_iter().filter(|name| !name.starts_with('.')).collect();
    let wanted = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let near = nearest(&wanted, all.iter().map(String::as_str), 3);
    let remedy = match (near.as_slice(), all.as_slice()) {
        ([], []) => format!("{shown} is empty; paths are relative to the policy file"),
        ([], all) => format!("{shown} holds {}", list(all.iter().map(String::as_str), 8)),
        (near, _) => format!("did you mean {}? Paths are relative to the policy file", near.join(", ")),
    };
    DataError::File(Box::new(fault.remedy(remedy)))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_any_part() {
        assert!(fits("orders-*.csv", "orders-2024.csv"));
        assert!(fits("*", "x"));
        assert!(fits("a*b*c", "a1b2c"));
        assert!(!fits("a*b*c", "a1c2b"));
        assert!(!fits("ab*ba", "aba"));
    }
}
