//! On what a review rests: what came with a bundle or a membership, and never what one earns by.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Person, UNREVIEW, basket, euros, story, text};

use super::reviews::course;

const SET: &str =
    "mutation($id: ID!, $shares: [SplitInput!]!) { offeringSplitSet(offeringId: $id, shares: $shares) {
    offering { id } userErrors { code path message } } }";
const ACCEPT: &str =
    "mutation($id: ID!, $creator: ID!) { offeringSplitAccept(offeringId: $id, creatorId: $creator) {
    share { state } userErrors { code path message } } }";

async fn first_lesson(person: &Person, course: &str) -> String {
    let outline = "query($id: ID!) { node(id: $id) { ... on Course { sections { lessons { id } } } } }";
    let seen = person.sees(outline, json!({ "id": course })).await;
    text(&seen["node"]["sections"][0]["lessons"][0]["id"])
}

story! {
    async fn what_came_with_a_bundle_is_reviewed_and_not_the_bundle(market) {
        let (studio, made) = course(&market).await;
        let other = studio.sells("Clay", euros(900)).await;
        let items = [made.course.clone(), other.course.clone()];
        let (bundle, price) = studio.owner.sells_bundle(&studio.id, "Both", &items, euros(2500)).await;
        let (ben, eve) = (market.person("Ben").await, market.person("Eve").await);
        ben.purchases(basket(&[&price])).await;
        ben.finishes(&other.lessons[2]).await;
        assert_eq!(ben.reviews(&other.course, 4, "Both are good.").await["isVerifiedPurchase"], true);
        assert_eq!(ben.cannot_review(&made.course).await, "INVALID_STATE", "nothing of this one was seen");
        for person in [&ben, &eve] {
            assert_eq!(person.cannot_review(&bundle).await, "NOT_ALLOWED");
        }
    }

    async fn what_a_membership_lends_is_paid_for_with_it(market) {
        let mira = market.person("Mira").await;
        let club = mira.opens_club(None).await;
        let ben = market.person("Ben").await;
        ben.joins(&club).await;
        market.settles().await;
        let id = club.shop.course.to_string();
        let lesson = first_lesson(&ben, &id).await;
        ben.finishes(&lesson).await;
        assert_eq!(ben.reviews(&id, 5, "Every month.").await["isVerifiedPurchase"], true);
        assert_eq!(ben.cannot_review(&club.plan).await, "NOT_ALLOWED");
    }

    async fn who_has_a_part_of_what_it_earns_does_not_praise_it(market) {
        let (studio, made) = course(&market).await;
        let nora = market.person("Nora").await;
        let page = nora.opens_studio("nora").await;
        nora.db_begins(&made).await;
        let shares = json!([{ "payee": { "id": page.id }, "basisPoints": 2000 }]);
        studio.owner.does(SET, json!({ "id": made.course, "shares": shares })).await;
        let review = nora.reviews(&made.course, 2, "An offer changes nobody's mind.").await;
        nora.does(UNREVIEW, json!({ "id": review["id"] })).await;
        nora.does(ACCEPT, json!({ "id": made.course, "creator": page.id })).await;
        assert_eq!(nora.cannot_review(&made.course).await, "NOT_ALLOWED");
    }

    async fn many_at_once_are_all_counted(market) {
        let (_, made) = course(&market).await;
        let mut people = Vec::new();
        for name in ["Ada", "Bob", "Cid", "Dan", "Eli", "Fay"] {
            let person = market.person(name).await;
            person.db_begins(&made).await;
            people.push(person);
        }
        let says = async |rating: i32| {
            join_all(people.iter().map(|person| person.reviews(&made.course, rating, "Words."))).await
        };
        let said = says(5).await;
        says(1).await;
        join_all(people.iter().zip(&said).take(3).map(|(person, one)| person.does(UNREVIEW, json!({ "id": one["id"] })))).await;
        let seen = market.stranger("Anybody").sees_reviews(&made.course, "NEWEST", 10, Value::Null).await;
        assert_eq!(seen["ratingSummary"], json!({ "average": 1.0, "count": 3, "histogram": [3, 0, 0, 0, 0] }));
    }
}
