//! Seats: what the doctor says of those that went wrong, and how few statements a page of dates needs.

use serde_json::json;

use crate::support::{Market, WAIT, euros, full_evening, story};

async fn broken(market: &Market) -> Vec<String> {
    let rules = atelier::doctor::rules(market.app()).await;
    let of_workshops = rules.into_iter().find(|(room, _)| *room == "workshops").unwrap();
    let named = of_workshops.1.unwrap().into_iter().map(|rule| rule.split(':').next().unwrap().to_owned());
    named.collect()
}

story! {
    async fn the_rules_notice_a_seat_that_went_wrong(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        ben.buys_seat(&evening).await;
        assert_eq!(broken(&market).await, Vec::<String>::new());
        let line = "(SELECT id FROM order_lines)";
        for (wrong, right, rules) in [
            ("UPDATE workshop_sessions SET taken = 0", "UPDATE workshop_sessions SET taken = 1", vec!["places_are_counted"]),
            (
                "UPDATE seats SET state = 'HELD', held_until = refund_until",
                "UPDATE seats SET state = 'SEATED', held_until = NULL",
                vec!["seats_rest_on_their_money"],
            ),
            (
                "UPDATE seats SET order_line_id = NULL",
                &format!("UPDATE seats SET order_line_id = {line}"),
                vec!["workshops_are_bought_with_a_seat"],
            ),
        ] {
            market.db_runs(wrong).await;
            assert_eq!(broken(&market).await, rules);
            market.db_runs(right).await;
            assert_eq!(broken(&market).await, Vec::<String>::new());
        }

        ann.does(WAIT, json!({ "id": evening.session })).await;
        market.db_runs("UPDATE seats SET state = 'RELEASED'").await;
        market.db_runs("UPDATE workshop_sessions SET taken = 0").await;
        assert_eq!(broken(&market).await, ["paid_seats_are_seats_choices_or_refunds", "nobody_is_overtaken"], "his money is kept, her place is free");
        market.db_runs("UPDATE waitlist_entries SET state = 'OFFERED', seat_id = (SELECT id FROM seats)").await;
        assert_eq!(broken(&market).await, ["paid_seats_are_seats_choices_or_refunds", "offers_are_kept"]);
        market.db_runs("UPDATE waitlist_entries SET state = 'LEFT', seat_id = NULL").await;
        market.db_runs("UPDATE seats SET state = 'SEATED'").await;
        market.db_runs("UPDATE workshop_sessions SET taken = 1").await;
    }

    async fn the_rules_notice_seats_that_are_kept_wrongly(market) {
        let (_, evening, holders) = full_evening(&market, 2).await;
        let ben = market.person("Ben").await;
        ben.does(WAIT, json!({ "id": evening.session, "seats": 2 })).await;
        holders[0].gives_up_seat(&evening.session).await;
        market.settles().await;
        market.db_runs("UPDATE workshop_sessions SET capacity = 3").await;
        assert_eq!(broken(&market).await, ["nobody_is_overtaken"], "one is kept, he wants two, and there is a place");
        market.db_runs("UPDATE workshop_sessions SET capacity = 2").await;
        holders[1].gives_up_seat(&evening.session).await;
        market.settles().await;
        assert_eq!(broken(&market).await, Vec::<String>::new());
        for (wrong, right, rule) in [
            ("UPDATE waitlist_entries SET seats = 1", "UPDATE waitlist_entries SET seats = 2", "no_more_is_kept_than_is_wanted"),
            (
                "UPDATE seats SET held_until = refund_until WHERE offered_to IS NOT NULL",
                "UPDATE seats SET held_until = (SELECT o.held_until FROM seats o WHERE o.state = 'OFFERED' AND o.offered_to IS NULL)
                 WHERE offered_to IS NOT NULL",
                "no_more_is_kept_than_is_wanted",
            ),
            (
                "UPDATE seats SET offered_to = NULL",
                "UPDATE seats SET offered_to = (SELECT id FROM waitlist_entries) WHERE state = 'OFFERED' AND user_id IS NULL",
                "offers_are_kept",
            ),
        ] {
            market.db_runs(wrong).await;
            assert_eq!(broken(&market).await, [rule], "{wrong}");
            market.db_runs(right).await;
            assert_eq!(broken(&market).await, Vec::<String>::new());
        }
    }

    async fn more_dates_and_more_who_wait_cost_no_more_statements(market) {
        const DATES: &str = "query($id: ID!) { workshop(by: { id: $id }) { title creator { displayName } sessions(first: 20) { nodes {
            id startsAt status seats { state capacity seatsLeft waitlistLength } hosts { displayName } workshop { title }
            viewerSeat { id status } viewerWaitlistEntry { position offeredUntil } } } } }";
        const LIST: &str = "query($studio: ID!, $id: ID!) { studio(creatorId: $studio) {
            waitlist(sessionId: $id) { nodes { id position offeredUntil } } } }";
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Ink", json!({ "free": true }), 1).await;
        let (ben, ann, cleo) = (market.person("Ben").await, market.person("Ann").await, market.person("Cleo").await);
        ben.takes_seat(&evening).await;
        ann.waits(&evening.session).await;
        let (page, list) = (json!({ "id": evening.workshop }), json!({ "studio": studio.id, "id": evening.session }));
        let (_, one) = market.statements(studio.owner.sees(DATES, page.clone())).await;
        let (_, waits) = market.statements(studio.owner.sees(LIST, list.clone())).await;
        for days in 11..20 {
            studio.sets_date(&evening.workshop, days, Some(3)).await;
        }
        cleo.waits(&evening.session).await;
        let (seen, ten) = market.statements(studio.owner.sees(DATES, page)).await;
        assert_eq!(seen["workshop"]["sessions"]["nodes"].as_array().unwrap().len(), 10);
        let (_, wait) = market.statements(studio.owner.sees(LIST, list)).await;
        assert_eq!((one, waits), (ten, wait));
    }
}
