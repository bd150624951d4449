//! One buys, another learns.

use std::sync::Arc;

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::support::{CREATE, Market, Person, REDEEM, Studio, basket, euros, gifts, story, text};

const LIBRARY: &str = "{ viewer { library { nodes { source state offering { id } order { id } } } } }";
const LINES: &str =
    "query($id: ID!) { order(id: $id) { status lines { titleAtPurchase enrollment { id } } } }";

/// Mira sells Ink for 40 euros; Ben buys; Ann has an account with another address than the gifts go to.
struct Scene {
    mira: Person,
    studio: Studio,
    ben: Person,
    ann: Person,
    ink: String,
    price: String,
}

/// Where the gifts go to.
const TO: &str = "Dear.Ann@example.org";

async fn scene(market: &Market) -> Scene {
    let mira = market.person("Mira").await;
    let studio = mira.opens_studio("mira").await;
    let ink = studio.sells("Ink", euros(4000)).await;
    let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
    Scene { mira, studio, ben, ann, ink: ink.course, price: ink.price }
}

async fn owned(person: &Person) -> Vec<(String, String, String)> {
    let library = person.sees(LIBRARY, json!({})).await;
    let rights = library["viewer"]["library"]["nodes"].as_array().unwrap().clone();
    let each = rights.iter().map(|r| (text(&r["offering"]["id"]), text(&r["source"]), text(&r["state"])));
    each.collect()
}

fn gift_of(thing: &str) -> (String, String, String) {
    (thing.to_owned(), "GIFT".to_owned(), "ACTIVE".to_owned())
}

async fn is_disputed(market: &Market) -> String {
    let charge = market.stripe().objects("charge")[0]["id"].as_str().unwrap().to_owned();
    let dispute = market.stripe().dispute(&charge, None).unwrap();
    market.settles().await;
    text(&dispute["id"])
}

story! {
    async fn a_gift_goes_from_one_person_to_another(market) {
        let Scene { ben, ann, ink, price, .. } = scene(&market).await;
        let quote = ben.is_quoted(gifts(&[&price], TO)).await;
        assert_eq!((&quote["total"]["minorUnits"], &quote["warnings"]), (&json!(4000), &json!([])));
        let consents: Vec<String> =
            quote["requiredConsents"].as_array().unwrap().iter().map(|one| text(&one["kind"])).collect();
        assert_eq!(consents, ["TERMS"], "who gives begins nothing");
        let checkout = ben.takes(&quote).await;
        assert_eq!(market.db_count("gifts").await, 0, "nothing is given before it is paid");
        ben.pays(&checkout).await;

        assert_eq!(owned(&ben).await, [], "the buyer has nothing of it");
        let letter = market.mail().messages(Some(TO))[0].clone();
        assert_eq!(letter.subject, "Ben has a gift for you");
        assert!(letter.text.contains("Ben gives you Ink."), "{}", letter.text);
        assert!(!letter.text.contains('€') && !letter.text.contains(&ben.email), "{}", letter.text);
        let receipt = market.mail().messages(Some(&ben.email))[0].clone();
        assert!(receipt.text.contains(&format!("Ink, a gift for {TO}: €40.00")), "{}", receipt.text);
        assert!(!receipt.text.contains("library"), "{}", receipt.text);
        let code = market.gift_code(TO);
        assert!(!receipt.text.contains(&code), "only the recipient has the code");
        let kept = format!("SELECT COUNT(*) AS n FROM letters WHERE body_text LIKE '%{code}%' OR body_html LIKE '%{code}%'");
        assert_eq!(market.db_number(&kept).await, 0, "only its hash is kept");

        let typed = code.to_lowercase().replace('-', " ");
        let right = ann.redeems(&typed).await;
        assert_eq!((&right["source"], &right["state"]), (&json!("GIFT"), &json!("ACTIVE")));
        assert_eq!((&right["offering"]["id"], &right["order"]), (&json!(ink), &Value::Null), "not what it cost, nor whose it was");
        assert_eq!(ann.redeems(&code).await["id"], right["id"], "asked again");
        assert_eq!(owned(&ann).await, [gift_of(&ink)]);
        market.settles().await;
        let told = market.mail().messages(Some(&ben.email))[0].clone();
        assert_eq!(told.subject, "Your gift was redeemed");
        assert!(!told.text.contains("Ann"), "{}", told.text);
        let order = json!({ "id": checkout["order"]["id"] });
        let seen = ben.sees(LINES, order).await["order"].clone();
        assert_eq!(seen, json!({ "status": "PAID", "lines": [{ "titleAtPurchase": "Ink", "enrollment": null }] }));

        let cleo = market.person("Cleo").await;
        assert_eq!(cleo.cannot_redeem(&code).await, "TAKEN");
        assert_eq!(owned(&cleo).await, []);
        assert_eq!(market.db_count("gifts").await, 1);
    }

    async fn what_one_has_can_be_given_but_not_redeemed(market) {
        let Scene { ben, ann, ink, price, .. } = scene(&market).await;
        ben.purchases(basket(&[&price])).await;
        let again = ben.is_quoted(basket(&[&price])).await;
        assert_eq!(again["warnings"][0]["code"], "ALREADY_ENROLLED");
        let quote = ben.is_quoted(gifts(&[&price], TO)).await;
        assert_eq!(quote["warnings"], json!([]), "a gift is not for him");
        ben.pays(&ben.takes(&quote).await).await;

        let code = market.gift_code(TO);
        let refused = ben.is_refused(REDEEM, json!({ "code": code })).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("ALREADY_ENROLLED", "code"));
        assert!(refused[0].message.contains("stays good"), "{}", refused[0].message);
        assert_eq!(ann.redeems(&code).await["offering"]["id"], json!(ink), "it stayed open");
        assert_eq!(market.db_count("cases").await, 0, "nothing was bought twice");
    }

    async fn one_order_holds_some_for_oneself_and_some_for_others(market) {
        let Scene { ben, ann, ink, price, .. } = scene(&market).await;
        let mut input = basket(&[&price, &price, &price]);
        input["items"][1]["giftRecipientEmail"] = json!(TO);
        input["items"][2]["giftRecipientEmail"] = json!("cleo@example.org");
        let quote = ben.is_quoted(input).await;
        assert_eq!((&quote["total"]["minorUnits"], quote["requiredConsents"].as_array().unwrap().len()), (&json!(12_000), 2));
        ben.pays(&ben.takes(&quote).await).await;
        assert_eq!(owned(&ben).await, [(ink.clone(), "PURCHASE".to_owned(), "ACTIVE".to_owned())]);
        let receipt = market.mail().messages(Some(&ben.email))[0].clone();
        assert!(receipt.text.contains("Ink: €40.00") && receipt.text.contains("library"), "{}", receipt.text);
        let (anns, cleos) = (market.gift_code(TO), market.gift_code("cleo@example.org"));
        assert_ne!(anns, cleos);
        ann.redeems(&anns).await;
        assert_eq!(ann.cannot_redeem(&cleos).await, "ALREADY_ENROLLED");
        assert_eq!(market.person("Cleo").await.redeems(&cleos).await["offering"]["id"], json!(ink));
    }

    async fn a_bundle_is_given_with_all_its_items(market) {
        let Scene { mira, studio, ben, ann, ink, price } = scene(&market).await;
        let clay = studio.sells("Clay", euros(3000)).await;
        let items = [ink.clone(), clay.course.clone()];
        let (_, both) = mira.sells_bundle(&studio.id, "Both", &items, euros(5000)).await;
        ann.purchases(basket(&[&price])).await;
        ben.gives(&[&both], TO).await;
        let code = market.gift_code(TO);
        let right = ann.redeems(&code).await;
        assert_eq!(right["offering"]["id"], json!(clay.course), "what she did not have");
        let mut has = owned(&ann).await;
        has.sort_by(|a, b| a.1.cmp(&b.1));
        assert_eq!(has, [gift_of(&clay.course), (ink, "PURCHASE".to_owned(), "ACTIVE".to_owned())]);

        ben.gives(&[&both], "cleo@example.org").await;
        let cleo = market.person("Cleo").await;
        cleo.redeems(&market.gift_code("cleo@example.org")).await;
        let sources: Vec<String> = owned(&cleo).await.into_iter().map(|right| right.1).collect();
        assert_eq!(sources, ["GIFT", "GIFT"]);
    }

    async fn a_guest_gives_and_keeps_the_order(market) {
        let Scene { ann, price, .. } = scene(&market).await;
        let gus = market.stranger("Gus");
        let quote = gus.is_quoted(gifts(&[&price], TO)).await;
        let mut input = gus.agrees_to(&quote, "HOSTED_PAGE");
        input["buyerEmail"] = json!(gus.email);
        let checkout = gus.does(CREATE, json!({ "input": input })).await["checkout"].clone();
        gus.pays(&checkout).await;
        let letter = market.mail().messages(Some(TO))[0].clone();
        assert_eq!(letter.subject, "gus@example.com has a gift for you", "a guest is known by their address");
        let receipt = market.mail().messages(Some(&gus.email))[0].clone();
        assert!(!receipt.text.contains("You bought as a guest"), "{}", receipt.text);
        ann.redeems(&market.gift_code(TO)).await;

        let gus = market.person("Gus").await;
        market.settles().await;
        assert_eq!(owned(&gus).await, [], "claiming the order claims no gift");
        let orders = gus.sees("{ viewer { orders { nodes { status } } } }", json!({})).await;
        assert_eq!(orders["viewer"]["orders"]["nodes"], json!([{ "status": "PAID" }]));
    }

    async fn many_try_one_code_at_the_same_moment(market) {
        let Scene { ben, price, .. } = scene(&market).await;
        ben.gives(&[&price], TO).await;
        let code = market.gift_code(TO);
        let mut tries = Vec::new();
        let start = Arc::new(Barrier::new(8));
        for n in 0..4 {
            let person = market.person(&format!("Friend{n}")).await;
            for _ in 0..2 {
                let (person, code, start) = (person.clone(), code.clone(), Arc::clone(&start));
                tries.push(async move {
                    start.wait().await;
                    person.asks(REDEEM, json!({ "code": code })).await
                });
            }
        }
        let answers = join_all(tries).await;
        let won = answers.iter().filter(|answer| answer.refusals().is_empty()).count();
        assert_eq!(won, 2, "one person, both times");
        let told = answers.iter().flat_map(|answer| answer.refusals());
        assert!(told.clone().all(|refused| refused.code == "TAKEN"), "{:?}", told.collect::<Vec<_>>());
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM enrollments WHERE source = 'GIFT'").await, 1);
    }

    async fn a_gift_goes_back_with_its_money(market) {
        let Scene { mira, ben, ann, ink, price, .. } = scene(&market).await;
        let order = ben.gives(&[&price], TO).await;
        mira.gives_back(&order, Some(1000), false).await;
        market.settles().await;
        let code = market.gift_code(TO);
        let right = ann.redeems(&code).await;
        mira.gives_back(&order, None, true).await;
        market.settles().await;
        assert_eq!(ben.order(&order).await["status"], "REFUNDED");
        assert_eq!(owned(&ann).await, [(ink, "GIFT".to_owned(), "REVOKED".to_owned())], "as a purchase would");
        let again = ann.redeems(&code).await;
        assert_eq!((&again["id"], &again["state"]), (&right["id"], &json!("REVOKED")), "the same, as it is now");

        for revokes in [true, false] {
            let to = format!("late{revokes}@example.org");
            let order = ben.gives(&[&price], &to).await;
            mira.gives_back(&order, None, revokes).await;
            market.settles().await;
            assert_eq!(ben.cannot_redeem(&market.gift_code(&to)).await, "TOKEN_EXPIRED");
        }
        let partly = ben.gives(&[&price], "partly@example.org").await;
        mira.gives_back(&partly, Some(1000), true).await;
        market.settles().await;
        assert_eq!(ben.cannot_redeem(&market.gift_code("partly@example.org")).await, "TOKEN_EXPIRED", "rights went too");
    }

    async fn a_refund_that_fails_leaves_the_gift_good(market) {
        let Scene { mira, ben, ann, price, .. } = scene(&market).await;
        let checkout = ben.takes(&ben.is_quoted(gifts(&[&price], TO)).await).await;
        let sessions = market.stripe().objects("checkout.session");
        let session = sessions.iter().find(|one| one["client_reference_id"] == checkout["order"]["id"]).unwrap();
        market.stripe().pay(&text(&session["id"]), "4000000000005126").unwrap();
        market.settles().await;
        let order = text(&checkout["order"]["id"]);
        mira.gives_back(&order, None, true).await;
        market.settles().await;
        assert_eq!(ben.order(&order).await["status"], "REFUNDED");
        assert_eq!(ann.cannot_redeem(&market.gift_code(TO)).await, "TOKEN_EXPIRED");
        market.passes(Duration::minutes(2)).await;
        assert_eq!(ben.order(&order).await["status"], "PAID");
        assert_eq!(ann.redeems(&market.gift_code(TO)).await["state"], "ACTIVE");
    }

    async fn a_disputed_gift_waits_for_the_bank(market) {
        let Scene { ben, ann, price, .. } = scene(&market).await;
        ben.gives(&[&price], TO).await;
        let code = market.gift_code(TO);
        let dispute = is_disputed(&market).await;
        assert_eq!(ann.cannot_redeem(&code).await, "INVALID_STATE");
        market.stripe().close_dispute(&dispute, true).unwrap();
        market.settles().await;
        assert_eq!(ann.redeems(&code).await["state"], "ACTIVE", "won: as before");
    }

    async fn a_gift_whose_payment_was_lost_stays_closed(market) {
        let Scene { ben, ann, price, .. } = scene(&market).await;
        ben.gives(&[&price], TO).await;
        let dispute = is_disputed(&market).await;
        market.stripe().close_dispute(&dispute, false).unwrap();
        market.settles().await;
        assert_eq!(ann.cannot_redeem(&market.gift_code(TO)).await, "INVALID_STATE");
    }

    async fn a_redeemed_gift_is_disputed_as_a_purchase_is(market) {
        let Scene { ben, ann, price, .. } = scene(&market).await;
        ben.gives(&[&price], TO).await;
        ann.redeems(&market.gift_code(TO)).await;
        let dispute = is_disputed(&market).await;
        assert_eq!(owned(&ann).await[0].2, "REVOKED");
        market.stripe().close_dispute(&dispute, true).unwrap();
        market.settles().await;
        assert_eq!(owned(&ann).await[0].2, "ACTIVE");
    }

    async fn what_was_given_and_is_paid_for_in_a_bundle_too_stays(market) {
        let Scene { mira, studio, ben, ann, ink, price } = scene(&market).await;
        let clay = studio.sells("Clay", euros(3000)).await;
        let (_, both) = mira.sells_bundle(&studio.id, "Both", &[ink.clone(), clay.course.clone()], euros(5000)).await;
        let given = ben.gives(&[&price], TO).await;
        ann.redeems(&market.gift_code(TO)).await;
        let bundle = text(&ann.purchases(basket(&[&both])).await["order"]["id"]);

        mira.gives_back(&given, None, true).await;
        market.settles().await;
        let has_ink = async || owned(&ann).await.into_iter().filter(|right| right.0 == ink && right.2 == "ACTIVE").count();
        assert_eq!(has_ink().await, 1, "she has paid for it in the bundle");
        mira.gives_back(&bundle, None, true).await;
        market.settles().await;
        assert_eq!(has_ink().await, 0);
    }
}
