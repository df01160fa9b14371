//! PostgreSQL for tests: a private server in a temporary folder, and empty databases on it.
//!
//! The server is the one at `BAILIWICK_TEST_POSTGRES` (a URL with the right to create databases), or one that this
//! process starts from the programs installed here and that ends with it. Where there is neither, tests on PostgreSQL
//! say loudly that they are skipped; with `BAILIWICK_TEST_POSTGRES_REQUIRED` set, as in CI, they fail instead.

use std::fs::{File, Permissions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// URL of a server that tests may use.
pub const SERVER: &str = "BAILIWICK_TEST_POSTGRES";
/// Set where a test on PostgreSQL must not be skipped.
pub const REQUIRED: &str = "BAILIWICK_TEST_POSTGRES_REQUIRED";

const PASSWORD: &str = "only-for-tests";
/// Owner of the tests' databases: no superuser, so that rights count.
const OWNER: &str = "bailiwick_tests";

/// A server of our own. It ends, and its folder goes, when this value or this process does, however that comes about: a
/// shell beside it waits for the end of its standard input.
pub struct Cluster {
    watch: Child,
    pub url: String,
}

impl Cluster {
    /// Starts one with the programs in the folder (see [`programs`]).
    pub fn start(programs: &Path) -> Result<Cluster, String> {
        let folder = tempfile::Builder::new().prefix("bailiwick-postgres-").tempdir().map_err(|e| e.to_string())?;
        // The server refuses to run as root.
        let user =
            is_root().then(|| unprivileged().ok_or("PostgreSQL does not run as root, and there is no other user"));
        let user = user.transpose()?;
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid)).map_err(|e| e.to_string())?;
        }
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).map_err(|e| e.to_string())?;
        let password = folder.path().join("password");
        write_readable(&password, PASSWORD)?;
        let run = |program: &str| {
            let mut command = Command::new(programs.join(program));
            command.current_dir(folder.path()).env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command
        };
        let data = folder.path().join("data");
        // Sorted as people sort, not by bytes: the ledger must not depend on it.
        let made = run("initdb")
            .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", "--locale=C.UTF-8"])
            .args(["--locale-provider=icu", "--icu-locale=en"])
            .arg(format!("--pwfile={}", password.display()))
            .arg("--pgdata")
            .arg(&data)
            .output()
            .map_err(|error| format!("initdb cannot be started: {error}"))?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).map_err(|e| e.to_string())?.port();
        let log = File::create(folder.path().join("log")).map_err(|e| e.to_string())?;
        let mut shell = Command::new("sh");
        shell
            .current_dir("/")
            .args(["-c", "\"$@\" & read -r _; kill -INT $!; wait $!; rm -rf \"$FOLDER\"", "sh"])
            .arg(programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""])
            // Nothing of it is meant to outlive a crash.
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .args(["-c", "max_connections=200", "-c", "shared_buffers=64MB"])
            .env("FOLDER", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::from(log.try_clone().map_err(|e| e.to_string())?))
            .stderr(Stdio::from(log))
            // A signal to the test (Ctrl-C) is not one to the server: the shell ends it.
            .process_group(0);
        if let Some((uid, gid)) = user {
            shell.uid(uid).gid(gid);
        }
        let watch = shell.spawn().map_err(|error| format!("PostgreSQL cannot be started: {error}"))?;
        let url = format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres");
        let cluster = Cluster { watch, url };
        let folder = folder.keep();
        let start = Instant::now();
        while ask(&cluster.url, "SELECT 1").is_err() {
            if start.elapsed() > Duration::from_secs(60) {
                return Err(std::fs::read_to_string(folder.join("log")).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(cluster)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

/// Where `initdb` and `postgres` are: on the path, or where Debian puts them.
pub fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|v| v.path().join("bin"))
        .collect();
    folders.sort_by_key(|folder| version(folder));
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders.into_iter().find(|folder| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file()))
}

/// 15 of `/usr/lib/postgresql/15/bin`.
fn version(folder: &Path) -> u32 {
    folder.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
}

/// An empty database. It goes with this value.
pub struct Database {
    pub url: String,
    /// The same, for somebody who has every right.
    pub admin_url: String,
    name: String,
}

impl Database {
    /// A new one; nothing, and a word about it, where there is no server to be had.
    pub fn create() -> Option<Database> {
        Self::create_with("ENCODING 'UTF8' TEMPLATE template0")
    }

    /// [`Database::create`] with these options of `CREATE DATABASE`.
    pub fn create_with(options: &str) -> Option<Database> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = server()?;
        let name = format!("bailiwick_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let owner = format!(
            "DO $$ BEGIN CREATE ROLE {OWNER} LOGIN PASSWORD '{PASSWORD}'; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        ask(server, &owner).unwrap();
        ask(server, &format!("CREATE DATABASE {name} OWNER {OWNER} {options}")).unwrap();
        let (before, after) = server.rsplit_once('/').expect("BAILIWICK_TEST_POSTGRES ends with a database's name");
        let query = after.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
        let host = before.rsplit_once('@').map_or(before.trim_start_matches("postgres://"), |(_, host)| host);
        Some(Database {
            url: format!("postgres://{OWNER}:{PASSWORD}@{host}/{name}{query}"),
            admin_url: format!("{before}/{name}{query}"),
            name,
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(server) = server() {
            let _ = ask(server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// The server of this process: the one named, or one of its own.
fn server() -> Option<&'static str> {
    static SERVER_HERE: OnceLock<Option<(String, Option<Cluster>)>> = OnceLock::new();
    let server = SERVER_HERE.get_or_init(|| {
        if let Ok(url) = std::env::var(SERVER) {
            return Some((url, None));
        }
        if let Some(programs) = programs() {
            let cluster = Cluster::start(&programs).expect("a private PostgreSQL starts");
            return Some((cluster.url.clone(), Some(cluster)));
        }
        let why =
            "PostgreSQL is not installed here (`cargo xtask setup` does it) and BAILIWICK_TEST_POSTGRES is not set";
        assert!(std::env::var_os(REQUIRED).is_none(), "{why}");
        eprintln!("SKIPPED on PostgreSQL: {why}");
        None
    });
    server.as_ref().map(|(url, _)| url.as_str())
}

fn ask(url: &str, sql: &str) -> Result<(), String> {
    let psql = programs().map_or_else(|| PathBuf::from("psql"), |folder| folder.join("psql"));
    let asked = Command::new(psql)
        .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", sql, url])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("psql cannot be started: {error}"))?;
    if asked.status.success() { Ok(()) } else { Err(format!("{sql}: {}", String::from_utf8_lossy(&asked.stderr))) }
}

fn write_readable(path: &Path, text: &str) -> Result<(), String> {
    let mut file = File::create(path).map_err(|e| e.to_string())?;
    file.write_all(text.as_bytes()).map_err(|e| e.to_string())?;
    file.set_permissions(Permissions::from_mode(0o644)).map_err(|e| e.to_string())
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines().filter_map(|line| line.strip_prefix("Uid:"));
    lines.next().and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

/// User and group of PostgreSQL's own user, or of nobody.
fn unprivileged() -> Option<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].iter().find_map(|name| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}
