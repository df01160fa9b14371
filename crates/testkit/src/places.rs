//! Where the repository and the data beside it are, whichever crate's test asks.

use std::path::PathBuf;

/// The root of the repository: the nearest folder above this crate with `examples/` and `crates/`.
pub fn repository() -> PathBuf {
    // Cargo says at run time where the crate under test is; what was true when this was compiled may since have moved.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let root = here.ancestors().find(|dir| dir.join("examples").is_dir() && dir.join("crates").is_dir());
    root.expect("a repository with examples/ and crates/ above the testkit").to_owned()
}

/// A file or folder of `../shared`, beside the repository. Where it is absent this says so on the terminal; the test
/// should then return.
///
/// ```no_run
/// let Some(cities) = bailiwick_testkit::shared("data/cities/cities.csv") else { return };
/// ```
pub fn shared(path: &str) -> Option<PathBuf> {
    let found = repository().parent().map(|above| above.join("shared").join(path)).filter(|path| path.exists());
    if found.is_none() {
        println!("skipped: ../shared/{path} is absent");
    }
    found
}
