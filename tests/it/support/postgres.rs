//! PostgreSQL for tests: the server named by ATELIER_TEST_POSTGRES, or one of our own, started as a non-root user and
//! ended with this process. Each story gets a copy of one migrated template.
#![expect(
    clippy::disallowed_methods,
    clippy::zombie_processes,
    reason = "starts a server for the life of the test process, and waits for it"
)]

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database};

const TEMPLATE: &str = "atelier_template";

/// The URL of a fresh migrated database, or none where there is no PostgreSQL.
pub fn fresh_database(name: &str) -> Option<String> {
    let server = server()?;
    let url = format!("{server}/{name}");
    let name = name.to_owned();
    run(async move {
        let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await.unwrap();
        admin.close().await.unwrap();
    });
    Some(url)
}

/// `postgres://…` without a database name; prepared once for this process.
fn server() -> Option<&'static str> {
    static SERVER: OnceLock<Option<String>> = OnceLock::new();
    SERVER.get_or_init(prepare).as_deref()
}

fn prepare() -> Option<String> {
    let server = match std::env::var("ATELIER_TEST_POSTGRES") {
        Ok(server) => server.trim_end_matches('/').to_owned(),
        Err(_) => match start() {
            Some(server) => server,
            None => {
                let demanded = std::env::var("CI").is_ok();
                assert!(!demanded, "CI runs every story on PostgreSQL too, but found none: install it");
                eprintln!(
                    "SKIPPED on PostgreSQL: none found. Install it, or name a server in ATELIER_TEST_POSTGRES."
                );
                return None;
            }
        },
    };
    run(make_template(server.clone()));
    Some(server)
}

async fn make_template(server: String) {
    let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {TEMPLATE}")).await.unwrap();
    admin.close().await.unwrap();
    let db = atelier::db::Db::open(&format!("{server}/{TEMPLATE}"), 2).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await;
}

/// Runs on a thread of its own, so that it works inside and outside a runtime.
fn run(work: impl Future<Output = ()> + Send + 'static) {
    let thread = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
    });
    thread.join().expect("PostgreSQL could not be prepared");
}

/// Starts a server on a free port. It ends when this process does: its keeper waits for the pipe to close.
fn start() -> Option<String> {
    let programs = newest_programs()?;
    let folder = tempfile::Builder::new().prefix("atelier-postgres-").tempdir().unwrap().keep();
    let owner = owner();
    if let Some((user, group)) = owner {
        std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
    }
    let data = folder.join("data");
    let init = as_owner(Command::new(programs.join("initdb")), owner)
        .args(["-U", "atelier", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(&data)
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(init.status.success(), "initdb failed: {}", String::from_utf8_lossy(&init.stderr));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let keeper = format!(
        "'{}' -D '{}' -p {port} -h 127.0.0.1 -k '{}' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
         -c max_connections=400 -c random_page_cost=1.1 >'{}' 2>&1 & server=$!; cat >/dev/null; kill -QUIT $server; \
         wait $server; rm -rf '{}'",
        programs.join("postgres").display(),
        data.display(),
        folder.display(),
        folder.join("log").display(),
        folder.display(),
    );
    let mut child = as_owner(Command::new("sh"), owner)
        .args(["-c", &keeper])
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Kept open for the life of this process.
    std::mem::forget(child.stdin.take());
    wait_for(port, &folder);
    Some(format!("postgres://atelier@127.0.0.1:{port}"))
}

fn wait_for(port: u16, folder: &Path) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        let url = format!("postgres://atelier@127.0.0.1:{port}/postgres");
        let ready = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { Database::connect(url).await.is_ok() })
        });
        if ready.join().unwrap_or(false) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("PostgreSQL did not start: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
}

fn newest_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin")).collect();
    found.retain(|programs| programs.join("initdb").exists());
    found.sort();
    found.pop()
}

/// PostgreSQL refuses to run as root: then it runs as the user `postgres` that its package makes.
fn owner() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut parts = line.split(':').skip(2);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn as_owner(mut command: Command, owner: Option<(u32, u32)>) -> Command {
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}
