//! Uploads in parts, with the rules of S3's own pages on multipart uploads.

use bytes::Bytes;
use media_store::{MediaStoreError, StoredPart};
use reqwest::Method;

use super::server::{HOUR, Running};

const MIB: usize = 1024 * 1024;

/// A part's bytes: all the same, so that the whole shows which part is where.
fn filled(byte: u8, length: usize) -> Bytes {
    Bytes::from(vec![byte; length])
}

/// Sends a part over a signed link; gives the status and the version mark.
async fn sends(running: &Running, (key, id): (&str, &str), number: i32, bytes: Bytes) -> (u16, String) {
    let length = i64::try_from(bytes.len()).unwrap();
    let signed = running.store.presign_part((key, id), number, length, HOUR, running.now()).await.unwrap();
    let answer = running.http.put(&signed.url).body(bytes).send().await.unwrap();
    let mark = answer.headers().get("etag").map(|mark| mark.to_str().unwrap().to_owned());
    (answer.status().as_u16(), mark.unwrap_or_default())
}

fn part(number: i32, byte_size: usize, etag: &str) -> StoredPart {
    StoredPart { number, byte_size: byte_size as u64, etag: etag.to_owned() }
}

#[tokio::test]
async fn parts_come_in_any_order_and_again_and_become_one_object() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let id = running.store.begin_parts("q/film", "video/mp4").await.unwrap();
    let object = ("q/film", id.as_str());
    let (_, third) = sends(&running, object, 3, filled(b'c', 7)).await;
    let (_, first) = sends(&running, object, 1, filled(b'x', 5 * MIB)).await;
    let (_, second) = sends(&running, object, 2, filled(b'b', 5 * MIB)).await;
    let (status, again) = sends(&running, object, 1, filled(b'a', 5 * MIB)).await;
    assert_eq!(status, 200);
    assert_ne!(first, again, "the part sent again replaces the one before");

    let there = running.store.parts("q/film", &id).await.unwrap();
    let wanted = [part(1, 5 * MIB, &again), part(2, 5 * MIB, &second), part(3, 7, &third)];
    assert_eq!(there, wanted);
    assert_eq!(running.store.head("q/film").await, Err(MediaStoreError::NotFound), "not yet");
    running.store.put_together("q/film", &id, &there).await.unwrap();

    let head = running.store.head("q/film").await.unwrap();
    assert_eq!(head.byte_size as usize, 10 * MIB + 7);
    assert_eq!(head.content_type.as_deref(), Some("video/mp4"));
    assert!(head.etag.unwrap().ends_with("-3\""), "an object of three parts");
    let seam = running.store.read_range("q/film", 5 * MIB as u64 - 2, 4).await.unwrap();
    assert_eq!(seam, "aabb");
    let end = running.store.read_range("q/film", 10 * MIB as u64 - 1, 100).await.unwrap();
    assert_eq!(end, "bccccccc");
    assert_eq!(running.store.parts("q/film", &id).await, Err(MediaStoreError::NotFound), "it is over");
    assert_eq!(running.store.unfinished("q/").await.unwrap(), []);
}

#[tokio::test]
async fn what_was_never_finished_is_listed_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let mut begun = Vec::new();
    for key in ["q/a", "q/b", "q/b", "q/b", "q/c"] {
        begun.push((key.to_owned(), running.store.begin_parts(key, "video/mp4").await.unwrap()));
    }
    begun.sort();
    running.store.begin_parts("other/a", "video/mp4").await.unwrap();
    let (mut seen, mut last) = (Vec::new(), None);
    loop {
        let page = running.store.unfinished_after("q/", last.as_ref(), 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(end) = page.last() else { break };
        // Giving up what was seen does not move what comes next.
        running.store.give_up_parts(&end.key, &end.upload_id).await.unwrap();
        last = Some(end.clone());
        seen.extend(page.into_iter().map(|upload| (upload.key, upload.upload_id)));
    }
    assert_eq!(seen, begun);
}

#[tokio::test]
async fn a_refused_completion_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let id = running.store.begin_parts("q/film", "video/mp4").await.unwrap();
    let object = ("q/film", id.as_str());
    let (_, small) = sends(&running, object, 1, filled(b'a', 100)).await;
    let (_, last) = sends(&running, object, 2, filled(b'b', 100)).await;
    let tries = [
        (vec![part(1, 100, &small), part(2, 100, &last)], "EntityTooSmall"),
        (vec![part(2, 100, &last), part(1, 100, &small)], "InvalidPartOrder"),
        (vec![part(2, 100, "\"00\"")], "InvalidPart"),
        (vec![part(7, 100, &last)], "InvalidPart"),
    ];
    for (named, code) in tries {
        let refused = running.store.put_together("q/film", &id, &named).await.unwrap_err();
        assert!(refused.to_string().contains(code), "{code}: {refused}");
    }
    assert_eq!(running.store.parts("q/film", &id).await.unwrap().len(), 2);
    running.store.put_together("q/film", &id, &[part(2, 100, &last)]).await.unwrap();
    assert_eq!(running.store.head("q/film").await.unwrap().byte_size, 100, "one part alone may be short");
}

#[tokio::test]
async fn a_link_for_one_part_is_for_that_part_and_length_alone() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let id = running.store.begin_parts("q/film", "video/mp4").await.unwrap();
    let signed = running.store.presign_part(("q/film", &id), 1, 10, HOUR, running.now()).await.unwrap();
    let put = |url: &str, length: usize| running.http.put(url).body(vec![b'a'; length]).send();
    assert_eq!(put(&signed.url, 11).await.unwrap().status(), 403);
    let other = signed.url.replace("partNumber=1", "partNumber=2");
    assert_ne!(other, signed.url);
    assert_eq!(put(&other, 10).await.unwrap().status(), 403);
    let beginning = signed.url.replace(&format!("uploadId={id}"), "uploads=");
    let answer = running.http.request(Method::POST, &beginning).send().await.unwrap();
    assert_eq!(answer.status(), 403, "a link never begins an upload");
    assert_eq!(put(&signed.url, 10).await.unwrap().status(), 200);
    let copied = running.http.put(&signed.url).header("x-amz-copy-source", "/media/m/paid");
    assert_eq!(copied.body(vec![b'a'; 10]).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn what_was_sent_outlives_a_restart_and_what_is_given_up_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let id = running.store.begin_parts("q/film", "video/mp4").await.unwrap();
    sends(&running, ("q/film", &id), 1, filled(b'a', 5 * MIB)).await;
    running.stop().await;

    let running = Running::start(folder.path()).await;
    let found = running.store.unfinished("q/").await.unwrap();
    assert_eq!((found[0].key.as_str(), found[0].upload_id.as_str()), ("q/film", id.as_str()));
    assert_eq!(running.store.parts("q/film", &id).await.unwrap().len(), 1);
    assert_eq!(running.store.parts("q/other", &id).await, Err(MediaStoreError::NotFound), "of another key");
    assert_eq!(running.store.unfinished("m/").await.unwrap(), []);

    running.store.give_up_parts("q/film", &id).await.unwrap();
    running.store.give_up_parts("q/film", &id).await.unwrap();
    let (status, _) = sends(&running, ("q/film", &id), 2, filled(b'b', 10)).await;
    assert_eq!(status, 404, "an upload that is over takes nothing");
    assert_eq!(running.store.unfinished("q/").await.unwrap(), []);
    assert_eq!(std::fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn no_name_of_an_upload_reaches_the_file_system() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    for id in ["../blobs", "..", "0123456789abcdef0123456789abcdeg", "%2e%2e"] {
        assert!(running.store.parts("q/film", id).await.is_err(), "{id}");
        let (status, _) = sends(&running, ("q/film", id), 1, filled(b'a', 10)).await;
        assert!((400..500).contains(&status), "{id}: {status}");
    }
}
