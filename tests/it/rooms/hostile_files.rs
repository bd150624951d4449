//! Thirty files made to harm: whatever becomes of them, none is served as something a browser would run.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};

use crate::support::{PICTURE, PLAY, Person, SHEET, Studio, film_around, story, text};

const UPLOAD: &str = "mutation($input: AssetUploadInput!) { assetUploadCreate(input: $input) {
    upload { id asset { id } targets { url headers { name value } } } userErrors { code path message } } }";
const COMPLETE: &str = "mutation($id: ID!) { assetUploadComplete(uploadId: $id) {
    asset { id state } userErrors { code path message } } }";

const SCRIPT: &[u8] = b"<html><script>alert(document.cookie)</script></html>";
/// What media may be told to browsers as.
const HARMLESS: &[&str] = &["image/", "video/", "audio/", "text/vtt", "application/"];

/// A file: what for, as which type, under which name, and its bytes.
struct Hostile {
    what: &'static str,
    purpose: &'static str,
    content_type: &'static str,
    filename: String,
    bytes: Vec<u8>,
}

fn hostile(
    what: &'static str,
    purpose: &'static str,
    content_type: &'static str,
    bytes: impl AsRef<[u8]>,
) -> Hostile {
    Hostile { what, purpose, content_type, filename: "file".to_owned(), bytes: bytes.as_ref().to_vec() }
}

fn named(what: &'static str, filename: &str) -> Hostile {
    Hostile { filename: filename.to_owned(), ..hostile(what, "ATTACHMENT", "application/pdf", SHEET) }
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG whose header claims so many pixels.
fn claims(width: u32, height: u32) -> Vec<u8> {
    joined(&[
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        &width.to_be_bytes(),
        &height.to_be_bytes(),
        b"\x08\x06\0\0\0\0\0\0\0",
    ])
}

fn pictures() -> Vec<Hostile> {
    let whole = encoded(64, 64, ImageFormat::Png);
    let jpeg = encoded(64, 64, ImageFormat::Jpeg);
    let comment = joined(&[&jpeg[..2], b"\xff\xfe\0\x36", SCRIPT, &jpeg[2..]]);
    let gps = joined(&[&jpeg[..2], b"\xff\xe1\0\x20Exif\0\0II*\0\x08\0\0\0\0\0GPS 52.52,13.4", &jpeg[2..]]);
    vec![
        hostile("a page named png", "COVER", "image/png", SCRIPT),
        hostile(
            "a drawing with a script named png",
            "COVER",
            "image/png",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        hostile("a drawing", "COVER", "image/svg+xml", b"<svg onload='alert(1)'/>"),
        hostile("a GIF that is a program too", "COVER", "image/gif", b"GIF89a/*\x01\0\x01\0*/=1;alert(1)//"),
        hostile("a PNG with a page behind it", "COVER", "image/png", joined(&[PICTURE, SCRIPT])),
        hostile("a JPEG with a page in its comment", "COVER", "image/jpeg", comment),
        hostile("a JPEG that says where it was taken", "COVER", "image/jpeg", gps),
        hostile("a PNG of 30,000 by 30,000", "COVER", "image/png", claims(30_000, 30_000)),
        hostile("a PNG of 4 billion columns", "COVER", "image/png", claims(u32::MAX, 1)),
        hostile("a PNG of no rows", "COVER", "image/png", claims(100, 0)),
        hostile(
            "a flat PNG of 12,000 by 12,000",
            "COVER",
            "image/png",
            encoded(12_000, 12_000, ImageFormat::Png),
        ),
        hostile(
            "a flat PNG of 5,000 by 5,000",
            "COVER",
            "image/png",
            encoded(5_000, 5_000, ImageFormat::Png),
        ),
        hostile("half a PNG", "COVER", "image/png", &whole[..whole.len() / 2]),
        hostile(
            "the first bytes of a WebP",
            "COVER",
            "image/webp",
            b"RIFF\xff\xff\xff\x7fWEBPVP8 \xff\xff\xff\x7f",
        ),
        hostile(
            "a GIF of 65,535 by 65,535",
            "COVER",
            "image/gif",
            b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;",
        ),
        hostile("a PNG named JPEG", "COVER", "image/jpeg", &whole),
    ]
}

fn others() -> Vec<Hostile> {
    vec![
        hostile("a page named PDF", "ATTACHMENT", "application/pdf", SCRIPT),
        hostile("a PDF with a page behind it", "ATTACHMENT", "application/pdf", joined(&[SHEET, SCRIPT])),
        hostile("a page", "ATTACHMENT", "text/html", SCRIPT),
        hostile("a program", "ATTACHMENT", "application/x-msdownload", b"MZ\x90\0"),
        hostile("a program named ZIP", "ATTACHMENT", "application/zip", b"MZ\x90\0\x03\0\0\0"),
        hostile("a shell script named ZIP", "ATTACHMENT", "application/zip", b"#!/bin/sh\nrm -rf /\n"),
        hostile(
            "subtitles with a page in them",
            "CAPTIONS",
            "text/vtt",
            joined(&[b"WEBVTT\n\n00:01.000 --> 00:02.000\n", SCRIPT]),
        ),
        hostile("a page named subtitles", "CAPTIONS", "text/vtt", SCRIPT),
        hostile("subtitles in no alphabet", "CAPTIONS", "text/vtt", b"WEBVTT\n\n\xff\xfe\xfd"),
        hostile(
            "a playlist named film",
            "LESSON_MEDIA",
            "video/mp4",
            b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
        ),
        hostile(
            "a film with boxes of endless length",
            "LESSON_MEDIA",
            "video/mp4",
            joined(&[&film_around(b"")[..32], b"\xff\xff\xff\xffmoov\0\0\0\0"]),
        ),
        hostile("a page named song", "LESSON_MEDIA", "audio/mpeg", SCRIPT),
        hostile("a type with a second header", "COVER", "image/png\r\nX-Evil: 1", PICTURE),
        named("a name that climbs", "../../../etc/passwd.pdf"),
        named("a name with a second header", "a\r\nSet-Cookie: x=1.pdf"),
        named("a name that is read backwards", "invoice\u{202e}fdp.exe"),
        named("a name with a quote", "\"; filename=\"evil.exe"),
    ]
}

/// What the browser is told about a file that was accepted.
async fn served(mira: &Person, asset: &Value) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let grant = mira.does(PLAY, json!({ "input": { "assetId": asset } })).await["grant"].clone();
    let answer = mira.market.http().get(text(&grant["manifestUrl"])).send().await.unwrap();
    let status = answer.status().as_u16();
    let headers = answer.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    (status, headers.collect(), answer.bytes().await.unwrap().to_vec())
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> &'h str {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// Brings a file in; gives the asset if it was accepted.
async fn brings(mira: &Person, studio: &Studio, file: &Hostile) -> Option<Value> {
    let input = json!({ "creatorId": studio.id, "purpose": file.purpose, "filename": file.filename,
        "contentType": file.content_type, "byteSize": file.bytes.len() });
    let answer = mira.asks(UPLOAD, json!({ "input": input })).await;
    let upload = answer.data()["assetUploadCreate"]["upload"].clone();
    if upload.is_null() {
        return None;
    }
    mira.sends(&upload, &file.bytes).await;
    let answer = mira.asks(COMPLETE, json!({ "id": upload["id"] })).await;
    let asset = answer.data()["assetUploadComplete"]["asset"].clone();
    (!asset.is_null()).then(|| asset["id"].clone())
}

fn carries(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

story! {
    async fn no_hostile_file_is_ever_served_as_something_that_runs(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (pictures, others) = (pictures(), others());
        assert!(pictures.len() + others.len() >= 30);
        let mut accepted = Vec::new();
        for file in pictures.iter().chain(&others) {
            let Some(asset) = brings(&mira, &studio, file).await else { continue };
            accepted.push(file.what);
            let (status, headers, bytes) = served(&mira, &asset).await;
            assert_eq!(status, 200, "{}", file.what);
            let kind = header(&headers, "content-type");
            assert!(HARMLESS.iter().any(|harmless| kind.starts_with(harmless)), "{}: {kind}", file.what);
            assert!(!kind.contains("html") && !kind.contains("svg") && !kind.contains("javascript"), "{}: {kind}", file.what);
            assert_eq!(header(&headers, "x-content-type-options"), "nosniff", "{}", file.what);
            assert!(header(&headers, "content-security-policy").contains("sandbox"), "{}", file.what);
            assert!(headers.iter().all(|(name, _)| name != "set-cookie" && name != "x-evil"), "{}", file.what);
            if file.purpose == "COVER" {
                assert!(!carries(&bytes, b"<script") && !carries(&bytes, b"GPS"), "{}", file.what);
            }
        }
        let sound = [
            "a PNG with a page behind it", "a JPEG with a page in its comment", "a JPEG that says where it was taken",
            "a flat PNG of 5,000 by 5,000", "a PDF with a page behind it", "subtitles with a page in them",
            "a film with boxes of endless length", "a name that climbs", "a name that is read backwards", "a name with a quote",
        ];
        assert_eq!(accepted, sound, "these are made harmless, the others refused");
    }
}
