//! Whether a bucket lets pages of this installation upload, and the rule to paste where it does not.
//!
//! A browser asks first (a preflight) and reads the answer's headers; an app on a phone does neither. Pure.

use media_store::BrowserAnswer;

/// The origin of a page, as a browser names it.
pub(super) fn origin(public_url: &str) -> String {
    url::Url::parse(public_url)
        .map_or_else(|_| public_url.to_owned(), |url| url.origin().ascii_serialization())
}

/// What a browser would stumble over; `sent` is the answer to an upload, which has to show its `ETag`.
pub(super) fn wrong(origin: &str, asked: &BrowserAnswer, sent: Option<&BrowserAnswer>) -> Option<String> {
    let stumbles = refused(origin, asked).or_else(|| sent.and_then(|sent| hidden(origin, sent)))?;
    let rule = rule(origin);
    Some(format!(
        "{stumbles}; give the bucket this CORS rule (with the origins of your other front ends): {rule}"
    ))
}

fn refused(origin: &str, asked: &BrowserAnswer) -> Option<String> {
    let refused = if !asked.is_success() {
        format!("no page of {origin} may upload (the preflight was answered with {})", asked.status)
    } else if !asked.allows("access-control-allow-origin", origin) {
        format!("pages of {origin} may not upload")
    } else if !asked.allows("access-control-allow-methods", "PUT") {
        "pages may not use the method PUT".to_owned()
    } else if !asked.allows("access-control-allow-headers", "content-type") {
        "pages may not send the header content-type".to_owned()
    } else {
        return None;
    };
    Some(format!("{refused}: a creator's browser refuses to upload and says nothing but \"network error\""))
}

fn hidden(origin: &str, sent: &BrowserAnswer) -> Option<String> {
    if !sent.allows("access-control-allow-origin", origin) {
        return Some(format!(
            "pages of {origin} may not read the answer to an upload: the browser calls a file that arrived an error"
        ));
    }
    let shows = sent.allows("access-control-expose-headers", "etag");
    (!shows).then(|| {
        "pages cannot read the header ETag: a browser cannot say which parts of a large file have arrived"
            .to_owned()
    })
}

/// The rule in the words of S3's consoles.
fn rule(origin: &str) -> String {
    serde_json::json!([{
        "AllowedOrigins": [origin],
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["content-type", "range"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }])
    .to_string()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    const SHOP: &str = "https://shop.example";

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> BrowserAnswer {
        let named = |name, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
        let headers: HeaderMap = headers.iter().map(|(name, value)| named(name, value)).collect();
        BrowserAnswer::new(status, headers, String::new())
    }

    fn asked(origin: &'static str, methods: &'static str, headers: &'static str) -> BrowserAnswer {
        answer(
            200,
            &[
                ("access-control-allow-origin", origin),
                ("access-control-allow-methods", methods),
                ("access-control-allow-headers", headers),
            ],
        )
    }

    fn sent(origin: &'static str, shown: &'static str) -> BrowserAnswer {
        answer(200, &[("access-control-allow-origin", origin), ("access-control-expose-headers", shown)])
    }

    #[test]
    fn a_bucket_that_lets_pages_upload_is_fine() {
        let plain = asked(SHOP, "GET, HEAD, PUT", "content-type");
        assert_eq!(wrong(SHOP, &plain, Some(&sent(SHOP, "ETag"))), None);
        let wide = asked("*", "PUT,GET", "Content-Type, x-amz-date");
        assert_eq!(wrong(SHOP, &wide, Some(&sent("*", "content-range, etag"))), None);
        assert_eq!(wrong(SHOP, &wide, None), None, "an upload that did not arrive shows nothing");
    }

    #[test]
    fn each_refusal_is_named_with_the_rule_to_paste() {
        let fine = asked(SHOP, "PUT", "content-type");
        let shown = sent(SHOP, "ETag");
        let cases = [
            (answer(403, &[]), shown.clone(), "answered with 403"),
            (
                asked("https://other.example", "PUT", "*"),
                shown.clone(),
                "pages of https://shop.example may not",
            ),
            (asked(SHOP, "GET, HEAD", "*"), shown.clone(), "the method PUT"),
            (asked(SHOP, "PUT", "x-amz-date"), shown, "the header content-type"),
            (fine.clone(), answer(200, &[]), "may not read the answer"),
            (fine, sent(SHOP, "content-length"), "the header ETag"),
        ];
        for (asked, sent, expected) in cases {
            let said = wrong(SHOP, &asked, Some(&sent)).unwrap_or_default();
            assert!(said.contains(expected), "{expected}: {said}");
            assert!(said.contains("\"AllowedOrigins\":[\"https://shop.example\"]"), "{said}");
        }
    }

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        assert_eq!(origin("https://shop.example/app"), SHOP);
        assert_eq!(origin("http://localhost:8000"), "http://localhost:8000");
    }
}
