//! What the room media refuses: lies about a file, files that are not the caller's, files in use.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{FILM, PLAY, SHEET, euros, story, text};

const ASSET: &str = "query($id: ID!) { asset(id: $id) { state failureReason } }";
const UPLOAD: &str = "mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
    upload { id asset { id } targets { url headers { name value } } } userErrors { code path message } } }";
const COMPLETE: &str = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) {
    asset { id state } userErrors { code path message } } }";
const ABORT: &str =
    "mutation($id: ID!) { assetUploadAbort(uploadId: $id) { abortedId userErrors { code path message } } }";
const DELETE: &str =
    "mutation($id: ID!) { assetDelete(id: $id) { deletedId userErrors { code path message } } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { id } }";

/// The beginning of a web page.
const PAGE: &[u8] = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
/// A picture of 30,000 by 30,000 pixels in a few bytes.
const BOMB: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0 and little else";

/// Where in quarantine an upload's bytes lie.
fn quarantine(upload: &Value) -> String {
    let url = text(&upload["targets"][0]["url"]);
    let path = url.split('?').next().unwrap().split("/q/").nth(1).unwrap().to_owned();
    format!("q/{path}")
}

story! {
    async fn a_promise_is_checked_before_anything_is_sent(market) {
        let mira = market.person("Mira").await;
        let ben = market.person("Ben").await;
        let studio = mira.opens_studio("mira").await;
        let good = json!({ "creatorId": studio.id, "purpose": "COVER", "filename": "a.png",
            "contentType": "image/png", "byteSize": 100 });
        let cases = [
            (json!({ "contentType": "image/svg+xml" }), "UNSUPPORTED_MEDIA", "input.contentType"),
            (json!({ "contentType": "video/mp4" }), "UNSUPPORTED_MEDIA", "input.contentType"),
            (json!({ "byteSize": 0 }), "OUT_OF_RANGE", "input.byteSize"),
            (json!({ "byteSize": 26 * 1024 * 1024 }), "FILE_TOO_LARGE", "input.byteSize"),
            (json!({ "purpose": "LESSON_MEDIA", "contentType": "video/mp4", "byteSize": 5_368_709_121_i64 }),
                "FILE_TOO_LARGE", "input.byteSize"),
            (json!({ "filename": " " }), "REQUIRED", "input.filename"),
            (json!({ "filename": "x".repeat(201) }), "TOO_LONG", "input.filename"),
            (json!({ "sha256": "abc" }), "INVALID", "input.sha256"),
            (json!({ "creatorId": null }), "REQUIRED", "input.creatorId"),
            (json!({ "creatorId": "crs_0000000000000000000000" }), "INVALID_ID", "input.creatorId"),
            (json!({ "creatorId": "crt_0000000000000000000000" }), "NOT_FOUND", "input.creatorId"),
            (json!({ "purpose": "AVATAR" }), "NOT_ALLOWED", "input.creatorId"),
        ];
        for (change, code, path) in cases {
            let mut input = good.clone();
            change.as_object().unwrap().iter().for_each(|(name, value)| input[name] = value.clone());
            let refused = mira.is_refused(UPLOAD, json!({ "input": input })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, path), "{change}");
        }
        let foreign = ben.is_refused(UPLOAD, json!({ "input": good })).await;
        assert_eq!((foreign[0].code.as_str(), foreign[0].path.as_str()), ("NOT_FOUND", "input.creatorId"));
        let nobody = mira.anonymously().asks(UPLOAD, json!({ "input": good })).await;
        assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
    }

    async fn a_lie_about_the_type_leaves_nothing_behind(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        for (purpose, kind, bytes) in [("COVER", "image/png", PAGE), ("COVER", "image/jpeg", BOMB), ("COVER", "image/png", BOMB),
            ("LESSON_MEDIA", "video/mp4", SHEET), ("ATTACHMENT", "application/pdf", PAGE), ("CAPTIONS", "text/vtt", PAGE)] {
            let upload = studio.promises(purpose, kind, bytes).await;
            mira.sends(&upload, bytes).await;
            let refused = mira.is_refused(COMPLETE, json!({ "id": upload["id"] })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("UNSUPPORTED_MEDIA", "uploadId"), "{kind}");
            let asset = mira.sees(ASSET, json!({ "id": upload["asset"]["id"] })).await["asset"].clone();
            assert_eq!(asset, json!({ "state": "FAILED", "failureReason": "UNSUPPORTED" }));
            assert_eq!(mira.is_refused(COMPLETE, json!({ "id": upload["id"] })).await[0].code, "INVALID_STATE");
            let played = mira.is_refused(PLAY, json!({ "input": { "assetId": upload["asset"]["id"] } })).await;
            assert_eq!(played[0].code, "ASSET_NOT_READY");
        }
        market.passes(Duration::hours(2)).await;
        assert!(market.app().media.list("", 10).await.unwrap().is_empty(), "no bytes are left");
    }

    async fn a_lie_about_hash_or_length_leaves_nothing_behind(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let input = json!({ "creatorId": studio.id, "purpose": "ATTACHMENT", "filename": "a.pdf",
            "contentType": "application/pdf", "byteSize": SHEET.len(), "sha256": "0".repeat(64) });
        let upload = mira.does(UPLOAD, json!({ "input": input })).await["upload"].clone();
        mira.sends(&upload, SHEET).await;
        assert_eq!(mira.is_refused(COMPLETE, json!({ "id": upload["id"] })).await[0].code, "CHECKSUM_MISMATCH");

        let upload = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        let longer = [SHEET, b" and more"].concat();
        assert_eq!(mira.tries_to_send(&upload, &longer).await, 403, "the length is signed");
        let refused = mira.is_refused(COMPLETE, json!({ "id": upload["id"] })).await;
        assert_eq!(refused[0].code, "UPLOAD_INCOMPLETE");
        let key = quarantine(&upload);
        market.app().media.put(&key, longer.into(), "application/pdf", "no-store").await.unwrap();
        let refused = mira.is_refused(COMPLETE, json!({ "id": upload["id"] })).await;
        assert_eq!(refused[0].code, "UPLOAD_INCOMPLETE");
        let asset = mira.sees(ASSET, json!({ "id": upload["asset"]["id"] })).await["asset"].clone();
        assert_eq!(asset, json!({ "state": "FAILED", "failureReason": "CORRUPT" }));
        market.passes(Duration::hours(2)).await;
        assert!(market.app().media.list("", 10).await.unwrap().is_empty(), "no bytes are left");
    }

    async fn an_upload_can_be_completed_late_but_not_too_late(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let first = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        let nothing = mira.is_refused(COMPLETE, json!({ "id": first["id"] })).await;
        assert_eq!((nothing[0].code.as_str(), nothing[0].path.as_str()), ("UPLOAD_INCOMPLETE", "uploadId"));
        mira.sends(&first, SHEET).await;
        assert_eq!(mira.does(COMPLETE, json!({ "id": first["id"] })).await["asset"]["state"], "READY");
        assert_eq!(mira.does(COMPLETE, json!({ "id": first["id"] })).await["asset"]["state"], "READY", "again");

        let second = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        mira.sends(&second, SHEET).await;
        market.app().clock.advance(Duration::hours(25));
        let mira = mira.elsewhere();
        mira.signs_in().await;
        assert_eq!(mira.is_refused(COMPLETE, json!({ "id": second["id"] })).await[0].code, "UPLOAD_EXPIRED");
        market.settles().await;
        assert_eq!(mira.sees(ASSET, json!({ "id": second["asset"]["id"] })).await["asset"]["state"], "EXPIRED");
        assert!(market.app().media.list("q/", 10).await.unwrap().is_empty(), "what had arrived is gone");
    }

    async fn an_upload_is_aborted_once_and_for_all(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let upload = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        mira.sends(&upload, SHEET).await;
        for _ in 0..2 {
            assert_eq!(mira.does(ABORT, json!({ "id": upload["id"] })).await["abortedId"], upload["id"]);
        }
        assert_eq!(mira.is_refused(COMPLETE, json!({ "id": upload["id"] })).await[0].code, "UPLOAD_EXPIRED");
        let done = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        mira.sends(&done, SHEET).await;
        mira.does(COMPLETE, json!({ "id": done["id"] })).await;
        assert_eq!(mira.is_refused(ABORT, json!({ "id": done["id"] })).await[0].code, "INVALID_STATE");
        market.settles().await;
        assert!(market.app().media.list("q/", 10).await.unwrap().is_empty());
    }

    async fn a_key_gives_the_same_upload_again(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let mut input = json!({ "creatorId": studio.id, "purpose": "ATTACHMENT", "filename": "a.pdf",
            "contentType": "application/pdf", "byteSize": SHEET.len(), "idempotencyKey": "0b0b7f57-5a0c-4a43-9f0f-6f5f6f5f6f5f" });
        let one = mira.does(UPLOAD, json!({ "input": input })).await["upload"].clone();
        let two = mira.does(UPLOAD, json!({ "input": input })).await["upload"].clone();
        assert_eq!(one["id"], two["id"]);
        input["byteSize"] = json!(SHEET.len() + 1);
        let refused = mira.is_refused(UPLOAD, json!({ "input": input })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("IDEMPOTENCY_KEY_REUSED", "input.idempotencyKey"));
    }

    async fn open_uploads_are_limited(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        for _ in 0..20 {
            studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        }
        let input = json!({ "creatorId": studio.id, "purpose": "ATTACHMENT", "filename": "a.pdf",
            "contentType": "application/pdf", "byteSize": 5 });
        assert_eq!(mira.is_refused(UPLOAD, json!({ "input": input })).await[0].code, "LIMIT_REACHED");
    }

    async fn other_peoples_files_do_not_exist(market) {
        let mira = market.person("Mira").await;
        let ben = market.person("Ben").await;
        let studio = mira.opens_studio("mira").await;
        ben.opens_studio("ben").await;
        let upload = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        let asset = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        for other in [&ben, &ben.anonymously()] {
            for id in [&upload["id"], &json!(asset)] {
                assert!(other.sees(NODE, json!({ "id": id })).await["node"].is_null());
            }
            assert!(other.sees(ASSET, json!({ "id": asset })).await["asset"].is_null());
            let played = other.is_refused(PLAY, json!({ "input": { "assetId": asset } })).await;
            assert_eq!((played[0].code.as_str(), played[0].path.as_str()), ("NOT_FOUND", "input.assetId"));
        }
        for (document, id, path) in [(COMPLETE, &upload["id"], "uploadId"), (ABORT, &upload["id"], "uploadId"), (DELETE, &json!(asset), "id")] {
            let refused = ben.is_refused(document, json!({ "id": id })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", path));
            let wrong = ben.is_refused(document, json!({ "id": "usr_0000000000000000000000" })).await;
            assert_eq!(wrong[0].code, "INVALID_ID");
            assert_eq!(ben.anonymously().asks(document, json!({ "id": id })).await.error_code(), "UNAUTHENTICATED");
        }
        let update = "mutation($input: ViewerUpdateInput!) { viewerUpdate(input: $input) { viewer { id } userErrors { code path message } } }";
        let refused = ben.is_refused(update, json!({ "input": { "avatarAssetId": asset } })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "input.avatarAssetId"));
    }

    async fn a_file_in_use_stays_and_any_other_goes(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let used = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        let idle = studio.uploads("LESSON_MEDIA", "video/mp4", FILM).await;
        let made = studio.sells("Bread", euros(900)).await;
        studio.sets_content(&made.lessons[0], json!({ "videoAssetId": used })).await;
        let refused = mira.is_refused(DELETE, json!({ "id": used })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("ASSET_IN_USE", "id"));
        assert_eq!(mira.does(DELETE, json!({ "id": idle })).await["deletedId"], json!(idle));
        assert!(mira.sees(ASSET, json!({ "id": idle })).await["asset"].is_null());
        assert_eq!(mira.is_refused(DELETE, json!({ "id": idle })).await[0].code, "NOT_FOUND");
        assert_eq!(market.app().media.list("m/", 10).await.unwrap().len(), 2, "links given out before still work");
        market.passes(Duration::days(8)).await;
        assert_eq!(market.app().media.list("m/", 10).await.unwrap().len(), 1);
    }
}
