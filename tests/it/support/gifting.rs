//! Gifts, in a line each.

use serde_json::{Value, json};

use super::{Market, Person, basket};

/// Turning a code into a right.
pub const REDEEM: &str = "mutation($code: String!) { giftRedeem(code: $code) {
    enrollment { id state source offering { id } order { id } } userErrors { code path message } } }";

/// A quote's input for these prices, each for somebody else.
pub fn gifts(prices: &[&str], recipient: &str) -> Value {
    let mut input = basket(prices);
    for item in input["items"].as_array_mut().unwrap() {
        item["giftRecipientEmail"] = json!(recipient);
    }
    input
}

impl Person {
    /// Buys these things for somebody else; gives the order.
    pub async fn gives(&self, prices: &[&str], recipient: &str) -> String {
        let checkout = self.purchases(gifts(prices, recipient)).await;
        super::text(&checkout["order"]["id"])
    }

    /// Redeems a code; gives the right.
    pub async fn redeems(&self, code: &str) -> Value {
        self.does(REDEEM, json!({ "code": code })).await["enrollment"].clone()
    }

    /// Is told why a code redeems nothing: the code of the refusal.
    pub async fn cannot_redeem(&self, code: &str) -> String {
        let refused = self.is_refused(REDEEM, json!({ "code": code })).await;
        assert_eq!(refused.len(), 1, "{refused:?}");
        refused[0].code.clone()
    }
}

impl Market {
    /// The codes in the letters to an address, newest first.
    pub fn gift_codes(&self, recipient: &str) -> Vec<String> {
        let letters = self.mail().messages(Some(recipient));
        let links = letters.iter().flat_map(|letter| letter.links.iter());
        links.filter_map(|link| link.split("/gift?code=").nth(1)).map(str::to_owned).collect()
    }

    /// The only code in the letters to an address.
    pub fn gift_code(&self, recipient: &str) -> String {
        let codes = self.gift_codes(recipient);
        assert_eq!(codes.len(), 1, "{codes:?}");
        codes[0].clone()
    }
}
