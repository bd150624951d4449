//! A creator's figures as files.

use atelier::creators::TeamRole;
use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{EXPORT, EXPORTED, Market, Person, Priced, REFUND, Shop, story};

const EXPORTS: &str = "query($id: ID!) { studio(creatorId: $id) { exports { id kind state url } } }";

/// Mira has sold a course to Ben, and given half of it back.
async fn sold(market: &Market) -> (Person, Shop, String) {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("=Ink, \"neat\"", Priced::Euros(4900)).await;
    let purchase = market.person("Ben").await.buys(&shop).await;
    let input = mira.refund_of(Some(2450), false);
    mira.does(REFUND, json!({ "id": purchase.order, "input": input })).await;
    market.settles().await;
    let id = shop.creator.to_string();
    (mira, shop, id)
}

async fn listed(person: &Person, creator: &str) -> Vec<Value> {
    let studio = person.sees(EXPORTS, json!({ "id": creator })).await;
    studio["studio"]["exports"].as_array().unwrap().clone()
}

story! {
    async fn a_team_downloads_its_figures(market) {
        let (mira, _, id) = sold(&market).await;
        let sales = mira.downloads(&market, &id, "SALES").await;
        assert_eq!(sales.len(), 2, "{sales:#?}");
        assert!(sales[0].starts_with("order,paid_at,titles,currency,gross"), "{}", sales[0]);
        assert!(sales[1].starts_with("AT-") && sales[1].contains("Z,\"'=Ink, \"\"neat\"\"\",EUR,"), "{}", sales[1]);
        assert!(sales[1].ends_with(",49.00,0.00,4.90,0.00,44.10,24.50,22.05"), "{}", sales[1]);

        let ledger = mira.downloads(&market, &id, "LEDGER").await;
        assert_eq!(ledger.len(), 3, "{ledger:#?}");
        assert!(ledger[1].starts_with("pst_") && ledger[1].contains(",SALE,"), "{}", ledger[1]);
        assert!(ledger[1].ends_with(",EUR,44.10,44.10"), "{}", ledger[1]);
        assert!(ledger[2].contains(",REFUND,") && ledger[2].ends_with(",EUR,-22.05,22.05"), "{}", ledger[2]);

        let customers = mira.downloads(&market, &id, "CUSTOMERS").await;
        assert_eq!(customers.len(), 2, "{customers:#?}");
        assert!(customers[1].starts_with("ben@example.com,") && customers[1].ends_with(",1,EUR,49.00,24.50"),
            "{}", customers[1]);
        assert_eq!(listed(&mira, &id).await.len(), 3);
    }

    async fn figures_are_for_who_may_see_them_and_for_a_day(market) {
        let (mira, _, id) = sold(&market).await;
        let range = json!({ "from": "2020-01-01", "to": "2020-01-31", "timeZone": "Europe/Berlin" });
        let wish = |kind: &str, range: &Value| json!({ "id": id, "kind": kind, "range": range });
        let analyst = market.person("Ann").await;
        analyst.db_joins(&id, TeamRole::Analyst).await;
        let host = market.person("Hal").await;
        host.db_joins(&id, TeamRole::Host).await;
        assert_eq!(market.person("Una").await.is_refused(EXPORT, wish("SALES", &range)).await[0].code, "NOT_FOUND");
        assert_eq!(host.asks(EXPORT, wish("SALES", &range)).await.error_code(), "FORBIDDEN");
        assert_eq!(analyst.asks(EXPORT, wish("CUSTOMERS", &range)).await.error_code(), "FORBIDDEN");
        let wrong = json!({ "from": "2020-01-31", "to": "2020-01-01" });
        let refused = mira.is_refused(EXPORT, wish("SALES", &wrong)).await;
        assert_eq!((refused[0].code.as_str(), refused[0].path.as_str()), ("OUT_OF_RANGE", "range.to"));
        let nowhere = json!({ "from": "2020-01-01", "to": "2020-01-01", "timeZone": "Mars/Olympus" });
        assert_eq!(mira.is_refused(EXPORT, wish("SALES", &nowhere)).await[0].path, "range.timeZone");

        let customers = mira.exports(&market, &id, "CUSTOMERS").await;
        let sales = analyst.exports(&market, &id, "SALES").await;
        assert_eq!(listed(&analyst, &id).await.len(), 1, "who bought is not for analysts");
        let seen = analyst.sees(EXPORTED, json!({ "id": customers["id"] })).await;
        assert_eq!(seen["node"], Value::Null);
        assert!(host.asks(EXPORTS, json!({ "id": id })).await.body["errors"].is_array());

        let url = sales["url"].as_str().unwrap();
        assert_eq!(market.http().get(url).send().await.unwrap().status(), 200);
        market.passes(Duration::hours(25)).await;
        let after = mira.comes_back().await.sees(EXPORTED, json!({ "id": sales["id"] })).await;
        assert_eq!((&after["node"]["state"], &after["node"]["url"]), (&json!("EXPIRED"), &Value::Null));
        assert_ne!(market.http().get(url).send().await.unwrap().status(), 200, "neither the address works");
        assert_eq!(market.app().media.list("r/", 10).await.unwrap(), Vec::new(), "nor is the file kept");
    }

    async fn an_export_that_cannot_be_made_fails(market) {
        let (mira, _, id) = sold(&market).await;
        let range = json!({ "from": "2020-01-01", "to": "2020-01-31" });
        let asked = mira.does(EXPORT, json!({ "id": id, "kind": "SALES", "range": range })).await;
        market.db_runs("UPDATE jobs SET state = 'DONE' WHERE kind = 'reports.make'").await;
        market.passes(Duration::hours(9)).await;
        let after = mira.comes_back().await.sees(EXPORTED, json!({ "id": asked["export"]["id"] })).await;
        assert_eq!(after["node"]["state"], "FAILED");
    }
}
