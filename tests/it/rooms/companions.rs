//! What the rules of companions' seats notice.

use crate::support::{Market, euros, story};

async fn broken(market: &Market) -> Vec<String> {
    let rules = atelier::doctor::rules(market.app()).await;
    let of_seats = rules.into_iter().find(|(room, _)| *room == "workshops").unwrap();
    let named = of_seats.1.unwrap().into_iter().map(|rule| rule.split(':').next().unwrap().to_owned());
    named.collect()
}

story! {
    async fn the_rules_notice_a_companions_seat_that_went_wrong(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let evening = studio.invites("Ink", euros(2000), 9).await;
        let ben = market.person("Ben").await;
        let input = crate::support::seats_at(&evening, true, &["ann@example.org"]);
        let checkout = ben.takes(&ben.is_quoted(input).await).await;
        assert_eq!(broken(&market).await, Vec::<String>::new());

        let companions = "(SELECT l.id FROM order_lines l WHERE l.gift_recipient IS NOT NULL)";
        market.person("Zoe").await;
        let zoes = "UPDATE seats SET user_id = (SELECT id FROM users WHERE display_name = 'Zoe') WHERE for_companion";
        market.db_runs(zoes).await;
        assert_eq!(broken(&market).await, ["companions_know_of_paid_seats_alone"], "not paid, and somebody's");
        market.db_runs("UPDATE seats SET user_id = NULL, holder_email = NULL WHERE for_companion").await;
        assert_eq!(broken(&market).await, ["companions_know_of_paid_seats_alone"], "nobody can claim it");
        market.db_runs("UPDATE seats SET holder_email = 'ann@example.org' WHERE for_companion").await;
        market.db_runs("UPDATE seats SET for_companion = FALSE").await;
        assert_eq!(broken(&market).await, ["companions_seats_are_bought_for_them"], "it would be its buyer's");
        market.db_runs(&format!("UPDATE seats SET for_companion = TRUE WHERE order_line_id IN {companions}")).await;
        market.db_runs("UPDATE seats SET state = 'RELEASED', held_until = NULL WHERE for_companion").await;
        market.db_runs("UPDATE workshop_sessions SET taken = taken - 1").await;
        assert_eq!(broken(&market).await, ["seats_are_held_together"], "part of a group");
        let again = "UPDATE seats SET state = 'HELD', held_until = (SELECT p.held_until FROM seats p WHERE p.state = 'HELD')
                     WHERE for_companion";
        market.db_runs(again).await;
        market.db_runs("UPDATE workshop_sessions SET taken = taken + 1").await;
        assert_eq!(broken(&market).await, Vec::<String>::new());
        ben.pays(&checkout).await;
    }
}
