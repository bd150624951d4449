//! What followers do: ask, agree, pay, change their minds, ask again, redeem gifts.

use futures_util::future::join3;
use sandbox::stripe::{BankAnswer, CardEntry};
use serde_json::json;

use super::{World, answer, stripes};
use crate::proofs::model::{Answer, COUNTRIES, Card, Model, With};
use crate::support::{CREATE, Purchase, REDEEM, SYNC, basket, basket_with, gifts};

const CLAIM: &str =
    "mutation($price: ID!, $key: UUID!) { enrollmentClaimFree(priceId: $price, idempotencyKey: $key) {
    enrollment { id } userErrors { code path message } } }";

/// Each quote for somebody else is for an address of its own, so that its letter is found again.
fn friend(quote: usize) -> String {
    format!("friend{quote}@example.org")
}

impl World {
    pub(super) async fn asks_price(
        &mut self,
        (buyer, offer): (usize, usize),
        with: With,
        taxed: bool,
    ) -> Answer {
        let price = self.offers[offer].price.clone();
        let mut input = match with {
            With::Nothing => basket(&[&price]),
            With::Coupon(coupon) => basket_with(&[&price], &self.codes[coupon].code),
            With::Link => {
                let mut input = basket(&[&price]);
                input["affiliateToken"] = json!(self.link);
                input
            }
            With::Gift => gifts(&[&price], &friend(self.quotes.len())),
        };
        if taxed {
            input["country"] = json!(COUNTRIES[buyer]);
        }
        let quote = self.buyers[buyer].is_quoted(input).await;
        let total = quote["total"]["minorUnits"].as_i64().unwrap();
        self.quotes.push(quote);
        Answer::Costs(total)
    }

    pub(super) async fn agrees(&mut self, quote: usize, model: &Model) -> Answer {
        let buyer = &self.buyers[model.quotes[quote].buyer];
        let input = buyer.agrees_to(&self.quotes[quote], "HOSTED_PAGE");
        let said = buyer.asks(CREATE, json!({ "input": input.clone() })).await;
        let payload = said.data()["checkoutCreate"].clone();
        if payload["checkout"].is_object() {
            self.purchases.push(Purchase::of(&self.market, &payload["checkout"], input));
        }
        answer(&said.refusals())
    }

    pub(super) async fn agrees_again(&self, order: usize, model: &Model) -> Answer {
        let (buyer, before) = (&self.buyers[model.orders[order].buyer], &self.purchases[order]);
        let said = buyer.asks(CREATE, json!({ "input": before.input })).await;
        let again = &said.data()["checkoutCreate"]["checkout"]["id"];
        assert_eq!(again, &before.checkout, "the same agreement is the same checkout");
        answer(&said.refusals())
    }

    pub(super) fn pays(&self, order: usize, card: Card) -> Answer {
        let (number, bank) = match card {
            Card::Good => ("4242424242424242", BankAnswer::Complete),
            Card::AsksBank => ("4000000000003220", BankAnswer::Complete),
            Card::FailsAtBank => ("4000000000003220", BankAnswer::Fail),
            Card::Declined => ("4000000000000002", BankAnswer::Complete),
        };
        let session = &self.purchases[order].session;
        stripes(self.market.stripe().pay_with(session, &CardEntry::number(number), None, bank))
    }

    /// Asks about one of their purchases.
    pub(super) async fn asks(&self, order: usize, model: &Model, document: &str) -> Answer {
        let buyer = &self.buyers[model.orders[order].buyer];
        answer(&buyer.asks(document, json!({ "id": self.purchases[order].checkout })).await.refusals())
    }

    pub(super) async fn rushes(&self, order: usize, model: &Model) -> Answer {
        let asks = || self.asks(order, model, SYNC);
        let (first, second, ()) = join3(asks(), asks(), self.market.settles()).await;
        if first == Answer::Done { second } else { first }
    }

    pub(super) async fn claims(&self, buyer: usize) -> Answer {
        let buyer = &self.buyers[buyer];
        let tap = json!({ "price": self.free.price.to_string(), "key": buyer.new_key() });
        answer(&buyer.asks(CLAIM, tap).await.refusals())
    }

    pub(super) async fn redeems(&self, buyer: usize, order: usize, model: &Model) -> Answer {
        // The letter with the code may still lie here.
        self.market.settles().await;
        let code = self.market.gift_code(&friend(model.orders[order].quote));
        answer(&self.buyers[buyer].asks(REDEEM, json!({ "code": code })).await.refusals())
    }
}
