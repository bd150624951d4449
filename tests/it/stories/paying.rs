//! The ways to pay: Stripe's page and an app's payment sheet, with cards, banks that ask, and debits that take days.

use chrono::Duration;
use sandbox::stripe::{BankAnswer, CardEntry};
use serde_json::{Value, json};

use crate::support::{CANCEL, CREATE, Market, Person, Priced, Purchase, SYNC, Shop, story};

const CARD: &str = "4242424242424242";
const ASKING: &str = "4000002500003155";
const DECLINED: &str = "4000000000000002";

async fn shop(market: &Market) -> (Person, Shop) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
    (market.person("Ben").await, shop)
}

async fn states(person: &Person, purchase: &Purchase) -> (String, String, bool) {
    let seen = person.checkout(purchase).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let has = !seen["order"]["lines"][0]["enrollment"].is_null();
    (text(&seen["status"]), text(&seen["order"]["status"]), has)
}

macro_rules! stands {
    ($person:expr, $purchase:expr, $status:literal, $order:literal, $has:literal) => {
        assert_eq!(states(&$person, &$purchase).await, ($status.to_owned(), $order.to_owned(), $has))
    };
}

fn intent(market: &Market, purchase: &Purchase) -> Value {
    market.stripe().object(&purchase.session).unwrap()
}

fn calls(market: &Market, path: &str) -> usize {
    let is = |path: &str, call: &str| call.starts_with(path);
    market.stripe().requests().iter().filter(|call| call.method == "POST" && is(path, &call.path)).count()
}

story! {
    async fn a_card_is_kept_if_the_buyer_says_so_and_offered_next_time(market) {
        let mira = market.person("Mira").await;
        let ink = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let mut more = Vec::new();
        for title in ["Clay", "Wood", "Wool"] {
            more.push(mira.publishes(ink.creator, title, Priced::Euros(2000)).await);
        }
        let ben = market.person("Ben").await;
        let stripe = market.stripe();
        let first = ben.goes_to_pay(&ink).await;
        let asked = stripe.object(&first.session).unwrap();
        let options = json!({ "allow_redisplay_filters": ["always"], "payment_method_remove": "enabled",
            "payment_method_save": "enabled" });
        assert_eq!(asked["saved_payment_method_options"], options);
        stripe.pay(&first.session, CARD).unwrap();
        market.settles().await;
        assert!(stripe.objects("payment_intent")[0]["setup_future_usage"].is_null(), "never without the buyer");

        let second = ben.goes_to_pay(&more[0]).await;
        assert_eq!(stripe.offered_cards(&second.session).unwrap().len(), 0, "he did not say so");
        stripe.pay_and_keep(&second.session, CARD).unwrap();
        market.settles().await;
        let third = ben.goes_to_pay(&more[1]).await;
        let offered = stripe.offered_cards(&third.session).unwrap();
        let card = offered[0]["id"].as_str().unwrap();
        stripe.pay_with_saved(&third.session, card).unwrap();
        market.settles().await;
        for purchase in [&first, &second, &third] {
            stands!(ben, purchase, "SUCCEEDED", "PAID", true);
        }

        let last = ben.goes_to_pay(&more[2]).await;
        stripe.remove_saved(&last.session, card).unwrap();
        assert_eq!(stripe.offered_cards(&last.session).unwrap().len(), 0, "taken away");
        let ann = market.person("Ann").await.goes_to_pay(&ink).await;
        assert_eq!(stripe.offered_cards(&ann.session).unwrap().len(), 0, "nobody else sees it");
    }

    async fn a_guests_card_is_not_kept(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let gus = market.stranger("Gus");
        let mut input = gus.agrees_to(&gus.asks_price(shop.price).await, "HOSTED_PAGE");
        input["buyerEmail"] = json!(gus.email);
        let checkout = gus.does(CREATE, json!({ "input": input })).await["checkout"].clone();
        let page = Purchase::of(&market, &checkout, input).session;
        assert!(market.stripe().object(&page).unwrap()["saved_payment_method_options"].is_null());
        assert!(market.stripe().pay_and_keep(&page, CARD).is_err(), "there is no such box");
        market.stripe().pay(&page, CARD).unwrap();
    }

    async fn an_app_pays_in_its_sheet(market) {
        let (ben, shop) = shop(&market).await;
        let purchase = ben.opens_sheet(&shop).await;
        let again = ben.does(CREATE, json!({ "input": purchase.input })).await;
        let sheet = &again["checkout"]["action"];
        assert!(sheet["publishableKey"].as_str().unwrap().starts_with("pk_test_"));
        assert!(sheet["customerSessionClientSecret"].as_str().unwrap().starts_with("cuss_secret_"));
        assert!(sheet["ephemeralKeySecret"].is_null() && sheet["setupIntentClientSecret"].is_null());
        assert_eq!((&sheet["merchantDisplayName"], &sheet["merchantCountry"]), (&json!("Atelier"), &json!("AT")));
        assert_eq!(sheet["returnUrl"], "https://example.com/paid");
        assert_eq!(calls(&market, "/v1/payment_intents"), 1, "the same key, the same payment");

        let asked = intent(&market, &purchase);
        assert_eq!((&asked["amount"], &asked["currency"]), (&json!(2000), &json!("eur")));
        assert_eq!((&asked["transfer_group"], &asked["customer"]), (&json!(purchase.order), &sheet["customerId"]));
        stands!(ben, purchase, "OPEN", "PENDING", false);
        market.stripe().confirm(&purchase.session, CARD, BankAnswer::Complete).unwrap();
        market.settles().await;
        stands!(ben, purchase, "SUCCEEDED", "PAID", true);
        assert!(ben.checkout(&purchase).await["action"].is_null());
    }

    async fn an_older_sdk_gets_a_key_in_its_own_version_and_no_session(market) {
        let (ben, shop) = shop(&market).await;
        let quote = ben.asks_price(shop.price).await;
        let mut input = ben.agrees_to(&quote, "PAYMENT_SHEET");
        input["stripeApiVersion"] = json!("2020-08-27");
        let payload = ben.does(CREATE, json!({ "input": input })).await;
        let sheet = &payload["checkout"]["action"];
        assert!(sheet["ephemeralKeySecret"].as_str().unwrap().starts_with("ek_test_"));
        assert!(sheet["customerSessionClientSecret"].is_null(), "an SDK refuses both");
        assert_eq!((calls(&market, "/v1/ephemeral_keys"), calls(&market, "/v1/customer_sessions")), (1, 0));
    }

    async fn a_sheets_event_and_the_buyers_asking_make_one_sale(market) {
        let (ben, shop) = shop(&market).await;
        let purchase = ben.opens_sheet(&shop).await;
        market.stripe().confirm(&purchase.session, CARD, BankAnswer::Complete).unwrap();
        let sync = || ben.does(SYNC, json!({ "id": purchase.checkout }));
        futures_util::future::join4(sync(), sync(), sync(), market.settles()).await;
        stands!(ben, purchase, "SUCCEEDED", "PAID", true);
        let receipts = market.mail().messages(Some("ben@example.com"));
        assert_eq!(receipts.iter().filter(|letter| letter.subject.contains("receipt")).count(), 1);
    }

    async fn a_declined_card_and_then_a_good_one_are_one_payment(market) {
        let (ben, shop) = shop(&market).await;
        let ann = market.person("Ann").await;
        let (sheet, page) = (ben.opens_sheet(&shop).await, ann.goes_to_pay(&shop).await);
        market.stripe().confirm(&sheet.session, DECLINED, BankAnswer::Complete).unwrap_err();
        market.stripe().pay(&page.session, DECLINED).unwrap_err();
        market.settles().await;
        stands!(ben, sheet, "OPEN", "PENDING", false);
        stands!(ann, page, "OPEN", "PENDING", false);
        market.stripe().confirm(&sheet.session, CARD, BankAnswer::Complete).unwrap();
        market.stripe().pay(&page.session, CARD).unwrap();
        market.settles().await;
        stands!(ben, sheet, "SUCCEEDED", "PAID", true);
        stands!(ann, page, "SUCCEEDED", "PAID", true);
    }

    async fn a_bank_that_asks_is_answered_well_badly_or_not_at_all(market) {
        let (ben, shop) = shop(&market).await;
        let (ann, cleo) = (market.person("Ann").await, market.person("Cleo").await);
        let (good, bad, unanswered) =
            (ben.opens_sheet(&shop).await, ann.opens_sheet(&shop).await, cleo.opens_sheet(&shop).await);
        market.stripe().confirm(&good.session, ASKING, BankAnswer::Complete).unwrap();
        market.stripe().confirm(&bad.session, ASKING, BankAnswer::Fail).unwrap_err();
        market.stripe().confirm(&unanswered.session, ASKING, BankAnswer::Open).unwrap();
        market.settles().await;
        stands!(ben, good, "SUCCEEDED", "PAID", true);
        stands!(ann, bad, "OPEN", "PENDING", false);
        stands!(cleo, unanswered, "OPEN", "PENDING", false);
        market.stripe().confirm(&unanswered.session, ASKING, BankAnswer::Complete).unwrap();
        market.settles().await;
        stands!(cleo, unanswered, "SUCCEEDED", "PAID", true);
        market.passes(Duration::minutes(61)).await;
        let ann = ann.comes_back().await;
        stands!(ann, bad, "EXPIRED", "VOID", false);
    }

    async fn the_banks_question_on_the_page_ends_alike(market) {
        let (ben, shop) = shop(&market).await;
        let ann = market.person("Ann").await;
        let (good, bad) = (ben.goes_to_pay(&shop).await, ann.goes_to_pay(&shop).await);
        let asking = CardEntry::number(ASKING);
        for purchase in [&good, &bad] {
            market.stripe().pay_with(&purchase.session, &asking, None, BankAnswer::Open).unwrap();
        }
        market.settles().await;
        stands!(ben, good, "OPEN", "PENDING", false);
        market.stripe().pay_with(&good.session, &asking, None, BankAnswer::Complete).unwrap();
        market.stripe().pay_with(&bad.session, &asking, None, BankAnswer::Fail).unwrap_err();
        market.settles().await;
        stands!(ben, good, "SUCCEEDED", "PAID", true);
        stands!(ann, bad, "OPEN", "PENDING", false);
        market.stripe().pay(&bad.session, CARD).unwrap();
        market.settles().await;
        stands!(ann, bad, "SUCCEEDED", "PAID", true);
    }

    async fn a_debit_in_the_sheet_gives_access_only_when_the_bank_has_paid(market) {
        let (ben, shop) = shop(&market).await;
        let ann = market.person("Ann").await;
        let (good, bad) = (ben.opens_sheet(&shop).await, ann.opens_sheet(&shop).await);
        for purchase in [&good, &bad] {
            market.stripe().confirm_by_debit(&purchase.session).unwrap();
        }
        market.settles().await;
        stands!(ben, good, "PROCESSING", "PENDING", false);
        market.passes(Duration::days(3)).await;
        let (ben, ann) = (ben.comes_back().await, ann.comes_back().await);
        stands!(ben, good, "PROCESSING", "PENDING", false);
        market.stripe().settle_payment(&good.session, true).unwrap();
        market.stripe().settle_payment(&bad.session, false).unwrap();
        market.settles().await;
        stands!(ben, good, "SUCCEEDED", "PAID", true);
        stands!(ann, bad, "FAILED", "VOID", false);
        assert_eq!(intent(&market, &bad)["status"], "canceled", "it cannot be paid behind our back");
        ann.buys(&shop).await;
    }

    async fn a_failed_debit_on_the_page_frees_the_order_too(market) {
        let (ben, shop) = shop(&market).await;
        let purchase = ben.goes_to_pay(&shop).await;
        market.stripe().pay_by_debit(&purchase.session).unwrap();
        market.settles().await;
        stands!(ben, purchase, "PROCESSING", "PENDING", false);
        let cancelled = ben.does(CANCEL, json!({ "id": purchase.checkout })).await;
        assert_eq!(cancelled["checkout"]["status"], "PROCESSING", "the bank is at work");
        market.stripe().settle(&purchase.session, false).unwrap();
        market.settles().await;
        stands!(ben, purchase, "FAILED", "VOID", false);
        ben.buys(&shop).await;
    }

    async fn a_sheet_that_nobody_pays_ends_after_an_hour(market) {
        let (ben, shop) = shop(&market).await;
        let purchase = ben.opens_sheet(&shop).await;
        market.passes(Duration::minutes(59)).await;
        let ben = ben.comes_back().await;
        stands!(ben, purchase, "OPEN", "PENDING", false);
        market.passes(Duration::minutes(2)).await;
        stands!(ben, purchase, "EXPIRED", "VOID", false);
        assert_eq!(intent(&market, &purchase)["status"], "canceled");
        market.stripe().confirm(&purchase.session, CARD, BankAnswer::Complete).unwrap_err();
    }

    async fn a_sheet_paid_in_its_last_second_stays_paid(market) {
        let (ben, shop) = shop(&market).await;
        let purchase = ben.opens_sheet(&shop).await;
        let faults = json!([{ "event": "*", "kind": "lost", "times": 100 }]);
        market.stripe().set_faults(serde_json::from_value(faults).unwrap(), 7).unwrap();
        market.stripe().confirm(&purchase.session, CARD, BankAnswer::Complete).unwrap();
        market.passes(Duration::minutes(61)).await;
        let ben = ben.comes_back().await;
        stands!(ben, purchase, "SUCCEEDED", "PAID", true);
    }

    async fn never_mind_ends_the_sheet_unless_it_is_paid(market) {
        let (ben, shop) = shop(&market).await;
        let (ann, cleo) = (market.person("Ann").await, market.person("Cleo").await);
        let (left, paid) = (ben.opens_sheet(&shop).await, ann.opens_sheet(&shop).await);
        let debited = cleo.opens_sheet(&shop).await;
        let cancelled = ben.does(CANCEL, json!({ "id": left.checkout })).await;
        assert_eq!(cancelled["checkout"], json!({ "status": "CANCELLED", "order": { "status": "VOID" } }));
        market.stripe().confirm(&left.session, CARD, BankAnswer::Complete).unwrap_err();

        market.stripe().confirm(&paid.session, CARD, BankAnswer::Complete).unwrap();
        let late = ann.does(CANCEL, json!({ "id": paid.checkout })).await;
        assert_eq!(late["checkout"], json!({ "status": "SUCCEEDED", "order": { "status": "PAID" } }));

        market.stripe().confirm_by_debit(&debited.session).unwrap();
        let underway = cleo.does(CANCEL, json!({ "id": debited.checkout })).await;
        assert_eq!(underway["checkout"]["status"], "PROCESSING");
        market.stripe().settle_payment(&debited.session, true).unwrap();
        market.settles().await;
        stands!(cleo, debited, "SUCCEEDED", "PAID", true);
    }

    async fn a_sheet_stripe_answered_wrongly_about_gives_nothing(market) {
        let (ben, shop) = shop(&market).await;
        let purchase = ben.opens_sheet(&shop).await;
        let faults = json!([{ "operation": "GET /v1/payment_intents/{intent}", "kind": "other_amount", "times": 1 }]);
        market.stripe().set_faults(serde_json::from_value(faults).unwrap(), 7).unwrap();
        market.stripe().confirm(&purchase.session, CARD, BankAnswer::Complete).unwrap();
        ben.does(SYNC, json!({ "id": purchase.checkout })).await;
        stands!(ben, purchase, "OPEN", "PENDING", false);
    }

    async fn a_sheet_is_opened_once_though_the_answer_was_lost(market) {
        let (ben, shop) = shop(&market).await;
        let quote = ben.asks_price(shop.price).await;
        let input = json!({ "input": ben.agrees_to(&quote, "PAYMENT_SHEET") });
        let faults = json!([{ "operation": "POST /v1/payment_intents", "kind": "reset_after_commit", "times": 1 }]);
        market.stripe().set_faults(serde_json::from_value(faults).unwrap(), 7).unwrap();
        let calls = (0..4).map(|_| ben.does(CREATE, input.clone()));
        let answers = futures_util::future::join_all(calls).await;
        assert!(answers.iter().all(|answer| answer["checkout"]["id"] == answers[0]["checkout"]["id"]));
        assert_eq!(market.stripe().objects("payment_intent").len(), 1);
    }

    async fn iphones_are_sent_elsewhere(market) {
        let (ben, shop) = shop(&market).await;
        for (channel, ways) in [
            ("IOS", json!([])),
            ("ANDROID", json!(["HOSTED_PAGE", "PAYMENT_SHEET"])),
            ("WEB", json!(["HOSTED_PAGE", "PAYMENT_SHEET"])),
        ] {
            let input = json!({ "items": [{ "priceId": shop.price.to_string() }], "channel": channel });
            let quoted = ben.sees(crate::support::QUOTE, json!({ "input": input })).await;
            assert_eq!(quoted["quote"]["quote"]["purchaseOptions"], ways, "{channel}");
        }
    }
}
