//! What coupons refuse.

use chrono::Duration;
use serde_json::{Value, json};

use atelier::creators::TeamRole;

use crate::support::{Person, euros, story};

const CREATE: &str =
    "mutation($creator: ID!, $input: CouponInput!) { couponCreate(creatorId: $creator, input: $input) {
    coupon { id } userErrors { code path message } } }";
const UPDATE: &str = "mutation($id: ID!, $input: CouponUpdateInput!) { couponUpdate(id: $id, input: $input) {
    coupon { id maxRedemptions endsAt } userErrors { code path message } } }";
const DISABLE: &str =
    "mutation($id: ID!) { couponDisable(id: $id) { coupon { isActive } userErrors { code path message } } }";

async fn refusal(person: &Person, document: &str, variables: Value) -> (String, String) {
    let refused = person.is_refused(document, variables).await;
    assert!(refused.iter().all(|one| one.message.ends_with('.')), "every refusal is a sentence: {refused:?}");
    (refused[0].code.clone(), refused[0].path.clone())
}

fn pair(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

fn half(code: &str, name: &str, value: Value) -> Value {
    let mut input = json!({ "code": code, "discount": { "percentOffBasisPoints": 5000 } });
    input[name] = value;
    input
}

story! {
    async fn a_coupon_is_refused_with_what_is_wrong(market) {
        let (mira, nora) = (market.person("Mira").await, market.person("Nora").await);
        let (studio, other) = (mira.opens_studio("mira").await, nora.opens_studio("nora").await);
        let (ink, wood) = (studio.sells("Ink", euros(4000)).await, other.sells("Wood", euros(4000)).await);
        let first = json!({ "creator": studio.id, "input": half("Summer", "maxRedemptions", json!(5)) });
        let coupon = mira.does(CREATE, first).await["coupon"]["id"].clone();
        let elsewhere = json!({ "creator": other.id, "input": half("SUMMER", "maxRedemptions", json!(5)) });
        nora.does(CREATE, elsewhere).await;
        let now = market.app().now();
        let (past, soon) = (json!(now - Duration::seconds(1)), json!(now + Duration::days(1)));
        let amount = |minor: i64, currency: &str| {
            json!({ "code": "NEW", "discount": { "amountOff": { "minorUnits": minor, "currency": currency } } })
        };
        let points = |points: i32| json!({ "code": "NEW", "discount": { "percentOffBasisPoints": points } });
        let mut backwards = half("NEW", "startsAt", soon.clone());
        backwards["endsAt"] = soon;
        let cases = [
            (half("SUMMER", "maxRedemptions", json!(5)), "TAKEN", "input.code"),
            (half("a b", "maxRedemptions", json!(5)), "INVALID", "input.code"),
            (half("ab", "maxRedemptions", json!(5)), "INVALID", "input.code"),
            (points(0), "OUT_OF_RANGE", "input.discount.percentOffBasisPoints"),
            (points(10_001), "OUT_OF_RANGE", "input.discount.percentOffBasisPoints"),
            (amount(0, "EUR"), "OUT_OF_RANGE", "input.discount.amountOff"),
            (amount(100, "DOUBLOON"), "CURRENCY_UNSUPPORTED", "input.discount.amountOff.currency"),
            (half("NEW", "maxRedemptions", json!(0)), "OUT_OF_RANGE", "input.maxRedemptions"),
            (half("NEW", "perCustomerLimit", json!(-1)), "OUT_OF_RANGE", "input.perCustomerLimit"),
            (half("NEW", "endsAt", past.clone()), "OUT_OF_RANGE", "input.endsAt"),
            (backwards, "OUT_OF_RANGE", "input.endsAt"),
            (half("NEW", "offeringIds", json!(["nonsense"])), "INVALID_ID", "input.offeringIds.0"),
            (half("NEW", "offeringIds", json!([ink.course, wood.course])), "NOT_FOUND", "input.offeringIds.1"),
            (half("NEW", "offeringIds", json!([ink.course, ink.course])), "DUPLICATE", "input.offeringIds.1"),
        ];
        for (input, code, path) in cases {
            let told = refusal(&mira, CREATE, json!({ "creator": studio.id, "input": input.clone() })).await;
            assert_eq!(told, pair(code, path), "{input}");
        }
        let past = json!({ "id": coupon, "input": { "endsAt": past } });
        assert_eq!(refusal(&mira, UPDATE, past).await, pair("OUT_OF_RANGE", "input.endsAt"));
        let freed = mira.does(UPDATE, json!({ "id": coupon, "input": { "maxRedemptions": null } })).await;
        assert!(freed["coupon"]["maxRedemptions"].is_null(), "null lifts a limit");
        mira.does(DISABLE, json!({ "id": coupon })).await;
        mira.does(DISABLE, json!({ "id": coupon })).await;
        let late = json!({ "id": coupon, "input": { "maxRedemptions": 9 } });
        assert_eq!(refusal(&mira, UPDATE, late).await, pair("INVALID_STATE", "id"));
    }

    async fn coupons_are_the_teams_own(market) {
        let (mira, ben, tess) = (market.person("Mira").await, market.person("Ben").await, market.person("Tess").await);
        let studio = mira.opens_studio("mira").await;
        let made = json!({ "creator": studio.id, "input": half("SUMMER", "maxRedemptions", json!(5)) });
        let coupon = mira.does(CREATE, made.clone()).await["coupon"]["id"].clone();
        assert_eq!(refusal(&ben, CREATE, made.clone()).await, pair("NOT_FOUND", "creatorId"));
        assert_eq!(refusal(&ben, DISABLE, json!({ "id": coupon })).await, pair("NOT_FOUND", "id"));
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert!(ben.sees(node, json!({ "id": coupon })).await["node"].is_null(), "never listed publicly");
        assert_eq!(mira.sees(node, json!({ "id": coupon })).await["node"]["id"], coupon);
        tess.db_joins(&studio.id, TeamRole::Support).await;
        assert_eq!(tess.asks(CREATE, made).await.error_code(), "FORBIDDEN");
        let list = "query($id: ID!) { studio(creatorId: $id) { coupons { nodes { id } } } }";
        assert_eq!(tess.asks(list, json!({ "id": studio.id })).await.error_code(), "FORBIDDEN");
    }
}
