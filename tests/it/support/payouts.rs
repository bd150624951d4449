//! Creators and their accounts at Stripe.

use atelier::kernel::{CreatorId, OrderId};
use atelier::payments::ledger::{Account, Journal};
use sandbox::stripe::Outcome;
use serde_json::{Value, json};

use super::{Market, Person};

/// The way to Stripe's form.
pub const LINK: &str =
    "mutation($id: ID!, $url: URL!) { payoutAccountLinkCreate(creatorId: $id, returnUrl: $url) {
    url userErrors { code path message } } }";

impl Person {
    /// Opens an account at Stripe and leaves the form so; gives the account.
    pub async fn opens_account(&self, creator: CreatorId, outcome: Outcome) -> String {
        let before = self.market.stripe().objects("account").len();
        self.does(LINK, json!({ "id": creator.to_string(), "url": "https://example.com/studio" })).await;
        let account = self.market.stripe().objects("account")[before]["id"].as_str().unwrap().to_owned();
        self.market.stripe().onboard(&account, outcome).unwrap();
        self.market.settles().await;
        account
    }
}

impl Market {
    /// What was sent to an account and is still there, at Stripe.
    pub fn holds(&self, account: &str) -> i64 {
        let minor = |transfer: &Value, name: &str| transfer[name].as_i64().unwrap();
        let transfers = self.stripe().objects("transfer");
        let ours = transfers.iter().filter(|transfer| transfer["destination"] == account);
        ours.map(|transfer| minor(transfer, "amount") - minor(transfer, "amount_reversed")).sum()
    }

    /// Takes money off what is due of an order, past the API, as a correction by the platform does; a negative amount
    /// gives it back.
    pub async fn db_corrects(&self, order: &str, payee: CreatorId, amount: i64) {
        let order: OrderId = order.parse().unwrap();
        let mut tx = self.app().begin().await.unwrap();
        let order = atelier::checkout::store::lock_order(&tx, order).await.unwrap().unwrap();
        let sides = [(Account::Due(payee), amount), (Account::Loss, -amount)];
        let id = tx.id().to_string();
        let journal =
            Journal::new("ADJUSTMENT", id, Some(order.id), order.currency, tx.now(), sides).unwrap();
        assert!(atelier::payments::store::book(&tx, &journal).await.unwrap());
        atelier::payouts::actions::request_reversals(&mut tx, &order).await.unwrap();
        tx.commit().await.unwrap();
    }
}
