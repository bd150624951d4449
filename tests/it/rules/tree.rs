//! The order of the house, read from the source: who may use whom, and that every file says what it is.

use std::fs;
use std::path::{Path, PathBuf};

/// Lowest first: a room uses only rooms before it.
const ROOMS: [&str; 24] = [
    "notifications",
    "identity",
    "search",
    "creators",
    "media",
    "catalog",
    "workshops",
    "chat",
    "enrollment",
    "coupons",
    "affiliates",
    "checkout",
    "gifts",
    "payments",
    "payouts",
    "refunds",
    "disputes",
    "memberships",
    "learning",
    "reviews",
    "storefront",
    "studio",
    "reconciliation",
    "operators",
];

pub fn sources(below: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(below), &mut found);
    found
}

fn tail(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string()
}

#[test]
fn a_room_uses_only_rooms_below_it() {
    let mut wrong = Vec::new();
    for (position, room) in ROOMS.iter().enumerate() {
        for (path, text) in sources(&format!("src/{room}")) {
            if tail(&path).contains("/graphql") {
                continue;
            }
            for above in &ROOMS[position + 1..] {
                if text.contains(&format!("crate::{above}::")) {
                    wrong.push(format!("{} uses {above}", tail(&path)));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "a room learns of the rooms above it by values, jobs and events only: {wrong:#?}"
    );
}

#[test]
fn every_file_says_what_it_is() {
    let all = ["src", "sandbox/src", "gateways", "migration/src", "entity/src", "tests/it"];
    let mute: Vec<String> = all
        .into_iter()
        .flat_map(sources)
        .filter(|(path, text)| !text.starts_with("//!") && !tail(path).contains("/target/"))
        .map(|(path, _)| tail(&path))
        .collect();
    assert!(mute.is_empty(), "begin with `//!` and say in business words what the file is: {mute:#?}");
}

#[test]
fn no_file_is_a_dump() {
    const DUMPS: [&str; 5] = ["utils", "util", "helpers", "common", "misc"];
    let dumps: Vec<String> = sources("src")
        .into_iter()
        .map(|(path, _)| tail(&path))
        .filter(|path| {
            DUMPS
                .iter()
                .any(|dump| path.contains(&format!("/{dump}.rs")) || path.contains(&format!("/{dump}/")))
        })
        .collect();
    assert!(dumps.is_empty(), "name a file after what it is about: {dumps:?}");
}

#[test]
fn giant_crates_stay_behind_their_gateways() {
    let wrong: Vec<String> = sources("src")
        .into_iter()
        .filter(|(path, text)| {
            let path = tail(path);
            let mail = text.contains("lettre::")
                && !path.contains("gateways/mailer")
                && !path.ends_with("identity/model.rs");
            mail || text.contains("aws_sdk_s3")
                || text.contains("stripe_shared")
                || text.contains("stripe_types")
        })
        .map(|(path, _)| tail(&path))
        .collect();
    assert!(wrong.is_empty(), "the outside is reached through its gateway: {wrong:#?}");
}

#[test]
fn graphql_stays_at_the_surface() {
    let wrong: Vec<String> = ROOMS
        .iter()
        .flat_map(|room| sources(&format!("src/{room}")))
        .filter(|(path, text)| !tail(path).contains("/graphql") && text.contains("async_graphql"))
        .map(|(path, _)| tail(&path))
        .collect();
    assert!(wrong.is_empty(), "only graphql doors know GraphQL: {wrong:#?}");
}

#[test]
fn paths_named_in_documents_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    for document in ["README.md", "ARCHITECTURE.md", "docs/adding-a-mutation.md", "docs/operations.md"] {
        let text =
            fs::read_to_string(root.join(document)).unwrap_or_else(|_| panic!("{document} is missing"));
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = (word.starts_with("src/")
                || word.starts_with("docs/")
                || word.starts_with("tests/")
                || word.starts_with("sandbox/")
                || word.starts_with("migration/")
                || word.starts_with("gateways/"))
                && !word.contains(['<', '*', ' ']);
            if is_path && !root.join(word).exists() {
                missing.push(format!("{document}: {word}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// What has no owner in the database is removed from the bucket: a table that was forgotten would lose its files.
#[test]
fn the_nightly_stock_taking_knows_every_table_that_owns_objects() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let owners = fs::read_to_string(root.join("src/media/store/stock.rs")).unwrap();
    let tables: Vec<String> = sources("entity/src")
        .into_iter()
        .filter(|(_, text)| text.contains("pub object_key:"))
        .map(|(path, _)| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(tables.contains(&"assets".to_owned()), "{tables:?}");
    for table in tables {
        assert!(
            owners.contains(&format!("table: \"{table}\"")),
            "{table} is missing in store/stock.rs, OWNERS"
        );
    }
}
