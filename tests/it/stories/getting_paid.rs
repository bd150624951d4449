//! A creator opens the way to their bank.

use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use crate::support::{LINK, Priced, story};

const ACCOUNT: &str = "query($id: ID!) { studio(creatorId: $id) {
    payoutAccount { state country defaultCurrency requirements }
    onboarding { code isMet message } } }";

fn is_met(studio: &Value, code: &str) -> bool {
    let list = studio["onboarding"].as_array().unwrap();
    list.iter().any(|item| item["code"] == code && item["isMet"] == true)
}

story! {
    async fn a_creator_opens_a_payout_account(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let id = shop.creator.to_string();
        let before = mira.sees(ACCOUNT, json!({ "id": id })).await;
        assert!(before["studio"]["payoutAccount"].is_null());
        assert!(!is_met(&before["studio"], "PAYOUT_ACCOUNT"));

        let wish = json!({ "id": id, "url": "https://example.com/studio" });
        let first = mira.does(LINK, wish.clone()).await;
        let second = mira.does(LINK, wish).await;
        assert_ne!(first["url"], second["url"], "each click has its own link");
        let accounts = market.stripe().objects("account");
        assert_eq!(accounts.len(), 1, "and there is one account");
        let begun = mira.sees(ACCOUNT, json!({ "id": id })).await;
        assert_eq!(begun["studio"]["payoutAccount"]["country"], "AT");
        assert_ne!(begun["studio"]["payoutAccount"]["state"], "ACTIVE");

        let account = accounts[0]["id"].as_str().unwrap();
        market.stripe().onboard(account, Outcome::Ready).unwrap();
        market.settles().await;
        let ready = mira.sees(ACCOUNT, json!({ "id": id })).await;
        assert_eq!(ready["studio"]["payoutAccount"]["state"], "ACTIVE");
        assert!(is_met(&ready["studio"], "PAYOUT_ACCOUNT"));

        market.stripe().onboard(account, Outcome::Restricted).unwrap();
        market.settles().await;
        let held = mira.sees(ACCOUNT, json!({ "id": id })).await;
        assert_ne!(held["studio"]["payoutAccount"]["state"], "ACTIVE", "Stripe may change its mind");
    }

    async fn an_account_is_read_again_even_if_no_event_comes(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let id = shop.creator.to_string();
        mira.does(LINK, json!({ "id": id, "url": "https://example.com/studio" })).await;
        let faults = serde_json::from_value(json!([{ "event": "*", "kind": "lost", "times": 50 }])).unwrap();
        market.stripe().set_faults(faults, 1).unwrap();
        let account = market.stripe().objects("account")[0]["id"].as_str().unwrap().to_owned();
        market.stripe().onboard(&account, Outcome::Ready).unwrap();
        market.passes(chrono::Duration::hours(26)).await;
        let mira = mira.comes_back().await;
        let ready = mira.sees(ACCOUNT, json!({ "id": id })).await;
        assert_eq!(ready["studio"]["payoutAccount"]["state"], "ACTIVE");
    }

    async fn nobody_else_gets_a_link_or_sees_the_money(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let wish = json!({ "id": shop.creator.to_string(), "url": "https://example.com/x" });
        let refused = ben.is_refused(LINK, wish.clone()).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "creatorId"));
        let anybody = market.stranger("Nobody").asks(LINK, wish).await;
        assert_eq!(anybody.error_code(), "UNAUTHENTICATED");
        assert!(ben.sees(ACCOUNT, json!({ "id": shop.creator.to_string() })).await["studio"].is_null());
        let bad = json!({ "id": shop.creator.to_string(), "url": "javascript:alert(1)" });
        assert_eq!(mira.is_refused(LINK, bad).await[0].path, "returnUrl");
        assert!(market.stripe().objects("account").is_empty());
    }
}
