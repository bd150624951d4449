//! What identity refuses.

use serde_json::{Value, json};

use crate::support::story;

const SIGN_UP: &str = "mutation($input: SignUpInput!) { authSignUp(input: $input) { accepted userErrors { code path message } } }";
const UPDATE: &str = "mutation($input: ViewerUpdateInput!) { viewerUpdate(input: $input) {
    viewer { language timeZone user { displayName } } userErrors { code path message } } }";
const CHANGE: &str = "mutation($current: String!, $new: String!) {
    authPasswordChange(currentPassword: $current, newPassword: $new) { changed userErrors { code path message } } }";
const REVOKE: &str =
    "mutation($id: ID!) { authSessionRevoke(sessionId: $id) { revokedId userErrors { code path message } } }";

fn account(change: Value) -> Value {
    let mut input = json!({
        "email": "ben@example.com", "password": "a quiet lake at dawn", "displayName": "Ben",
        "termsVersion": "2026-01", "isOfAge": true,
    });
    for (name, value) in change.as_object().cloned().unwrap_or_default() {
        input[name] = value;
    }
    json!({ "input": input })
}

story! {
    async fn a_sign_up_is_refused_with_every_reason_at_once(market) {
        let ben = market.stranger("Ben");
        let all = json!({
            "email": "not an address", "password": "short", "displayName": " ", "termsVersion": "",
            "isOfAge": false, "language": "??", "timeZone": "Mars/Olympus",
        });
        let refused = ben.is_refused(SIGN_UP, account(all)).await;
        let found: Vec<(&str, &str)> = refused.iter().map(|r| (r.path.as_str(), r.code.as_str())).collect();
        for expected in [
            ("input.email", "INVALID"),
            ("input.password", "TOO_SHORT"),
            ("input.displayName", "REQUIRED"),
            ("input.termsVersion", "REQUIRED"),
            ("input.isOfAge", "NOT_ALLOWED"),
            ("input.language", "INVALID"),
            ("input.timeZone", "INVALID"),
        ] {
            assert!(found.contains(&expected), "{expected:?} is not among {found:?}");
        }
        assert!(refused.iter().all(|r| r.message.ends_with('.')), "every refusal is a sentence");
    }

    async fn lengths_are_limited(market) {
        let ben = market.stranger("Ben");
        let long = account(json!({ "displayName": "x".repeat(81), "password": "y".repeat(129) }));
        let refused = ben.is_refused(SIGN_UP, long).await;
        assert!(refused.iter().all(|r| r.code == "TOO_LONG"), "{refused:?}");
        assert_eq!(refused.len(), 2);
        let weak = ben.is_refused(SIGN_UP, account(json!({ "password": "password" }))).await;
        assert_eq!(weak[0].code, "PASSWORD_TOO_WEAK");
    }

    async fn a_code_is_tried_five_times_and_lasts_half_an_hour(market) {
        let ben = market.stranger("Ben");
        ben.signs_up().await;
        let document = "mutation($input: EmailVerifyInput!) { authEmailVerify(input: $input) {
            session { accessToken } userErrors { code path message } } }";
        let right = ben.newest_code();
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let code = |code: &str| json!({ "input": { "code": { "email": "ben@example.com", "code": code } } });
        for _ in 0..5 {
            assert_eq!(ben.is_refused(document, code(wrong)).await[0].code, "TOKEN_INVALID");
        }
        assert_eq!(ben.is_refused(document, code(&right)).await[0].code, "TOKEN_INVALID", "five wrong ones are enough");
        let resend = "mutation { authEmailVerificationSend(email: \"ben@example.com\") { accepted userErrors { code path message } } }";
        ben.does(resend, json!({})).await;
        market.settles().await;
        let late = ben.newest_code();
        market.passes(chrono::Duration::minutes(31)).await;
        assert_eq!(ben.is_refused(document, code(&late)).await[0].code, "TOKEN_EXPIRED");
    }

    async fn without_a_token_one_is_asked_to_sign_in(market) {
        let ben = market.stranger("Ben");
        for (document, variables) in [
            (UPDATE, json!({ "input": { "displayName": "B" } })),
            (CHANGE, json!({ "current": "x", "new": "y" })),
            (REVOKE, json!({ "id": "ses_0000000000000000000001" })),
            ("mutation { authSignOut { revokedSessionCount userErrors { code } } }", json!({})),
        ] {
            let answer = ben.asks(document, variables).await;
            assert_eq!(answer.error_code(), "UNAUTHENTICATED", "{document}");
        }
    }

    async fn other_peoples_sessions_do_not_exist(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let hers = mira.sees("{ viewer { sessions { id } } }", json!({})).await["viewer"]["sessions"][0]["id"].clone();
        let refused = ben.is_refused(REVOKE, json!({ "id": hers })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "sessionId"));
        let refused = ben.is_refused(REVOKE, json!({ "id": "crs_0000000000000000000001" })).await;
        assert_eq!(refused[0].code, "INVALID_ID");
        mira.sees("{ viewer { id } }", json!({})).await;
    }

    async fn a_profile_takes_only_real_values(market) {
        let mira = market.person("Mira").await;
        let changed = mira.does(UPDATE, json!({ "input": { "displayName": " Mira K. ", "language": "de" } })).await;
        assert_eq!(changed["viewer"]["user"]["displayName"], "Mira K.");
        assert_eq!(changed["viewer"]["timeZone"], "Europe/Berlin", "what is absent stays");
        let refused = mira.is_refused(UPDATE, json!({ "input": { "timeZone": "Nowhere", "displayName": "" } })).await;
        assert_eq!(refused.len(), 2);
        let other = mira.is_refused(UPDATE, json!({ "input": { "avatarAssetId": "ast_0000000000000000000001" } })).await;
        assert_eq!((other[0].code.as_str(), other[0].path.as_str()), ("NOT_FOUND", "input.avatarAssetId"));
    }

    async fn a_new_password_needs_the_current_one(market) {
        let mira = market.person("Mira").await;
        let wrong = mira.is_refused(CHANGE, json!({ "current": "not it", "new": "seven green bicycles" })).await;
        assert_eq!((wrong[0].code.as_str(), wrong[0].path.as_str()), ("INVALID_CREDENTIALS", "currentPassword"));
        let phone = mira.elsewhere();
        phone.signs_in().await;
        mira.does(CHANGE, json!({ "current": mira.password(), "new": "seven green bicycles" })).await;
        mira.sees("{ viewer { id } }", json!({})).await;
        assert_eq!(phone.asks("{ viewer { id } }", json!({})).await.status, 401, "other devices are signed out");
    }

    async fn forged_tokens_open_nothing(market) {
        let mira = market.person("Mira").await;
        let token = mira.token().unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
        let last = if parts[2].ends_with("AA") { "QQ" } else { "AA" };
        let nearly = format!("{}.{}.{}{last}", parts[0], parts[1], &parts[2][..parts[2].len() - 2]);
        // From here on the genuine one is known.
        mira.sees("{ viewer { id } }", json!({})).await;
        for forged in [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)),
            format!("{}.{}", parts[0], parts[1]),
            "x".repeat(5000),
            nearly,
        ] {
            let response = market.http().post(format!("{}/graphql", market.url())).bearer_auth(&forged);
            let response = response.json(&json!({ "query": "{ viewer { id } }" })).send().await.unwrap();
            assert_eq!(response.status(), 401, "{forged}");
        }
        mira.sees("{ viewer { id } }", json!({})).await;
    }
}
