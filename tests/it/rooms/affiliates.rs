//! What affiliates are refused.

use serde_json::{Value, json};

use atelier::creators::TeamRole;

use crate::support::{CREATE, Priced, QUOTE, story};

const PROGRAM: &str = "mutation($id: ID!, $input: AffiliateProgramInput!) {
    affiliateProgramUpdate(creatorId: $id, input: $input) { program { isOpen } userErrors { code path message } } }";
const APPLY: &str = "mutation($id: ID!) { affiliateApply(creatorId: $id) { affiliate { id state }
    userErrors { code path message } } }";
const DECIDE: &str =
    "mutation($id: ID!, $approve: Boolean!) { affiliateDecide(partnershipId: $id, approve: $approve) {
    affiliate { state } userErrors { code path message } } }";
const LINK: &str = "mutation($input: AffiliateLinkInput!) { affiliateLinkCreate(input: $input) {
    link { id token } userErrors { code path message } } }";
const DISABLE: &str = "mutation($id: ID!) { affiliateLinkDisable(id: $id) { link { isActive }
    userErrors { code path message } } }";
const TERMS: &str =
    "query($id: ID!) { creator(by: { id: $id }) { affiliateProgram { isOpen commissionBasisPoints } } }";
const LIST: &str = "query($id: ID!) { studio(creatorId: $id) { affiliates { nodes { id } } } }";

story! {
    async fn a_program_is_refused_with_the_field_that_is_wrong(market) {
        let (mira, ben) = (market.person("Mira").await, market.person("Ben").await);
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let id = shop.creator.to_string();
        let cases = [
            (json!({ "commissionBasisPoints": 0 }), "OUT_OF_RANGE", "input.commissionBasisPoints"),
            (json!({ "commissionBasisPoints": 9001 }), "OUT_OF_RANGE", "input.commissionBasisPoints"),
            (json!({ "attributionDays": 0 }), "OUT_OF_RANGE", "input.attributionDays"),
            (json!({ "attributionDays": 366 }), "OUT_OF_RANGE", "input.attributionDays"),
            (json!({ "termsMarkdown": "x".repeat(20_001) }), "TOO_LONG", "input.termsMarkdown"),
        ];
        for (input, code, path) in cases {
            let refused = mira.is_refused(PROGRAM, json!({ "id": id, "input": input })).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), (code, path));
        }
        let nobody = market.stranger("Nobody");
        assert!(nobody.sees(TERMS, json!({ "id": id })).await["creator"]["affiliateProgram"].is_null());
        let open = json!({ "id": id, "input": { "isOpen": true } });
        assert_eq!(ben.is_refused(PROGRAM, open.clone()).await[0].code, "NOT_FOUND");
        ben.db_joins(&id, TeamRole::Finance).await;
        assert_eq!(ben.asks(PROGRAM, open.clone()).await.error_code(), "FORBIDDEN");
        assert_eq!(ben.asks(LIST, json!({ "id": id })).await.error_code(), "FORBIDDEN");
        mira.does(PROGRAM, open).await;
        let terms = nobody.sees(TERMS, json!({ "id": id })).await;
        assert_eq!(terms["creator"]["affiliateProgram"], json!({ "isOpen": true, "commissionBasisPoints": 1000 }));
    }

    async fn who_may_not_recommend_is_told_why(market) {
        let (mira, ada, ben) =
            (market.person("Mira").await, market.person("Ada").await, market.person("Ben").await);
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let id = json!({ "id": shop.creator.to_string() });
        let why = async |person: &crate::support::Person| {
            let refused = person.is_refused(APPLY, id.clone()).await;
            (refused[0].code.clone(), refused[0].path.clone())
        };
        let says = |code: &str, path: &str| (code.to_owned(), path.to_owned());
        assert_eq!(why(&ada).await, says("INVALID_STATE", "creatorId"), "no program");
        mira.does(PROGRAM, json!({ "id": shop.creator.to_string(), "input": { "isOpen": true } })).await;
        assert_eq!(why(&ada).await, says("REQUIRED", "creatorId"), "no profile to be paid to");
        assert_eq!(why(&mira).await, says("SELF_REFERRAL", "creatorId"));
        let studio = ada.opens_studio("ada-writes").await;
        let missing = json!({ "id": "crt_0000000000000000000000" });
        assert_eq!(ada.is_refused(APPLY, missing).await[0].code, "NOT_FOUND");
        let first = ada.does(APPLY, id.clone()).await;
        assert_eq!(ada.does(APPLY, id.clone()).await, first, "once");
        let wish = json!({ "input": { "creatorId": shop.creator.to_string() } });
        assert_eq!(ada.is_refused(LINK, wish.clone()).await[0].code, "NOT_ALLOWED", "not let in yet");
        assert_eq!(ben.is_refused(LINK, wish.clone()).await[0].code, "NOT_ALLOWED");
        let affiliate = first["affiliate"]["id"].as_str().unwrap();
        let yes = json!({ "id": affiliate, "approve": true });
        assert_eq!(ada.is_refused(DECIDE, yes.clone()).await[0].code, "NOT_FOUND", "not hers to decide");
        mira.does(DECIDE, json!({ "id": affiliate, "approve": false })).await;
        assert_eq!(why(&ada).await, says("INVALID_STATE", "creatorId"));
        mira.does(DECIDE, yes).await;
        let foreign = json!({ "input": { "creatorId": shop.creator.to_string(),
            "offeringId": studio.drafts("Mine").await } });
        let refused = ada.is_refused(LINK, foreign).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("NOT_FOUND", "input.offeringId"));
        let link = ada.does(LINK, wish.clone()).await["link"].clone();
        assert_eq!(ben.is_refused(DISABLE, json!({ "id": link["id"] })).await[0].code, "NOT_FOUND");
        ada.db_joins(&shop.creator.to_string(), TeamRole::Editor).await;
        assert_eq!(ada.is_refused(LINK, wish).await[0].code, "SELF_REFERRAL");
    }

    async fn nobody_earns_by_what_they_buy_themselves(market) {
        let (mira, ada) = (market.person("Mira").await, market.person("Ada").await);
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let id = json!({ "id": shop.creator.to_string() });
        mira.does(PROGRAM, json!({ "id": shop.creator.to_string(), "input": { "isOpen": true } })).await;
        let studio = ada.opens_studio("ada-writes").await;
        let applied = ada.does(APPLY, id).await;
        mira.does(DECIDE, json!({ "id": applied["affiliate"]["id"], "approve": true })).await;
        let wish = json!({ "input": { "creatorId": shop.creator.to_string() } });
        let token = ada.does(LINK, wish).await["link"]["token"].clone();
        let input = json!({ "items": [{ "priceId": shop.price.to_string() }], "channel": "WEB", "affiliateToken": token });
        let colleague = market.person("Carl").await;
        colleague.db_joins(&studio.id, TeamRole::Finance).await;
        for person in [&ada, &colleague, &mira] {
            let refused = person.is_refused_price(input.clone()).await;
            assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("SELF_REFERRAL", "input.affiliateToken"));
        }
        let anonymous = ada.anonymously().sees(QUOTE, json!({ "input": input })).await;
        let quote: Value = anonymous["quote"]["quote"].clone();
        let refused = ada.is_refused(CREATE, json!({ "input": ada.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("SELF_REFERRAL", "input.quoteToken"));
    }
}
