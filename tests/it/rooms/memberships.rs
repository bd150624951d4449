//! What memberships refuse, on both databases.

use chrono::Duration;
use serde_json::json;

use crate::support::{CREATE, MEMBERSHIP_CANCEL, PLAN_CREATE, PLAN_UPDATE, Priced, basket_with, story};

const PRICE: &str = "mutation($id: ID!, $price: PriceInput!) { priceCreate(offeringId: $id, price: $price) {
    price { id } userErrors { code path message } } }";
const COUPON: &str =
    "mutation($creator: ID!, $input: CouponInput!) { couponCreate(creatorId: $creator, input: $input) {
    coupon { id } userErrors { code path message } } }";
const PORTAL: &str = "mutation($url: URL!) { billingPortalSessionCreate(returnUrl: $url) {
    url userErrors { code path message } } }";

story! {
    async fn a_plan_has_recurring_prices_and_nothing_else_has(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let euros = json!({ "minorUnits": 900, "currency": "EUR" });
        let recurring = json!({ "recurring": { "amount": euros, "interval": "MONTH" } });
        let course = json!({ "id": club.shop.course.to_string(), "price": recurring });
        assert_eq!(mira.is_refused(PRICE, course).await[0].code, "NOT_ALLOWED");
        let once = json!({ "id": club.plan, "price": { "oneTime": { "amount": euros } } });
        assert_eq!(mira.is_refused(PRICE, once).await[0].code, "NOT_ALLOWED");
        let trial = json!({ "recurring": { "amount": euros, "interval": "YEAR", "trialDays": 91 } });
        let long = mira.is_refused(PRICE, json!({ "id": club.plan, "price": trial })).await;
        assert_eq!((long[0].code.as_str(), long[0].path.as_str()), ("OUT_OF_RANGE", "price.recurring.trialDays"));
    }

    async fn a_plan_opens_what_its_creator_made_and_no_plan(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let other = market.person("Olga").await.opens_shop("Clay", Priced::Euros(1000)).await;
        let with = |id: String| json!({ "id": club.plan, "input": { "includedOfferingIds": [id] } });
        let foreign = mira.is_refused(PLAN_UPDATE, with(other.course.to_string())).await;
        assert_eq!((foreign[0].code.as_str(), foreign[0].path.as_str()), ("NOT_FOUND", "input.includedOfferingIds.0"));
        assert_eq!(mira.is_refused(PLAN_UPDATE, with(club.plan.clone())).await[0].code, "NOT_ALLOWED");
        let nameless = json!({ "creator": club.shop.creator.to_string(), "input": {} });
        assert_eq!(mira.is_refused(PLAN_CREATE, nameless).await[0].code, "REQUIRED");
    }

    async fn a_membership_is_bought_alone_and_once(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        let items = [club.price, club.shop.price].map(|price| json!({ "priceId": price.to_string() }));
        let both = ben.is_refused_price(json!({ "items": items, "channel": "WEB" })).await;
        assert_eq!(both[0].code, "NOT_ALLOWED");
        ben.joins(&club).await;
        let quote = ben.asks_price(club.price).await;
        let input = ben.agrees_to(&quote, "HOSTED_PAGE");
        assert_eq!(ben.is_refused(CREATE, json!({ "input": input })).await[0].code, "ALREADY_ENROLLED");
    }

    async fn guests_sign_in_to_join(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let guest = market.stranger("Gus");
        let quote = guest.asks_price(club.price).await;
        let mut input = guest.agrees_to(&quote, "HOSTED_PAGE");
        input["buyerEmail"] = json!(guest.email);
        let refused = guest.anonymously().is_refused(CREATE, json!({ "input": input })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_ALLOWED", "input.quoteToken"));
        assert_eq!(market.stripe().objects("checkout.session").len(), 0);
    }

    async fn a_code_takes_nothing_off_a_plan(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let input = json!({ "code": "INK", "discount": { "percentOffBasisPoints": 5000 } });
        mira.does(COUPON, json!({ "creator": club.shop.creator.to_string(), "input": input })).await;
        let quote = market.person("Ben").await.is_quoted(basket_with(&[&club.price.to_string()], "INK")).await;
        assert_eq!((&quote["total"]["minorUnits"], &quote["coupon"]["isApplied"]), (&json!(900), &json!(false)));
    }

    async fn only_the_member_ends_a_membership_and_only_a_membership_ends(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let (ben, eve) = (market.person("Ben").await, market.person("Eve").await);
        let id = ben.joins(&club).await;
        assert_eq!(eve.is_refused(MEMBERSHIP_CANCEL, json!({ "id": id })).await[0].code, "NOT_FOUND");
        let bought = eve.buys(&club.shop).await;
        let right = eve.checkout(&bought).await["order"]["lines"][0]["enrollment"].clone();
        assert_eq!(right["source"], "PURCHASE");
        assert_eq!(eve.is_refused(MEMBERSHIP_CANCEL, json!({ "id": right["id"] })).await[0].code, "INVALID_STATE");
    }

    async fn two_pages_paid_for_one_plan_are_one_membership_and_a_case(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        let ((first, _), (second, _)) = (ben.goes_to_join(&club).await, ben.goes_to_join(&club).await);
        market.stripe().pay(&first, "4242424242424242").unwrap();
        market.settles().await;
        market.stripe().pay(&second, "4242424242424242").unwrap();
        market.settles().await;
        assert_eq!(ben.membership(&club).await["state"], "ACTIVE");
        assert_eq!(market.stripe().objects("subscription").len(), 2);
        assert_eq!(market.db_cases().await, ["MEMBERSHIP_TWICE"]);
        let failed = "checkouts WHERE status = 'FAILED' AND failure_code = 'membership_twice'";
        assert_eq!(market.db_count(failed).await, 1);
        // The first one ends; what is said again of the second begins nothing.
        let id = ben.membership(&club).await["id"].clone();
        ben.does(MEMBERSHIP_CANCEL, json!({ "id": id, "now": true })).await;
        market.db_forgets_cases().await;
        market.passes(Duration::days(1)).await;
        assert_eq!(market.db_count("memberships").await, 1);
        market.db_forgets_cases().await;
    }

    async fn the_billing_page_is_for_buyers_and_leads_back_to_a_web_address(market) {
        let ben = market.person("Ben").await;
        let url = json!({ "url": "https://example.com/account" });
        assert_eq!(ben.is_refused(PORTAL, url).await[0].code, "INVALID_STATE");
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        ben.joins(&club).await;
        let odd = ben.is_refused(PORTAL, json!({ "url": "http://example.com/account" })).await;
        assert_eq!((odd[0].code.as_str(), odd[0].path.as_str()), ("INVALID", "returnUrl"));
        market.passes(Duration::minutes(1)).await;
    }
}
