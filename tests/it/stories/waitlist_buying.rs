//! A seat that is bought by itself when somebody who waits gets one, and what happens when it cannot be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use atelier::payments::actions::buy_offered;
use atelier::steps::{Fate, Place, Watcher};
use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{CALL_OFF, Evening, Market, Person, Studio, euros, seat_at, story, text};

pub(super) const QUOTE: &str =
    "query($input: QuoteInput!) { quote(input: $input) { quote { token waitlistConsents { kind version } }
    userErrors { code path message } } }";
pub(super) const WAIT: &str =
    "mutation($id: ID!, $buy: WaitlistAutoBuyInput) { sessionWaitlistJoin(sessionId: $id, autoBuy: $buy) {
    entry { id position autoBuy { total { minorUnits } cardBrand cardLast4 agreedAt } }
    userErrors { code path message } } }";
const ENTRY: &str = "query($id: ID!) { workshopSession(id: $id) {
    viewerWaitlistEntry { id position offeredUntil autoBuy { cardLast4 } } } }";
pub(super) const TAKE_BACK: &str = "mutation($id: ID!) { sessionWaitlistAutoBuyCancel(entryId: $id) {
    entry { id position autoBuy { cardLast4 } } userErrors { code path message } } }";
pub(super) const LEAVE: &str = "mutation($id: ID!) { sessionWaitlistLeave(entryId: $id) { removedId userErrors { code path message } } }";
pub(super) const ARCHIVE: &str =
    "mutation($id: ID!) { priceArchive(id: $id) { price { id } userErrors { code path message } } }";

/// Pays, and pays again without being there.
pub(super) const GOOD: &str = "4242424242424242";
/// Its bank asks each time.
const ASKING: &str = "4000002760003184";
/// Pays with its owner there, and is declined after that.
const EMPTY: &str = "4000008260003178";

/// A studio, a course to save a card with, and a full evening with whoever has its one seat.
pub(super) struct Full {
    pub(super) studio: Studio,
    pub(super) course: Value,
    pub(super) evening: Evening,
    pub(super) zoe: Person,
}

impl Full {
    pub(super) async fn open(market: &Market) -> Self {
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let made = studio.sells("Bread", euros(900)).await;
        let course = json!({ "items": [{ "priceId": made.price }], "channel": "WEB" });
        let (evening, zoe) = Self::evening(market, &studio, "Zoe").await;
        Self { studio, course, evening, zoe }
    }

    pub(super) async fn evening(market: &Market, studio: &Studio, name: &str) -> (Evening, Person) {
        let evening = studio.invites("Ink", euros(2000), 1).await;
        let zoe = market.person(name).await;
        zoe.buys_seat(&evening).await;
        (evening, zoe)
    }

    /// Somebody who has let this card be kept.
    pub(super) async fn with_card(&self, market: &Market, name: &str, card: &str) -> Person {
        let person = market.person(name).await;
        let checkout = person.takes(&person.is_quoted(self.course.clone()).await).await;
        market.stripe().pay_and_keep(&market.page_of(&checkout), card).unwrap();
        market.settles().await;
        person
    }

    /// The seat becomes free, and whatever follows happens.
    pub(super) async fn gets_free(&self, market: &Market) {
        self.zoe.gives_up_seat(&self.evening.session).await;
        market.settles().await;
    }
}

/// What one agrees to.
pub(super) async fn wish(person: &Person, evening: &Evening) -> Value {
    let input = seat_at(&evening.price, &evening.session);
    agreed(&person.sees(QUOTE, json!({ "input": input })).await["quote"]["quote"])
}

/// The same of a quote.
pub(super) fn agreed(quoted: &Value) -> Value {
    let consents =
        quoted["waitlistConsents"].as_array().unwrap().iter().map(
            |consent| json!({ "kind": consent["kind"], "version": consent["version"], "accepted": true }),
        );
    json!({ "quoteToken": quoted["token"], "consents": consents.collect::<Vec<_>>() })
}

pub(super) async fn waits_to_buy(person: &Person, evening: &Evening) -> Value {
    let wish = wish(person, evening).await;
    person.does(WAIT, json!({ "id": evening.session, "buy": wish })).await["entry"].clone()
}

pub(super) async fn entry(person: &Person, evening: &Evening) -> Value {
    person.sees(ENTRY, json!({ "id": evening.session })).await["workshopSession"]["viewerWaitlistEntry"]
        .clone()
}

/// Seats that were paid for, ever.
pub(super) fn sold(market: &Market) -> usize {
    let charges = market.stripe().objects("charge");
    charges.iter().filter(|charge| charge["amount"] == 2000 && charge["paid"] == true).count()
}

/// The newest letter with this subject.
pub(super) fn letter(market: &Market, person: &Person, subject: &str) -> Option<String> {
    let letters = market.mail().messages(Some(&person.email));
    letters.iter().find(|letter| letter.subject == subject).map(|letter| letter.text.replace('\n', " "))
}

/// The first two commits of each place are lost: one before, one after it was made.
#[derive(Default)]
struct Losing(Mutex<HashMap<String, usize>>);

impl Watcher for Losing {
    fn fate(&self, place: Place) -> Fate {
        let watched =
            ["actions/offered.rs", "actions/open_page.rs", "actions/apply.rs", "actions/buy_offered.rs"];
        if !watched.iter().any(|file| place.file().ends_with(file)) {
            return Fate::Happens;
        }
        let mut seen = self.0.lock().unwrap();
        let times = seen.entry(place.file().to_owned()).or_default();
        *times += 1;
        match *times {
            1 => Fate::Fails,
            2 => Fate::IsForgotten,
            _ => Fate::Happens,
        }
    }

    fn died(&self) {}
}

story! {
    async fn a_seat_is_bought_by_itself_as_agreed(market) {
        let full = Full::open(&market).await;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        let ann = market.person("Ann").await;
        let joined = waits_to_buy(&ben, &full.evening).await;
        assert_eq!((&joined["position"], &joined["autoBuy"]["total"]["minorUnits"]), (&json!(1), &json!(2000)));
        assert_eq!((&joined["autoBuy"]["cardBrand"], &joined["autoBuy"]["cardLast4"]), (&json!("visa"), &json!("4242")));
        ann.waits(&full.evening.session).await;
        full.gets_free(&market).await;
        assert_eq!(ben.seat_status(&full.evening.session).await.as_deref(), Some("CONFIRMED"));
        assert_eq!(entry(&ben, &full.evening).await, Value::Null);
        assert_eq!(entry(&ann, &full.evening).await["position"], 1, "nobody is overtaken");
        assert_eq!(sold(&market), 2);
        let told = market.mail().messages(Some(&ben.email));
        let bought = told.iter().find(|letter| letter.text.replace('\n', " ").contains("bought by itself")).expect("a letter");
        assert!(bought.text.contains("4242") && bought.text.contains("comes back at once"), "{}", bought.text);
        assert_eq!(letter(&market, &ben, "A seat for you: Ink"), None, "there is nothing to do");
        // It is a seat like any other.
        ben.gives_up_seat(&full.evening.session).await;
        market.settles().await;
        assert!(entry(&ann, &full.evening).await["offeredUntil"].is_string());
    }

    async fn where_the_bank_says_no_or_asks_it_is_an_offer_like_any_other(market) {
        let full = Full::open(&market).await;
        for (name, holder, card, words) in [
            ("Ben", "Yan", EMPTY, "your bank declined"),
            ("Dan", "Xia", ASKING, "your bank wants you to confirm"),
        ] {
            let (evening, zoe) = Full::evening(&market, &full.studio, holder).await;
            let ben = full.with_card(&market, name, card).await;
            waits_to_buy(&ben, &evening).await;
            let before = sold(&market);
            zoe.gives_up_seat(&evening.session).await;
            market.settles().await;
            let offered = entry(&ben, &evening).await;
            assert!(offered["offeredUntil"].is_string() && offered["autoBuy"].is_null(), "{offered:#}");
            let told = letter(&market, &ben, "A seat for you: Ink").expect("a letter");
            assert!(told.contains(words) && told.contains("Nothing was charged."), "{told}");
            assert!(told.contains("/@mira/ink"), "the page where it can be paid: {told}");
            assert_eq!(sold(&market), before);
            let open = market.stripe().objects("payment_intent").into_iter().filter(|one| one["amount"] == 2000);
            let open: Vec<_> = open.filter(|one| one["status"] != "succeeded" && one["status"] != "canceled").collect();
            assert!(open.is_empty(), "nothing can be paid late: {open:#?}");
            ben.buys_seat(&evening).await;
            assert_eq!(ben.seat_status(&evening.session).await.as_deref(), Some("CONFIRMED"));
        }
        // Who lets such an offer pass is passed by, as everybody is.
        let ben = full.with_card(&market, "Eli", EMPTY).await;
        let ann = market.person("Ann").await;
        waits_to_buy(&ben, &full.evening).await;
        ann.waits(&full.evening.session).await;
        full.gets_free(&market).await;
        market.passes(Duration::minutes(31)).await;
        assert!(entry(&ann.comes_back().await, &full.evening).await["offeredUntil"].is_string());
    }

    async fn what_changed_meanwhile_is_not_bought(market) {
        let full = Full::open(&market).await;
        let (evening, studio) = (&full.evening, &full.studio);
        let ben = full.with_card(&market, "Ben", GOOD).await;
        waits_to_buy(&ben, evening).await;
        let dearer = studio.prices(&evening.workshop, euros(3000)).await;
        studio.owner.does(ARCHIVE, json!({ "id": evening.price })).await;
        full.gets_free(&market).await;
        let told = letter(&market, &ben, "A seat for you: Ink").expect("a letter");
        assert!(told.contains("no longer costs what you agreed to"), "{told}");
        assert_eq!(sold(&market), 1, "only what was agreed to");
        ben.buys_seat(&Evening { price: dearer, ..evening.clone() }).await;

        // A card that was taken away is not charged.
        let (evening, zoe) = Full::evening(&market, studio, "Yan").await;
        let cleo = full.with_card(&market, "Cleo", GOOD).await;
        waits_to_buy(&cleo, &evening).await;
        let other = studio.sells("Wood", euros(900)).await;
        let page = cleo.takes(&cleo.is_quoted(json!({ "items": [{ "priceId": other.price }], "channel": "WEB" })).await).await;
        let page = market.page_of(&page);
        let card = text(&market.stripe().offered_cards(&page).unwrap()[0]["id"]);
        market.stripe().remove_saved(&page, &card).unwrap();
        zoe.gives_up_seat(&evening.session).await;
        market.settles().await;
        let told = letter(&market, &cleo, "A seat for you: Ink").expect("a letter");
        assert!(told.contains("the card is not saved any more"), "{told}");

        // Who takes it back waits on; who leaves, or whose session is called off, buys nothing.
        let (evening, zoe) = Full::evening(&market, studio, "Xia").await;
        let (dora, eli, fay) = (
            full.with_card(&market, "Dora", GOOD).await,
            full.with_card(&market, "Eli", GOOD).await,
            full.with_card(&market, "Fay", GOOD).await,
        );
        let (first, second) = (waits_to_buy(&dora, &evening).await, waits_to_buy(&eli, &evening).await);
        waits_to_buy(&fay, &evening).await;
        let foreign = eli.is_refused(TAKE_BACK, json!({ "id": first["id"] })).await;
        assert_eq!((foreign[0].code.as_str(), foreign[0].path.as_str()), ("NOT_FOUND", "entryId"));
        let back = dora.does(TAKE_BACK, json!({ "id": first["id"] })).await["entry"].clone();
        assert_eq!((&back["position"], &back["autoBuy"]), (&json!(1), &Value::Null));
        eli.does(LEAVE, json!({ "id": second["id"] })).await;
        let before = sold(&market);
        zoe.gives_up_seat(&evening.session).await;
        market.settles().await;
        assert!(entry(&dora, &evening).await["offeredUntil"].is_string(), "an ordinary offer");
        let off = json!({ "id": evening.session, "reason": "Ill.", "key": studio.owner.new_key() });
        studio.owner.does(CALL_OFF, off).await;
        market.settles().await;
        assert_eq!(sold(&market), before);
        assert!(market.mail().messages(Some(&eli.email)).iter().all(|letter| !letter.subject.contains("seat")));
    }

    async fn it_is_charged_once_whatever_breaks(market) {
        let full = Full::open(&market).await;
        let ben = full.with_card(&market, "Ben", GOOD).await;
        let id = waits_to_buy(&ben, &full.evening).await["id"].as_str().unwrap().parse().unwrap();
        full.zoe.gives_up_seat(&full.evening.session).await;
        // Three workers at once, and nearly every step of theirs is lost.
        market.app().db.steps().watched_by(Arc::new(Losing::default()));
        for _ in 0..3 {
            join_all((0..3).map(|_| buy_offered(market.app(), id))).await;
        }
        for _ in 0..8 {
            market.passes(Duration::minutes(1)).await;
        }
        assert_eq!(ben.seat_status(&full.evening.session).await.as_deref(), Some("CONFIRMED"));
        assert_eq!(sold(&market), 2);
        let orders = ben.sees("{ viewer { orders { nodes { status total { minorUnits } } } } }", json!({})).await;
        let seats = orders["viewer"]["orders"]["nodes"].as_array().unwrap().iter();
        let seats: Vec<_> = seats.filter(|order| order["total"]["minorUnits"] == 2000).collect();
        assert_eq!(seats.len(), 1, "{seats:#?}");
        assert_eq!(seats[0]["status"], "PAID");
    }

    async fn only_what_is_agreed_to_and_can_be_charged_is_taken(market) {
        let full = Full::open(&market).await;
        let evening = &full.evening;
        let (ben, ann) = (full.with_card(&market, "Ben", GOOD).await, market.person("Ann").await);
        let other = full.studio.sets_date(&evening.workshop, 12, Some(1)).await;
        let refused = async |person: &Person, session: &str, buy: Value| {
            let refused = person.is_refused(WAIT, json!({ "id": session, "buy": buy })).await.remove(0);
            (refused.code, refused.path)
        };
        let is = |code: &str, path: &str| (code.to_owned(), path.to_owned());
        let good = wish(&ben, evening).await;
        assert_eq!(refused(&ben, &other, good.clone()).await, is("NOT_ALLOWED", "autoBuy.quoteToken"));
        let mut wrong = good.clone();
        wrong["quoteToken"] = json!("nonsense");
        assert_eq!(refused(&ben, &evening.session, wrong).await, is("TOKEN_INVALID", "autoBuy.quoteToken"));
        let mut wrong = good.clone();
        wrong["consents"][0]["accepted"] = json!(false);
        assert_eq!(refused(&ben, &evening.session, wrong).await, is("CONSENT_REQUIRED", "autoBuy.consents"));
        // The ordinary words do not say that a card is charged.
        let mut wrong = good.clone();
        wrong["consents"][0]["version"] = json!("2026-11");
        assert_eq!(refused(&ben, &evening.session, wrong).await, is("CONSENT_REQUIRED", "autoBuy.consents"));
        let mut wrong = good.clone();
        wrong["paymentMethodId"] = json!("pm_1nobodys");
        assert_eq!(refused(&ben, &evening.session, wrong).await, is("NOT_FOUND", "autoBuy.paymentMethodId"));
        let without = wish(&ann, evening).await;
        assert_eq!(refused(&ann, &evening.session, without).await, is("NOT_FOUND", "autoBuy.paymentMethodId"));
        let course = ben.sees(QUOTE, json!({ "input": full.course })).await;
        assert_eq!(course["quote"]["quote"]["waitlistConsents"], json!([]), "for seats alone");
        // Who waits already may agree to it later, in the same place; once a seat is offered, it is theirs to take.
        ben.waits(&evening.session).await;
        assert_eq!(entry(&ben, evening).await["autoBuy"], Value::Null);
        ben.does(WAIT, json!({ "id": evening.session, "buy": good })).await;
        ben.waits(&evening.session).await;
        assert_eq!(entry(&ben, evening).await["autoBuy"]["cardLast4"], "4242", "joining again takes nothing back");
        let id = entry(&ben, evening).await["id"].clone();
        ben.does(TAKE_BACK, json!({ "id": id })).await;
        full.gets_free(&market).await;
        let late = wish(&ben, evening).await;
        assert_eq!(refused(&ben, &evening.session, late).await, is("INVALID_STATE", "sessionId"));
        assert_eq!(sold(&market), 1);
    }
}
