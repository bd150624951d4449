//! Waiting for a place at a full session.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{CREATE, Evening, Market, Person, Studio, TAKE, WAIT, euros, seat_at, story, text};

const LEAVE: &str = "mutation($id: ID!) { sessionWaitlistLeave(entryId: $id) { removedId userErrors { code path message } } }";
const LIST: &str = "query($studio: ID!, $id: ID!) { studio(creatorId: $studio) {
    waitlist(sessionId: $id) { nodes { id position } } } }";

async fn full(market: &Market) -> (Studio, Evening, Person) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let evening = studio.invites("Ink", euros(2000), 1).await;
    let zoe = market.person("Zoe").await;
    zoe.buys_seat(&evening).await;
    (studio, evening, zoe)
}

async fn entry(person: &Person, evening: &Evening) -> Value {
    person.session(&evening.session).await["viewerWaitlistEntry"].clone()
}

story! {
    async fn a_place_goes_to_who_has_waited_longest_and_to_nobody_else(market) {
        let (studio, evening, zoe) = full(&market).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        assert_eq!(ben.waits(&evening.session).await["position"], 1);
        assert_eq!(ann.waits(&evening.session).await["position"], 2);
        assert_eq!(ann.waits(&evening.session).await["position"], 2, "asked again");
        assert_eq!(zoe.is_refused(WAIT, json!({ "id": evening.session })).await[0].code, "ALREADY_ENROLLED");
        zoe.gives_up_seat(&evening.session).await;
        market.settles().await;

        let offered = entry(&ben, &evening).await;
        assert_eq!(offered["position"], 0);
        assert!(offered["offeredUntil"].is_string(), "{offered:#}");
        assert_eq!(entry(&ann, &evening).await["position"], 1);
        let letter = market.mail().messages(Some(&ben.email))[0].clone();
        assert_eq!(letter.subject, "A seat for you: Ink");
        let quote = eve.is_quoted(seat_at(&evening.price, &evening.session)).await;
        let refused = eve.is_refused(CREATE, json!({ "input": eve.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!(refused[0].code, "SEATS_UNAVAILABLE", "the place is kept");
        let listed = studio.owner.sees(LIST, json!({ "studio": studio.id, "id": evening.session })).await;
        let positions: Vec<_> = listed["studio"]["waitlist"]["nodes"].as_array().unwrap().iter().map(|one| one["position"].clone()).collect();
        assert_eq!(positions, [json!(0), json!(1)]);

        ben.buys_seat(&evening).await;
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        assert_eq!(entry(&ben, &evening).await, Value::Null);
    }

    async fn an_offer_that_nobody_takes_goes_on(market) {
        let (_, evening, zoe) = full(&market).await;
        let (ben, ann, cleo) = (market.person("Ben").await, market.person("Ann").await, market.person("Cleo").await);
        for person in [&ben, &ann, &cleo] {
            person.waits(&evening.session).await;
        }
        zoe.gives_up_seat(&evening.session).await;
        market.passes(Duration::minutes(31)).await;
        let (ben, ann, cleo) = (ben.comes_back().await, ann.comes_back().await, cleo.comes_back().await);
        assert_eq!(entry(&ben, &evening).await, Value::Null, "let it pass");
        let offered = entry(&ann, &evening).await;
        assert!(offered["offeredUntil"].is_string(), "{offered:#}");
        ann.does(LEAVE, json!({ "id": offered["id"] })).await;
        ann.does(LEAVE, json!({ "id": offered["id"] })).await;
        let foreign = ben.is_refused(LEAVE, json!({ "id": offered["id"] })).await;
        assert_eq!((foreign[0].code.as_str(), foreign[0].path.as_str()), ("NOT_FOUND", "entryId"));
        assert!(entry(&cleo, &evening).await["offeredUntil"].is_string());
        market.settles().await;
        // Taken, but not paid in time: it goes on, and here nobody waits any more.
        cleo.takes(&cleo.is_quoted(seat_at(&evening.price, &evening.session)).await).await;
        assert_eq!(cleo.seat_status(&evening.session).await.as_deref(), Some("HELD"));
        market.passes(Duration::minutes(45)).await;
        assert_eq!(cleo.comes_back().await.seat_status(&evening.session).await, None);
        let eve = market.person("Eve").await;
        assert_eq!(eve.is_refused(WAIT, json!({ "id": evening.session })).await[0].code, "INVALID_STATE", "there is a place");
        eve.buys_seat(&evening).await;
    }

    async fn a_free_seat_is_one_tap_and_one_each(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 1).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let wish = json!({ "price": evening.price, "session": evening.session, "key": ben.new_key() });
        let seat = ben.does(TAKE, wish.clone()).await;
        assert_eq!((&seat["seat"]["status"], &seat["enrollment"]), (&json!("CONFIRMED"), &Value::Null));
        assert_eq!(ben.does(TAKE, wish).await["seat"]["id"], seat["seat"]["id"], "the same wish again");
        let again = json!({ "price": evening.price, "session": evening.session, "key": ben.new_key() });
        assert_eq!(ben.is_refused(TAKE, again).await[0].code, "ALREADY_ENROLLED");
        let late = json!({ "price": evening.price, "session": evening.session, "key": ann.new_key() });
        let answer = ann.asks(TAKE, late).await;
        let error = &answer.data()["enrollmentClaimFree"]["userErrors"][0];
        assert_eq!((&error["__typename"], &error["waitlistOpen"]), (&json!("SeatsUnavailableError"), &json!(true)));
        assert_eq!(error["session"]["seats"]["state"], "WAITLIST");
        ann.waits(&evening.session).await;
        let given = ben.gives_up_seat(&evening.session).await;
        assert_eq!((&given["seat"]["status"], &given["refund"]), (&json!("RELEASED"), &Value::Null));
        let taken = ann.takes_seat(&evening).await;
        assert_eq!(text(&taken["status"]), "CONFIRMED");
    }
}
