//! What the product does with its files, over the adapter that ships.

use bytes::Bytes;
use media_store::MediaStoreError;
use sandbox::s3::EmbeddedS3;

use super::server::{Running, connect, settings};

const CACHE: &str = "private, max-age=31536000, immutable";

#[tokio::test]
async fn a_file_is_put_looked_at_read_in_part_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let store = &running.store;
    store.ping().await.unwrap();
    store.put("m/one.txt", Bytes::from_static(b"0123456789"), "text/plain", CACHE).await.unwrap();

    let head = store.head("m/one.txt").await.unwrap();
    assert_eq!((head.byte_size, head.content_type.as_deref()), (10, Some("text/plain")));
    assert_eq!(head.etag.as_deref(), Some("\"781e5e245d69b566979b86e28d23f2c7\""));

    assert_eq!(store.read_range("m/one.txt", 2, 3).await.unwrap(), "234");
    assert_eq!(store.read_range("m/one.txt", 8, 100).await.unwrap(), "89");
    assert_eq!(store.read_range("m/one.txt", 10, 5).await.unwrap(), "");
    let (digest, length) = store.sha256("m/one.txt").await.unwrap();
    assert_eq!(length, 10);
    assert_eq!(digest, "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882");

    store.delete("m/one.txt").await.unwrap();
    store.delete("m/one.txt").await.unwrap();
    assert_eq!(store.head("m/one.txt").await, Err(MediaStoreError::NotFound));
    assert_eq!(store.read_range("m/one.txt", 0, 1).await, Err(MediaStoreError::NotFound));
    assert_eq!(files_under(&folder.path().join("blobs")), 0);
}

#[tokio::test]
async fn promoting_an_upload_keeps_the_bytes_and_drops_what_the_uploader_said_about_them() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let upload = running.upload_request("q/clip", "video/mp4", b"not really a video").await;
    let answer = upload.header("content-disposition", "attachment; filename=evil.exe").send().await.unwrap();
    assert_eq!(answer.status(), 200);

    running.store.promote("q/clip", "m/clip é.mp4", "video/webm", CACHE).await.unwrap();
    running.store.delete("q/clip").await.unwrap();

    let link = running
        .store
        .presign_get(
            "m/clip é.mp4",
            &media_store::Disposition::Inline,
            "video/webm",
            super::server::HOUR,
            running.now(),
        )
        .await
        .unwrap();
    let answer = running.http.get(&link.url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "video/webm");
    assert_eq!(answer.headers()["cache-control"], CACHE);
    assert_eq!(answer.headers()["content-disposition"], "inline");
    assert_eq!(answer.text().await.unwrap(), "not really a video");
    assert_eq!(running.store.head("q/clip").await, Err(MediaStoreError::NotFound));
}

#[tokio::test]
async fn a_listing_is_in_order_goes_on_over_pages_and_stops_at_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    for name in ["q/b", "q/a", "m/x", "q/c"] {
        running.store.put(name, Bytes::from_static(b"."), "text/plain", CACHE).await.unwrap();
    }
    let keys = |found: Vec<media_store::StoredObject>| found.into_iter().map(|o| o.key).collect::<Vec<_>>();
    assert_eq!(keys(running.store.list("q/", 10).await.unwrap()), ["q/a", "q/b", "q/c"]);
    assert_eq!(keys(running.store.list("q/", 2).await.unwrap()), ["q/a", "q/b"]);
    assert_eq!(keys(running.store.list("none/", 2).await.unwrap()), Vec::<String>::new());
    assert_eq!(running.store.list("", 9).await.unwrap().len(), 4);
}

#[tokio::test]
async fn files_outlive_a_restart_and_left_overs_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    running.store.put("m/kept", Bytes::from_static(b"kept"), "text/plain", CACHE).await.unwrap();
    running.store.put("m/kept", Bytes::from_static(b"kept, newer"), "text/plain", CACHE).await.unwrap();
    running.stop().await;
    std::fs::write(folder.path().join("incoming/unfinished"), b"half").unwrap();
    std::fs::create_dir_all(folder.path().join("blobs/ab")).unwrap();
    std::fs::write(folder.path().join("blobs/ab/abandoned"), b"no record").unwrap();

    let running = Running::start(folder.path()).await;
    assert_eq!(running.store.read_range("m/kept", 0, 100).await.unwrap(), "kept, newer");
    assert_eq!(files_under(&folder.path().join("blobs")), 1);
    assert_eq!(files_under(&folder.path().join("incoming")), 0);
}

#[tokio::test]
async fn a_folder_serves_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let second = EmbeddedS3::open(settings(folder.path(), running.clock.clone()));
    let refusal = second.err().expect("refused").to_string();
    assert!(refusal.contains("another process uses the media folder"), "{refusal}");
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_or_does_not_know_us_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path()).await;
    let stranger = connect(&running.address, "somebody", "else");
    assert!(matches!(stranger.ping().await, Err(MediaStoreError::Refused(_))));
    let nowhere = connect("127.0.0.1:1", "k", "s");
    assert!(matches!(nowhere.ping().await, Err(MediaStoreError::Unavailable(_))));
}

fn files_under(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_under(&path) } else { 1 }).sum()
}
