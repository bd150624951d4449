//! What settling a payment costs: how many statements the database is asked for between Stripe's word that a page was
//! paid and the sale that follows from it.
//!
//! Kept true: upper bounds with a little room, for one thing and for each thing more, so that a statement in a loop, or
//! one a line, is noticed. Nothing is
//! timed here: how fast a machine is proves nothing. Not here: posting and keeping the event, and the jobs around it.

use atelier::payments::actions::handle;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::support::{Market, Priced, Purchase, basket, story};

/// The one event that says all.
const COMPLETED: &str = "checkout.session.completed";
/// Settling one paid page of one course by the job of its event, and a few more.
const SETTLE: u64 = 30;
/// Each thing more in the same order: the right, its count, and a little room.
const LINE: u64 = 3;
/// The same with everything around it: five events kept and handled, every job, the receipt on its way.
const ALL: u64 = 80;

/// The buyer pays, and of all events only the one arrives; gives its row in the inbox.
async fn only_one_event_arrives(market: &Market, purchase: &Purchase) -> Uuid {
    market.plans(json!([{ "event": "*", "kind": "lost", "times": 50 }]));
    market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
    market.plans(json!([]));
    let is_it = |event: &&serde_json::Value| {
        event["type"] == COMPLETED && event["data"]["object"]["id"] == purchase.session.as_str()
    };
    let events = market.stripe().objects("event");
    let event = events.iter().find(is_it).unwrap()["id"].as_str().unwrap();
    market.stripe().resend_event(event).unwrap();
    market.stripe().flush().await;
    let newest = entity::stripe_events::Entity::find()
        .filter(entity::stripe_events::Column::Kind.eq(COMPLETED))
        .order_by_desc(entity::stripe_events::Column::Id);
    newest.one(market.app().db.read()).await.unwrap().unwrap().id
}

story! {
    async fn a_settle_takes_few_statements(market) {
        let mira = market.person("Mira").await;
        let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
        let (ann, ben) = (market.person("Ann").await, market.person("Ben").await);
        let purchase = ben.goes_to_pay(&shop).await;
        market.settles().await;
        let event = only_one_event_arrives(&market, &purchase).await;
        let (settled, alone) = market.statements(handle(market.app(), event)).await;
        settled.unwrap();
        assert_eq!(ben.checkout(&purchase).await["status"], "SUCCEEDED");
        market.settles().await;

        let purchase = ann.goes_to_pay(&shop).await;
        market.settles().await;
        market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        let ((), all) = market.statements(market.settles()).await;
        assert_eq!(ann.checkout(&purchase).await["status"], "SUCCEEDED");
        let backend = market.app().db.backend();
        println!("{backend:?}: {alone} statements per settle, {all} with all events, jobs and the receipt");
        assert!(alone <= SETTLE, "{alone} statements to settle one payment");
        assert!(all <= ALL, "{all} statements for one payment and all around it");

        let mut prices = vec![shop.price.to_string()];
        for title in ["Paper", "Brushes", "Light"] {
            prices.push(mira.publishes(shop.creator, title, Priced::Euros(2000)).await.price.to_string());
        }
        let prices: Vec<&str> = prices.iter().map(String::as_str).collect();
        let cleo = market.person("Cleo").await;
        let checkout = cleo.takes(&cleo.is_quoted(basket(&prices)).await).await;
        let purchase = Purchase::of(&market, &checkout, json!({}));
        market.settles().await;
        let event = only_one_event_arrives(&market, &purchase).await;
        let (settled, four) = market.statements(handle(market.app(), event)).await;
        settled.unwrap();
        assert_eq!(cleo.checkout(&purchase).await["status"], "SUCCEEDED");
        assert!(four <= alone + 3 * LINE, "{four} statements for four things, {alone} for one");
    }
}
