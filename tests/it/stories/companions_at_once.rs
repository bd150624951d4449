//! Groups that want more places than there are, at the same moment: one has all it wants, nobody has part of it.

use futures_util::future::join_all;
use serde_json::json;

use super::seats_at_once::number;
use crate::support::{CREATE, euros, seats_at, story};

story! {
    async fn of_two_groups_of_three_one_has_four_places(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let mut evening = studio.invites("Ink", euros(2000), 4).await;
        let people = [market.person("Ben").await, market.person("Cleo").await];
        for round in 0..number("ATELIER_ROUNDS", 3) {
            if round > 0 {
                evening.session = studio.sets_date(&evening.workshop, 11, Some(4)).await;
            }
            let friends = |name: &str| [1, 2].map(|n| format!("{name}{n}@example.org").to_lowercase());
            let quotes = join_all(people.iter().map(|one| {
                let friends = friends(&one.name);
                let input = seats_at(&evening, true, &[friends[0].as_str(), friends[1].as_str()]);
                async move { one.is_quoted(input).await }
            })).await;
            let wanted = people.iter().zip(&quotes).map(|(one, quote)| {
                let input = one.agrees_to(quote, "HOSTED_PAGE");
                async move { one.asks(CREATE, json!({ "input": input })).await.data()["checkoutCreate"].clone() }
            });
            let answers = join_all(wanted).await;
            let won = answers.iter().filter(|answer| answer["checkout"]["status"] == "OPEN").count();
            let lost: Vec<_> = answers.iter().filter(|answer| answer["checkout"].is_null()).collect();
            assert_eq!((won, lost.len()), (1, 1), "round {round}: {answers:#?}");
            assert_eq!(lost[0]["userErrors"][0]["code"], "SEATS_UNAVAILABLE", "round {round}");
            assert_eq!(lost[0]["userErrors"][0]["path"], json!(["input", "quoteToken", "items", "1"]), "round {round}");
            assert_eq!(studio.owner.session(&evening.session).await["seats"]["seatsLeft"], 1, "round {round}: all three or none");
            for (person, answer) in people.iter().zip(&answers) {
                if answer["checkout"]["status"] == "OPEN" {
                    person.pays(&answer["checkout"]).await;
                }
            }
            assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM seats").await, 3 * i64::try_from(round + 1).unwrap());
            assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM seats WHERE state <> 'SEATED'").await, 0);
        }
    }

    /// Each holds in the order of the sessions, whatever the order of the items: nobody waits in a circle.
    async fn groups_at_two_dates_from_both_ends(market) {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let first = studio.invites("Ink", euros(2000), 5).await;
        let mut second = first.clone();
        second.session = studio.sets_date(&first.workshop, 11, Some(5)).await;
        let mut people = Vec::new();
        for n in 0..4 {
            people.push(market.person(&format!("Guest{n}")).await);
        }
        let wanted = people.iter().enumerate().map(|(n, one)| {
            let (one_end, other_end) = if n % 2 == 0 { (&first, &second) } else { (&second, &first) };
            let mut input = seats_at(one_end, true, &[&format!("a{n}@example.org")]);
            let others = seats_at(other_end, true, &[&format!("b{n}@example.org")]);
            input["items"].as_array_mut().unwrap().extend(others["items"].as_array().unwrap().clone());
            async move {
                let quote = one.is_quoted(input).await;
                let input = one.agrees_to(&quote, "HOSTED_PAGE");
                one.asks(CREATE, json!({ "input": input })).await.data()["checkoutCreate"].clone()
            }
        });
        let answers = join_all(wanted).await;
        let won = answers.iter().filter(|answer| answer["checkout"]["status"] == "OPEN").count();
        assert_eq!(won, 2, "{answers:#?}");
        for session in [&first.session, &second.session] {
            assert_eq!(studio.owner.session(session).await["seats"]["seatsLeft"], 1);
        }
    }
}
