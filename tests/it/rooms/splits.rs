//! What sharing refuses.

use serde_json::json;

use crate::support::{Priced, story};

const SET: &str =
    "mutation($id: ID!, $shares: [SplitInput!]!) { offeringSplitSet(offeringId: $id, shares: $shares) {
    offering { ... on Course { split { state } } } userErrors { code path message } } }";
const ACCEPT: &str =
    "mutation($id: ID!, $creator: ID!) { offeringSplitAccept(offeringId: $id, creatorId: $creator) {
    share { state } userErrors { code path message } } }";
const DECLINE: &str =
    "mutation($id: ID!, $creator: ID!) { offeringSplitDecline(offeringId: $id, creatorId: $creator) {
    share { state } userErrors { code path message } } }";
const SPLIT: &str = "query($id: ID!) { course(by: { id: $id }) { split { basisPoints } } }";

story! {
    async fn parts_are_refused_with_the_one_that_is_wrong(market) {
        let (mira, nora, olga) =
            (market.person("Mira").await, market.person("Nora").await, market.person("Olga").await);
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let other = nora.opens_shop("Clay", Priced::Euros(2000)).await;
        let third = olga.opens_shop("Glass", Priced::Euros(2000)).await;
        let hidden = market.person("Hugo").await.opens_studio("hugo").await;
        hidden.opens(false).await;
        let part = |payee: &str, points: i64| json!({ "payee": { "id": payee }, "basisPoints": points });
        let (nora_id, olga_id) = (other.creator.to_string(), third.creator.to_string());
        let cases = [
            (json!([part(&shop.creator.to_string(), 100)]), "NOT_ALLOWED", "shares.0"),
            (json!([part(&nora_id, 100), part(&nora_id, 200)]), "DUPLICATE", "shares.1"),
            (json!([part(&nora_id, 0)]), "OUT_OF_RANGE", "shares.0"),
            (json!([part(&nora_id, -5)]), "OUT_OF_RANGE", "shares.0"),
            (json!([part(&nora_id, 6000), part(&olga_id, 4001)]), "OUT_OF_RANGE", "shares"),
            (json!([part("nonsense", 100)]), "INVALID_ID", "shares.0.payee.id"),
            (json!([part(&hidden.id, 100)]), "NOT_FOUND", "shares.0.payee"),
            (json!([{ "payee": { "handle": "nobody-here" }, "basisPoints": 100 }]), "NOT_FOUND", "shares.0.payee.handle"),
            (json!(vec![part(&nora_id, 100); 11]), "TOO_MANY", "shares"),
        ];
        for (shares, code, path) in cases {
            let refused = mira.is_refused(SET, json!({ "id": shop.course.to_string(), "shares": shares })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, path), "{shares}");
        }
        let by_handle = json!([{ "payee": { "handle": "Nora" }, "basisPoints": 100 }]);
        mira.does(SET, json!({ "id": shop.course.to_string(), "shares": by_handle })).await;
    }

    async fn only_the_two_sides_decide_and_see(market) {
        let (mira, nora, ben) =
            (market.person("Mira").await, market.person("Nora").await, market.person("Ben").await);
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let other = nora.opens_shop("Clay", Priced::Euros(2000)).await;
        let shares = json!([{ "payee": { "id": other.creator.to_string() }, "basisPoints": 2500 }]);
        let wish = json!({ "id": shop.course.to_string(), "shares": shares });
        assert_eq!(nora.is_refused(SET, wish.clone()).await[0].code, "NOT_FOUND", "not her course");
        ben.db_joins(&shop.creator.to_string(), atelier::creators::TeamRole::Editor).await;
        assert_eq!(ben.asks(SET, wish.clone()).await.error_code(), "FORBIDDEN");
        let answer = json!({ "id": shop.course.to_string(), "creator": other.creator.to_string() });
        assert_eq!(nora.is_refused(ACCEPT, answer.clone()).await[0].code, "NOT_FOUND", "nothing was offered");
        mira.does(SET, wish.clone()).await;
        assert_eq!(mira.is_refused(ACCEPT, answer.clone()).await[0].code, "NOT_FOUND", "not hers to accept");
        let course = json!({ "id": shop.course.to_string() });
        assert_eq!(mira.sees(SPLIT, course.clone()).await["course"]["split"], json!([{ "basisPoints": 2500 }]));
        for stranger in [&nora, &ben, &market.stranger("Nobody")] {
            assert!(stranger.sees(SPLIT, course.clone()).await["course"]["split"].is_null());
        }
        nora.does(ACCEPT, answer.clone()).await;
        nora.does(ACCEPT, answer.clone()).await;
        nora.does(DECLINE, answer.clone()).await;
        assert_eq!(nora.is_refused(ACCEPT, answer.clone()).await[0].code, "INVALID_STATE");
        mira.does(SET, wish).await;
        assert_eq!(nora.does(ACCEPT, answer).await["share"]["state"], "ACCEPTED");
    }
}
