//! The explorer works without any other host: every file it names comes from this server.

use poem::{Endpoint, Request, Response, Route, http::StatusCode};

async fn get(path: &str) -> Response {
    get_if_changed(path, "").await
}

async fn get_if_changed(path: &str, known: &str) -> Response {
    let site = Route::new().nest("/graphiql", atelier::http::graphiql::routes());
    site.get_response(Request::builder().uri_str(path).header("if-none-match", known).finish()).await
}

#[tokio::test]
async fn the_page_and_every_file_it_names_are_served() {
    let page = get("/graphiql").await;
    assert_eq!((page.status(), page.content_type()), (StatusCode::OK, Some("text/html; charset=utf-8")));
    let html = page.into_body().into_string().await.expect("text");
    assert!(!html.contains("://"), "nothing from another host: {html}");
    let named: Vec<&str> = html.split('"').filter(|part| part.starts_with("/graphiql/assets/")).collect();
    assert_eq!(named.len(), 6);
    for name in named {
        let file = get(name).await;
        let kind =
            if name.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
        assert_eq!((file.status(), file.content_type()), (StatusCode::OK, Some(kind)), "{name}");
    }
}

#[tokio::test]
async fn the_policy_allows_this_server_only() {
    let page = get("/graphiql").await;
    let policy = page.headers()["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
}

#[tokio::test]
async fn a_file_already_known_is_not_sent_again_and_others_are_not_found() {
    let first = get("/graphiql/assets/explorer.js").await;
    let tag = first.headers()["etag"].to_str().expect("text").to_owned();
    let again = get_if_changed("/graphiql/assets/explorer.js", &tag).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    for name in ["nope.js", "..%2Findex.html", "%2Fetc%2Fpasswd", ""] {
        let path = format!("/graphiql/assets/{name}");
        assert_eq!(get(&path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
