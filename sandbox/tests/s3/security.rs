//! What a stranger, or an uploader with a link of his own, must not be able to do.

use bytes::Bytes;
use media_store::{Disposition, MediaStoreError};
use reqwest::Method;

use super::server::{HOUR, KEY_ID, Running};

async fn with_a_paid_file(folder: &std::path::Path) -> Running {
    let running = Running::start(folder).await;
    running.store.put("m/paid", Bytes::from_static(b"paid"), "text/plain", "private").await.unwrap();
    running
}

async fn link_to(running: &Running, key: &str) -> String {
    let now = running.now();
    running.store.presign_get(key, &Disposition::Inline, "text/plain", HOUR, now).await.unwrap().url
}

async fn refused(request: reqwest::RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert!((400..404).contains(&status), "{status}: {text}");
    text
}

#[tokio::test]
async fn an_upload_link_cannot_be_turned_into_a_copy_of_a_paid_file() {
    let folder = tempfile::tempdir().unwrap();
    let running = with_a_paid_file(folder.path()).await;
    for (header, value) in [
        ("x-amz-copy-source", "/media/m/paid"),
        ("x-amz-meta-owner", "somebody"),
        ("x-amz-metadata-directive", "REPLACE"),
        ("x-amz-tagging", "a=b"),
    ] {
        let upload = running.upload_request("q/mine", "text/plain", b"mine").await;
        let answer = refused(upload.header(header, value)).await;
        assert!(answer.contains("not signed"), "{header}: {answer}");
    }
    assert_eq!(running.store.head("q/mine").await, Err(MediaStoreError::NotFound));
}

#[tokio::test]
async fn a_changed_link_is_worth_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let running = with_a_paid_file(folder.path()).await;
    running.upload("q/mine", "text/plain", b"mine").await;
    let link = link_to(&running, "q/mine").await;
    let http = &running.http;
    assert_eq!(http.get(&link).send().await.unwrap().status(), 200);
    refused(http.get(link.replace("q/mine", "m/paid"))).await;
    refused(http.get(link.replace("X-Amz-Expires=3900", "X-Amz-Expires=90000"))).await;
    refused(http.get(link.replace("text%2Fplain", "text%2Fhtml"))).await;
    refused(http.get(format!("{link}&X-Amz-Expires=600000"))).await;
    refused(http.put(&link).body("other")).await;
    refused(http.delete(&link)).await;
    refused(http.post(&link).body("other")).await;
    refused(http.get(link.replace("X-Amz-Signature", "X-Amz-Signatur"))).await;
    assert_eq!(running.store.read_range("q/mine", 0, 9).await.unwrap(), "mine");
}

#[tokio::test]
async fn nobody_gets_in_without_a_signature_of_version_four() {
    let folder = tempfile::tempdir().unwrap();
    let running = with_a_paid_file(folder.path()).await;
    let paid = format!("http://{}/media/m/paid", running.address);
    let http = &running.http;
    let old_link = format!("{paid}?AWSAccessKeyId={KEY_ID}&Expires=4000000000&Signature=x");
    let old_header = format!("AWS {KEY_ID}:signature");
    let new_header = "AWS4-HMAC-SHA256 Credential=x";
    let link = link_to(&running, "m/paid").await;
    for (request, reason) in [
        (http.get(&paid), "not signed"),
        (http.get(&old_link), "signature version 2"),
        (http.get(&paid).header("authorization", old_header), "only AWS4-HMAC-SHA256"),
        (http.get(&paid).header("authorization", "Bearer x"), "only AWS4-HMAC-SHA256"),
        (http.get(&link).header("authorization", new_header), "not both"),
    ] {
        let answer = refused(request).await;
        assert!(answer.contains(reason), "{reason}: {answer}");
    }
    let form = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nq/form\r\n--b--\r\n";
    let form_type = "multipart/form-data; boundary=b";
    let bucket = format!("http://{}/media", running.address);
    refused(http.post(&bucket).header("content-type", form_type).body(form)).await;
    refused(http.delete(&bucket)).await;
    assert_eq!(http.get(format!("http://{}/", running.address)).send().await.unwrap().status(), 404);
    assert_eq!(running.store.read_range("m/paid", 0, 9).await.unwrap(), "paid");
}

#[tokio::test]
async fn the_key_pair_is_for_this_machine_alone() {
    let folder = tempfile::tempdir().unwrap();
    let running = with_a_paid_file(folder.path()).await;
    let signed = "AWS4-HMAC-SHA256 Credential=local-key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let paid = format!("http://{}/media/m/paid", running.address);
    let request =
        running.http.get(&paid).header("authorization", signed).header("x-forwarded-for", "203.0.113.9");
    let answer = refused(request).await;
    assert!(answer.contains("this machine only"), "{answer}");
}

#[tokio::test]
async fn a_key_is_a_name_and_never_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(&folder.path().join("root")).await;
    let long = "k".repeat(1000);
    for key in ["../../outside", "a/../b", "a//b", "d", "d/e", "ключ ü.txt", "q&<>\"'?#%", &long] {
        let bytes = Bytes::from(key.to_owned());
        running.store.put(key, bytes, "text/plain", "private").await.unwrap_or_else(|e| panic!("{key}: {e}"));
        let read = running.store.read_range(key, 0, 2000).await.unwrap_or_else(|e| panic!("{key}: {e}"));
        assert_eq!(read, key);
    }
    assert_eq!(running.store.list("", 100).await.unwrap().len(), 8);
    let beside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(beside, ["root"], "nothing is written outside the folder");
}

#[tokio::test]
async fn one_bucket_is_all_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let running = with_a_paid_file(folder.path()).await;
    let other = running.http.request(Method::GET, format!("http://{}/mediator/m/paid", running.address));
    assert_eq!(other.send().await.unwrap().status(), 404);
    let upload = running.upload_request("q/large", "text/plain", b"four").await.build().unwrap();
    let mut cut_short = upload.try_clone().unwrap();
    *cut_short.body_mut() = Some(reqwest::Body::from("fo"));
    assert_eq!(running.http.execute(cut_short).await.unwrap().status(), 403);
    assert_eq!(running.http.execute(upload).await.unwrap().status(), 200);
}
