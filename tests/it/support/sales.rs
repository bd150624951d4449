//! Buying anything at any price, step by step.

use serde_json::{Value, json};

use super::{CREATE, Person, QUOTE, text};

/// A quote's input for these prices.
pub fn basket(prices: &[&str]) -> Value {
    let items: Vec<Value> = prices.iter().map(|price| json!({ "priceId": price })).collect();
    json!({ "items": items, "channel": "WEB" })
}

/// The same with a code.
pub fn basket_with(prices: &[&str], code: &str) -> Value {
    let mut input = basket(prices);
    input["couponCode"] = json!(code);
    input
}

impl Person {
    /// Asks what a basket costs.
    pub async fn is_quoted(&self, input: Value) -> Value {
        let quoted = self.sees(QUOTE, json!({ "input": input })).await;
        assert_eq!(quoted["quote"]["userErrors"], json!([]), "{quoted:#}");
        quoted["quote"]["quote"].clone()
    }

    /// Agrees to a quote in the first way it offers; gives the checkout.
    pub async fn takes(&self, quote: &Value) -> Value {
        let input = self.agrees_to(quote, &text(&quote["purchaseOptions"][0]));
        self.does(CREATE, json!({ "input": input })).await["checkout"].clone()
    }

    /// Pays a checkout on Stripe's page, and waits until everything has moved.
    pub async fn pays(&self, checkout: &Value) {
        let sessions = self.market.stripe().objects("checkout.session");
        let session =
            sessions.iter().find(|session| session["client_reference_id"] == checkout["order"]["id"]);
        let session = text(&session.expect("a page at Stripe")["id"]);
        self.market.stripe().pay(&session, "4242424242424242").unwrap();
        self.market.settles().await;
    }

    /// Buys a basket with a card that pays; gives the checkout as it was before the money.
    pub async fn purchases(&self, input: Value) -> Value {
        let checkout = self.takes(&self.is_quoted(input).await).await;
        if checkout["action"]["__typename"] == "HostedRedirect" {
            self.pays(&checkout).await;
        }
        checkout
    }
}
