//! A long film from a phone with a bad connection: cut in parts, sent again, resumed after a restart.

use chrono::Duration;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{PLAY, Person, Studio, film_around, story};

const UPLOAD: &str = "mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
    upload { id asset { id } method partSize partCount targets { partNumber url headers { name value } } }
    userErrors { code path message } } }";
const SIGN: &str =
    "mutation($id: ID!, $numbers: [Int!]!) { assetUploadPartsSign(uploadId: $id, partNumbers: $numbers) {
    targets { partNumber url headers { name value } } userErrors { code path message } } }";
const COMPLETE: &str = "mutation($id: ID!, $parts: [UploadedPartInput!]) {
    assetUploadComplete(uploadId: $id, parts: $parts) { asset { id state } userErrors { code path message } } }";
const ABORT: &str =
    "mutation($id: ID!) { assetUploadAbort(uploadId: $id) { abortedId userErrors { code path message } } }";
const DELETE: &str =
    "mutation($id: ID!) { assetDelete(id: $id) { deletedId userErrors { code path message } } }";
const ASSET: &str = "query($id: ID!) { asset(id: $id) { state failureReason byteSize durationSeconds } }";

const MIB: usize = 1024 * 1024;
const PART: usize = 8 * MIB;

/// A film of about so many MiB; each MiB of it is filled with its number.
fn film(mib: usize) -> Vec<u8> {
    let mut frames = Vec::with_capacity(mib * MIB);
    (0..mib).for_each(|number| frames.resize((number + 1) * MIB, number as u8));
    film_around(&frames)
}

fn cut(film: &[u8], number: usize) -> &[u8] {
    &film[(number - 1) * PART..film.len().min(number * PART)]
}

impl Studio {
    async fn promises_a_film(&self, film: &[u8], sha256: Option<String>) -> Value {
        let input = json!({
            "creatorId": self.id, "purpose": "LESSON_MEDIA", "filename": "retreat.mp4", "contentType": "video/mp4",
            "byteSize": film.len(), "sha256": sha256, "idempotencyKey": "0198c5a0-0000-7000-8000-00000000f11a",
        });
        self.owner.does(UPLOAD, json!({ "input": input })).await["upload"].clone()
    }
}

impl Person {
    /// Sends these parts; gives what a client notes of each.
    async fn sends_parts(
        &self,
        upload: &Value,
        film: &[u8],
        numbers: impl IntoIterator<Item = usize>,
    ) -> Vec<Value> {
        let numbers: Vec<usize> = numbers.into_iter().collect();
        let signed = self.does(SIGN, json!({ "id": upload["id"], "numbers": numbers })).await;
        let mut sent = Vec::new();
        for (target, number) in signed["targets"].as_array().unwrap().iter().zip(numbers) {
            assert_eq!(target["partNumber"], number);
            let (status, etag) = self.puts(target, cut(film, number)).await;
            assert_eq!(status, 200, "part {number}");
            sent.push(json!({ "partNumber": number, "etag": etag }));
        }
        sent
    }
}

story! {
    async fn a_long_film_survives_a_lost_part_and_a_restart(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let film = film(199);
        let sha256 = hex::encode(Sha256::digest(&film));
        let upload = studio.promises_a_film(&film, Some(sha256)).await;
        assert_eq!(upload["method"], "MULTIPART");
        assert_eq!((&upload["partSize"], &upload["partCount"]), (&json!(PART), &json!(25)));
        assert_eq!(upload["targets"].as_array().unwrap().len(), 25);
        // A short one: a refusal does not wait for the rest of a long one, which the sender may find out as a cut line.
        let (status, _) = mira.puts(&upload["targets"][2], &film[..100]).await;
        assert_eq!(status, 403, "a part has exactly its length");
        let mut sent = mira.sends_parts(&upload, &film, (1..=12).filter(|number| *number != 5)).await;

        // The server is restarted, and so is the app on the phone: it only knows its file and its key.
        let market = market.crashes().await;
        let mira = mira.finds(&market);
        let studio = Studio { owner: mira.clone(), ..studio };
        let again = studio.promises_a_film(&film, None).await;
        assert_eq!(again["id"], upload["id"], "the same key gives the same upload");
        sent.extend(mira.sends_parts(&again, &film, 13..=25).await);
        let early = mira.is_refused(COMPLETE, json!({ "id": upload["id"] })).await;
        assert_eq!(early[0].code, "UPLOAD_INCOMPLETE");
        assert!(early[0].message.contains("1 of 25 parts") && early[0].message.contains("number 5"), "{}", early[0].message);
        sent.extend(mira.sends_parts(&again, &film, [5]).await);
        let mut wrong = sent.clone();
        wrong[3]["etag"] = json!("\"d41d8cd98f00b204e9800998ecf8427e\"");
        let refused = mira.is_refused(COMPLETE, json!({ "id": upload["id"], "parts": wrong })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("CHECKSUM_MISMATCH", "uploadId"));

        let done = mira.does(COMPLETE, json!({ "id": upload["id"], "parts": sent })).await["asset"].clone();
        assert_eq!(done["state"], "UPLOADED", "a long film is looked at afterwards");
        let twice = mira.does(COMPLETE, json!({ "id": upload["id"] })).await["asset"].clone();
        assert_eq!(twice["id"], done["id"]);
        market.settles().await;
        let seen = mira.sees(ASSET, json!({ "id": done["id"] })).await["asset"].clone();
        assert_eq!(seen, json!({ "state": "READY", "failureReason": null, "byteSize": film.len(), "durationSeconds": 91 }));
        let grant = mira.does(PLAY, json!({ "input": { "assetId": done["id"] } })).await["grant"].clone();
        let seam = 12 * PART - 2;
        let (status, _, bytes) = mira.reads(&grant["manifestUrl"], Some(&format!("bytes={seam}-{}", seam + 3))).await;
        assert_eq!((status, bytes.as_slice()), (206, &film[seam..seam + 4]));
        assert!(market.app().media.list("q/", 10).await.unwrap().is_empty(), "quarantine is empty");
        assert!(market.app().media.unfinished("q/").await.unwrap().is_empty(), "no part is left");
    }

    async fn a_film_in_parts_that_is_not_what_was_promised_is_refused_afterwards(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let film = film(17);
        let upload = studio.promises_a_film(&film, Some("0".repeat(64))).await;
        mira.sends_parts(&upload, &film, 1..=3).await;
        let done = mira.does(COMPLETE, json!({ "id": upload["id"] })).await["asset"].clone();
        market.settles().await;
        let seen = mira.sees(ASSET, json!({ "id": done["id"] })).await["asset"].clone();
        assert_eq!((&seen["state"], &seen["failureReason"]), (&json!("FAILED"), &json!("CORRUPT")));
        let late = mira.is_refused(COMPLETE, json!({ "id": upload["id"] })).await;
        assert_eq!(late[0].code, "INVALID_STATE");
        market.passes(Duration::hours(2)).await;
        let left = market.app().media.list("", 10).await.unwrap();
        assert!(left.is_empty(), "nothing is left of it: {left:?}");
    }

    async fn a_film_that_is_deleted_before_it_was_looked_at_leaves_nothing(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let film = film(17);
        let upload = studio.promises_a_film(&film, None).await;
        mira.sends_parts(&upload, &film, 1..=3).await;
        let done = mira.does(COMPLETE, json!({ "id": upload["id"] })).await["asset"].clone();
        assert_eq!(done["state"], "UPLOADED");
        mira.does(DELETE, json!({ "id": done["id"] })).await;
        market.passes(Duration::hours(2)).await;
        let left = market.app().media.list("", 10).await.unwrap();
        assert!(left.is_empty(), "nothing is left of it: {left:?}");
    }

    async fn what_is_never_finished_costs_no_storage(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let film = film(17);
        let upload = studio.promises_a_film(&film, None).await;
        mira.sends_parts(&upload, &film, [1, 2]).await;
        market.passes(Duration::hours(2)).await;
        assert_eq!(market.app().media.unfinished("q/").await.unwrap().len(), 1, "it is still wanted");
        let mira = mira.comes_back().await;
        mira.does(ABORT, json!({ "id": upload["id"] })).await;
        market.settles().await;
        assert!(market.app().media.unfinished("q/").await.unwrap().is_empty(), "given up");

        let begun = market.app().media.begin_parts("q/nobody/knows", "video/mp4").await.unwrap();
        assert_eq!(market.app().media.unfinished("q/").await.unwrap()[0].upload_id, begun);
        market.passes(Duration::hours(25)).await;
        assert!(market.app().media.unfinished("q/").await.unwrap().is_empty(), "swept");
    }

    async fn parts_are_signed_for_the_uploader_alone_and_within_bounds(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let studio = mira.opens_studio("mira").await;
        let film = film(17);
        let upload = studio.promises_a_film(&film, None).await;
        let ask = |numbers: Vec<i32>| json!({ "id": upload["id"], "numbers": numbers });
        let foreign = ben.is_refused(SIGN, ask(vec![1])).await;
        assert_eq!((foreign[0].code.as_str(), foreign[0].path.as_str()), ("NOT_FOUND", "uploadId"));
        let cases = [(vec![0], "OUT_OF_RANGE"), (vec![4], "OUT_OF_RANGE"), (vec![-1], "OUT_OF_RANGE"), (vec![], "TOO_MANY")];
        for (numbers, code) in cases {
            let refused = mira.is_refused(SIGN, ask(numbers.clone())).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, "partNumbers"), "{numbers:?}");
        }
        let small = studio.promises("ATTACHMENT", "application/pdf", b"%PDF-1.7").await;
        let refused = mira.is_refused(SIGN, json!({ "id": small["id"], "numbers": [1] })).await;
        assert_eq!(refused[0].code, "INVALID_STATE", "it comes in one piece");
        market.passes(Duration::hours(25)).await;
        let mira = mira.comes_back().await;
        let late = mira.is_refused(SIGN, ask(vec![1])).await;
        assert_eq!(late[0].code, "UPLOAD_EXPIRED");
    }
}
