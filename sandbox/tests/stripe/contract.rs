//! The sandbox refuses what Stripe would refuse, and remembers that somebody tried.

use crate::support::*;

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn a_caller_must_show_the_key_and_speak_our_version() {
    let world = World::new().await;
    let url = format!("{}/api/v1/charges", world.base);
    let nobody = world.http.get(&url).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let stranger = world.http.get(&url).bearer_auth("sk_test_other").send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    let basic = world.http.get(&url).basic_auth(KEY, Some("")).send().await.unwrap();
    assert_eq!(basic.status(), 200);
    let old =
        world.http.get(&url).bearer_auth(KEY).header("stripe-version", "2023-10-16").send().await.unwrap();
    assert_eq!(old.status(), 400);
}

#[tokio::test]
async fn parameters_stripe_does_not_know_are_refused_at_any_depth() {
    let world = World::new().await;
    let breaches: &[(&str, &str, &str)] = &[
        ("&colour=red", "parameter_unknown", "colour"),
        ("&line_items[0][colour]=red", "parameter_unknown", "line_items[0][colour]"),
        ("&line_items[1][price_data][vat]=19", "parameter_unknown", "line_items[1][price_data][vat]"),
        ("&expires_at=tomorrow", "parameter_invalid_integer", "expires_at"),
        (
            "&payment_intent_data[transfer_data][amount]=5",
            "parameter_missing",
            "payment_intent_data[transfer_data][destination]",
        ),
    ];
    for (extra, code, param) in breaches {
        let answer = world.post(SESSIONS, &format!("{}{extra}", session_form())).await;
        assert_eq!(
            (answer.status, answer.error("code"), answer.error("param")),
            (400, *code, *param),
            "{}",
            answer.body
        );
    }
    // A name still found in guides; this version calls it hosted_page.
    let renamed = session_form().replace("ui_mode=hosted_page", "ui_mode=hosted");
    assert_eq!(world.post(SESSIONS, &renamed).await.error("param"), "ui_mode");
    assert_eq!(world.post("/v1/gifts", "a=b").await.status, 404);
    assert_eq!(world.sandbox.violations().len(), breaches.len() + 2);
    assert!(world.sandbox.violations()[0].contains("colour"));
}

// https://docs.stripe.com/api/metadata
#[tokio::test]
async fn metadata_has_its_limits() {
    let world = World::new().await;
    let long_key = format!("metadata[{}]=x", "k".repeat(41));
    let long_value = format!("metadata[k]={}", "v".repeat(501));
    let many: String = (0..51).map(|n| format!("metadata[k{n}]=v&")).collect();
    for form in [long_key, long_value, many] {
        assert_eq!(world.post("/v1/customers", form.trim_end_matches('&')).await.status, 400);
    }
    let fitting: String =
        (0..50).map(|n| format!("&metadata[{n}{}]={}", "k".repeat(38), "v".repeat(500))).collect();
    assert_eq!(world.post("/v1/customers", &fitting[1..]).await.status, 200);
}

#[tokio::test]
async fn encoded_brackets_and_plus_signs_are_read() {
    let world = World::new().await;
    let form = "name=Ada+Lovelace&metadata%5Border%5D=ord%261&preferred_locales[]=de&preferred_locales[]=en";
    let customer = world.post("/v1/customers", form).await;
    assert_eq!(customer.status, 200, "{}", customer.body);
    assert_eq!(customer.body["name"], "Ada Lovelace");
    assert_eq!(customer.body["metadata"]["order"], "ord&1");
    assert_eq!(customer.body["preferred_locales"], serde_json::json!(["de", "en"]));
    world.no_violations();
}

#[tokio::test]
async fn amounts_stripe_does_not_take_are_refused() {
    let world = World::new().await;
    for (amount, currency, code) in [
        (49, "eur", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (0, "eur", "parameter_invalid_integer"),
        (100_000_000, "eur", "amount_too_large"),
    ] {
        let answer = world.post("/v1/payment_intents", &format!("amount={amount}&currency={currency}")).await;
        assert_eq!((answer.status, answer.error("code")), (400, code), "{}", answer.body);
    }
    let mixed = session_form()
        .replace("line_items[1][price_data][currency]=eur", "line_items[1][price_data][currency]=usd");
    assert_eq!(world.post(SESSIONS, &mixed).await.status, 400);
}

#[tokio::test]
async fn what_is_not_simulated_says_so() {
    let world = World::new().await;
    let answer = world.post(SESSIONS, &session_form().replace("mode=payment", "mode=setup")).await;
    assert_eq!(answer.error("code"), "sandbox_not_simulated");
    let missing = world.get("/v1/charges/ch_none").await;
    assert_eq!((missing.status, missing.error("code")), (404, "resource_missing"));
    let expand = world.get("/v1/charges?expand[]=data.colour").await;
    assert_eq!(expand.status, 200, "an empty list has nothing to expand");
}
