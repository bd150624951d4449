//! Who has learnt is asked what they think: once, the next day.

use chrono::Duration;
use serde_json::json;

use crate::support::{Made, Person, TRANSFER, euros, story};

use super::reviews::course;

/// What this person was asked with.
fn asked(person: &Person) -> Vec<String> {
    let letters = person.market.mail().messages(Some(&person.email));
    letters
        .into_iter()
        .filter(|letter| letter.subject.starts_with("How was "))
        .map(|letter| letter.text)
        .collect()
}

async fn finishes_all(person: &Person, made: &Made) {
    person.db_enrolls(&made.course).await;
    for lesson in &made.lessons {
        person.finishes(lesson).await;
    }
}

story! {
    async fn who_finishes_a_course_is_asked_once(market) {
        let (studio, made) = course(&market).await;
        let closed = studio.sells("Closed", euros(500)).await;
        let (ben, ann, eve, zoe) =
            (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await, market.person("Zoe").await);
        for person in [&ben, &ann, &zoe] {
            finishes_all(person, &made).await;
        }
        eve.db_begins(&made).await;
        finishes_all(&studio.owner, &made).await;
        finishes_all(&eve, &closed).await;
        ann.reviews(&made.course, 5, "Good.").await;
        let lost = zoe.db_enrolls(&closed.course).await.unwrap();
        for lesson in &closed.lessons {
            zoe.finishes(lesson).await;
        }
        zoe.db_loses(lost).await;
        studio.owner.does("mutation($id: ID!) { offeringUnpublish(id: $id) { offering { id } userErrors { code path message } } }",
            json!({ "id": closed.course })).await;
        market.passes(Duration::hours(19)).await;
        assert!(asked(&ben).is_empty(), "not at once");
        for hours in [2, 1, 48] {
            market.passes(Duration::hours(hours)).await;
            let counted = [&ben, &ann, &eve, &zoe, &studio.owner].map(|person| asked(person).len());
            assert_eq!(counted, [1, 0, 0, 1, 0], "not who has said it, who is not through, or who teaches");
        }
        let said = asked(&ben)[0].clone();
        assert!(said.contains("you have finished Ink") && said.contains("/@mira/ink#review"), "{said}");

        // Finished again, or reviewed and taken back: it was asked.
        let ben = ben.comes_back().await;
        ben.does("mutation($id: ID!) { lessonReopen(lessonId: $id) { lesson { id } userErrors { code path message } } }",
            json!({ "id": made.lessons[0] })).await;
        ben.finishes(&made.lessons[0]).await;
        market.passes(Duration::days(2)).await;
        assert_eq!(asked(&ben).len(), 1);
    }

    async fn who_was_at_a_session_is_asked_once_for_the_workshop(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Clay", json!({ "free": true }), 10).await;
        let second = studio.sets_date(&evening.workshop, 12, Some(10)).await;
        let (ben, ann, eve, zoe) =
            (market.person("Ben").await, market.person("Ann").await, market.person("Eve").await, market.person("Zoe").await);
        for person in [&ben, &ann, &eve, &zoe] {
            person.takes_seat(&evening).await;
        }
        let again = crate::support::Evening { session: second, ..evening.clone() };
        ben.takes_seat(&again).await;
        let cleo = market.stranger("Cleo");
        let zoes = zoe.seat(&evening.session).await;
        zoe.does(TRANSFER, json!({ "id": zoes, "email": cleo.email, "key": zoe.new_key() })).await;
        let (bens, anns) = (ben.seat(&evening.session).await, ann.seat(&evening.session).await);
        market.passes(Duration::days(10) + Duration::hours(2)).await;
        let mira = studio.owner.comes_back().await;
        let mark = "mutation($id: ID!, $seats: [ID!]!, $there: Boolean!) {
            workshopAttendanceMark(sessionId: $id, seatIds: $seats, attended: $there) { session { id } userErrors { code path message } } }";
        mira.does(mark, json!({ "id": evening.session, "seats": [bens], "there": true })).await;
        mira.does(mark, json!({ "id": evening.session, "seats": [anns], "there": false })).await;
        market.passes(Duration::hours(24)).await;
        let counted = [&ben, &ann, &eve, &zoe, &cleo].map(|person| asked(person).len());
        assert_eq!(counted, [1, 0, 0, 0, 0], "where somebody was seen, the others were not");
        assert!(asked(&ben)[0].contains("you have taken part in Clay"), "{:?}", asked(&ben));
        market.passes(Duration::days(5)).await;
        assert_eq!(asked(&ben).len(), 1, "not again for the second date");
    }

    async fn where_nobody_was_noted_everybody_with_a_seat_is_asked(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Clay", json!({ "free": true }), 10).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        for person in [&ben, &ann] {
            person.takes_seat(&evening).await;
        }
        market.passes(Duration::days(10) + Duration::hours(2)).await;
        let ann = ann.comes_back().await;
        ann.reviews(&evening.workshop, 5, "What an evening.").await;
        market.passes(Duration::hours(24)).await;
        assert_eq!((asked(&ben).len(), asked(&ann).len()), (1, 0));
        market.passes(Duration::days(9)).await;
        assert_eq!((asked(&ben).len(), asked(&ann).len()), (1, 0));
    }
}
