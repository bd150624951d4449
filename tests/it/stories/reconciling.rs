//! Nothing stays wrong because nobody told us: lost events are made up for, and the book is held against Stripe's.

use std::time::Instant;

use atelier::checkout::actions::{self as checkout, NewPurchase, QuoteRequest, Wanted, Who};
use atelier::checkout::model::{Channel, PurchaseOption};
use atelier::identity::actions::seeded_account;
use atelier::kernel::{Actor, SessionId, Viewer};
use atelier::payments::actions as events;
use atelier::reconciliation::actions::{Round, look_again, reconcile};
use atelier::{payments, worker};
use chrono::Duration;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{Market, Priced, Shop, story};

/// How many payments are lost: a hundred, or what ATELIER_TEST_PAYMENTS says (1000 is what must be possible).
#[expect(clippy::disallowed_methods, reason = "a setting of the test, not of the product")]
fn many() -> usize {
    std::env::var("ATELIER_TEST_PAYMENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

fn loses_everything(market: &Market) {
    let lost = json!([{ "event": "*", "kind": "lost", "times": 1_000_000 }]);
    market.stripe().set_faults(serde_json::from_value(lost).unwrap(), 7).unwrap();
}

/// Somebody with an account, past the API: a thousand sign-ups would only be waiting for slow hashes.
async fn db_buyer(market: &Market, number: usize) -> Viewer {
    let app = market.app();
    let (email, name) = (format!("buyer-{number}@example.com"), format!("Buyer {number}"));
    let user_id = seeded_account(app, &email, &name, "no password").await.unwrap();
    let session_id = SessionId(app.entropy.id(app.now()));
    Viewer { user_id, session_id, email_verified: true, expires_at: app.now() + Duration::hours(1) }
}

/// Buyers who go to pay and do.
async fn many_pay(market: &Market, shop: &Shop, numbers: std::ops::Range<usize>) {
    let app = market.app();
    for number in numbers {
        let buyer = db_buyer(market, number).await;
        let items = vec![Wanted { price: shop.price, pay: None, gift: None, session: None }];
        let request =
            QuoteRequest { items, coupon: None, channel: Channel::Web, country: None, touches: None };
        let quoted = checkout::quote(app, &Actor::Known(buyer.clone()), &request).await.unwrap();
        let consents = quoted.quote.required_consents().iter();
        let wish = NewPurchase {
            quote_token: quoted.token,
            idempotency_key: app.entropy.id(app.now()),
            option: PurchaseOption::HostedPage,
            consents: consents.map(|consent| (consent.kind.name(), consent.version.to_string())).collect(),
            return_url: "https://example.com/paid".to_owned(),
            cancel_url: None,
            sdk_version: None,
        };
        let made = checkout::create(app, Who::Known(&buyer), wish).await.unwrap();
        let session = made.checkout.stripe_session.expect("a page");
        market.stripe().pay(&session, "4242424242424242").unwrap();
    }
}

/// What each payment must have made once.
async fn counts(market: &Market) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "payments WHERE state = 'SETTLED'",
        "journals WHERE kind = 'SALE'",
        "journals WHERE kind = 'STRIPE_FEE'",
        "enrollments",
        "letters WHERE kind = 'receipt'",
        "cases",
    ] {
        counts.push(market.db_count(table).await);
    }
    counts
}

/// A movement in the book that Stripe never made, past the API.
async fn db_books_what_never_was(market: &Market) {
    let app = market.app();
    let tx = app.begin().await.unwrap();
    let sides = [(payments::ledger::Account::Stripe, -700), (payments::ledger::Account::Bank, 700)];
    let journal = payments::ledger::Journal::new(
        "PLATFORM_PAYOUT",
        "po_1never",
        None,
        atelier::kernel::Currency::Eur,
        app.now(),
        sides,
    )
    .unwrap();
    payments::store::book(&tx, &journal).await.unwrap();
    tx.commit().await.unwrap();
}

story! {
    async fn an_hour_of_lost_events_is_made_up_for_in_under_a_minute(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        market.settles().await;
        loses_everything(&market);
        let payments = many();
        let quarter = payments / 4;
        let begun = Instant::now();
        futures_util::future::join_all((0..4).map(|n| many_pay(&market, &shop, n * quarter..(n + 1) * quarter))).await;
        println!("{payments} payments made in {:?}", begun.elapsed());
        assert_eq!(counts(&market).await, [0, 0, 0, 0, 0, 0], "nobody has told us");
        // As if nothing else were to do: letters and pages of buyers are other stories.
        market.app().clock.advance(Duration::minutes(20));
        let (begun, before) = (Instant::now(), market.app().db.statements());
        let found = events::catch_up(market.app()).await.unwrap();
        let asked = begun.elapsed();
        worker::run_due(market.app()).await.unwrap();
        let took = begun.elapsed();
        let statements = market.app().db.statements() - before;
        let each = statements / u64::try_from(payments).unwrap();
        println!("{found} lost events found in {asked:?}; {payments} payments applied in {took:?}; {each} statements each");
        let all = i64::try_from(payments).unwrap();
        assert_eq!(counts(&market).await, [all, all, all, all, all, 0], "each once");
        assert!(took.as_secs() < 60, "it took {took:?}");
        assert_eq!(events::catch_up(market.app()).await.unwrap(), 0, "nothing is found twice");
    }

    async fn a_day_without_a_worker_is_made_up_for(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        market.settles().await;
        loses_everything(&market);
        many_pay(&market, &shop, 0..3).await;
        market.app().clock.advance(Duration::hours(40));
        market.stripe().set_faults(Vec::new(), 7).unwrap();
        many_pay(&market, &shop, 3..4).await;
        market.stripe().flush().await;
        market.settles().await;
        assert_eq!(counts(&market).await[..2], [4, 4], "fresh news do not hide what was missed before");
    }

    async fn a_market_in_order_agrees_with_stripe(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        market.person("Ben").await.buys(&shop).await;
        market.person("Una").await.buys(&shop).await;
        market.app().clock.advance(Duration::hours(2));
        let round = reconcile(market.app()).await.unwrap();
        assert_eq!(round, Round { movements: 2, compared: 2, differences: 0 });
        assert_eq!(reconcile(market.app()).await.unwrap().differences, 0);
        assert_eq!(market.db_open_cases().await, Vec::<String>::new());
        let sums = "SELECT CAST(SUM(net_minor) AS BIGINT) AS n FROM stripe_movements";
        let booked = "SELECT CAST(SUM(amount_minor) AS BIGINT) AS n FROM postings WHERE account = 'STRIPE'";
        assert_eq!(market.db_number(sums).await, market.db_number(booked).await);
    }

    async fn money_that_the_book_does_not_know_calls_a_person(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let ben = market.person("Ben").await;
        ben.buys(&shop).await;
        // Somebody gives money back by hand at Stripe, and the event about it is lost for good.
        loses_everything(&market);
        let charge = market.stripe().objects("charge")[0]["id"].as_str().unwrap().to_owned();
        let refund = market.http().post(format!("{}/sandbox/stripe/api/v1/refunds", market.url()))
            .bearer_auth(market.app().settings.stripe.as_ref().unwrap().secret_key.reveal())
            .header("idempotency-key", "by-hand")
            .header("stripe-version", "2026-08-26.dahlia")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("charge={charge}&amount=500"));
        let made: serde_json::Value = refund.send().await.unwrap().json().await.unwrap();
        let refund = made["id"].as_str().unwrap_or_else(|| panic!("{made:#}")).to_owned();
        market.app().clock.advance(Duration::hours(2));
        let round = reconcile(market.app()).await.unwrap();
        assert_eq!(round.differences, 1);
        assert_eq!(market.db_open_cases().await, ["BOOK_LACKS"]);
        let named = format!("SELECT COUNT(*) AS n FROM cases WHERE subject = '{refund} EUR'");
        assert_eq!(market.db_number(&named).await, 1);
        let journals = market.db_count("journals").await;
        reconcile(market.app()).await.unwrap();
        assert_eq!(market.db_count("journals").await, journals, "nothing is corrected by itself");
        assert_eq!(market.db_count("cases").await, 1, "nor said twice");
        market.db_forgets_cases().await;
    }

    async fn the_daily_round_looks_twice_before_it_calls_a_person(market) {
        market.settles().await;
        db_books_what_never_was(&market).await;
        market.passes(Duration::hours(26)).await;
        assert_eq!(market.db_count("cases").await, 0, "it may only be late");
        market.passes(Duration::hours(3)).await;
        assert_eq!(market.db_open_cases().await, ["STRIPE_LACKS"]);
        market.db_forgets_cases().await;
    }

    async fn the_second_look_judges_what_the_first_one_saw(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        market.person("Ben").await.buys(&shop).await;
        let charge = market.stripe().objects("charge")[0]["id"].as_str().unwrap().to_owned();
        let dispute = market.stripe().dispute(&charge, None).unwrap()["id"].as_str().unwrap().to_owned();
        market.settles().await;
        let app = market.app();
        app.clock.advance(Duration::hours(3));
        let first_until = app.now() - Duration::hours(1);
        // The bank decides, and for hours nobody hears of it.
        loses_everything(&market);
        market.stripe().close_dispute(&dispute, true).unwrap();
        market.stripe().flush().await;
        app.clock.advance(Duration::hours(3));
        let sources = [(dispute, Vec::new())];
        assert_eq!(look_again(app, &sources, first_until).await.unwrap(), 0);
        assert_eq!(market.db_count("cases").await, 0, "what has moved since is for the next round");
        assert_eq!(look_again(app, &sources, app.now() - Duration::hours(1)).await.unwrap(), 1);
        assert_eq!(market.db_open_cases().await, ["BOOK_DIFFERS"], "which would see it");
        market.db_forgets_cases().await;
        market.stripe().set_faults(Vec::new(), 7).unwrap();
        events::catch_up(app).await.unwrap();
        market.settles().await;
    }

    async fn a_movement_that_stripe_does_not_know_calls_a_person(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        market.person("Ben").await.buys(&shop).await;
        db_books_what_never_was(&market).await;
        let app = market.app();
        app.clock.advance(Duration::hours(2));
        reconcile(app).await.unwrap();
        assert_eq!(market.db_open_cases().await, ["STRIPE_LACKS"]);
        market.db_forgets_cases().await;
    }

    async fn what_has_just_moved_waits_for_the_next_round(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        loses_everything(&market);
        many_pay(&market, &shop, 0..1).await;
        assert_eq!(reconcile(market.app()).await.unwrap().differences, 0, "its event may be on its way");
        market.stripe().set_faults(Vec::new(), 7).unwrap();
        events::catch_up(market.app()).await.unwrap();
        market.settles().await;
        market.app().clock.advance(Duration::hours(2));
        let round = reconcile(market.app()).await.unwrap();
        assert_eq!((round.compared, round.differences), (1, 0));
    }

    async fn the_doctor_names_a_movement_that_was_damaged(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        market.person("Ben").await.buys(&shop).await;
        reconcile(market.app()).await.unwrap();
        let refused = market.app().db.read().execute_unprepared("UPDATE stripe_movements SET net_minor = 0").await;
        assert!(refused.is_err(), "the database keeps it too");
    }
}
