//! Waiting for several places: for oneself and for whom one brings.

use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::waitlist_buying::{Full, GOOD, wish};
use crate::support::{
    CALL_OFF, CANCEL, CREATE, Evening, Market, Person, Refused, WAIT, euros, full_evening, seat_at, seats_at,
    story,
};

const LEAVE: &str = "mutation($id: ID!) { sessionWaitlistLeave(entryId: $id) { removedId userErrors { code path message } } }";
const BUY: &str = "mutation($id: ID!, $seats: Int, $buy: WaitlistAutoBuyInput) {
    sessionWaitlistJoin(sessionId: $id, seats: $seats, autoBuy: $buy) { entry { id } userErrors { code path message } } }";
const LIST: &str = "query($studio: ID!, $id: ID!) { studio(creatorId: $studio) {
    waitlist(sessionId: $id) { nodes { position seats seatsOffered } } } }";

async fn asks_for(person: &Person, evening: &Evening, seats: i32) -> Vec<Refused> {
    person.asks(WAIT, json!({ "id": evening.session, "seats": seats })).await.refusals()
}

async fn waits_for(person: &Person, evening: &Evening, seats: i32) {
    let refused = asks_for(person, evening, seats).await;
    assert!(refused.is_empty(), "{refused:?}");
}

async fn entry(person: &Person, evening: &Evening) -> Value {
    person.session(&evening.session).await["viewerWaitlistEntry"].clone()
}

/// Position, how many they want, and how many are kept.
async fn stands(person: &Person, evening: &Evening) -> Option<(i64, i64, i64)> {
    let entry = entry(person, evening).await;
    let number = |field: &str| entry[field].as_i64();
    number("position")
        .zip(number("seats"))
        .zip(number("seatsOffered"))
        .map(|((at, seats), kept)| (at, seats, kept))
}

async fn gives_up(market: &Market, holders: &[Person], evening: &Evening) {
    for holder in holders {
        holder.gives_up_seat(&evening.session).await;
    }
    market.settles().await;
}

fn refusal(refused: &[Refused]) -> (&str, &str) {
    (refused[0].code.as_str(), refused[0].path.as_str())
}

fn letters(person: &Person) -> Vec<(String, String)> {
    let letters = person.market.mail().messages(Some(&person.email));
    let offers = letters.into_iter().filter(|letter| letter.subject.contains("for you:"));
    offers.map(|letter| (letter.subject, letter.text.replace('\n', " "))).collect()
}

story! {
    async fn a_group_of_three_gets_three(market) {
        let (studio, evening, holders) = full_evening(&market, 4).await;
        let (ann, ben) = (market.person("Ann").await, market.person("Ben").await);
        waits_for(&ann, &evening, 3).await;
        waits_for(&ben, &evening, 1).await;
        assert_eq!((stands(&ann, &evening).await, stands(&ben, &evening).await), (Some((1, 3, 0)), Some((2, 1, 0))));
        gives_up(&market, &holders[..1], &evening).await;
        assert_eq!((stands(&ann, &evening).await, stands(&ben, &evening).await), (Some((0, 3, 1)), Some((1, 1, 0))));
        let until = entry(&ann, &evening).await["offeredUntil"].clone();
        gives_up(&market, &holders[1..3], &evening).await;
        assert_eq!(stands(&ann, &evening).await, Some((0, 3, 3)), "added to what is kept; Ben does not get before her");
        assert_eq!(entry(&ann, &evening).await["offeredUntil"], until, "for one span of time");
        assert_eq!(stands(&ben, &evening).await, Some((1, 1, 0)));
        let listed = studio.owner.sees(LIST, json!({ "studio": studio.id, "id": evening.session })).await;
        let shown = json!([{ "position": 0, "seats": 3, "seatsOffered": 3 }, { "position": 1, "seats": 1, "seatsOffered": 0 }]);
        assert_eq!(listed["studio"]["waitlist"]["nodes"], shown);
        let told = letters(&ann);
        let subjects: Vec<&str> = told.iter().map(|(subject, _)| subject.as_str()).collect();
        assert!(subjects.contains(&"A seat for you: Ink") && subjects.contains(&"3 seats for you: Ink"), "{subjects:?}");
        let first = &told.iter().find(|(subject, _)| subject.starts_with("A seat")).unwrap().1;
        assert!(first.contains("1 of the 3 seats") && first.contains("kept for you too"), "{first}");
        let all = &told.iter().find(|(subject, _)| subject.starts_with('3')).unwrap().1;
        assert!(all.contains("3 of the 3 seats") && !all.contains("kept for you too"), "{all}");

        let order = ann.brings(&evening, &["una@example.org", "dan@example.org"]).await;
        assert_eq!(ann.statuses(&order).await, ["CONFIRMED"; 3]);
        assert_eq!(stands(&ann, &evening).await, None);
        gives_up(&market, &holders[3..], &evening).await;
        assert_eq!(stands(&ben, &evening).await, Some((0, 1, 1)));
        market.is_sound().await;
    }

    async fn what_one_order_does_not_take_goes_on(market) {
        let (_, evening, holders) = full_evening(&market, 3).await;
        let (ann, ben, cleo) = (market.person("Ann").await, market.person("Ben").await, market.person("Cleo").await);
        waits_for(&ann, &evening, 3).await;
        waits_for(&ben, &evening, 2).await;
        waits_for(&cleo, &evening, 1).await;
        gives_up(&market, &holders, &evening).await;
        let quote = ann.is_quoted(seats_at(&evening, true, &["una@example.org", "dan@example.org", "eve@example.org"])).await;
        assert_eq!(quote["warnings"], json!([{ "code": "SEATS_UNAVAILABLE", "path": ["items", "3"] }]), "three are kept for her");
        let refused = ann.is_refused(CREATE, json!({ "input": ann.agrees_to(&quote, "HOSTED_PAGE") })).await;
        assert_eq!(refusal(&refused), ("SEATS_UNAVAILABLE", "input.quoteToken.items.3"));
        assert_eq!(stands(&ann, &evening).await, Some((0, 3, 3)), "all or none: still kept");
        // She takes one, for a friend; the other two go on in the same change.
        let checkout = ann.takes(&ann.is_quoted(seats_at(&evening, false, &["una@example.org"])).await).await;
        assert_eq!(stands(&ann, &evening).await, None, "one order ends the wish");
        assert_eq!((stands(&ben, &evening).await, stands(&cleo, &evening).await), (Some((0, 2, 2)), Some((1, 1, 0))));
        // What she does not pay goes on too.
        ann.does(CANCEL, json!({ "id": checkout["id"] })).await;
        market.settles().await;
        assert_eq!(stands(&cleo, &evening).await, Some((0, 1, 1)));
        market.is_sound().await;
        // Ben takes one seat, his own.
        ben.buys_seat(&evening).await;
        cleo.buys_seat(&evening).await;
        let eve = market.person("Eve").await;
        eve.buys_seat(&evening).await;
        market.is_sound().await;
    }

    async fn all_that_is_kept_can_be_for_others(market) {
        let (_, evening, holders) = full_evening(&market, 2).await;
        let ann = market.person("Ann").await;
        waits_for(&ann, &evening, 2).await;
        gives_up(&market, &holders, &evening).await;
        let input = seats_at(&evening, false, &["una@example.org", "dan@example.org"]);
        let quote = ann.is_quoted(input).await;
        assert_eq!(quote["warnings"], json!([]));
        let checkout = ann.takes(&quote).await;
        ann.pays(&checkout).await;
        assert_eq!(ann.statuses(checkout["order"]["id"].as_str().unwrap()).await, ["CONFIRMED"; 2]);
        assert_eq!((stands(&ann, &evening).await, ann.seat_status(&evening.session).await), (None, None));
        market.is_sound().await;
    }

    async fn what_is_let_pass_or_left_goes_on_whole(market) {
        let (_, evening, holders) = full_evening(&market, 2).await;
        let (ann, ben, cleo) = (market.person("Ann").await, market.person("Ben").await, market.person("Cleo").await);
        waits_for(&ann, &evening, 2).await;
        waits_for(&ben, &evening, 2).await;
        waits_for(&cleo, &evening, 2).await;
        gives_up(&market, &holders, &evening).await;
        assert_eq!(stands(&ann, &evening).await, Some((0, 2, 2)));
        market.passes(Duration::minutes(31)).await;
        let (ann, ben, cleo) = (ann.comes_back().await, ben.comes_back().await, cleo.comes_back().await);
        assert_eq!((stands(&ann, &evening).await, stands(&ben, &evening).await), (None, Some((0, 2, 2))));
        let left = entry(&ben, &evening).await["id"].clone();
        ben.does(LEAVE, json!({ "id": left })).await;
        assert_eq!((stands(&ben, &evening).await, stands(&cleo, &evening).await), (None, Some((0, 2, 2))));
        market.settles().await;
        market.is_sound().await;
    }

    async fn how_many_can_be_changed_but_not_past_others(market) {
        let (_, evening, holders) = full_evening(&market, 3).await;
        let (ann, ben) = (market.person("Ann").await, market.person("Ben").await);
        waits_for(&ann, &evening, 1).await;
        waits_for(&ann, &evening, 3).await;
        waits_for(&ben, &evening, 2).await;
        assert_eq!(entry(&ann, &evening).await["id"], ann.waits(&evening.session).await["id"]);
        assert_eq!(stands(&ann, &evening).await, Some((1, 3, 0)), "who does not say how many changes nothing");
        waits_for(&ann, &evening, 2).await;
        let refused = asks_for(&ann, &evening, 3).await;
        assert_eq!(refusal(&refused), ("INVALID_STATE", "seats"));
        assert!(refused[0].message.contains("Others wait behind you"), "{}", refused[0].message);
        assert_eq!(stands(&ann, &evening).await, Some((1, 2, 0)), "and she has kept her place");
        gives_up(&market, &holders[..2], &evening).await;
        assert_eq!((stands(&ann, &evening).await, stands(&ben, &evening).await), (Some((0, 2, 2)), Some((1, 2, 0))));
        assert_eq!(refusal(&asks_for(&ann, &evening, 3).await), ("INVALID_STATE", "seats"), "once they are kept");
        waits_for(&ann, &evening, 1).await;
        assert_eq!((stands(&ann, &evening).await, stands(&ben, &evening).await), (Some((0, 1, 1)), Some((0, 2, 1))));
        gives_up(&market, &holders[2..], &evening).await;
        assert_eq!(stands(&ben, &evening).await, Some((0, 2, 2)));
        market.is_sound().await;
    }

    async fn what_cannot_be_waited_for(market) {
        let (studio, evening, holders) = full_evening(&market, 4).await;
        let ann = market.person("Ann").await;
        for (seats, path) in [(0, "seats"), (-1, "seats"), (7, "seats"), (5, "seats")] {
            assert_eq!(refusal(&asks_for(&ann, &evening, seats).await), ("OUT_OF_RANGE", path), "{seats}");
        }
        gives_up(&market, &holders[..2], &evening).await;
        let refused = asks_for(&ann, &evening, 3).await;
        assert_eq!(refusal(&refused), ("INVALID_STATE", "seats"));
        assert!(refused[0].message.starts_with("Places left: 2."), "{}", refused[0].message);
        assert_eq!(refusal(&asks_for(&ann, &evening, 2).await), ("INVALID_STATE", "sessionId"), "there is no need to wait");
        ann.brings(&evening, &["una@example.org"]).await;

        // Where nothing is to pay everybody takes their own.
        let gratis = studio.invites("Talk", json!({ "free": true }), 3).await;
        for name in ["Zoe", "Zac", "Zed"] {
            market.person(name).await.takes_seat(&gratis).await;
        }
        let ben = market.person("Ben").await;
        assert_eq!(refusal(&asks_for(&ben, &gratis, 2).await), ("NOT_ALLOWED", "seats"));
        waits_for(&ben, &gratis, 1).await;
        market.is_sound().await;
    }

    async fn several_are_not_bought_by_themselves(market) {
        let full = Full::open(&market).await;
        let evening = full.studio.invites("Clay", euros(2000), 2).await;
        market.person("Zac").await.brings(&evening, &["una@example.org"]).await;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        let buy = wish(&ben, &evening).await;
        let ask = |seats: Value, buy: Value| json!({ "id": evening.session, "seats": seats, "buy": buy });
        assert_eq!(refusal(&ben.is_refused(BUY, ask(json!(2), buy.clone())).await), ("NOT_ALLOWED", "seats"));
        waits_for(&ben, &evening, 2).await;
        assert_eq!(refusal(&ben.is_refused(BUY, ask(Value::Null, buy.clone())).await), ("NOT_ALLOWED", "seats"), "he waits for two");
        ben.does(BUY, ask(json!(1), buy)).await;
        assert_eq!(stands(&ben, &evening).await, Some((1, 1, 0)));
        assert_eq!(refusal(&asks_for(&ben, &evening, 2).await), ("NOT_ALLOWED", "seats"), "it is bought by itself");
        market.is_sound().await;
    }

    async fn a_session_that_is_called_off_keeps_nothing(market) {
        let (studio, evening, holders) = full_evening(&market, 2).await;
        let ann = market.person("Ann").await;
        waits_for(&ann, &evening, 2).await;
        gives_up(&market, &holders, &evening).await;
        let off = json!({ "id": evening.session, "reason": "The kiln broke.", "key": ann.new_key() });
        studio.owner.does(CALL_OFF, off).await;
        market.settles().await;
        let kept = "SELECT COUNT(*) AS n FROM seats WHERE state = 'OFFERED'";
        assert_eq!((stands(&ann, &evening).await, market.db_number(kept).await), (None, 0));
        let told = ann.subjects().into_iter().filter(|subject| subject.contains("ancelled")).count();
        assert_eq!(told, 1, "{:?}", ann.subjects());
        market.is_sound().await;
    }

    async fn of_many_at_once_nobody_is_overtaken(market) {
        let (_, evening, holders) = full_evening(&market, 5).await;
        let mut people = Vec::new();
        for (number, seats) in [2, 1, 3, 1, 2].into_iter().enumerate() {
            let person = market.person(&format!("Person{number}")).await;
            waits_for(&person, &evening, seats).await;
            people.push(person);
        }
        join_all(holders.iter().map(|holder| holder.gives_up_seat(&evening.session))).await;
        market.settles().await;
        let mut kept = Vec::new();
        for person in &people {
            kept.push(stands(person, &evening).await.map_or(0, |(_, _, kept)| kept));
        }
        assert_eq!(kept, [2, 1, 2, 0, 0], "in the order of coming, each as many as there are");
        // All at once: the first takes what is kept, the second leaves, the fourth takes what comes.
        let left = entry(&people[1], &evening).await["id"].clone();
        let leaves = people[1].asks(LEAVE, json!({ "id": left }));
        let brings = people[0].brings(&evening, &["una@example.org"]);
        let quote = people[3].is_quoted(seat_at(&evening.price, &evening.session)).await;
        let input = json!({ "input": people[3].agrees_to(&quote, "HOSTED_PAGE") });
        let (_, _, early) = tokio::join!(leaves, brings, people[3].asks(CREATE, input));
        assert_eq!(early.refusals()[0].code, "SEATS_UNAVAILABLE", "the third still wants it");
        market.settles().await;
        assert_eq!(stands(&people[2], &evening).await, Some((0, 3, 3)));
        assert_eq!(stands(&people[3], &evening).await, Some((1, 1, 0)));
        market.is_sound().await;
    }
}
