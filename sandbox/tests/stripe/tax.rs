//! Stripe Tax: calculations, transactions, reversals. Source: <https://docs.stripe.com/tax/custom>.

use chrono::Duration;
use serde_json::json;

use crate::support::*;

const CALCULATION: &str = "currency=eur&customer_details[address][country]=DE&customer_details[address_source]=billing\
    &line_items[0][amount]=11900&line_items[0][reference]=0&line_items[0][tax_behavior]=inclusive\
    &line_items[1][amount]=1000&line_items[1][reference]=1&line_items[1][tax_behavior]=inclusive";

// https://docs.stripe.com/api/tax/calculations/create: inclusive amounts hold their tax; lines are shown when expanded.
#[tokio::test]
async fn a_calculation_says_what_of_each_line_is_tax() {
    let world = World::new().await;
    let plain = world.post("/v1/tax/calculations", CALCULATION).await;
    assert_eq!(plain.status, 200, "{}", plain.body);
    assert_eq!(
        (&plain.body["amount_total"], &plain.body["tax_amount_inclusive"]),
        (&json!(12_900), &json!(2060))
    );
    assert!(plain.body.get("line_items").is_none());
    let shown = world.post("/v1/tax/calculations", &format!("{CALCULATION}&expand[]=line_items")).await;
    let lines = shown.body["line_items"]["data"].as_array().unwrap();
    let taxes: Vec<_> = lines.iter().map(|line| line["amount_tax"].as_i64().unwrap()).collect();
    assert_eq!(taxes, [1900, 160]);
    let nowhere = CALCULATION.replace("[country]=DE", "[country]=Germany");
    assert_eq!(
        world.post("/v1/tax/calculations", &nowhere).await.error("code"),
        "customer_tax_location_invalid"
    );
    world.no_violations();
}

// https://docs.stripe.com/api/tax/transactions/create_from_calculation: within 90 days, each reference once.
#[tokio::test]
async fn a_calculation_becomes_a_transaction_while_it_holds() {
    let world = World::new().await;
    let calculation = world.post("/v1/tax/calculations", CALCULATION).await;
    let form = format!("calculation={}&reference=ord_1", calculation.id());
    let path = "/v1/tax/transactions/create_from_calculation";
    let noted = world.post(path, &form).await;
    assert_eq!((noted.status, &noted.body["type"]), (200, &json!("transaction")), "{}", noted.body);
    assert_eq!(world.post(path, &form).await.status, 400, "the reference is taken");
    world.clock_forward(Duration::days(90));
    let late = format!("calculation={}&reference=ord_2", calculation.id());
    assert_eq!(world.post(path, &late).await.error("param"), "calculation");
    world.no_violations();
}

// https://docs.stripe.com/api/tax/transactions/create_reversal: a negative flat amount, never more than the sale.
#[tokio::test]
async fn a_transaction_is_reversed_in_parts_that_come_to_all_of_it() {
    let world = World::new().await;
    let calculation = world.post("/v1/tax/calculations", CALCULATION).await;
    let form = format!("calculation={}&reference=ord_1", calculation.id());
    let sale = world.post("/v1/tax/transactions/create_from_calculation", &form).await;
    let back = async |amount: i64, reference: &str| {
        let form = format!(
            "mode=partial&original_transaction={}&reference={reference}&flat_amount={amount}&expand[]=line_items",
            sale.id()
        );
        world.post("/v1/tax/transactions/create_reversal", &form).await
    };
    assert_eq!(back(100, "rf_0").await.status, 400, "not negative");
    let mut tax = 0;
    for (amount, reference) in [(-333, "rf_1"), (-6000, "rf_2"), (-6567, "rf_3")] {
        let reversal = back(amount, reference).await;
        assert_eq!(reversal.status, 200, "{}", reversal.body);
        tax += reversal.body["line_items"]["data"][0]["amount_tax"].as_i64().unwrap();
    }
    assert_eq!(tax, -2060);
    assert_eq!(back(-1, "rf_4").await.status, 400, "nothing is left");
    world.no_violations();
}
