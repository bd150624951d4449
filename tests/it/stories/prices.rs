//! What things cost: several currencies, prices the buyer decides, and prices that change while somebody buys.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{CREATE, Person, basket, euros, story, text};

const ARCHIVE: &str =
    "mutation($id: ID!) { priceArchive(id: $id) { price { id isActive } userErrors { code path message } } }";
const STUDIO: &str = "query($id: ID!) { studio(creatorId: $id) { balance { pending { minorUnits currency } }
    ledger { nodes { kind amount { minorUnits currency formatted } } } } }";
/// Buying, with the quote that a changed price brings.
const BUY: &str = "mutation($input: CheckoutCreateInput!) { checkoutCreate(input: $input) {
    checkout { id status order { id total { formatted } } }
    userErrors { __typename code path message ... on PriceChangedError { quote { token total { minorUnits currency }
        purchaseOptions requiredConsents { kind version } lines { price { id } } } } } } }";

fn once(minor: i64, currency: &str) -> Value {
    json!({ "oneTime": { "amount": { "minorUnits": minor, "currency": currency } } })
}

/// The quote that a refused purchase brings.
async fn changed(person: &Person, quote: &Value) -> Value {
    let input = person.agrees_to(quote, "HOSTED_PAGE");
    let answer = person.asks(BUY, json!({ "input": input })).await;
    let error = answer.data()["checkoutCreate"]["userErrors"][0].clone();
    assert_eq!(
        (&error["__typename"], &error["code"]),
        (&json!("PriceChangedError"), &json!("PRICE_CHANGED")),
        "{error:#}"
    );
    assert_eq!(error["path"], json!(["input", "quoteToken"]));
    error["quote"].clone()
}

story! {
    async fn a_course_is_sold_in_every_currency_each_in_a_book_of_its_own(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let ink = studio.sells("Ink", euros(4900)).await;
        let mut prices = vec![ink.price.clone()];
        for (minor, currency) in [(5500, "USD"), (4200, "GBP"), (4700, "CHF")] {
            prices.push(mira.asks_for(&ink.course, once(minor, currency)).await);
        }
        for (n, price) in prices.iter().enumerate() {
            market.person(&format!("Buyer{n}")).await.purchases(basket(&[price])).await;
        }
        let seen = mira.sees(STUDIO, json!({ "id": studio.id })).await;
        let mut pending: Vec<(String, i64)> = seen["studio"]["balance"]["pending"].as_array().unwrap().iter()
            .map(|sum| (text(&sum["currency"]), sum["minorUnits"].as_i64().unwrap())).collect();
        pending.sort();
        let expected = [("CHF", 4230), ("EUR", 4410), ("GBP", 3780), ("USD", 4950)];
        assert_eq!(pending, expected.map(|(currency, minor)| (currency.to_owned(), minor)));
    }

    async fn yen_have_no_cents_from_the_price_to_the_book(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let ink = studio.sells("Ink", once(4901, "JPY")).await;
        let ben = market.person("Ben").await;
        let quote = ben.is_quoted(basket(&[&ink.price])).await;
        assert_eq!(quote["total"], json!({ "minorUnits": 4901, "formatted": "¥4901", "currency": "JPY" }));
        let checkout = ben.takes(&quote).await;
        let sessions = market.stripe().objects("checkout.session");
        assert_eq!((&sessions[0]["amount_total"], &sessions[0]["currency"]), (&json!(4901), &json!("jpy")));
        ben.pays(&checkout).await;
        let seen = mira.sees(STUDIO, json!({ "id": studio.id })).await;
        assert_eq!(seen["studio"]["balance"]["pending"], json!([{ "minorUnits": 4411, "currency": "JPY" }]), "less a tenth, to the yen");
        assert_eq!(seen["studio"]["ledger"]["nodes"][0]["amount"]["formatted"], "¥4411");
        let letters = market.mail().messages(Some("ben@example.com"));
        assert!(letters.iter().any(|letter| letter.text.contains("¥4901")), "the receipt says yen");
    }

    async fn one_order_is_in_one_currency(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4900)).await, studio.sells("Clay", once(3000, "USD")).await);
        let ben = market.person("Ben").await;
        let mixed = ben.is_refused_price(basket(&[&ink.price, &clay.price])).await;
        assert_eq!((mixed[0].code.as_str(), mixed[0].path.as_str()), ("CURRENCY_UNSUPPORTED", "input.items.1.priceId"));
        let euros = mira.asks_for(&clay.course, euros(2800)).await;
        assert_eq!(ben.is_quoted(basket(&[&ink.price, &euros])).await["total"]["minorUnits"], 7700);
    }

    async fn every_currency_has_its_smallest_price(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let course = studio.drafts("Ink").await;
        let price = "mutation($id: ID!, $price: PriceInput!) { priceCreate(offeringId: $id, price: $price) {
            price { id } userErrors { code path message } } }";
        for (currency, least) in [("EUR", 100), ("USD", 100), ("GBP", 100), ("CHF", 100), ("CAD", 150), ("JPY", 150)] {
            let below = json!({ "id": course, "price": once(least - 1, currency) });
            let refused = mira.is_refused(price, below).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("AMOUNT_BELOW_MINIMUM", "price.oneTime.amount"), "{currency}");
            let made = mira.asks_for(&course, once(least, currency)).await;
            mira.does(ARCHIVE, json!({ "id": made })).await;
        }
        let unknown = mira.is_refused(price, json!({ "id": course, "price": once(1000, "SEK") })).await;
        assert_eq!(unknown[0].code, "CURRENCY_UNSUPPORTED");
    }

    async fn the_buyer_decides_from_the_minimum_on(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let open = json!({ "payWhatYouWant": { "minimum": { "minorUnits": 0, "currency": "EUR" },
            "suggested": { "minorUnits": 1500, "currency": "EUR" } } });
        let ink = studio.sells("Ink", open).await;
        let pays = |minor: i64| {
            let mut input = basket(&[&ink.price]);
            input["items"][0]["payWhatYouWant"] = json!({ "minorUnits": minor, "currency": "EUR" });
            input
        };
        let (ann, ben) = (market.person("Ann").await, market.person("Ben").await);
        let little = ann.is_refused_price(pays(99)).await;
        assert_eq!((little[0].code.as_str(), little[0].path.as_str()), ("AMOUNT_BELOW_MINIMUM", "input.items.0.payWhatYouWant"));
        let nothing = ann.purchases(pays(0)).await;
        assert_eq!(nothing["status"], "SUCCEEDED");
        let generous = ben.purchases(pays(2345)).await;
        assert_eq!(generous["order"]["total"]["minorUnits"], 2345);
        let seen = mira.sees(STUDIO, json!({ "id": studio.id })).await;
        assert_eq!(seen["studio"]["balance"]["pending"], json!([{ "minorUnits": 2110, "currency": "EUR" }]));
    }

    async fn a_price_that_changed_comes_with_a_quote_that_works(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let ink = studio.sells("Ink", euros(4900)).await;
        let ben = market.person("Ben").await;
        let seen = ben.is_quoted(basket(&[&ink.price])).await;
        let dearer = mira.asks_for(&ink.course, euros(5900)).await;
        mira.does(ARCHIVE, json!({ "id": ink.price })).await;

        let new = changed(&ben, &seen).await;
        assert_eq!(new["total"], json!({ "minorUnits": 5900, "currency": "EUR" }));
        assert_eq!(new["lines"][0]["price"]["id"], dearer.as_str());
        let bought = ben.asks(BUY, json!({ "input": ben.agrees_to(&new, "HOSTED_PAGE") })).await;
        let checkout = bought.data()["checkoutCreate"]["checkout"].clone();
        assert_eq!((&checkout["status"], &checkout["order"]["total"]["formatted"]), (&json!("OPEN"), &json!("€59.00")));
        ben.pays(&checkout).await;
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM orders").await, 1, "the old price made no order");
    }

    async fn a_page_that_is_open_keeps_its_price(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let ink = studio.sells("Ink", euros(4900)).await;
        let ben = market.person("Ben").await;
        let checkout = ben.takes(&ben.is_quoted(basket(&[&ink.price])).await).await;
        mira.asks_for(&ink.course, euros(9900)).await;
        mira.does(ARCHIVE, json!({ "id": ink.price })).await;
        ben.pays(&checkout).await;
        let order = ben.sees("query($id: ID!) { order(id: $id) { status total { minorUnits } } }", json!({ "id": checkout["order"]["id"] })).await;
        assert_eq!(order["order"], json!({ "status": "PAID", "total": { "minorUnits": 4900 } }));
    }

    async fn a_price_that_is_gone_or_over_is_not_sold(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let ink = studio.sells("Ink", euros(4900)).await;
        let until = market.app().now() + Duration::minutes(5);
        let early = json!({ "oneTime": { "amount": { "minorUnits": 2900, "currency": "EUR" }, "availableUntil": until } });
        let early = mira.asks_for(&ink.course, early).await;
        let dollars = mira.asks_for(&ink.course, once(5500, "USD")).await;
        let ben = market.person("Ben").await;
        let cheap = ben.is_quoted(basket(&[&early])).await;
        let abroad = ben.is_quoted(basket(&[&dollars])).await;
        mira.does(ARCHIVE, json!({ "id": dollars })).await;
        market.passes(Duration::minutes(6)).await;

        assert_eq!(changed(&ben, &cheap).await["total"]["minorUnits"], 4900, "what is asked now");
        let gone = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&abroad, "HOSTED_PAGE") })).await;
        assert_eq!((gone[0].code.as_str(), gone[0].path.as_str()), ("NOT_FOUND", "input.quoteToken"), "no other price in dollars");
        let closed = "mutation($id: ID!) { offeringUnpublish(id: $id) { offering { status } userErrors { code path message } } }";
        let seen = ben.is_quoted(basket(&[&ink.price])).await;
        mira.does(closed, json!({ "id": ink.course })).await;
        let gone = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&seen, "HOSTED_PAGE") })).await;
        assert_eq!((gone[0].code.as_str(), gone[0].path.as_str()), ("INVALID_STATE", "input.quoteToken"));
    }

    async fn a_quote_is_good_for_fifteen_minutes_and_for_nobody_elses_price(market) {
        let mira = market.person("Mira").await;
        let studio = mira.opens_studio("mira").await;
        let (ink, clay) = (studio.sells("Ink", euros(4900)).await, studio.sells("Clay", euros(100)).await);
        let ben = market.person("Ben").await;
        let (dear, cheap) = (ben.is_quoted(basket(&[&ink.price])).await, ben.is_quoted(basket(&[&clay.price])).await);
        let (dear_token, cheap_token) = (text(&dear["token"]), text(&cheap["token"]));
        let (body, signature) = (dear_token.split_once('.').unwrap().0, cheap_token.split_once('.').unwrap().1);
        let mut forged = dear.clone();
        for token in [format!("{body}.{signature}"), format!("{body}."), body.to_owned(), "x".repeat(40_000)] {
            forged["token"] = json!(token);
            let refused = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&forged, "HOSTED_PAGE") })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("TOKEN_INVALID", "input.quoteToken"));
        }
        market.passes(Duration::minutes(15)).await;
        let ben = ben.comes_back().await;
        let refused = ben.is_refused(CREATE, json!({ "input": ben.agrees_to(&dear, "HOSTED_PAGE") })).await;
        assert_eq!(refused[0].code, "TOKEN_EXPIRED");
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM orders").await, 0);
    }
}
