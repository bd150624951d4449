//! The bucket is down, or never answers: people read, buy and learn as ever, and uploads say so soon.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Kind, Market, Person, Priced, SHEET, play_with};

const UPLOAD: &str = "mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
    upload { id targets { url headers { name value } } } userErrors { code path message } } }";
const COMPLETE: &str = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) {
    asset { id state } userErrors { code path message } } }";
const COURSE: &str =
    "query($id: ID!) { node(id: $id) { ... on Course { title cover { url } sections { lessons { id } } } } }";
const LESSON: &str =
    "query($id: ID!) { lesson(id: $id) { content { ... on ArticleContent { body { markdown } } } } }";

/// Longer than the bucket is waited for (5 seconds), with room for a busy machine.
const SOON: Duration = Duration::from_secs(15);

fn plays(kind: Kind, endpoint: &str) {
    let own = [
        ("S3_ENDPOINT", endpoint),
        ("S3_BUCKET", "media"),
        ("S3_ACCESS_KEY_ID", "key"),
        ("S3_SECRET_ACCESS_KEY", "secret"),
    ];
    play_with(kind, &own, nothing_but_uploads_waits_for_the_bucket);
}

/// Asks for what the bucket has to answer; gives the code, which comes soon.
async fn told(person: &Person, document: &str, variables: Value) -> String {
    let answer = tokio::time::timeout(SOON, person.asks(document, variables)).await;
    answer.expect("an answer comes soon").error_code().to_owned()
}

async fn nothing_but_uploads_waits_for_the_bucket(market: Market) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("Bread", Priced::Euros(2900)).await;
    let ben = market.person("Ben").await;
    ben.buys(&shop).await;
    let page = ben.anonymously().sees(COURSE, json!({ "id": shop.course.to_string() })).await["node"].clone();
    assert_eq!(page["title"], "Bread");
    let lesson = page["sections"][0]["lessons"][0]["id"].clone();
    let read = ben.sees(LESSON, json!({ "id": lesson })).await;
    assert!(read["lesson"]["content"]["body"]["markdown"].is_string(), "{read}");

    let promise = |bytes: usize, kind: &str, purpose: &str| {
        json!({ "input": { "creatorId": shop.creator.to_string(), "purpose": purpose, "filename": "file", "contentType": kind,
            "byteSize": bytes } })
    };
    let small = mira.does(UPLOAD, promise(SHEET.len(), "application/pdf", "ATTACHMENT")).await;
    assert_eq!(small["upload"]["targets"].as_array().unwrap().len(), 1, "signing asks nobody");
    let upload = small["upload"]["id"].clone();
    assert_eq!(told(&mira, COMPLETE, json!({ "id": upload })).await, "UNAVAILABLE");
    let long = promise(20 << 20, "video/mp4", "LESSON_MEDIA");
    assert_eq!(told(&mira, UPLOAD, long).await, "UNAVAILABLE");
}

mod down {
    use super::*;

    /// A port that nobody listens on.
    const NOBODY: &str = "http://127.0.0.1:9";

    #[test]
    fn sqlite() {
        plays(Kind::Sqlite, NOBODY);
    }

    #[test]
    fn postgres() {
        plays(Kind::Postgres, NOBODY);
    }
}

mod silent {
    use super::*;

    fn with_silence(kind: Kind) {
        // Connections are taken by the kernel, and nobody ever reads them.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        plays(kind, &format!("http://{}", listener.local_addr().unwrap()));
    }

    #[test]
    fn sqlite() {
        with_silence(Kind::Sqlite);
    }

    #[test]
    fn postgres() {
        with_silence(Kind::Postgres);
    }
}
