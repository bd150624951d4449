//! What the creator and the operators do: prices, codes, money back.

use serde_json::{Value, json};

use super::{Code, World, answer};
use crate::proofs::model::{Answer, Hand, PERCENT_OFF, PRICES, USES};
use crate::support::{REFUND, euros, text};

const COUPON: &str =
    "mutation($creator: ID!, $input: CouponInput!) { couponCreate(creatorId: $creator, input: $input) {
    coupon { id code } userErrors { code path message } } }";
const END: &str =
    "mutation($id: ID!) { couponDisable(id: $id) { coupon { id } userErrors { code path message } } }";
const REFUND_BY_OPERATOR: &str = "mutation($id: ID!, $input: RefundInput!) {
    adminOrderRefund(orderId: $id, input: $input, reason: \"Asked for by letter\") {
    refund { id } userErrors { code path message } } }";

impl World {
    pub(super) async fn reprices(&mut self, offer: usize) -> Answer {
        let known = &self.offers[offer];
        let next = self.creator().asks_for(&known.id, euros(PRICES[offer])).await;
        self.creator().withdraws(known.price.parse().unwrap()).await;
        self.offers[offer].price = next;
        Answer::Done
    }

    pub(super) async fn makes_coupon(&mut self) -> Answer {
        let input = json!({
            "code": format!("HALF-{}", self.codes.len()), "maxRedemptions": USES,
            "discount": { "percentOffBasisPoints": PERCENT_OFF * 100 },
        });
        let wish = json!({ "creator": self.free.creator.to_string(), "input": input });
        let made = self.creator().does(COUPON, wish).await["coupon"].clone();
        self.codes.push(Code { id: text(&made["id"]), code: text(&made["code"]) });
        Answer::Done
    }

    pub(super) async fn ends_coupon(&self, coupon: usize) -> Answer {
        answer(&self.creator().asks(END, json!({ "id": self.codes[coupon].id })).await.refusals())
    }

    pub(super) async fn refunds(&self, order: usize, amount: Option<i64>, by: Hand) -> Answer {
        let wish = |input: Value| json!({ "id": self.purchases[order].order, "input": input });
        let input = self.creator().refund_of(amount, amount.is_none());
        let said = match by {
            Hand::Creator => self.creator().asks(REFUND, wish(input)).await,
            Hand::Operator => self.operator.asks_admin(REFUND_BY_OPERATOR, wish(input)).await,
        };
        answer(&said.refusals())
    }
}
