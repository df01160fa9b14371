//! A new migration is compiled in without touching any source file.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
