//! A seat that is bought by itself: what may happen between agreeing, holding the seat and charging the card.

use atelier::checkout::actions::place_offered;
use atelier::kernel::WaitlistEntryId;
use atelier::payments::actions::buy_offered;
use chrono::Duration;
use serde_json::{Value, json};

use super::waitlist_buying::{
    ARCHIVE, Full, GOOD, LEAVE, QUOTE, TAKE_BACK, WAIT, agreed, entry, letter, sold, waits_to_buy, wish,
};
use crate::support::{
    CALL_OFF, CANCEL, Evening, Kind, Market, Person, RESCHEDULE, SCHEDULE, Studio, WORKSHOP_UPDATE, euros,
    play_with, seat_at, seats_at, story, text,
};

const SHELVE: &str = "mutation($id: ID!) { offeringArchive(id: $id) { offering { status } userErrors { code path message } } }";
const OFFER: &str = "A seat for you: Ink";

/// They agree, a seat becomes free, the order is placed and the seat held; then the worker dies.
pub(super) async fn is_placed(market: &Market, full: &Full, person: &Person) -> WaitlistEntryId {
    let id = text(&waits_to_buy(person, &full.evening).await["id"]).parse().unwrap();
    full.zoe.gives_up_seat(&full.evening.session).await;
    place_offered(market.app(), id).await.unwrap().expect("an order");
    id
}

/// The same, and the card is charged; Stripe's answer is lost.
async fn is_charged(market: &Market, full: &Full, person: &Person) -> WaitlistEntryId {
    let (id, before) = (is_placed(market, full, person).await, sold(market));
    let lost = json!([
        { "operation": "POST /v1/payment_intents/{intent}/confirm", "kind": "reset_after_commit", "times": 40 },
    ]);
    market.stripe().set_faults(serde_json::from_value(lost).unwrap(), 1).unwrap();
    buy_offered(market.app(), id).await.unwrap_err();
    assert_eq!(sold(market), before + 1, "charged, and nobody knows");
    market.stripe().set_faults(Vec::new(), 1).unwrap();
    id
}

async fn moves(market: &Market, studio: &Studio, session: &str, days: i64) {
    let start = (market.app().now() + Duration::days(days)).format("%Y-%m-%dT%H:%M").to_string();
    let to = json!({ "id": session, "start": start, "zone": "UTC", "note": null });
    studio.owner.does(RESCHEDULE, to).await;
}

pub(super) async fn calls_off(studio: &Studio, session: &str) {
    let off = json!({ "id": session, "reason": "Ill.", "key": studio.owner.new_key() });
    studio.owner.does(CALL_OFF, off).await;
}

async fn refusal(person: &Person, session: &str, buy: &Value) -> (String, String) {
    let refused = person.is_refused(WAIT, json!({ "id": session, "buy": buy })).await.remove(0);
    (refused.code, refused.path)
}

fn is(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

/// It was not bought: the seat is kept for them, the letter says why, and they can take it.
async fn is_offered_instead(market: &Market, person: &Person, evening: &Evening, words: &str) {
    let offered = entry(person, evening).await;
    assert!(offered["offeredUntil"].is_string() && offered["autoBuy"].is_null(), "{offered:#}");
    let told = letter(market, person, OFFER).expect("a letter");
    assert!(told.contains(words) && told.contains("Nothing was charged."), "{told}");
}

story! {
    async fn nothing_is_charged_once_its_time_is_over(market) {
        let full = Full::open(&market).await;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        let id = is_placed(&market, &full, &ben).await;
        market.app().clock.advance(Duration::minutes(16));
        buy_offered(market.app(), id).await.unwrap();
        market.settles().await;
        assert_eq!(sold(&market), 1);
        let ben = ben.comes_back().await;
        is_offered_instead(&market, &ben, &full.evening, "could not be made in time").await;
        ben.buys_seat(&full.evening).await;
        assert_eq!((ben.seat_status(&full.evening.session).await.as_deref(), sold(&market)), (Some("CONFIRMED"), 2));
    }

    async fn an_offer_that_no_worker_got_to_is_told_before_it_lapses(market) {
        let full = Full::open(&market).await;
        let (ben, ann) = (full.with_card(&market, "Ben", GOOD).await, market.person("Ann").await);
        waits_to_buy(&ben, &full.evening).await;
        ann.waits(&full.evening.session).await;
        full.zoe.gives_up_seat(&full.evening.session).await;
        market.db_runs("DELETE FROM jobs WHERE kind = 'payments.buy_offered'").await;
        market.passes(Duration::minutes(31)).await;
        is_offered_instead(&market, &ben.comes_back().await, &full.evening, "could not be made in time").await;
        market.passes(Duration::minutes(31)).await;
        assert_eq!(entry(&ben.comes_back().await, &full.evening).await, Value::Null);
        assert!(entry(&ann.comes_back().await, &full.evening).await["offeredUntil"].is_string());
        assert_eq!(sold(&market), 1);
    }

    async fn what_went_to_a_friend_and_was_not_paid_goes_to_who_is_next(market) {
        let full = Full::open(&market).await;
        let (ben, ann) = (full.with_card(&market, "Ben", GOOD).await, market.person("Ann").await);
        waits_to_buy(&ben, &full.evening).await;
        full.zoe.gives_up_seat(&full.evening.session).await;
        market.db_runs("DELETE FROM jobs WHERE kind = 'payments.buy_offered'").await;
        let checkout = ben.takes(&ben.is_quoted(seats_at(&full.evening, false, &["una@example.org"])).await).await;
        ann.waits(&full.evening.session).await;
        ben.waits(&full.evening.session).await;
        ben.does(CANCEL, json!({ "id": checkout["id"] })).await;
        market.settles().await;
        assert!(entry(&ann, &full.evening).await["offeredUntil"].is_string(), "his order ended his wish");
        assert_eq!(entry(&ben, &full.evening).await["position"], 1);
        assert_eq!(letter(&market, &ben, OFFER), None);
        market.is_sound().await;
    }

    async fn who_leaves_in_between_is_not_charged(market) {
        let full = Full::open(&market).await;
        let (ben, ann) = (full.with_card(&market, "Ben", GOOD).await, market.person("Ann").await);
        let id = is_placed(&market, &full, &ben).await;
        ann.waits(&full.evening.session).await;
        ben.does(LEAVE, json!({ "id": id.to_string() })).await;
        buy_offered(market.app(), id).await.unwrap();
        market.settles().await;
        assert_eq!((sold(&market), ben.seat_status(&full.evening.session).await), (1, None));
        assert_eq!(letter(&market, &ben, OFFER), None);
        assert!(entry(&ann, &full.evening).await["offeredUntil"].is_string(), "it is the next one's");
        let held = "SELECT COUNT(*) AS n FROM orders WHERE status = 'PENDING'";
        assert_eq!(market.db_number(held).await, 0);
    }

    async fn who_may_have_been_charged_cannot_leave_and_has_a_seat(market) {
        let full = Full::open(&market).await;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        let id = is_charged(&market, &full, &ben).await;
        for way_out in [LEAVE, TAKE_BACK] {
            let refused = ben.is_refused(way_out, json!({ "id": id.to_string() })).await.remove(0);
            assert_eq!((refused.code, refused.path), is("INVALID_STATE", "entryId"));
        }
        market.settles().await;
        assert_eq!((ben.seat_status(&full.evening.session).await.as_deref(), sold(&market)), (Some("CONFIRMED"), 2));
        ben.gives_up_seat(&full.evening.session).await;
        market.settles().await;
        assert_eq!(market.stripe().objects("refund").len(), 2, "Zoe's and Ben's");
    }

    async fn a_session_that_is_called_off_in_between_costs_nobody_anything(market) {
        let full = Full::open(&market).await;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        let id = is_placed(&market, &full, &ben).await;
        calls_off(&full.studio, &full.evening.session).await;
        buy_offered(market.app(), id).await.unwrap();
        market.settles().await;
        assert_eq!((sold(&market), letter(&market, &ben, OFFER)), (1, None));

        // Charged before it was called off: seated or not, the money goes back.
        let (evening, zoe) = Full::evening(&market, &full.studio, "Yan").await;
        let other = Full { evening, zoe, ..full };
        let cleo = other.with_card(&market, "Cleo", GOOD).await;
        is_charged(&market, &other, &cleo).await;
        calls_off(&other.studio, &other.evening.session).await;
        market.settles().await;
        let charges = market.stripe().objects("charge");
        let kept = charges.iter().filter(|one| one["amount"] == 2000 && one["paid"] == true && one["refunded"] == false);
        assert_eq!((sold(&market), kept.count()), (3, 0));
    }

    async fn another_date_or_another_policy_is_not_bought(market) {
        let full = Full::open(&market).await;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        waits_to_buy(&ben, &full.evening).await;
        let stale = wish(&ben, &full.evening).await;
        moves(&market, &full.studio, &full.evening.session, 14).await;
        assert_eq!(refusal(&ben, &full.evening.session, &stale).await, is("STALE_VERSION", "autoBuy.quoteToken"));
        full.gets_free(&market).await;
        is_offered_instead(&market, &ben, &full.evening, "moved to another time").await;
        assert_eq!(sold(&market), 1);
        ben.buys_seat(&full.evening).await;

        // Moved after the seat was held for it.
        let (evening, zoe) = Full::evening(&market, &full.studio, "Yan").await;
        let full = Full { evening, zoe, ..full };
        let dan = full.with_card(&market, "Dan", GOOD).await;
        let id = is_placed(&market, &full, &dan).await;
        moves(&market, &full.studio, &full.evening.session, 15).await;
        let before = sold(&market);
        buy_offered(market.app(), id).await.unwrap();
        market.settles().await;
        is_offered_instead(&market, &dan, &full.evening, "moved to another time").await;
        assert_eq!(sold(&market), before);

        let (evening, zoe) = Full::evening(&market, &full.studio, "Xia").await;
        let full = Full { evening, zoe, ..full };
        let eli = full.with_card(&market, "Eli", GOOD).await;
        waits_to_buy(&eli, &full.evening).await;
        let stale = wish(&eli, &full.evening).await;
        let stricter = json!({ "title": "Ink", "cancellationPolicyMarkdown": "No money back." });
        full.studio.owner.does(WORKSHOP_UPDATE, json!({ "id": full.evening.workshop, "input": stricter })).await;
        assert_eq!(refusal(&eli, &full.evening.session, &stale).await, is("STALE_VERSION", "autoBuy.quoteToken"));
        let before = sold(&market);
        full.gets_free(&market).await;
        is_offered_instead(&market, &eli, &full.evening, "cancellation policy").await;
        assert_eq!(sold(&market), before);
    }

    async fn who_is_suspended_buys_nothing_and_what_is_shelved_is_not_bought(market) {
        let full = Full::open(&market).await;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        waits_to_buy(&ben, &full.evening).await;
        let suspend = format!("UPDATE users SET suspended_at = created_at WHERE email_folded = '{}'", ben.email);
        market.db_runs(&suspend).await;
        full.gets_free(&market).await;
        let told = letter(&market, &ben, OFFER).expect("a letter");
        assert!(told.contains("your account is suspended"), "{told}");
        assert_eq!(sold(&market), 1);

        let (evening, zoe) = Full::evening(&market, &full.studio, "Yan").await;
        let full = Full { evening, zoe, ..full };
        let cleo = full.with_card(&market, "Cleo", GOOD).await;
        let id = is_placed(&market, &full, &cleo).await;
        full.studio.owner.does(SHELVE, json!({ "id": full.evening.workshop })).await;
        buy_offered(market.app(), id).await.unwrap();
        market.settles().await;
        let told = letter(&market, &cleo, OFFER).expect("a letter");
        assert!(told.contains("not on sale at the moment"), "{told}");
        assert_eq!(sold(&market), 2);
    }

    async fn what_cannot_be_agreed_to_is_refused_at_once(market) {
        let full = Full::open(&market).await;
        let evening = &full.evening;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        let mut ios = seat_at(&evening.price, &evening.session);
        ios["channel"] = json!("IOS");
        let from_app = ben.is_quoted(ios).await;
        let wished = wish(&ben, evening).await;
        let mut wrong = wished.clone();
        wrong["quoteToken"] = from_app["token"].clone();
        assert_eq!(refusal(&ben, &evening.session, &wrong).await, is("PURCHASE_CHANNEL_UNAVAILABLE", "autoBuy.quoteToken"));
        let roomy = full.studio.sets_date(&evening.workshop, 12, Some(3)).await;
        let open = Evening { session: roomy, ..evening.clone() };
        assert_eq!(refusal(&ben, &open.session, &wish(&ben, &open).await).await, is("INVALID_STATE", "sessionId"));
        assert_eq!(refusal(&full.zoe, &evening.session, &wish(&full.zoe, evening).await).await.0, "NOT_FOUND");
        ben.buys_seat(&open).await;
        assert_eq!(refusal(&ben, &open.session, &wish(&ben, &open).await).await, is("ALREADY_ENROLLED", "sessionId"));
        let mut listless = full.studio.date(13, Some(1));
        listless["waitlistEnabled"] = json!(false);
        let made = full.studio.owner.does(SCHEDULE, json!({ "id": evening.workshop, "input": listless })).await;
        let closed = Evening { session: text(&made["session"]["id"]), ..evening.clone() };
        full.zoe.buys_seat(&closed).await;
        assert_eq!(refusal(&ben, &closed.session, &wish(&ben, &closed).await).await, is("WAITLIST_CLOSED", "sessionId"));
        // A price that changed since it was seen.
        let before = wish(&ben, evening).await;
        full.studio.prices(&evening.workshop, euros(3000)).await;
        full.studio.owner.does(ARCHIVE, json!({ "id": evening.price })).await;
        assert_eq!(refusal(&ben, &evening.session, &before).await, is("PRICE_CHANGED", "autoBuy.quoteToken"));
        calls_off(&full.studio, &open.session).await;
        let off = refusal(&ben, &open.session, &wished).await;
        assert_eq!(off, is("NOT_ALLOWED", "autoBuy.quoteToken"), "another session's quote");
        market.settles().await;
    }

    async fn a_card_whose_time_is_over_is_neither_taken_nor_charged(market) {
        let full = Full::open(&market).await;
        let until = (market.app().now() + Duration::days(20)).format("%m/%y").to_string();
        let ben = market.person("Ben").await;
        let checkout = ben.takes(&ben.is_quoted(full.course.clone()).await).await;
        market.stripe().pay_and_keep_until(&market.page_of(&checkout), GOOD, &until).unwrap();
        market.settles().await;
        let late = full.studio.sets_date(&full.evening.workshop, 90, Some(1)).await;
        let late = Evening { session: late, ..full.evening.clone() };
        full.zoe.buys_seat(&late).await;
        waits_to_buy(&ben, &late).await;
        market.passes(Duration::days(60)).await;
        let (ben, zoe) = (ben.comes_back().await, full.zoe.comes_back().await);
        let again = wish(&ben, &late).await;
        assert_eq!(refusal(&ben, &late.session, &again).await, is("INVALID_STATE", "autoBuy.paymentMethodId"));
        let before = sold(&market);
        zoe.gives_up_seat(&late.session).await;
        market.settles().await;
        is_offered_instead(&market, &ben, &late, "the card has expired").await;
        assert_eq!(sold(&market), before);
    }
}

/// A quote and what is agreed to, for a buyer in Germany.
async fn taxed_wish(person: &Person, evening: &Evening) -> Value {
    let mut input = seat_at(&evening.price, &evening.session);
    input["country"] = json!("DE");
    let quoted = person.sees(QUOTE, json!({ "input": input })).await;
    agreed(&quoted["quote"]["quote"])
}

async fn tax_is_worked_out_anew(market: Market) {
    let studio = market.person("Mira").await.opens_studio("mira").await;
    let evening = studio.invites("Ink", euros(2000), 1).await;
    let mut input = seat_at(&evening.price, &evening.session);
    input["country"] = json!("DE");
    let zoe = market.person("Zoe").await;
    zoe.purchases(input.clone()).await;
    let other = studio.sets_date(&evening.workshop, 12, Some(5)).await;
    let saving = |person: Person| {
        let (market, mut input) = (market.clone(), input.clone());
        input["items"][0]["sessionId"] = json!(other);
        async move {
            let checkout = person.takes(&person.is_quoted(input).await).await;
            market.stripe().pay_and_keep(&market.page_of(&checkout), GOOD).unwrap();
            market.settles().await;
            person
        }
    };
    let ben = saving(market.person("Ben").await).await;
    let ann = saving(market.person("Ann").await).await;
    for person in [&ben, &ann] {
        let buy = taxed_wish(person, &evening).await;
        person.does(WAIT, json!({ "id": evening.session, "buy": buy })).await;
    }
    let asked = market.stripe().objects("tax.calculation").len();
    zoe.gives_up_seat(&evening.session).await;
    market.settles().await;
    assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
    assert_eq!(market.stripe().objects("tax.calculation").len(), asked + 1, "asked again when it was bought");
    // As if less of it had been tax when Ann agreed.
    let (from, to) = (r#""tax_minor":319"#, r#""tax_minor":300"#);
    market
        .db_runs(&match market.app().db.is_sqlite() {
            true => format!("UPDATE waitlist_purchases SET quote = REPLACE(quote, '{from}', '{to}')"),
            false => {
                let (from, to) = (from.replace(':', ": "), to.replace(':', ": "));
                format!("UPDATE waitlist_purchases SET quote = REPLACE(quote::text, '{from}', '{to}')::jsonb")
            }
        })
        .await;
    let before = sold(&market);
    ben.gives_up_seat(&evening.session).await;
    market.settles().await;
    is_offered_instead(&market, &ann, &evening, "no longer costs what you agreed to").await;
    assert_eq!(sold(&market), before);
}

#[test]
fn tax_is_worked_out_anew_sqlite() {
    play_with(Kind::Sqlite, &[("STRIPE_TAX", "on")], tax_is_worked_out_anew);
}

#[test]
fn tax_is_worked_out_anew_postgres() {
    play_with(Kind::Postgres, &[("STRIPE_TAX", "on")], tax_is_worked_out_anew);
}
