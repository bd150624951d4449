//! A file on its way and an attempt to pay, followed live instead of asked for again and again.

use atelier::creators::TeamRole;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{
    CANCEL, Heard, Live, Market, Person, Priced, Purchase, SHEET, Shop, Studio, story, text,
};

const FILE: &str = "subscription($id: ID!) { assetUpdated(assetId: $id) { state failureReason byteSize } }";
const PAYMENT: &str = "subscription($id: ID!, $secret: String) { checkoutUpdated(id: $id, secret: $secret) {
    id status action { __typename } order { status buyer { displayName } } } }";
const COMPLETE: &str = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) {
    asset { state } userErrors { code path message } } }";
const ABORT: &str =
    "mutation($id: ID!) { assetUploadAbort(uploadId: $id) { abortedId userErrors { code path message } } }";
const DELETE: &str =
    "mutation($id: ID!) { assetDelete(id: $id) { deletedId userErrors { code path message } } }";
const DESCRIBE: &str = "mutation($id: ID!) { assetUpdate(id: $id, input: { title: \"A sheet\" }) {
    asset { id } userErrors { code path message } } }";

/// A promised file: its upload and its id.
async fn promised(studio: &Studio) -> (Value, String) {
    let upload = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
    let asset = text(&upload["asset"]["id"]);
    (upload, asset)
}

async fn file(person: &Person, asset: &str) -> Live {
    person.follows(FILE, json!({ "id": asset })).await
}

async fn payment(person: &Person, purchase: &Purchase, secret: Option<&str>) -> Live {
    person.follows(PAYMENT, json!({ "id": purchase.checkout, "secret": secret })).await
}

/// How a file stands by the next result.
async fn state(live: &mut Live) -> Value {
    live.next().await["assetUpdated"]["state"].clone()
}

async fn status(live: &mut Live) -> Value {
    live.next().await["checkoutUpdated"]["status"].clone()
}

fn forbidden() -> Heard {
    Heard::Error("FORBIDDEN".into())
}

async fn shop(market: &Market) -> Shop {
    market.person("Mira").await.opens_shop("Ink", Priced::Euros(2000)).await
}

story! {
    async fn a_file_is_followed_until_it_is_ready(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let mira = &studio.owner;
        let (upload, asset) = promised(&studio).await;
        let mut heard = file(mira, &asset).await;
        assert_eq!(state(&mut heard).await, "AWAITING_UPLOAD");
        // What changes nothing that is told is not told.
        mira.does(DESCRIBE, json!({ "id": asset })).await;
        mira.sends(&upload, SHEET).await;
        mira.does(COMPLETE, json!({ "id": upload["id"] })).await;
        let ready = heard.next().await["assetUpdated"].clone();
        assert_eq!(ready, json!({ "state": "READY", "failureReason": null, "byteSize": SHEET.len() }));
        assert_eq!(heard.hears().await, Heard::Complete);
        let mut late = file(mira, &asset).await;
        assert_eq!(state(&mut late).await, "READY", "told once, although nothing will change");
        assert_eq!(late.hears().await, Heard::Complete);

        let (lie, asset) = promised(&studio).await;
        let mut heard = file(mira, &asset).await;
        state(&mut heard).await;
        mira.sends(&lie, &vec![b'?'; SHEET.len()]).await;
        mira.is_refused(COMPLETE, json!({ "id": lie["id"] })).await;
        let failed = heard.next().await["assetUpdated"].clone();
        assert_eq!((&failed["state"], &failed["failureReason"]), (&json!("FAILED"), &json!("UNSUPPORTED")));
        assert_eq!(heard.hears().await, Heard::Complete);

        let (given_up, asset) = promised(&studio).await;
        let mut heard = file(mira, &asset).await;
        state(&mut heard).await;
        mira.does(ABORT, json!({ "id": given_up["id"] })).await;
        assert_eq!(state(&mut heard).await, "EXPIRED");
        assert_eq!(heard.hears().await, Heard::Complete);

        let (_, asset) = promised(&studio).await;
        let mut heard = file(mira, &asset).await;
        state(&mut heard).await;
        mira.does(DELETE, json!({ "id": asset })).await;
        assert_eq!(heard.hears().await, Heard::Complete, "deleted is an end, and no error");
        assert_eq!(file(mira, &asset).await.hears().await, forbidden());
    }

    async fn a_file_is_followed_by_those_who_may_see_it_for_as_long_as_they_may(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let (ann, eve, nobody) = (market.person("Ann").await, market.person("Eve").await, market.stranger("Nobody"));
        ann.db_joins(&studio.id, TeamRole::Editor).await;
        let (_, asset) = promised(&studio).await;
        let mut heard = file(&ann, &asset).await;
        assert_eq!(state(&mut heard).await, "AWAITING_UPLOAD");
        assert_eq!(file(&eve, &asset).await.hears().await, forbidden());
        assert_eq!(file(&eve, &format!("{}0", &asset[..asset.len() - 1])).await.hears().await, forbidden());
        assert_eq!(file(&nobody, &asset).await.hears().await, Heard::Error("UNAUTHENTICATED".into()));
        assert_eq!(file(&ann, &studio.id).await.hears().await, Heard::Error("BAD_REQUEST".into()));
        market.db_runs("DELETE FROM team_members WHERE role = 'EDITOR'").await;
        studio.owner.does(DESCRIBE, json!({ "id": asset })).await;
        assert_eq!(heard.hears().await, forbidden());

        // A token's end is the end of what it follows.
        let mut heard = file(&studio.owner, &asset).await;
        state(&mut heard).await;
        market.passes(Duration::hours(25)).await;
        let ended = heard.hears().await;
        assert!(matches!(ended, Heard::Error(_) | Heard::Closed(4403)), "{ended:?}");
    }

    async fn a_payment_is_followed_until_it_is_there(market) {
        let shop = shop(&market).await;
        let (ben, eve) = (market.person("Ben").await, market.person("Eve").await);
        let purchase = ben.goes_to_pay(&shop).await;
        let mut heard = payment(&ben, &purchase, None).await;
        let open = heard.next().await["checkoutUpdated"].clone();
        assert_eq!((&open["status"], &open["action"]["__typename"]), (&json!("OPEN"), &json!("HostedRedirect")));
        assert_eq!(open["order"], json!({ "status": "PENDING", "buyer": { "displayName": "Ben" } }));
        for (person, secret, code) in [
            (&eve, None, "FORBIDDEN"),
            (&ben, Some("nonsense"), "FORBIDDEN"),
            (&market.stranger("Nobody"), Some("nonsense"), "FORBIDDEN"),
            (&market.stranger("Nobody"), None, "UNAUTHENTICATED"),
        ] {
            assert_eq!(payment(person, &purchase, secret).await.hears().await, Heard::Error(code.into()));
        }
        market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        market.settles().await;
        let paid = heard.next().await["checkoutUpdated"].clone();
        assert_eq!((&paid["status"], &paid["action"]), (&json!("SUCCEEDED"), &Value::Null));
        assert_eq!(paid["order"]["status"], "PAID", "read anew, and not as it was");
        assert_eq!(heard.hears().await, Heard::Complete);

        let second = eve.goes_to_pay(&shop).await;
        let mut heard = payment(&eve, &second, None).await;
        assert_eq!(status(&mut heard).await, "OPEN");
        eve.does(CANCEL, json!({ "id": second.checkout })).await;
        let ended = status(&mut heard).await;
        assert!(ended == "EXPIRED" || ended == "CANCELLED", "{ended}");
        assert_eq!(heard.hears().await, Heard::Complete);
    }

    async fn what_happens_in_one_instance_is_told_in_the_other(market) {
        if market.app().db.is_sqlite() {
            return;
        }
        let shop = shop(&market).await;
        let ben = market.person("Ben").await;
        let studio = ben.opens_studio("ben").await;
        let other = market.opens_beside().await;
        let purchase = ben.goes_to_pay(&shop).await;
        let (upload, asset) = promised(&studio).await;
        let there = ben.finds(&other);
        let (mut paying, mut coming) = (payment(&there, &purchase, None).await, file(&there, &asset).await);
        assert_eq!(status(&mut paying).await, "OPEN");
        assert_eq!(state(&mut coming).await, "AWAITING_UPLOAD");
        // The wait for each is shorter than the look that needs no wake-up.
        market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        market.settles().await;
        assert_eq!(status(&mut paying).await, "SUCCEEDED");
        ben.sends(&upload, SHEET).await;
        ben.does(COMPLETE, json!({ "id": upload["id"] })).await;
        assert_eq!(state(&mut coming).await, "READY");
        other.stops();
    }
}
