//! What a browser does with signed links.

use chrono::Duration;
use media_store::{Disposition, Upload};

use super::server::{HOUR, Running};

#[tokio::test]
async fn a_player_reads_any_range_and_asks_again_without_loading() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    running.upload("q/clip", "video/mp4", b"0123456789").await;
    let named = Disposition::Attachment { filename: "Übung.mp4".to_owned() };
    let link = running.store.presign_get("q/clip", &named, "video/mp4", HOUR, running.now()).await.unwrap();
    let get = |range: &str| running.http.get(&link.url).header("range", range.to_owned()).send();

    let first = get("bytes=0-3").await.unwrap();
    assert_eq!(first.status(), 206);
    assert_eq!(first.headers()["content-range"], "bytes 0-3/10");
    assert_eq!(first.headers()["x-content-type-options"], "nosniff");
    assert_eq!(first.headers()["content-security-policy"], "sandbox");
    let etag = first.headers()["etag"].clone();
    assert_eq!(first.text().await.unwrap(), "0123");
    assert_eq!(get("bytes=-2").await.unwrap().text().await.unwrap(), "89");
    assert_eq!(get("bytes=7-").await.unwrap().text().await.unwrap(), "789");
    let beyond = get("bytes=10-").await.unwrap();
    assert_eq!(
        (beyond.status().as_u16(), beyond.headers()["content-range"].to_str().unwrap()),
        (416, "bytes */10")
    );

    let again = running.http.get(&link.url).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(again.text().await.unwrap(), "");
    let whole = running.http.get(&link.url).send().await.unwrap();
    assert_eq!(whole.headers()["content-length"], "10");
    assert_eq!(
        whole.headers()["content-disposition"],
        "attachment; filename=\"_bung.mp4\"; filename*=UTF-8''%C3%9Cbung.mp4"
    );
}

#[tokio::test]
async fn links_of_the_same_five_minutes_are_the_same_and_last_as_long_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let moment = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let at = async |seconds: i64| {
        let now = moment + Duration::seconds(seconds);
        running.store.presign_get("k", &Disposition::Inline, "video/mp4", HOUR, now).await.unwrap()
    };
    let first = at(0).await;
    assert_eq!(first.url, at(299).await.url);
    assert_ne!(first.url, at(300).await.url);
    assert!(first.expires_at >= moment + Duration::seconds(299) + Duration::hours(1));
}

#[tokio::test]
async fn an_upload_must_be_of_the_length_and_type_that_were_signed() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let upload = Upload { key: "q/a", content_type: "image/png", byte_size: 4, sha256: None };
    let signed = running.store.presign_put(upload, HOUR, running.now()).await.unwrap();
    let names: Vec<&str> = signed.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"content-type") && names.contains(&"content-length"), "{names:?}");

    let put = |content_type: &'static str, body: &'static str| {
        running.http.put(&signed.url).header("content-type", content_type).body(body).send()
    };
    assert_eq!(put("text/html", "four").await.unwrap().status(), 403);
    assert_eq!(put("image/png", "longer").await.unwrap().status(), 403);
    assert_eq!(put("image/png", "four").await.unwrap().status(), 200);
    assert_eq!(running.store.head("q/a").await.unwrap().byte_size, 4);
}

#[tokio::test]
async fn a_digest_that_was_signed_is_checked_before_anything_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let digest = hex::decode("04efaf080f5a3e74e1c29d1ca6a48569382cbbcd324e8d59d2b83ef21c039f00").unwrap();
    let upload = Upload {
        key: "q/a",
        content_type: "image/png",
        byte_size: 4,
        sha256: Some(digest.try_into().unwrap()),
    };
    let signed = running.store.presign_put(upload, HOUR, running.now()).await.unwrap();
    let put = async |body: &'static str| {
        let request = running.http.put(&signed.url).body(body);
        let headers = signed.headers.iter().filter(|(name, _)| name != "content-length");
        headers.fold(request, |request, (name, value)| request.header(name, value)).send().await.unwrap()
    };
    let wrong = put("fore").await;
    assert_eq!(wrong.status(), 400);
    assert!(wrong.text().await.unwrap().contains("BadDigest"));
    assert!(running.store.head("q/a").await.is_err());
    assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
    assert_eq!(put("four").await.status(), 200);
}

#[tokio::test]
async fn a_link_ends_by_the_clock_of_the_process_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    running.upload("q/clip", "video/mp4", b"0123456789").await;
    let sign = async || {
        let now = running.now();
        running.store.presign_get("q/clip", &Disposition::Inline, "video/mp4", HOUR, now).await.unwrap()
    };
    let link = sign().await;
    running.clock.advance(Duration::minutes(59));
    assert_eq!(running.http.get(&link.url).send().await.unwrap().status(), 200);
    running.clock.advance(Duration::minutes(7));
    let over = running.http.get(&link.url).send().await.unwrap();
    assert_eq!(over.status(), 403);
    assert!(over.text().await.unwrap().contains("Request has expired"));

    running.clock.advance(Duration::days(400));
    let later = sign().await;
    assert_eq!(running.http.get(&later.url).send().await.unwrap().status(), 200);
    running.upload("q/later", "video/mp4", b"after four hundred days").await;
    let stored = running.store.head("q/later").await.unwrap().last_modified.unwrap();
    assert!((running.now() - stored).num_minutes().abs() < 2, "dated by the moved clock, not {stored}");
}

#[tokio::test]
async fn a_browser_of_another_origin_may_upload_and_read_the_version_mark() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let asked = running
        .http
        .request(reqwest::Method::OPTIONS, format!("http://{}/media/q/a", running.address))
        .header("origin", "https://studio.example")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "content-type")
        .send()
        .await
        .unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(asked.headers()["access-control-allow-origin"], "https://studio.example");
    assert_eq!(asked.headers()["access-control-allow-headers"], "content-type");
    assert!(asked.headers()["access-control-allow-methods"].to_str().unwrap().contains("PUT"));

    let upload = running.upload_request("q/a", "image/png", b"four").await;
    let answer = upload.header("origin", "https://studio.example").send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://studio.example");
    let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap().to_ascii_lowercase();
    assert!(exposed.contains("etag"), "{exposed}");
    assert!(answer.headers().contains_key("etag"));
}
