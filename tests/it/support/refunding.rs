//! Money back, in a line each; and what the book and Stripe say of it.

use atelier::db;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{Market, Person, Purchase};

/// Asking for the money back.
pub const ASK: &str = "mutation($id: ID!, $reason: RefundReason!, $note: String, $key: UUID!) {
    orderRefundRequest(orderId: $id, reason: $reason, note: $note, idempotencyKey: $key) {
        refundRequest { id status reason note decidedAt order { id } } userErrors { code path message } } }";

/// Deciding.
pub const DECIDE: &str = "mutation($id: ID!, $approve: Boolean!, $note: String, $key: UUID!) {
    refundRequestDecide(id: $id, approve: $approve, note: $note, idempotencyKey: $key) {
        refundRequest { id status decidedAt } userErrors { code path message } } }";

/// Giving money back.
pub const REFUND: &str =
    "mutation($id: ID!, $input: RefundInput!) { orderRefund(orderId: $id, input: $input) {
    refund { id status reason amount { minorUnits } } order { id status refundedTotal { minorUnits } }
    userErrors { code path message } } }";

/// An order with all that went back.
pub const ORDER: &str = "query($id: ID!) { order(id: $id) { id status refundedTotal { minorUnits }
    total { minorUnits } viewerCanRequestRefund refundableUntil
    refunds { id status reason amount { minorUnits } } refundRequest { id status }
    lines { id amount { minorUnits } enrollment { id state } } } }";

impl Person {
    /// Asks for the money back; gives the request.
    pub async fn asks_money_back(&self, purchase: &Purchase) -> Value {
        let wish = json!({ "id": purchase.order, "reason": "NOT_AS_DESCRIBED", "note": "Too easy.", "key": self.new_key() });
        self.does(ASK, wish).await["refundRequest"].clone()
    }

    /// Gives money of an order back; gives the payload.
    pub async fn gives_back(&self, order: &str, amount: Option<i64>, revokes: bool) -> Value {
        self.does(REFUND, json!({ "id": order, "input": self.refund_of(amount, revokes) })).await
    }

    /// What `orderRefund` takes.
    pub fn refund_of(&self, amount: Option<i64>, revokes: bool) -> Value {
        let amount = amount.map(|minor| json!({ "minorUnits": minor, "currency": "EUR" }));
        json!({ "amount": amount, "reason": "OTHER", "revokeAccess": revokes, "idempotencyKey": self.new_key() })
    }

    /// The order as it is now.
    pub async fn order(&self, order: &str) -> Value {
        self.sees(ORDER, json!({ "id": order })).await["order"].clone()
    }
}

impl Market {
    /// What the whole book leaves on each account, plus is debit; payees' accounts summed over all payees.
    pub async fn db_book(&self) -> Value {
        let text =
            "SELECT account, CAST(SUM(amount_minor) AS BIGINT) AS amount FROM postings GROUP BY account
             HAVING SUM(amount_minor) <> 0";
        let app = self.app();
        let rows = app.db.read().query_all_raw(db::sql(app.db.backend(), text, [])).await.unwrap();
        let amounts = rows.iter().map(|row| {
            let account: String = row.try_get("", "account").unwrap();
            (account, json!(row.try_get::<i64>("", "amount").unwrap()))
        });
        Value::Object(amounts.collect())
    }

    /// The kinds of all cases, in the order of their opening.
    pub async fn db_cases(&self) -> Vec<String> {
        use sea_orm::{EntityTrait, QueryOrder};
        let query = entity::cases::Entity::find().order_by_asc(entity::cases::Column::Id);
        query.all(self.app().db.read()).await.unwrap().into_iter().map(|case| case.kind).collect()
    }

    /// What went wrong at Stripe is planned here.
    pub fn plans(&self, lines: Value) {
        self.stripe().set_faults(serde_json::from_value(lines).unwrap(), 7).unwrap();
    }
}
