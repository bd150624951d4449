//! Rights to learn: given once, counted exactly, seen by their holder alone.

use atelier::kernel::EnrollmentId;
use serde_json::json;

use crate::support::{euros, story};

const NODE: &str = "query($id: ID!) { node(id: $id) { id ... on Enrollment { state source cancelAtPeriodEnd
    accessEndsAt offering { id title } } } }";
const COURSE: &str = "query($id: ID!) { course(by: { id: $id }) { viewerAccess { state enrollment { id state } offers { id } } } }";

story! {
    async fn a_right_is_given_once_and_begins_again_after_it_was_taken_back(market) {
        let mira = market.person("Mira").await;
        let ben = market.person("Ben").await;
        let made = mira.opens_studio("mira").await.sells("Bread", euros(900)).await;
        let right = ben.db_enrolls(&made.course).await.expect("a new right");
        assert_eq!(ben.db_enrolls(&made.course).await, None, "it was there already");
        let course = ben.sees(COURSE, json!({ "id": made.course })).await["course"]["viewerAccess"].clone();
        assert_eq!(course, json!({ "state": "OPEN", "enrollment": { "id": right.to_string(), "state": "ACTIVE" }, "offers": [] }));
        market.is_sound().await;

        assert!(ben.db_loses(right).await);
        assert!(!ben.db_loses(right).await, "it was gone already");
        let course = ben.sees(COURSE, json!({ "id": made.course })).await["course"]["viewerAccess"].clone();
        assert_eq!(course["state"], "REVOKED");
        assert_eq!(course["offers"][0]["id"], json!(made.price), "it can be bought again");
        market.is_sound().await;

        assert_eq!(ben.db_enrolls(&made.course).await, Some(right), "the same right, again");
        let seen = ben.sees(NODE, json!({ "id": right.to_string() })).await["node"].clone();
        assert_eq!(seen["state"], "ACTIVE");
        assert_eq!(seen["source"], "COMPLIMENTARY");
        assert_eq!(seen["offering"], json!({ "id": made.course, "title": "Bread" }));
    }

    async fn a_right_is_seen_by_its_holder_alone(market) {
        let mira = market.person("Mira").await;
        let ben = market.person("Ben").await;
        let zoe = market.person("Zoe").await;
        let made = mira.opens_studio("mira").await.sells("Bread", euros(900)).await;
        let right = ben.db_enrolls(&made.course).await.expect("a new right").to_string();
        for other in [&zoe, &mira, &ben.anonymously()] {
            assert!(other.sees(NODE, json!({ "id": right })).await["node"].is_null());
        }
        assert!(right.parse::<EnrollmentId>().is_ok());
    }
}
