//! A course from its price to the library and into the creator's book.

use serde_json::json;

use crate::support::{CANCEL, CREATE, Priced, QUOTE, SYNC, changes_at_stripe, story};

const ORDERS: &str = "{ viewer { orders { nodes { number status total { formatted } creator { displayName } receiptUrl invoiceUrl
    lines { titleAtPurchase amount { minorUnits } enrollment { state source } } } } } }";
const STUDIO: &str = "query($id: ID!) { studio(creatorId: $id) {
    orders { nodes { number status buyer { displayName } total { minorUnits } } }
    balance { available { minorUnits } pending { minorUnits currency } reserved { minorUnits } nextPayoutOn }
    ledger { nodes { id kind amount { minorUnits } balanceAfter { minorUnits } description order { number } } } } }";
const CLAIM: &str =
    "mutation($price: ID!, $key: UUID!) { enrollmentClaimFree(priceId: $price, idempotencyKey: $key) {
    enrollment { id state source } userErrors { code path message } } }";

story! {
    async fn a_follower_buys_a_course_on_stripes_page(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink and Brush", Priced::Euros(4900)).await;
        let ben = market.person("Ben").await;

        let quote = ben.asks_price(shop.price).await;
        assert_eq!(quote["total"], json!({ "minorUnits": 4900, "formatted": "€49.00", "currency": "EUR" }));
        assert_eq!(quote["purchaseOptions"], json!(["HOSTED_PAGE", "PAYMENT_SHEET"]));
        let purchase = ben.goes_to_pay(&shop).await;
        assert!(ben.checkout(&purchase).await["order"]["lines"][0]["enrollment"].is_null(), "nothing before the money");

        market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        market.settles().await;

        let checkout = ben.checkout(&purchase).await;
        assert_eq!((checkout["status"].as_str(), checkout["action"].is_null()), (Some("SUCCEEDED"), true));
        assert_eq!(checkout["order"]["lines"][0]["enrollment"]["source"], "PURCHASE");
        let number = checkout["order"]["number"].as_str().unwrap();
        let orders = ben.sees(ORDERS, json!({})).await;
        let order = &orders["viewer"]["orders"]["nodes"][0];
        assert_eq!((order["number"].as_str(), order["status"].as_str()), (Some(number), Some("PAID")));
        assert_eq!(order["lines"][0]["titleAtPurchase"], "Ink and Brush");

        let receipt = order["receiptUrl"].as_str().unwrap();
        let charge = market.stripe().objects("charge").remove(0);
        assert_eq!(charge["receipt_url"], receipt, "Stripe's own page");
        assert!(order["invoiceUrl"].is_null(), "invoices are of memberships");

        let letters = market.mail().messages(Some("ben@example.com"));
        let receipts: Vec<_> = letters.iter().filter(|letter| letter.subject.contains(number)).collect();
        assert_eq!(receipts.len(), 1, "one receipt");
        assert!(receipts[0].text.contains("Ink and Brush: €49.00"), "{}", receipts[0].text);

        let studio = mira.sees(STUDIO, json!({ "id": shop.creator.to_string() })).await;
        let studio = &studio["studio"];
        assert_eq!(studio["orders"]["nodes"][0]["buyer"]["displayName"], "Ben");
        assert_eq!(studio["balance"]["pending"], json!([{ "minorUnits": 4410, "currency": "EUR" }]));
        assert_eq!(studio["balance"]["available"], json!([]));
        let line = &studio["ledger"]["nodes"][0];
        assert_eq!((line["kind"].as_str(), &line["amount"]["minorUnits"]), (Some("SALE"), &json!(4410)));
        assert_eq!(line["balanceAfter"]["minorUnits"], 4410);
        let why = line["description"].as_str().unwrap();
        assert!(why.contains("€49.00") && why.contains("Ink and Brush") && why.contains("€4.90"), "{why}");
    }

    async fn the_book_adds_up_over_many_sales_and_pages(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(1000)).await;
        for name in ["Ann", "Ben", "Cleo"] {
            market.person(name).await.buys(&shop).await;
        }
        let document = "query($id: ID!, $after: String) { studio(creatorId: $id) {
            balance { pending { minorUnits } }
            ledger(first: 2, after: $after) { nodes { balanceAfter { minorUnits } amount { minorUnits } }
                pageInfo { hasNextPage endCursor } } } }";
        let first = mira.sees(document, json!({ "id": shop.creator.to_string() })).await;
        assert_eq!(first["studio"]["balance"]["pending"], json!([{ "minorUnits": 2700 }]));
        let ledger = &first["studio"]["ledger"];
        let balances = |page: &serde_json::Value| -> Vec<i64> {
            let nodes = page["nodes"].as_array().unwrap().iter();
            nodes.map(|node| node["balanceAfter"]["minorUnits"].as_i64().unwrap()).collect()
        };
        assert_eq!((balances(ledger), &ledger["pageInfo"]["hasNextPage"]), (vec![2700, 1800], &json!(true)));
        let next = json!({ "id": shop.creator.to_string(), "after": ledger["pageInfo"]["endCursor"] });
        let second = mira.sees(document, next).await;
        assert_eq!(balances(&second["studio"]["ledger"]), [900]);
    }

    async fn asking_twice_with_one_key_makes_one_order(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let purchase = ben.goes_to_pay(&shop).await;

        let again = ben.does(CREATE, json!({ "input": purchase.input })).await;
        assert_eq!(again["checkout"]["id"], purchase.checkout.as_str());
        assert_eq!(market.stripe().objects("checkout.session").len(), 1);

        let mut other = purchase.input.clone();
        other["returnUrl"] = json!("https://example.com/elsewhere");
        let refused = ben.is_refused(CREATE, json!({ "input": other })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("IDEMPOTENCY_KEY_REUSED", "input.idempotencyKey"));
    }

    async fn two_calls_at_once_with_one_key_make_one_order(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let quote = ben.asks_price(shop.price).await;
        let input = json!({ "input": ben.agrees_to(&quote, "HOSTED_PAGE") });
        let calls = (0..6).map(|_| ben.does(CREATE, input.clone()));
        let answers = futures_util::future::join_all(calls).await;
        assert!(answers.iter().all(|answer| answer["checkout"]["id"] == answers[0]["checkout"]["id"]));
        assert_eq!(market.stripe().objects("checkout.session").len(), 1);
        assert_eq!(market.stripe().objects("customer").len(), 1);
    }

    async fn two_people_buy_the_same_course_at_once(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ann, ben) = (market.person("Ann").await, market.person("Ben").await);
        let (first, second) = futures_util::future::join(ann.goes_to_pay(&shop), ben.goes_to_pay(&shop)).await;
        market.stripe().pay(&first.session, "4242424242424242").unwrap();
        market.stripe().pay(&second.session, "4242424242424242").unwrap();
        let sync = |purchase: &crate::support::Purchase| json!({ "id": purchase.checkout });
        futures_util::future::join3(ann.does(SYNC, sync(&first)), ben.does(SYNC, sync(&second)), market.settles()).await;
        assert_eq!(ann.checkout(&first).await["status"], "SUCCEEDED");
        assert_eq!(ben.checkout(&second).await["status"], "SUCCEEDED");
    }

    async fn a_declined_card_leaves_the_page_open_for_another(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let purchase = ben.goes_to_pay(&shop).await;
        market.stripe().pay(&purchase.session, "4000000000000002").unwrap_err();
        market.settles().await;
        assert_eq!(ben.checkout(&purchase).await["status"], "OPEN");
        market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        market.settles().await;
        assert_eq!(ben.checkout(&purchase).await["status"], "SUCCEEDED");
    }

    async fn a_debit_gives_access_only_when_the_bank_has_paid(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ann, ben) = (market.person("Ann").await, market.person("Ben").await);
        let (good, bad) = (ann.goes_to_pay(&shop).await, ben.goes_to_pay(&shop).await);
        for purchase in [&good, &bad] {
            market.stripe().pay_by_debit(&purchase.session).unwrap();
        }
        market.settles().await;
        let waiting = ann.checkout(&good).await;
        assert_eq!(waiting["status"], "PROCESSING");
        assert!(waiting["order"]["lines"][0]["enrollment"].is_null());
        market.stripe().settle(&good.session, true).unwrap();
        market.stripe().settle(&bad.session, false).unwrap();
        market.settles().await;
        assert_eq!(ann.checkout(&good).await["order"]["status"], "PAID");
        let failed = ben.checkout(&bad).await;
        assert_eq!((failed["status"].as_str(), failed["order"]["status"].as_str()), (Some("FAILED"), Some("VOID")));
    }

    async fn the_buyer_says_how_much(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::FromEuros(500)).await;
        let ben = market.person("Ben").await;
        let item = json!({ "priceId": shop.price.to_string(), "payWhatYouWant": { "minorUnits": 1234, "currency": "EUR" } });
        let quoted = ben.sees(QUOTE, json!({ "input": { "items": [item], "channel": "WEB" } })).await;
        let input = ben.agrees_to(&quoted["quote"]["quote"], "HOSTED_PAGE");
        let payload = ben.does(CREATE, json!({ "input": input })).await;
        assert_eq!(payload["checkout"]["order"]["total"]["minorUnits"], 1234);
        let session = &market.stripe().objects("checkout.session")[0];
        market.stripe().pay(session["id"].as_str().unwrap(), "4242424242424242").unwrap();
        market.settles().await;
        let studio = mira.sees(STUDIO, json!({ "id": shop.creator.to_string() })).await;
        // 1234 less 123 of fee (10 %, half a cent rounds up from 123.4 to 123).
        assert_eq!(studio["studio"]["balance"]["pending"][0]["minorUnits"], 1111);
    }

    async fn what_is_free_needs_no_payment(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Free).await;
        let ben = market.person("Ben").await;
        let quote = ben.asks_price(shop.price).await;
        assert_eq!(quote["purchaseOptions"], json!(["FREE"]));
        let payload = ben.does(CREATE, json!({ "input": ben.agrees_to(&quote, "FREE") })).await;
        let checkout = &payload["checkout"];
        assert_eq!((checkout["status"].as_str(), checkout["action"]["__typename"].as_str()),
            (Some("SUCCEEDED"), Some("NoPaymentRequired")));
        assert_eq!(checkout["order"]["status"], "PAID");
        assert_eq!(checkout["order"]["lines"][0]["enrollment"]["source"], "FREE");
        assert_eq!(changes_at_stripe(&market), 0, "Stripe was not asked");
    }

    async fn one_tap_takes_what_is_free(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Free).await;
        let ben = market.person("Ben").await;
        let tap = json!({ "price": shop.price.to_string(), "key": ben.new_key() });
        let first = ben.does(CLAIM, tap.clone()).await;
        assert_eq!(first["enrollment"]["source"], "FREE");
        assert_eq!(ben.does(CLAIM, tap).await, first, "the same key gives the same answer");
        let again = json!({ "price": shop.price.to_string(), "key": ben.new_key() });
        assert_eq!(ben.is_refused(CLAIM, again).await[0].code, "ALREADY_ENROLLED");
        let dear = mira.prices(shop.course, Priced::Euros(500)).await;
        let dear = json!({ "price": dear.to_string(), "key": ben.new_key() });
        let ann = market.person("Ann").await;
        assert_eq!(ann.is_refused(CLAIM, dear).await[0].code, "INVALID_STATE");
    }

    async fn one_tap_costs_few_statements(market) with ("KEPT_ROWS" = "no") {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Free).await;
        let ben = market.person("Ben").await;
        market.settles().await;
        let tap = json!({ "price": shop.price.to_string(), "key": ben.new_key() });
        let (taken, cost) = market.statements(ben.does(CLAIM, tap)).await;
        assert_eq!(taken["enrollment"]["source"], "FREE");
        // Who asks, what it costs, the right, its count, the key, the event, and the right again for the answer.
        assert!(cost <= 7, "{cost} statements");
    }

    async fn one_key_takes_one_free_thing_however_often_it_is_sent(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Free).await;
        let paper = mira.publishes(shop.creator, "Paper", Priced::Free).await;
        let ben = market.person("Ben").await;
        let key = ben.new_key();
        let tap = json!({ "price": shop.price.to_string(), "key": key });
        let answers = futures_util::future::join_all((0..6).map(|_| ben.does(CLAIM, tap.clone()))).await;
        assert_eq!(answers[0]["enrollment"]["source"], "FREE");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");

        mira.prices(shop.course, Priced::Euros(500)).await;
        mira.withdraws(shop.price).await;
        assert_eq!(ben.does(CLAIM, tap).await, answers[0], "also once it cannot be had any more");

        let dear = mira.prices(paper.course, Priced::Euros(500)).await;
        for other in [paper.price, dear] {
            let other = json!({ "price": other.to_string(), "key": key });
            let refused = ben.is_refused(CLAIM, other).await;
            assert_eq!(refused[0].code, "IDEMPOTENCY_KEY_REUSED", "whether it could be had or not");
        }
        let again = json!({ "price": paper.price.to_string(), "key": ben.new_key() });
        assert_eq!(ben.does(CLAIM, again).await["enrollment"]["source"], "FREE", "what was refused took nothing");
    }

    async fn what_was_taken_back_does_not_come_back_with_an_old_key(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Free).await;
        let ben = market.person("Ben").await;
        let tap = json!({ "price": shop.price.to_string(), "key": ben.new_key() });
        let first = ben.does(CLAIM, tap.clone()).await["enrollment"].clone();
        assert!(ben.db_loses(first["id"].as_str().unwrap().parse().unwrap()).await);
        let events = "SELECT COUNT(*) AS n FROM events WHERE kind = 'enrollment.granted'";
        let granted = market.db_number(events).await;

        let again = ben.does(CLAIM, tap).await["enrollment"].clone();
        assert_eq!((&again["id"], again["state"].as_str()), (&first["id"], Some("REVOKED")));
        assert_eq!(market.db_number(events).await, granted);
        let anew = json!({ "price": shop.price.to_string(), "key": ben.new_key() });
        assert_eq!(ben.does(CLAIM, anew).await["enrollment"]["state"], "ACTIVE", "a new wish is a new right");
    }

    async fn several_courses_of_one_creator_are_one_order(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let other = mira.publishes(shop.creator, "Paper", Priced::Euros(999)).await.price;
        let ben = market.person("Ben").await;
        let items = json!([{ "priceId": shop.price.to_string() }, { "priceId": other.to_string() }]);
        let quoted = ben.sees(QUOTE, json!({ "input": { "items": items, "channel": "WEB" } })).await;
        let input = ben.agrees_to(&quoted["quote"]["quote"], "HOSTED_PAGE");
        let payload = ben.does(CREATE, json!({ "input": input })).await;
        assert_eq!(payload["checkout"]["order"]["total"]["minorUnits"], 2999);
        let session = &market.stripe().objects("checkout.session")[0];
        market.stripe().pay(session["id"].as_str().unwrap(), "4242424242424242").unwrap();
        market.settles().await;
        let orders = ben.sees(ORDERS, json!({})).await;
        let lines = orders["viewer"]["orders"]["nodes"][0]["lines"].as_array().unwrap().clone();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line["enrollment"]["state"] == "ACTIVE"));
    }

    async fn a_price_that_changed_is_shown_before_anybody_pays(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let quote = ben.asks_price(shop.price).await;
        mira.prices(shop.course, Priced::Euros(3000)).await;
        mira.withdraws(shop.price).await;
        let refused = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("PRICE_CHANGED", "input.quoteToken"));
        assert_eq!(changes_at_stripe(&market), 0);
    }

    async fn never_mind_closes_the_page(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ann, ben) = (market.person("Ann").await, market.person("Ben").await);
        let purchase = ben.goes_to_pay(&shop).await;
        let refused = ann.is_refused(CANCEL, json!({ "id": purchase.checkout })).await;
        assert_eq!(refused[0].code, "NOT_FOUND", "another's checkout is the same as none");
        let cancelled = ben.does(CANCEL, json!({ "id": purchase.checkout })).await;
        assert_eq!(cancelled["checkout"]["status"], "CANCELLED");
        assert_eq!(cancelled["checkout"]["order"]["status"], "VOID");
        market.stripe().pay(&purchase.session, "4242424242424242").unwrap_err();

        let paid = ann.goes_to_pay(&shop).await;
        market.stripe().pay(&paid.session, "4242424242424242").unwrap();
        let too_late = ann.does(CANCEL, json!({ "id": paid.checkout })).await;
        assert_eq!(too_late["checkout"]["status"], "SUCCEEDED", "what was paid stays paid");
    }

    async fn a_page_nobody_pays_expires_and_frees_the_order(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        let purchase = ben.goes_to_pay(&shop).await;
        market.passes(chrono::Duration::hours(2)).await;
        let ben = ben.comes_back().await;
        let checkout = ben.checkout(&purchase).await;
        assert_eq!((checkout["status"].as_str(), checkout["order"]["status"].as_str()), (Some("EXPIRED"), Some("VOID")));
        let again = ben.buys(&shop).await;
        assert_ne!(again.checkout, purchase.checkout);
    }
}
