//! Money for companions' seats: given back by whom, to whom, and what comes too late.

use atelier::operators::model::Role;
use chrono::Duration;
use serde_json::json;

use crate::support::{
    CALL_OFF, Evening, Market, RELEASE, RESCHEDULE, Studio, euros, seat_at, seats_at, story, text,
};

async fn evening(market: &Market, places: i32) -> (Studio, Evening) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let evening = studio.invites("Ink", euros(2000), places).await;
    (studio, evening)
}

story! {
    async fn who_paid_has_the_money_whoever_gives_the_seat_back(market) {
        let (studio, evening) = evening(&market, 4).await;
        let (ben, ann, una) = (market.person("Ben").await, market.person("Ann").await, market.stranger("Una"));
        let order = ben.brings(&evening, &[&ann.email, &una.email]).await;
        let hers = json!({ "id": ann.seat(&evening.session).await, "key": ann.new_key() });
        let given = ann.does(RELEASE, hers).await;
        assert_eq!(given["seat"]["status"], "REFUNDED");
        market.settles().await;
        let now = ben.order(&order).await;
        assert_eq!((&now["status"], &now["refundedTotal"]["minorUnits"]), (&json!("PARTIALLY_REFUNDED"), &json!(2000)), "Ben paid");
        assert_eq!(ben.statuses(&order).await, ["CONFIRMED", "REFUNDED", "CONFIRMED"]);

        // Ben gives back for who has not even an account.
        let given = ben.gives_back_seat(&order, 2).await;
        assert_eq!((&given["seat"]["status"], &given["refund"]["amount"]["minorUnits"]), (&json!("REFUNDED"), &json!(2000)));
        market.settles().await;
        let last = market.mail().messages(Some(&una.email)).into_iter().find(|letter| letter.subject == "No longer yours: Ink");
        assert!(last.and_then(|letter| letter.calendar).is_some_and(|calendar| calendar.contains("METHOD:CANCEL")), "{:?}", una.subjects());
        assert_eq!(ben.statuses(&order).await, ["CONFIRMED", "REFUNDED", "REFUNDED"]);
        assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 3);
        una.signs_up().await;
        una.proves_address().await;
        market.settles().await;
        assert_eq!(una.seat_status(&evening.session).await, None);
    }

    async fn a_companions_seat_given_back_late_is_paid_back_when_it_is_sold_again(market) {
        let (_, evening) = evening(&market, 2).await;
        let (ben, ann, zoe) = (market.person("Ben").await, market.person("Ann").await, market.person("Zoe").await);
        let order = ben.brings(&evening, &[&ann.email]).await;
        market.passes(Duration::days(9) + Duration::hours(12)).await;
        let (ben, ann, zoe) = (ben.comes_back().await, ann.comes_back().await, zoe.comes_back().await);
        let given = ben.gives_back_seat(&order, 1).await;
        assert_eq!((&given["seat"]["status"], &given["refund"]), (&json!("RELEASED"), &json!(null)));
        market.settles().await;
        assert_eq!((ann.seat_status(&evening.session).await, ben.order(&order).await["status"].clone()), (None, json!("PAID")));
        zoe.buys_seat(&evening).await;
        market.settles().await;
        assert_eq!(ben.order(&order).await["refundedTotal"]["minorUnits"], 2000);
    }

    async fn a_session_that_is_moved_or_called_off_is_told_to_all_and_paid_back_line_by_line(market) {
        let (studio, evening) = evening(&market, 4).await;
        let (ben, ann, una) = (market.person("Ben").await, market.person("Ann").await, market.stranger("Una"));
        let order = ben.brings(&evening, &[&ann.email, &una.email]).await;
        let start = (market.app().now() + Duration::days(14)).format("%Y-%m-%dT%H:%M").to_string();
        studio.owner.does(RESCHEDULE, json!({ "id": evening.session, "start": start, "zone": "UTC", "note": null })).await;
        market.settles().await;
        for one in [&ben, &ann, &una] {
            assert!(one.subjects().contains(&"A new time: Ink".to_owned()), "{:?}", one.subjects());
        }
        studio.owner.does(CALL_OFF, json!({ "id": evening.session, "reason": "I am ill.", "key": studio.owner.new_key() })).await;
        market.settles().await;
        for one in [&ben, &ann, &una] {
            assert!(one.subjects().contains(&"Cancelled: Ink".to_owned()), "{:?}", one.subjects());
        }
        let now = ben.order(&order).await;
        assert_eq!((&now["status"], &now["refundedTotal"]["minorUnits"]), (&json!("REFUNDED"), &json!(6000)));
        assert_eq!(ben.statuses(&order).await, ["REFUNDED"; 3]);
        assert_eq!(market.stripe().objects("refund").len(), 3, "each line its own");
        // Nobody asked for them by hand, and their answers are noted all the same.
        market.passes(Duration::minutes(30)).await;
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM outgoing_calls WHERE state = 'INTENDED'").await, 0);
    }

    async fn money_that_comes_too_late_seats_as_many_as_there_are_places(market) {
        let (studio, evening) = evening(&market, 4).await;
        let (ben, ann, una) = (market.person("Ben").await, market.person("Ann").await, market.stranger("Una"));
        let checkout = ben.takes(&ben.is_quoted(seats_at(&evening, true, &[&ann.email, &una.email])).await).await;
        market.db_gives_seat_away().await;
        market.person("Zoe").await.brings(&evening, &["dan@example.org"]).await;
        ben.pays(&checkout).await;
        let order = text(&checkout["order"]["id"]);
        assert_eq!(ben.statuses(&order).await, ["CONFIRMED", "CONFIRMED", "UNSEATED"], "oneself first, then as they were ordered");
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        assert!(una.subjects().is_empty(), "there is nothing to tell yet");
        let late = market.mail().messages(Some(&ben.email)).into_iter().find(|letter| letter.subject.contains("after the last seat was gone")).unwrap();
        assert!(late.text.contains(&una.email) && !late.text.contains("first in line"), "{}", late.text);

        // Ben need not wait for three days.
        let given = ben.gives_back_seat(&order, 2).await;
        assert_eq!(given["refund"]["amount"]["minorUnits"], 2000);
        market.settles().await;
        assert_eq!(ben.statuses(&order).await, ["CONFIRMED", "CONFIRMED", "REFUNDED"]);
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 0);
    }

    async fn money_that_comes_too_late_goes_back_by_itself(market) {
        let (_, evening) = evening(&market, 2).await;
        let (ben, una) = (market.person("Ben").await, market.stranger("Una"));
        let checkout = ben.takes(&ben.is_quoted(seats_at(&evening, true, &[&una.email])).await).await;
        market.db_gives_seat_away().await;
        market.person("Zoe").await.brings(&evening, &["dan@example.org"]).await;
        ben.pays(&checkout).await;
        let order = text(&checkout["order"]["id"]);
        assert_eq!(ben.statuses(&order).await, ["UNSEATED", "UNSEATED"]);
        assert_eq!(ben.session(&evening.session).await["viewerWaitlistEntry"]["position"], 1, "himself first in line");
        market.passes(Duration::days(3) + Duration::hours(1)).await;
        let ben = ben.comes_back().await;
        assert_eq!(ben.order(&order).await["status"], "REFUNDED");
        assert_eq!(ben.statuses(&order).await, ["REFUNDED", "REFUNDED"]);
        assert!(una.subjects().is_empty(), "{:?}", una.subjects());
    }

    async fn a_dispute_takes_every_seat_and_gives_every_seat_back(market) {
        let (studio, evening) = evening(&market, 3).await;
        let (ben, ann, una) = (market.person("Ben").await, market.person("Ann").await, market.stranger("Una"));
        let order = ben.brings(&evening, &[&ann.email, &una.email]).await;
        let charge = text(&market.stripe().objects("charge")[0]["id"]);
        let dispute = market.stripe().dispute(&charge, None).unwrap();
        market.settles().await;
        assert_eq!((ben.statuses(&order).await.as_slice(), ann.seat_status(&evening.session).await), (["REFUNDED", "REFUNDED", "REFUNDED"].map(str::to_owned).as_slice(), None));
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 3);
        let refused = ben.is_refused(RELEASE, json!({ "id": ben.lines(&order).await[1]["seat"]["id"], "key": ben.new_key() })).await;
        assert_eq!(refused[0].code, "INVALID_STATE");
        market.stripe().close_dispute(dispute["id"].as_str().unwrap(), true).unwrap();
        market.settles().await;
        assert_eq!(ben.statuses(&order).await, ["CONFIRMED"; 3]);
        for one in [&ben, &ann] {
            assert_eq!(one.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"), "{}", one.name);
        }
        una.signs_up().await;
        una.proves_address().await;
        market.settles().await;
        assert_eq!(una.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
    }

    async fn a_refund_that_fails_brings_the_companion_back(market) {
        let (studio, evening) = evening(&market, 3).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        let checkout = ben.takes(&ben.is_quoted(seats_at(&evening, true, &[&ann.email])).await).await;
        market.stripe().pay(&market.page_of(&checkout), "4000000000005126").unwrap();
        market.settles().await;
        let order = text(&checkout["order"]["id"]);
        ben.gives_back_seat(&order, 1).await;
        market.settles().await;
        assert_eq!(ann.seat_status(&evening.session).await, None);
        market.passes(Duration::minutes(2)).await;
        assert_eq!(ben.statuses(&order).await, ["CONFIRMED", "CONFIRMED"]);
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 1);
        market.operator("Fay", Role::Finance).await.closes_cases().await;
    }

    async fn a_guest_takes_somebody_along(market) {
        let (studio, evening) = evening(&market, 4).await;
        let (ben, ann) = (market.stranger("Ben"), market.person("Ann").await);
        let checkout = ben.buys_as_guest(seats_at(&evening, true, &[&ann.email])).await;
        assert!(ann.subjects().contains(&format!("{} has a seat for you: Ink", ben.email)), "{:?}", ann.subjects());
        assert_eq!(ann.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        // She gives it back late, before Ben has an account: his proof brings nobody back.
        market.passes(Duration::days(9) + Duration::hours(12)).await;
        let ann = ann.comes_back().await;
        ann.gives_up_seat(&evening.session).await;
        ben.signs_up().await;
        ben.proves_address().await;
        market.settles().await;
        let order = text(&checkout["order"]["id"]);
        assert_eq!(ben.statuses(&order).await, ["CONFIRMED", "RELEASED"]);
        assert_eq!(ben.lines(&order).await[1]["giftRecipientEmail"], json!(ann.email));
        assert_eq!((ben.seat_status(&evening.session).await.as_deref(), ann.seat_status(&evening.session).await), (Some("CONFIRMED"), None));
        let mira = studio.owner.comes_back().await;
        assert_eq!(mira.session(&evening.session).await["seats"]["seatsLeft"], 3);
    }

    async fn several_dates_in_one_order(market) {
        let (studio, evening) = evening(&market, 1).await;
        let later = Evening { session: studio.sets_date(&evening.workshop, 20, Some(3)).await, ..evening.clone() };
        let ben = market.person("Ben").await;
        let mut input = seats_at(&later, true, &["ann@example.org"]);
        let own = seat_at(&evening.price, &evening.session)["items"][0].clone();
        input["items"].as_array_mut().unwrap().push(own);
        let order = text(&ben.purchases(input).await["order"]["id"]);
        assert_eq!(ben.statuses(&order).await, ["CONFIRMED"; 3]);
        assert_eq!((ben.seat_status(&evening.session).await.as_deref(), ben.seat_status(&later.session).await.as_deref()), (Some("CONFIRMED"), Some("CONFIRMED")));
    }
}
