//! The state survives the end of the process, a torn last line included.

use std::io::Write;

use crate::support::*;

#[tokio::test]
async fn objects_keys_and_deliveries_survive() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/stripe.jsonl");
    let (session, unpaid) = {
        let world = World::with(Some(file.clone())).await;
        let session = world.post_with_key("/v1/checkout/sessions", &session_form(), "co:1:1").await;
        world.sandbox.pay(session.id(), "4242424242424242").unwrap();
        let unpaid = world.open_session().await;
        (session, unpaid)
    };
    // A kill in the middle of a write leaves half a line; its operation never was.
    let mut journal = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
    journal.write_all(b"[[\"charge\",\"ch_torn\",{\"id\":\"ch_to").unwrap();
    drop(journal);

    let world = World::with(Some(file.clone())).await;
    let read = world.get(&format!("/v1/checkout/sessions/{}", session.id())).await;
    assert_eq!(read.body["payment_status"], "paid");
    let replay = world.post_with_key("/v1/checkout/sessions", &session_form(), "co:1:1").await;
    assert_eq!((replay.id(), replay.header("idempotent-replayed")), (session.id(), "true"));
    world.sandbox.flush().await;
    assert_eq!(world.arrived().len(), 5);
    world.sandbox.pay(unpaid.id(), "4242424242424242").unwrap();
    let intents = world.sandbox.objects("payment_intent");
    assert_ne!(intents[0]["id"], intents[1]["id"], "a reopened seed does not repeat itself");

    let third = World::with(Some(file)).await;
    third.sandbox.flush().await;
    assert_eq!(third.arrived().len(), 5, "what was delivered is not delivered again");
    assert_eq!(third.sandbox.objects("charge").len(), 2);
    third.no_violations();
}
