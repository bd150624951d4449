//! However one comes to a session, there are only its places: one count for every price, for what is free, for codes, for
//! who waits, who moves and who is given a seat.

use futures_util::future::{BoxFuture, join_all};
use serde_json::{Value, json};

use crate::support::{
    CREATE, Evening, MOVE, Market, Person, QUOTE, TAKE, TRANSFER, euros, seat_at, seats_at, story, text,
};

const COUPON: &str =
    "mutation($creator: ID!, $input: CouponInput!) { couponCreate(creatorId: $creator, input: $input) {
    coupon { id } userErrors { code path message } } }";
const PLACES: i32 = 4;

/// A session of four places and every way into it: two currencies, nothing, and a code that takes everything off.
struct Ways {
    euros: Evening,
    dollars: Evening,
    free: Evening,
    elsewhere: String,
    owner: Person,
    studio: String,
}

async fn ways(market: &Market) -> Ways {
    let owner = market.person("Mira").await;
    let studio = owner.opens_studio("mira").await;
    let euros = studio.invites("Ink", euros(2000), PLACES).await;
    let priced = |price: String| Evening { price, ..euros.clone() };
    let dollars = json!({ "oneTime": { "amount": { "minorUnits": 2500, "currency": "USD" } } });
    let dollars = priced(studio.prices(&euros.workshop, dollars).await);
    let free = priced(studio.prices(&euros.workshop, json!({ "free": true })).await);
    let all_off = json!({ "code": "FRIENDS", "discount": { "percentOffBasisPoints": 10_000 } });
    owner.does(COUPON, json!({ "creator": studio.id, "input": all_off })).await;
    let elsewhere = studio.sets_date(&euros.workshop, 11, Some(PLACES)).await;
    Ways { euros, dollars, free, elsewhere, owner, studio: studio.id }
}

fn coded(evening: &Evening) -> Value {
    let mut input = seat_at(&evening.price, &evening.session);
    input["couponCode"] = json!("FRIENDS");
    input
}

/// Agrees to a quote in the first way it offers; the checkout, if there was a place.
async fn buys(person: &Person, quote: Value) -> Option<Value> {
    let input = person.agrees_to(&quote, &text(&quote["purchaseOptions"][0]));
    let answer = person.asks(CREATE, json!({ "input": input })).await.data()["checkoutCreate"].clone();
    if answer["checkout"].is_null() {
        assert_eq!(answer["userErrors"][0]["code"], "SEATS_UNAVAILABLE", "{answer:#}");
        return None;
    }
    Some(answer["checkout"].clone())
}

async fn takes(person: &Person, evening: &Evening) -> bool {
    let wish = json!({ "price": evening.price, "session": evening.session, "key": person.new_key() });
    let answer = person.asks(TAKE, wish).await.data()["enrollmentClaimFree"].clone();
    let seated = answer["seat"]["status"] == "CONFIRMED";
    assert!(seated || answer["userErrors"][0]["code"] == "SEATS_UNAVAILABLE", "{answer:#}");
    seated
}

async fn taken(market: &Market, session: &str) -> (i64, i64) {
    let id: atelier::kernel::WorkshopSessionId = session.parse().unwrap();
    let app = market.app();
    let known = atelier::workshops::store::session(app.db.read(), id).await.unwrap().unwrap();
    let live = "SELECT COUNT(*) AS n FROM seats WHERE state IN ('OFFERED', 'HELD', 'SEATED')";
    (known.taken.into(), market.db_number(live).await)
}

story! {
    async fn every_way_in_draws_on_the_same_places(market) {
        let ways = ways(&market).await;
        let mut people = Vec::new();
        for n in 0..12 {
            people.push(market.person(&format!("Guest{n}")).await);
        }
        let (euros, dollars, free) = (&ways.euros, &ways.dollars, &ways.free);
        let mut wanted: Vec<BoxFuture<'_, Option<Value>>> = Vec::new();
        for (n, person) in people.iter().enumerate() {
            let quoted = match n % 4 {
                0 => seat_at(&euros.price, &euros.session),
                1 => seat_at(&dollars.price, &dollars.session),
                2 => coded(euros),
                _ => {
                    wanted.push(Box::pin(async move { takes(person, free).await.then_some(Value::Null) }));
                    continue;
                }
            };
            let quote = person.is_quoted(quoted).await;
            wanted.push(Box::pin(buys(person, quote)));
        }
        let came = join_all(wanted).await;
        assert_eq!(came.iter().flatten().count(), 4, "{came:#?}");
        assert_eq!(taken(&market, &euros.session).await, (4, 4));
        for (person, checkout) in people.iter().zip(&came) {
            if let Some(checkout) = checkout.as_ref().filter(|one| one["status"] == "OPEN") {
                person.pays(checkout).await;
            }
        }
        market.settles().await;
        assert_eq!(taken(&market, &euros.session).await, (4, 4), "a held seat became a seat");
        assert_eq!(market.db_number("SELECT COUNT(*) AS n FROM seats WHERE state = 'SEATED'").await, 4);
    }

    async fn who_waits_moves_or_is_given_a_seat_takes_no_place_beside_them(market) {
        let ways = ways(&market).await;
        let mut people = Vec::new();
        for name in ["Ann", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus"] {
            people.push(market.person(name).await);
        }
        let [ann, ben, cleo, dan, eve, fay, gus] = people.try_into().unwrap_or_else(|_| unreachable!());
        let here = &ways.euros.session;
        ann.buys_seat(&ways.euros).await;
        ben.buys_seat(&ways.dollars).await;
        cleo.takes_seat(&ways.free).await;
        dan.purchases(coded(&ways.euros)).await;
        market.settles().await;
        assert_eq!(taken(&market, here).await, (4, 4));
        for person in [&ann, &ben, &cleo, &dan] {
            assert_eq!(person.seat_status(here).await.as_deref(), Some("CONFIRMED"), "{}", person.name);
        }
        gus.takes_seat(&Evening { session: ways.elsewhere.clone(), ..ways.free.clone() }).await;
        let seat = gus.seat(&ways.elsewhere).await;
        let moves = async || gus.is_refused(MOVE, json!({ "id": seat, "to": here, "key": gus.new_key() })).await[0].code.clone();
        assert_eq!(moves().await, "SEATS_UNAVAILABLE");

        // A place that becomes free is Fay's who waits, before any other way in.
        fay.waits(here).await;
        cleo.gives_up_seat(here).await;
        market.settles().await;
        assert!(!fay.session(here).await["viewerWaitlistEntry"]["offeredUntil"].is_null());
        assert_eq!(taken(&market, here).await, (4, 5), "offered; and Gus's elsewhere");
        assert_eq!(moves().await, "SEATS_UNAVAILABLE");
        assert!(!takes(&eve, &ways.free).await);
        for input in [seat_at(&ways.euros.price, here), seat_at(&ways.dollars.price, here), coded(&ways.euros)] {
            let answer = eve.asks(QUOTE, json!({ "input": input })).await.data()["quote"].clone();
            if answer["quote"].is_null() {
                assert_eq!(answer["userErrors"][0]["code"], "SEATS_UNAVAILABLE", "{answer:#}");
            } else {
                assert!(buys(&eve, answer["quote"].clone()).await.is_none());
            }
        }
        fay.buys_seat(&ways.dollars).await;
        assert_eq!(fay.seat_status(here).await.as_deref(), Some("CONFIRMED"), "the offer is paid in any of its prices");
        assert_eq!(taken(&market, here).await, (4, 5));

        // Given away, it is the same place; a companion takes one of their own; in a bundle there is none at all.
        let anns = ann.seat(here).await;
        ann.does(TRANSFER, json!({ "id": anns, "email": eve.email, "key": ann.new_key() })).await;
        market.settles().await;
        assert_eq!(eve.seat_status(here).await.as_deref(), Some("CONFIRMED"));
        assert_eq!(taken(&market, here).await, (4, 5));
        let there = Evening { session: ways.elsewhere.clone(), ..ways.euros.clone() };
        let una = ann.is_quoted(seats_at(&ways.euros, false, &["una@example.com"])).await;
        assert!(buys(&ann, una).await.is_none(), "for nobody there is a place beside them");
        ann.purchases(seats_at(&there, false, &["una@example.com", "uri@example.com"])).await;
        assert_eq!(taken(&market, &ways.elsewhere).await, (3, 7), "Gus and two more");
        let items = json!({ "title": "Both", "descriptionMarkdown": "All.", "itemIds": [ways.euros.workshop] });
        let bundle = ways.owner.is_refused(crate::support::BUNDLE_CREATE, json!({ "creator": ways.studio, "input": items })).await;
        assert!(bundle.iter().any(|no| no.code == "NOT_ALLOWED"), "{bundle:?}");
    }
}
