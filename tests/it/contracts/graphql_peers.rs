//! The audit suite of the GraphQL over HTTP working group's reference implementation, run against our transport.
//!
//! It is a program of the JavaScript world, so it runs where it was installed (`npm ci` in
//! `tests/peers/graphql-http`), as it is in continuous integration, and says so where it was not.

use std::{path::Path, process::Command};

use super::graphql_toy::ToyServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_audit_of_the_reference_suite_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/graphql-http");
    if !folder.join("node_modules/graphql-http").exists() {
        println!("not run: `npm ci` in {} installs the suite", folder.display());
        return;
    }
    let server = ToyServer::start().await;
    let url = server.url();
    let audit = tokio::task::spawn_blocking(move || {
        // The script ends by itself within a minute.
        Command::new("node").arg("audit.mjs").arg(url).current_dir(folder).output()
    });
    let output = audit.await.expect("joined").expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("61/61 audits pass"), "{said}");
}
