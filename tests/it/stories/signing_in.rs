//! Accounts and sessions from the person's side.

use chrono::Duration;
use serde_json::json;

use crate::support::story;

const ME: &str =
    "{ viewer { id email emailVerifiedAt user { displayName } sessions { isCurrent platform } } }";
const SIGN_OUT: &str = "mutation($all: Boolean) { authSignOut(allDevices: $all) { revokedSessionCount userErrors { code path message } } }";
const RESET_REQUEST: &str = "mutation($email: String!) { authPasswordResetRequest(email: $email) { accepted userErrors { code path message } } }";
const RESET: &str = "mutation($token: String!, $new: String!) {
    authPasswordReset(token: $token, newPassword: $new) { changed userErrors { code path message } } }";

story! {
    async fn mira_signs_up_and_proves_her_address(market) {
        let mira = market.stranger("Mira");
        mira.signs_up().await;
        assert!(mira.sees("{ viewer { id } }", json!({})).await["viewer"].is_null(), "no session before the proof");
        mira.proves_address().await;
        let me = mira.sees(ME, json!({})).await;
        assert_eq!(me["viewer"]["email"], "mira@example.com");
        assert_eq!(me["viewer"]["user"]["displayName"], "Mira");
        assert!(me["viewer"]["emailVerifiedAt"].is_string());
        assert_eq!(me["viewer"]["sessions"], json!([{ "isCurrent": true, "platform": "WEB" }]));
    }

    async fn the_link_in_the_letter_works_once(market) {
        let ben = market.stranger("Ben");
        ben.signs_up().await;
        let document = "mutation($input: EmailVerifyInput!) { authEmailVerify(input: $input) {
            session { accessToken viewer { email } } userErrors { code path message } } }";
        let link = json!({ "input": { "linkToken": ben.newest_link_token() } });
        let payload = ben.does(document, link.clone()).await;
        assert_eq!(payload["session"]["viewer"]["email"], "ben@example.com");
        assert_eq!(ben.is_refused(document, link).await[0].code, "TOKEN_INVALID");
    }

    async fn nobody_learns_who_has_an_account(market) {
        market.person("Mira").await;
        let stranger = market.stranger("Mira");
        stranger.signs_up().await;
        let letters = market.mail().messages(Some("mira@example.com"));
        assert!(letters[0].subject.contains("already have"), "{}", letters[0].subject);
        let known = stranger.does(RESET_REQUEST, json!({ "email": "mira@example.com" })).await;
        let unknown = stranger.does(RESET_REQUEST, json!({ "email": "nobody@example.com" })).await;
        assert_eq!(known, unknown);
        market.settles().await;
        assert!(market.mail().messages(Some("nobody@example.com")).is_empty());
        let sign_in = |email: &str| json!({ "input": { "email": email, "password": "not the password" } });
        let wrong = stranger.is_refused(crate::support::SIGN_IN, sign_in("mira@example.com")).await;
        let nobody = stranger.is_refused(crate::support::SIGN_IN, sign_in("nobody@example.com")).await;
        assert_eq!(wrong, nobody);
        assert_eq!(wrong[0].code, "INVALID_CREDENTIALS");
    }

    async fn an_access_token_lasts_fifteen_minutes_and_a_refresh_goes_on(market) {
        let mira = market.person("Mira").await;
        market.passes(Duration::minutes(14)).await;
        mira.sees(ME, json!({})).await;
        market.passes(Duration::minutes(2)).await;
        let expired = mira.asks(ME, json!({})).await;
        assert_eq!((expired.status, expired.error_code()), (401, "UNAUTHENTICATED"));
        let again = mira.anonymously();
        let payload = again.does(crate::support::REFRESH, json!({ "token": mira.refresh_token() })).await;
        assert!(payload["session"]["accessToken"].is_string());
    }

    async fn a_stolen_refresh_token_ends_the_session(market) {
        let mira = market.person("Mira").await;
        let stolen = mira.refresh_token();
        mira.refreshes().await;
        mira.sees(ME, json!({})).await;
        let thief = market.stranger("Thief");
        let refused = thief.is_refused(crate::support::REFRESH, json!({ "token": stolen })).await;
        assert_eq!(refused[0].code, "TOKEN_INVALID");
        assert_eq!(mira.asks(ME, json!({})).await.status, 401, "the whole family has ended");
        let refused = mira.anonymously().is_refused(crate::support::REFRESH, json!({ "token": mira.refresh_token() })).await;
        assert_eq!(refused[0].code, "TOKEN_INVALID");
    }

    async fn signing_out_everywhere_ends_every_device_at_once(market) {
        let mira = market.person("Mira").await;
        let phone = mira.elsewhere();
        phone.signs_in().await;
        assert_eq!(phone.does(SIGN_OUT, json!({ "all": true })).await["revokedSessionCount"], 2);
        assert_eq!(mira.asks(ME, json!({})).await.status, 401);
        assert_eq!(phone.asks(ME, json!({})).await.status, 401);
    }

    async fn a_reset_sets_the_password_and_ends_every_session(market) {
        let mira = market.person("Mira").await;
        let forgetful = mira.anonymously();
        forgetful.does(RESET_REQUEST, json!({ "email": mira.email })).await;
        market.settles().await;
        let new = json!({ "token": forgetful.newest_link_token(), "new": "seven green bicycles" });
        assert_eq!(forgetful.does(RESET, new.clone()).await["changed"], true);
        assert_eq!(mira.asks(ME, json!({})).await.status, 401);
        let old = json!({ "input": { "email": mira.email, "password": mira.password() } });
        assert_eq!(forgetful.is_refused(crate::support::SIGN_IN, old).await[0].code, "INVALID_CREDENTIALS");
        let fresh = json!({ "input": { "email": mira.email, "password": "seven green bicycles" } });
        forgetful.does(crate::support::SIGN_IN, fresh).await;
        assert_eq!(forgetful.is_refused(RESET, new).await[0].code, "TOKEN_INVALID", "a link works once");
    }

    async fn guessing_a_password_soon_ends(market) {
        let mira = market.person("Mira").await;
        let guesser = market.stranger("Guesser");
        let mut codes = Vec::new();
        for guess in 0..12 {
            let input = json!({ "input": { "email": mira.email, "password": format!("guess number {guess}") } });
            codes.push(guesser.is_refused(crate::support::SIGN_IN, input).await[0].code.clone());
        }
        assert_eq!(codes.iter().filter(|code| *code == "INVALID_CREDENTIALS").count(), 10, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| *code == "RATE_LIMITED").count(), 2, "{codes:?}");
        market.passes(Duration::minutes(10)).await;
        mira.signs_in().await;
    }

    async fn sessions_survive_a_look_at_another_account_only_as_null(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let mine = mira.sees("{ viewer { id sessions { id } } }", json!({})).await;
        let ids = json!({ "ids": [mine["viewer"]["id"], mine["viewer"]["sessions"][0]["id"]] });
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
        assert_eq!(ben.sees(document, ids.clone()).await["nodes"], json!([null, null]));
        assert_eq!(mira.sees(document, ids).await["nodes"][1]["__typename"], "Session");
    }
}
