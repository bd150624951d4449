//! Learners say what they think; the team answers; the platform keeps order.

use atelier::creators::TeamRole;
use atelier::operators::model::Role;
use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    CALL_OFF, HELPFUL, Made, Market, REPLY, REVIEW, Studio, UNREVIEW, euros, opinion, seat_at, story, text,
};

const TAKE_DOWN: &str = "mutation($id: ID!, $down: Boolean!, $reason: String!) {
    adminReviewTakedown(reviewId: $id, takeDown: $down, reason: $reason) {
    review { id body { markdown } } userErrors { code path message } } }";

/// A studio with a course for sale.
pub(super) async fn course(market: &Market) -> (Studio, Made) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let made = studio.sells("Ink", euros(2000)).await;
    (studio, made)
}

/// Average, count and histogram.
async fn stars(market: &Market, offering: &str) -> Value {
    let seen = market.stranger("Anybody").sees_reviews(offering, "NEWEST", 50, Value::Null).await;
    let shown = seen["ratingSummary"].clone();
    assert_eq!(shown, seen["creator"]["ratingSummary"], "of all a creator's offerings together");
    assert_eq!(
        (&seen["reviews"]["totalCount"], seen["reviews"]["nodes"].as_array().unwrap().len()),
        (&shown["count"], shown["count"].as_u64().unwrap() as usize)
    );
    json!([shown["average"], shown["count"], shown["histogram"]])
}

story! {
    async fn who_has_learnt_says_what_they_think(market) {
        let (studio, made) = course(&market).await;
        let (ben, eve) = (market.person("Ben").await, market.person("Eve").await);
        assert_eq!(ben.cannot_review(&made.course).await, "NOT_ENROLLED");
        ben.purchases(crate::support::basket(&[&made.price])).await;
        assert_eq!(ben.cannot_review(&made.course).await, "INVALID_STATE", "nothing of it was seen");
        ben.finishes(&made.lessons[0]).await;
        let review = ben.reviews(&made.course, 4, " Slow, and **good**. <script>alert(1)</script>").await;
        assert_eq!((&review["rating"], &review["author"]["displayName"]), (&json!(4), &json!("Ben")));
        assert_eq!((&review["isVerifiedPurchase"], &review["editedAt"]), (&json!(true), &Value::Null));
        assert_eq!(review["offering"]["id"], json!(made.course));
        let html = text(&review["body"]["html"]);
        assert!(html.contains("<strong>good</strong>") && !html.contains("script"), "{html}");
        assert_eq!(stars(&market, &made.course).await, json!([null, 1, [0, 0, 0, 1, 0]]));

        for (person, code) in [(&eve, "NOT_ENROLLED"), (&studio.owner, "NOT_ALLOWED")] {
            assert_eq!(person.cannot_review(&made.course).await, code);
        }
        let host = market.person("Hanna").await;
        host.db_joins(&studio.id, TeamRole::Host).await;
        host.db_begins(&made).await;
        assert_eq!(host.cannot_review(&made.course).await, "NOT_ALLOWED", "also with a right to it");
        let wrong = ben.is_refused(REVIEW, opinion(&made.course, 6, &"a".repeat(5_001))).await;
        let told: Vec<_> = wrong.iter().map(|one| (one.code.as_str(), one.path.as_str())).collect();
        assert_eq!(told, [("OUT_OF_RANGE", "input.rating"), ("TOO_LONG", "input.bodyMarkdown")]);
    }

    async fn saying_something_else_changes_what_was_said(market) {
        let (_, made) = course(&market).await;
        let ben = market.person("Ben").await;
        ben.db_begins(&made).await;
        let said = join_all((0..4).map(|_| ben.reviews(&made.course, 5, "Good."))).await;
        assert!(said.iter().all(|one| one["id"] == said[0]["id"] && one["editedAt"].is_null()), "{said:#?}");
        let before = market.db_events().await.len();
        ben.reviews(&made.course, 5, "Good.").await;
        assert_eq!(market.db_events().await.len(), before, "the same again is nothing new");
        market.app().clock.advance(Duration::minutes(5));
        let other = ben.reviews(&made.course, 2, "").await;
        assert_eq!((&other["id"], &other["rating"], &other["body"]["markdown"]), (&said[0]["id"], &json!(2), &json!("")));
        assert!(other["editedAt"].is_string());
        assert_eq!(other["createdAt"], said[0]["createdAt"]);
        assert_eq!(stars(&market, &made.course).await, json!([null, 1, [0, 1, 0, 0, 0]]));

        let (ann, zoe) = (market.person("Ann").await, market.person("Zoe").await);
        for (person, rating) in [(&ann, 4), (&zoe, 4)] {
            person.db_begins(&made).await;
            person.reviews(&made.course, rating, "Fine.").await;
        }
        assert_eq!(stars(&market, &made.course).await, json!([10.0 / 3.0, 3, [0, 1, 0, 2, 0]]));
        assert_eq!(ann.is_refused(UNREVIEW, json!({ "id": other["id"] })).await[0].code, "NOT_FOUND", "it is Ben's");
        let gone = ben.does(UNREVIEW, json!({ "id": other["id"] })).await;
        assert_eq!(gone["deletedId"], other["id"]);
        assert_eq!(ben.is_refused(UNREVIEW, json!({ "id": other["id"] })).await[0].code, "NOT_FOUND");
        assert_eq!(stars(&market, &made.course).await, json!([null, 2, [0, 0, 0, 2, 0]]));
        assert!(market.db_mentions("Good.").await.is_empty(), "the words are gone");
        let anew = ben.reviews(&made.course, 1, "After all, no.").await;
        assert_ne!(anew["id"], other["id"]);
    }

    async fn only_what_was_paid_for_and_kept_is_a_purchase(market) {
        let (studio, made) = course(&market).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let order = ben.buys_and_begins(&made).await;
        ann.db_begins(&made).await;
        assert_eq!(ann.reviews(&made.course, 5, "Let in for nothing.").await["isVerifiedPurchase"], false);
        assert_eq!(ben.reviews(&made.course, 1, "I want my money back.").await["isVerifiedPurchase"], true);
        studio.owner.gives_back(&order, None, true).await;
        market.settles().await;
        let seen = ben.sees_reviews(&made.course, "LOWEST", 10, Value::Null).await;
        let first = &seen["reviews"]["nodes"][0];
        assert_eq!((&first["author"]["displayName"], &first["isVerifiedPurchase"]), (&json!("Ben"), &json!(false)));
        assert_eq!(seen["ratingSummary"]["histogram"], json!([1, 0, 0, 0, 1]), "giving money back buys no silence");
        assert_eq!(ben.cannot_review(&made.course).await, "NOT_ENROLLED", "nor is it changed any more");
        ben.does(UNREVIEW, json!({ "id": first["id"] })).await;
        assert_eq!(stars(&market, &made.course).await, json!([null, 1, [0, 0, 0, 0, 1]]));
    }

    async fn a_workshop_is_reviewed_by_who_was_there(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Clay", euros(3000), 10).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        for person in [&ben, &ann] {
            person.purchases(seat_at(&evening.price, &evening.session)).await;
        }
        assert_eq!(ben.cannot_review(&evening.workshop).await, "INVALID_STATE", "it lies ahead");
        assert_eq!(eve.cannot_review(&evening.workshop).await, "NOT_ENROLLED");
        let anns = ann.seat(&evening.session).await;
        market.passes(Duration::days(10) + Duration::hours(1)).await;
        let (mira, ben, ann) = (studio.owner.comes_back().await, ben.comes_back().await, ann.comes_back().await);
        let mark = "mutation($id: ID!, $seats: [ID!]!) { workshopAttendanceMark(sessionId: $id, seatIds: $seats, attended: false) {
            session { id } userErrors { code path message } } }";
        mira.does(mark, json!({ "id": evening.session, "seats": [anns] })).await;
        assert_eq!(ann.cannot_review(&evening.workshop).await, "INVALID_STATE", "she was not there");
        let review = ben.reviews(&evening.workshop, 5, "What an evening.").await;
        assert_eq!(review["isVerifiedPurchase"], true);
        assert_eq!(stars(&market, &evening.workshop).await, json!([null, 1, [0, 0, 0, 0, 1]]));
        let seen = market.stranger("Anybody").sees("query($id: ID!) { node(id: $id) { ... on Review { rating offering { title } } } }",
            json!({ "id": review["id"] })).await;
        assert_eq!(seen["node"], json!({ "rating": 5, "offering": { "title": "Clay" } }));

        let off = studio_of(&studio, &mira).invites("Glass", json!({ "free": true }), 5).await;
        ben.takes_seat(&off).await;
        mira.does(CALL_OFF, json!({ "id": off.session, "reason": "A cold.", "key": mira.new_key() })).await;
        market.passes(Duration::days(11)).await;
        assert_eq!(ben.comes_back().await.cannot_review(&off.workshop).await, "NOT_ENROLLED", "it never took place");
    }

    async fn the_team_answers_once_below_each(market) {
        let (studio, made) = course(&market).await;
        let (ben, sam, ed) = (market.person("Ben").await, market.person("Sam").await, market.person("Ed").await);
        ben.db_begins(&made).await;
        sam.db_joins(&studio.id, TeamRole::Support).await;
        ed.db_joins(&studio.id, TeamRole::Editor).await;
        let id = ben.reviews(&made.course, 3, "Too fast.").await["id"].clone();
        let says = |words: &str| json!({ "id": id, "body": words });
        let said = sam.does(REPLY, says("Thank you: _slower_ next time.")).await;
        assert!(text(&said["review"]["reply"]["html"]).contains("<em>slower</em>"));
        studio.owner.does(REPLY, says("We heard you.")).await;
        let seen = market.stranger("Anybody").sees_reviews(&made.course, "HELPFUL", 5, Value::Null).await;
        assert_eq!(seen["reviews"]["nodes"][0]["reply"]["markdown"], "We heard you.");
        assert_eq!(ed.asks(REPLY, says("Me too.")).await.error_code(), "FORBIDDEN");
        assert_eq!(ben.is_refused(REPLY, says("Myself.")).await[0].code, "NOT_FOUND");
        assert_eq!(sam.is_refused(REPLY, says(&"a".repeat(2_001))).await[0].code, "TOO_LONG");
        assert_eq!(sam.does(REPLY, says(" ")).await["review"]["reply"], Value::Null, "taken back");
    }

    async fn others_say_that_it_was_helpful(market) {
        let (studio, made) = course(&market).await;
        let (ben, ann, eve) = (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await);
        ben.db_begins(&made).await;
        let id = ben.reviews(&made.course, 3, "Too fast.").await["id"].clone();
        let vote = |on: bool| json!({ "id": id, "on": on });
        join_all((0..4).map(|_| ann.does(HELPFUL, vote(true)))).await;
        let seen = eve.does(HELPFUL, vote(true)).await["review"].clone();
        assert_eq!((&seen["helpfulCount"], &seen["viewerFoundHelpful"]), (&json!(2), &json!(true)));
        for own in [&ben, &studio.owner] {
            assert_eq!(own.is_refused(HELPFUL, vote(true)).await[0].code, "NOT_ALLOWED");
        }
        ann.does(HELPFUL, vote(false)).await;
        let seen = ann.does(HELPFUL, vote(false)).await["review"].clone();
        assert_eq!((&seen["helpfulCount"], &seen["viewerFoundHelpful"]), (&json!(1), &json!(false)));
        ben.does(UNREVIEW, json!({ "id": id })).await;
        assert_eq!(eve.is_refused(HELPFUL, vote(false)).await[0].code, "NOT_FOUND");
        assert_eq!(market.db_count("review_votes").await, 0);
    }

    async fn the_platform_takes_a_review_down(market) {
        let (studio, made) = course(&market).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let judge = market.operator("Judith", Role::Moderation).await;
        for person in [&ben, &ann] {
            person.db_begins(&made).await;
        }
        let id = ben.reviews(&made.course, 1, "Buy mine instead: spam.example").await["id"].clone();
        ann.reviews(&made.course, 5, "Good.").await;
        let says = |down: bool, reason: &str| json!({ "id": id, "down": down, "reason": reason });
        assert_eq!(judge.asks_admin(TAKE_DOWN, says(true, " ")).await.refusals()[0].code, "REQUIRED");
        let finance = market.operator("Fin", Role::Finance).await;
        assert_eq!(finance.asks_admin(TAKE_DOWN, says(true, "No.")).await.error_code(), "FORBIDDEN");
        for _ in 0..2 {
            judge.does_admin(TAKE_DOWN, says(true, "An advertisement.")).await;
        }
        assert_eq!(stars(&market, &made.course).await, json!([null, 1, [0, 0, 0, 0, 1]]));
        let node = "query($id: ID!) { node(id: $id) { id } }";
        for person in [&ben, &ann, &studio.owner] {
            assert_eq!(person.sees(node, json!({ "id": id })).await["node"], Value::Null);
        }
        assert_eq!(studio.owner.is_refused(REPLY, json!({ "id": id, "body": "Spam!" })).await[0].code, "NOT_FOUND");
        assert_eq!(ann.is_refused(HELPFUL, json!({ "id": id, "on": true })).await[0].code, "NOT_FOUND");
        assert_eq!(ben.cannot_review(&made.course).await, "INVALID_STATE", "nor is it written anew");
        judge.does_admin(TAKE_DOWN, says(false, "A mistake.")).await;
        assert_eq!(stars(&market, &made.course).await, json!([null, 2, [1, 0, 0, 0, 1]]));

        judge.does_admin(TAKE_DOWN, says(true, "No mistake.")).await;
        ben.does(UNREVIEW, json!({ "id": id })).await;
        assert!(market.db_mentions("spam.example").await.is_empty());
        assert_eq!(ben.cannot_review(&made.course).await, "INVALID_STATE", "deleting does not make room for another");
        assert_eq!(judge.asks_admin(TAKE_DOWN, says(false, "Why not.")).await.refusals()[0].code, "INVALID_STATE");
    }
}

/// The studio as its owner has come back to it.
fn studio_of(studio: &Studio, owner: &crate::support::Person) -> Studio {
    Studio { owner: owner.clone(), ..studio.clone() }
}
