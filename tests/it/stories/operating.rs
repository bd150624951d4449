//! The installation from the operator's side.

use serde_json::{Value, json};

use crate::support::{Market, story};

async fn get(market: &Market, path: &str) -> (u16, String) {
    let response = market.http().get(format!("{}{path}", market.url())).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

story! {
    async fn it_says_whether_it_is_alive_and_ready(market) {
        assert_eq!(get(&market, "/healthz").await, (200, "ok".to_owned()));
        let (status, body) = get(&market, "/readyz").await;
        assert_eq!(status, 200, "{body}");
        let ready: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(ready, json!({ "database": "ok", "mediaStore": "ok" }));
    }

    async fn its_numbers_are_there_for_prometheus(market) {
        market.person("Mira").await;
        let (status, text) = get(&market, "/metrics").await;
        assert_eq!(status, 200);
        assert!(text.contains(r#"atelier_http_requests_total{area="/graphql",status="200"}"#), "{text}");
        assert!(text.contains(r#"atelier_jobs{state="DEAD"} 0"#), "{text}");
        assert!(!text.contains("example.com"), "no address of anybody in metrics");
    }

    async fn its_public_key_checks_its_tokens(market) {
        let mira = market.person("Mira").await;
        let keys: Value = serde_json::from_str(&get(&market, "/.well-known/jwks.json").await.1).unwrap();
        let key = &keys["keys"][0];
        assert_eq!((key["kty"].as_str(), key["alg"].as_str()), (Some("OKP"), Some("EdDSA")));
        assert!(key.get("d").is_none(), "the private half stays home");
        let token = mira.token().unwrap();
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!(header.kid.as_deref(), key["kid"].as_str());
        assert_eq!(header.typ.as_deref(), Some("at+jwt"));
        let public = jsonwebtoken::DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
        validation.set_audience(&["atelier-api"]);
        let claims = jsonwebtoken::decode::<Value>(&token, &public, &validation).unwrap().claims;
        for claim in ["iss", "aud", "sub", "exp", "nbf", "jti", "sid"] {
            assert!(claims.get(claim).is_some(), "{claim} is missing");
        }
    }

    async fn any_web_page_may_call_the_api_but_not_with_cookies(market) {
        let request = market.http().request(reqwest::Method::OPTIONS, format!("{}/graphql", market.url()));
        let request = request.header("origin", "https://shop.example").header("access-control-request-method", "POST");
        let response = request.header("access-control-request-headers", "authorization,content-type").send().await.unwrap();
        assert!(response.status().is_success());
        assert!(response.headers().contains_key("access-control-allow-origin"));
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
    }

    async fn the_doctor_finds_nothing_and_then_names_what_was_damaged(market) {
        let findings = atelier::doctor::examine(market.app()).await;
        let wrong: Vec<_> = findings.iter().filter(|finding| finding.wrong.is_some()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert!(findings.len() >= 8, "{findings:?}");
        market.db_gives_up_a_job("mail.send").await;
        let findings = atelier::doctor::examine(market.app()).await;
        let named = findings.iter().filter_map(|finding| finding.wrong.as_deref()).collect::<Vec<_>>().join(" ");
        assert!(named.contains("mail.send failed for good"), "{named}");
        market.db_forgets_jobs().await;
    }

    async fn time_moves_for_the_whole_process(market) {
        let before: Value = serde_json::from_str(&get(&market, "/sandbox/clock").await.1).unwrap();
        let request = market.http().post(format!("{}/sandbox/clock", market.url())).json(&json!({ "advanceSeconds": 86400 }));
        let after: Value = request.send().await.unwrap().json().await.unwrap();
        let instant = |value: &Value| value["now"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let moved = instant(&after) - instant(&before);
        assert!((86_400..86_500).contains(&moved.num_seconds()), "{moved}");
    }
}
