//! From a file on somebody's disk to bytes in a player.

use serde_json::json;

use crate::support::{PICTURE, PLAY, SHEET, euros, film_around, story, text};

const ASSET: &str =
    "query($id: ID!) { asset(id: $id) { kind state failureReason filename contentType byteSize
    durationSeconds image { width height url altText } } }";
const UPLOAD: &str = "mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
    upload { id asset { id } method targets { partNumber url headers { name value } } } userErrors { code path message } } }";
const COMPLETE: &str = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) {
    asset { id state image { width height url } } userErrors { code path message } } }";
const STUDIO: &str = "query($id: ID!, $first: Int, $after: String) { studio(creatorId: $id) {
    storage { usedBytes limitBytes availableBytes }
    assets(state: READY, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }";

const PAGES: &str = "query($id: ID!) { asset(id: $id) { pageCount documentProblem } }";
/// Seven pages, as a program packs them; and two behind a password.
const SEVEN: &[u8] = include_bytes!("../../../src/media/pdf/samples/packed.pdf");
const LOCKED: &[u8] = include_bytes!("../../../src/media/pdf/samples/encrypted.pdf");

const DELETE: &str =
    "mutation($id: ID!) { assetDelete(id: $id) { deletedId userErrors { code path message } } }";

fn size_of(picture: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory(picture).unwrap();
    (picture.width(), picture.height())
}

/// A film of 90.5 seconds and 1920 by 1080.
fn film() -> Vec<u8> {
    film_around(&(0..200_000_u32).map(|n| (n % 251) as u8).collect::<Vec<_>>())
}

story! {
    async fn a_film_is_promised_sent_verified_and_played_by_ranges(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let bytes = film();
        let asset = studio.uploads("LESSON_MEDIA", "video/mp4", &bytes).await;
        let seen = mira.sees(ASSET, json!({ "id": asset })).await["asset"].clone();
        assert_eq!(seen["state"], "READY");
        assert_eq!(seen["kind"], "VIDEO");
        assert_eq!(seen["byteSize"], bytes.len());
        assert_eq!(seen["durationSeconds"], 91, "rounded up");
        assert!(seen["image"].is_null());

        let grant = mira.does(PLAY, json!({ "input": { "assetId": asset } })).await["grant"].clone();
        assert_eq!(grant["protocol"], "PROGRESSIVE");
        assert_eq!(grant["resumeAtSeconds"], 0);
        let nobody = mira.anonymously();
        let (status, kind, all) = nobody.reads(&grant["manifestUrl"], None).await;
        assert_eq!((status, kind.as_str()), (200, "video/mp4"));
        assert!(all == bytes, "the bytes that were uploaded");
        let (status, _, some) = nobody.reads(&grant["manifestUrl"], Some("bytes=1000-1999")).await;
        assert_eq!(status, 206);
        assert!(some == bytes[1000..2000]);
        let (status, _, end) = nobody.reads(&grant["manifestUrl"], Some("bytes=-5")).await;
        assert_eq!((status, end.as_slice()), (206, &bytes[bytes.len() - 5..]));
        let lasts = |name: &str| text(&grant[name]).parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let left = (lasts("expiresAt") - market.app().now()).num_minutes();
        assert!((58..=60).contains(&left), "an hour for a short film, not {left} minutes");
        assert!(lasts("renewAfter") < lasts("expiresAt"));
        market.settles().await;
        assert!(market.app().media.list("q/", 10).await.unwrap().is_empty(), "quarantine is empty");
    }

    async fn a_portrait_is_measured_and_shown_to_anybody(market) {
        let ben = market.person("Ben").await;
        let png = [PICTURE, b"<script>alert(1)</script>"].concat();
        let input = json!({ "purpose": "AVATAR", "filename": "me.png", "contentType": "image/png", "byteSize": png.len() });
        let upload = ben.does(UPLOAD, json!({ "input": input })).await["upload"].clone();
        assert_eq!(upload["method"], "SINGLE_PUT");
        ben.sends(&upload, &png).await;
        let asset = ben.does(COMPLETE, json!({ "id": upload["id"] })).await["asset"].clone();
        assert_eq!(asset["image"]["width"], 1024);
        assert_eq!(asset["image"]["height"], 768);
        let update = "mutation($input: ViewerUpdateInput!) { viewerUpdate(input: $input) {
            viewer { user { id avatar { url width thumbhash } } } userErrors { code path message } } }";
        let me = ben.does(update, json!({ "input": { "avatarAssetId": asset["id"] } })).await;
        let shown = &me["viewer"]["user"];
        assert_eq!(shown["avatar"]["width"], 1024);
        assert!(text(&shown["avatar"]["thumbhash"]).len() > 20);
        let node = "query($id: ID!) { node(id: $id) { ... on User { avatar { url } } } }";
        let seen = ben.anonymously().sees(node, json!({ "id": shown["id"] })).await;
        let (status, kind, bytes) = ben.anonymously().reads(&seen["node"]["avatar"]["url"], None).await;
        assert_eq!((status, kind.as_str()), (200, "image/jpeg"), "made anew");
        assert_eq!(size_of(&bytes), (1024, 768));
        assert!(!bytes.windows(7).any(|window| window == b"<script"), "no byte of the upload is served");
    }

    async fn a_cover_is_shown_in_the_size_that_the_screen_needs(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let cover = studio.uploads("COVER", "image/png", PICTURE).await;
        let document = "query($id: ID!, $wish: ImageTransform) { asset(id: $id) { contentType byteSize image { url(transform: $wish) } } }";
        for (wish, width) in [
            (json!(null), 1024),
            (json!({ "maxWidth": 300 }), 320),
            (json!({ "maxWidth": 300, "dpr": 3 }), 960),
            (json!({ "maxHeight": 100 }), 160),
            (json!({ "maxWidth": 100, "maxHeight": 300, "fit": "COVER" }), 640),
            (json!({ "maxWidth": 5000 }), 1024),
            (json!({ "maxWidth": -1, "format": "AVIF" }), 160),
        ] {
            let seen = mira.sees(document, json!({ "id": cover, "wish": wish })).await["asset"].clone();
            let (status, kind, bytes) = mira.anonymously().reads(&seen["image"]["url"], None).await;
            assert_eq!((status, kind.as_str()), (200, "image/jpeg"), "{wish}");
            assert_eq!(size_of(&bytes).0, width, "{wish}");
            if width == 1024 {
                assert_eq!((&seen["contentType"], &seen["byteSize"]), (&json!("image/jpeg"), &json!(bytes.len())));
            }
        }
        mira.does(DELETE, json!({ "id": cover })).await;
        market.passes(chrono::Duration::days(8)).await;
        assert!(market.app().media.list("", 10).await.unwrap().is_empty(), "every size is gone");
    }

    async fn the_pages_of_a_pdf_are_counted_and_what_hinders_its_readers_is_said(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let mut files = Vec::new();
        for (bytes, count, problem) in [
            (SEVEN, json!(7), json!(null)), (LOCKED, json!(2), json!("ENCRYPTED")), (SHEET, json!(null), json!("UNREADABLE")),
        ] {
            let file = studio.uploads("ATTACHMENT", "application/pdf", bytes).await;
            let seen = mira.sees(PAGES, json!({ "id": file })).await["asset"].clone();
            assert_eq!(seen, json!({ "pageCount": count, "documentProblem": problem }));
            files.push(file);
        }
        let made = studio.sells("Bread", euros(900)).await;
        studio.sets_content(&made.lessons[0], json!({ "downloadAssetIds": files })).await;
        let lesson = "query($id: ID!) { lesson(id: $id) { content { ... on DownloadContent { attachments { pageCount } } } } }";
        let seen = mira.sees(lesson, json!({ "id": made.lessons[0] })).await["lesson"]["content"].clone();
        assert_eq!(seen["attachments"], json!([{ "pageCount": 7 }, { "pageCount": 2 }, { "pageCount": null }]));
    }

    async fn a_studio_that_is_nearly_full_says_how_much_still_fits(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        studio.uploads("ATTACHMENT", "application/pdf", SHEET).await;
        let film = json!({ "creatorId": studio.id, "purpose": "LESSON_MEDIA", "filename": "film.mp4",
            "contentType": "video/mp4", "byteSize": 5_i64 << 30 });
        let promise = "mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
            upload { id } userErrors { code path message } } }";
        for _ in 0..19 {
            mira.does(promise, json!({ "input": film })).await;
        }
        let full = mira.is_refused(promise, json!({ "input": film })).await;
        assert_eq!((full[0].code.as_str(), full[0].path.as_str()), ("LIMIT_REACHED", "input.byteSize"));
        assert!(full[0].message.contains("5119 MiB") && full[0].message.contains("100 GiB"), "{}", full[0].message);
        let storage = mira.sees(STUDIO, json!({ "id": studio.id })).await["studio"]["storage"].clone();
        assert_eq!(storage["availableBytes"], (5_i64 << 30) - SHEET.len() as i64);
    }

    async fn what_is_sent_after_completion_changes_nothing(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let upload = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        mira.sends(&upload, SHEET).await;
        mira.does(COMPLETE, json!({ "id": upload["id"] })).await;
        let mut other = SHEET.to_vec();
        other.reverse();
        assert_eq!(mira.tries_to_send(&upload, &other).await, 200, "the link still works");
        let grant = mira.does(PLAY, json!({ "input": { "assetId": upload["asset"]["id"] } })).await["grant"].clone();
        let (_, kind, bytes) = mira.reads(&grant["manifestUrl"], None).await;
        assert_eq!((kind.as_str(), bytes.as_slice()), ("application/pdf", SHEET));
        mira.does(COMPLETE, json!({ "id": upload["id"] })).await;
        let (_, _, bytes) = mira.reads(&grant["manifestUrl"], None).await;
        assert_eq!(bytes.as_slice(), SHEET);
        market.passes(chrono::Duration::hours(25)).await;
        assert!(market.app().media.list("q/", 10).await.unwrap().is_empty(), "what came later was swept away");
    }

    async fn two_completions_at_once_make_one_file(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let upload = studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        mira.sends(&upload, SHEET).await;
        let variables = json!({ "id": upload["id"] });
        let (one, two) = tokio::join!(mira.does(COMPLETE, variables.clone()), mira.does(COMPLETE, variables));
        assert_eq!(one["asset"]["state"], "READY");
        assert_eq!(one["asset"]["id"], two["asset"]["id"]);
        market.passes(chrono::Duration::hours(2)).await;
        assert_eq!(market.app().media.list("m/", 10).await.unwrap().len(), 1, "the spare copy is gone");
    }

    async fn a_studio_lists_its_files_page_by_page(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let mut files = Vec::new();
        for _ in 0..3 {
            files.push(studio.uploads("ATTACHMENT", "application/pdf", SHEET).await);
        }
        studio.promises("ATTACHMENT", "application/pdf", SHEET).await;
        files.reverse();
        let seen = mira.sees(STUDIO, json!({ "id": studio.id, "first": 2 })).await["studio"].clone();
        let (used, limit) = (4 * SHEET.len() as i64, 100_i64 << 30);
        let storage = json!({ "usedBytes": used, "limitBytes": limit, "availableBytes": limit - used });
        assert_eq!(seen["storage"], storage, "what was promised counts");
        let first = seen["assets"].clone();
        let ids = |page: &serde_json::Value| page["nodes"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect::<Vec<_>>();
        assert_eq!(ids(&first), files[..2]);
        assert_eq!(first["pageInfo"]["hasNextPage"], true);
        let after = json!({ "id": studio.id, "first": 2, "after": first["pageInfo"]["endCursor"] });
        let rest = mira.sees(STUDIO, after).await["studio"]["assets"].clone();
        assert_eq!(ids(&rest), files[2..]);
    }
}
