//! What is done while steps go wrong: a purchase, act by act, as a buyer's phone and Stripe do it.

use chrono::Duration;
use sandbox::stripe::Outcome;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{CREATE, Market, Person, Priced, REFUND, SYNC, Shop};

/// What can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// A follower buys a course on Stripe's page.
    Purchase,
    /// Money of a sale goes back to the buyer after the creator was paid, and the creator's share is taken back.
    Refund,
    /// A creator's share of a sale becomes due and is sent to their account.
    Payout,
}

/// Something somebody does; safe to do again after no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The buyer agrees to a quote.
    Agree,
    /// They pay on Stripe's page.
    Pay,
    /// Events are delivered and jobs done.
    Settle,
    /// The buyer's page asks how it went.
    Sync,
    /// The creator gives all of it back.
    GiveBack,
    /// Two weeks go by.
    Fortnight,
    /// An hour goes by.
    Hour,
}

impl Scenario {
    /// In this order.
    pub fn acts(self) -> &'static [Act] {
        match self {
            Self::Purchase => &[Act::Agree, Act::Pay, Act::Settle, Act::Sync, Act::Settle],
            Self::Refund => &[Act::GiveBack, Act::Settle, Act::Hour],
            Self::Payout => &[Act::Fortnight, Act::Hour],
        }
    }
}

/// The people of one run.
pub struct Cast {
    /// Where they are.
    pub market: Market,
    buyer: Person,
    creator: Person,
    input: Value,
    refund: Value,
    checkout: Option<String>,
    order: Option<String>,
}

/// A creator with a course, for every run in this market.
pub async fn opens_shop(market: &Market) -> Shop {
    let mira = market.person("Mira").await;
    let shop = mira.opens_shop("Ink", Priced::Euros(2000)).await;
    mira.opens_account(shop.creator, Outcome::Ready).await;
    shop
}

impl Cast {
    /// Everybody is ready and nothing of the scenario has happened.
    pub async fn ready(scenario: Scenario, market: &Market, shop: &Shop, number: usize) -> Self {
        let mut cast = Self::comes_in(market, shop, number).await;
        let before: &[Scenario] = match scenario {
            Scenario::Purchase => &[],
            Scenario::Payout => &[Scenario::Purchase],
            Scenario::Refund => &[Scenario::Purchase, Scenario::Payout],
        };
        for act in before.iter().flat_map(|scenario| scenario.acts()) {
            assert!(cast.does(*act).await, "{act:?} without any fault");
        }
        cast.creator = cast.creator.comes_back().await;
        cast.refund["idempotencyKey"] = json!(cast.creator.new_key());
        cast
    }

    async fn comes_in(market: &Market, shop: &Shop, number: usize) -> Self {
        let buyer = market.person(&format!("Buyer {number}")).await;
        let quote = buyer.asks_price(shop.price).await;
        let input = buyer.agrees_to(&quote, "HOSTED_PAGE");
        let refund = json!({ "reason": "OTHER", "revokeAccess": true });
        let creator = market.stranger("Mira");
        Self { market: market.clone(), buyer, creator, input, refund, checkout: None, order: None }
    }

    /// Everybody finds the installation that was started after the old one's end.
    pub fn moves_to(&mut self, market: Market) {
        (self.buyer, self.creator) = (self.buyer.finds(&market), self.creator.finds(&market));
        self.market = market;
    }

    /// Does it once; false if somebody was told that it did not work.
    pub async fn does(&mut self, act: Act) -> bool {
        match act {
            Act::Agree => self.agrees().await,
            Act::Pay => self.pays(),
            Act::Sync => self.syncs().await,
            Act::GiveBack => self.gives_back().await,
            Act::Settle => self.passes(Duration::zero()).await,
            Act::Fortnight => self.passes(Duration::days(14) + Duration::minutes(1)).await,
            Act::Hour => self.passes(Duration::hours(1)).await,
        }
    }

    async fn passes(&self, time: Duration) -> bool {
        self.market.passes(time).await;
        true
    }

    async fn agrees(&mut self) -> bool {
        let said = self.buyer.asks(CREATE, json!({ "input": self.input })).await;
        let checkout = &said.body["data"]["checkoutCreate"]["checkout"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        (self.checkout, self.order) = (text(&checkout["id"]), text(&checkout["order"]["id"]));
        self.order.is_some()
    }

    fn pays(&self) -> bool {
        let order = self.order.as_deref().unwrap_or_default();
        let sessions = self.market.stripe().objects("checkout.session");
        let session = sessions.iter().find(|session| session["client_reference_id"] == order).unwrap();
        session["status"] == "complete"
            || self.market.stripe().pay(session["id"].as_str().unwrap(), "4242424242424242").is_ok()
    }

    async fn syncs(&self) -> bool {
        let said = self.buyer.asks(SYNC, json!({ "id": self.checkout })).await;
        said.body["data"]["checkoutSync"]["checkout"].is_object()
    }

    async fn gives_back(&self) -> bool {
        let said = self.creator.asks(REFUND, json!({ "id": self.order, "input": self.refund })).await;
        said.body["data"]["orderRefund"]["refund"].is_object()
    }

    /// Everything that should happen by itself has had the time to.
    pub async fn waits(&self) {
        for _ in 0..3 {
            self.market.passes(Duration::minutes(61)).await;
        }
    }

    /// What there is of this buyer, here and at Stripe: the same for two runs that ended the same.
    pub async fn picture(&self) -> String {
        let mut lines = Vec::new();
        for (what, text) in PICTURE {
            let db = &self.market.app().db;
            let statement = atelier::db::sql(db.backend(), text, [self.buyer.email.clone().into()]);
            for row in db.read().query_all_raw(statement).await.unwrap() {
                lines.push(format!("{what}: {}", row.try_get::<String>("", "line").unwrap()));
            }
        }
        lines.extend(self.at_stripe().await);
        lines.join("\n")
    }

    async fn at_stripe(&self) -> Vec<String> {
        let db = &self.market.app().db;
        let own = "SELECT id FROM orders WHERE buyer_email = $1";
        let rows =
            db.read().query_all_raw(atelier::db::sql(db.backend(), own, [self.buyer.email.clone().into()]));
        let orders: Vec<String> = rows
            .await
            .unwrap()
            .iter()
            .map(|row| atelier::kernel::OrderId(row.try_get::<Uuid>("", "id").unwrap()).to_string())
            .collect();
        let mut found = Vec::new();
        for session in self.market.stripe().objects("checkout.session") {
            if orders.iter().any(|order| session["client_reference_id"] == order.as_str()) {
                found.push(format!("page at Stripe: {} {}", session["status"], session["payment_status"]));
            }
        }
        for transfer in self.market.stripe().objects("transfer") {
            if orders.iter().any(|order| transfer["transfer_group"] == order.as_str()) {
                found.push(format!(
                    "sent at Stripe: {} less {}",
                    transfer["amount"], transfer["amount_reversed"]
                ));
            }
        }
        for charge in self.market.stripe().objects("charge") {
            if orders.iter().any(|order| {
                charge["metadata"]["order"] == order.as_str() || charge["transfer_group"] == order.as_str()
            }) {
                found.push(format!(
                    "charged at Stripe: {} less {}",
                    charge["amount"], charge["amount_refunded"]
                ));
            }
        }
        let customers = self.market.stripe().objects("customer");
        let own = customers.iter().filter(|customer| customer["email"] == self.buyer.email.as_str()).count();
        if own > 1 {
            found.push(format!("{own} customers at Stripe"));
        }
        found
    }
}

/// Everything about a buyer ($1 is their address), a line each.
const PICTURE: [(&str, &str); 7] = [
    ("order", "SELECT status || ' ' || total_minor || ' ' || refunded_minor AS line FROM orders WHERE buyer_email = $1"),
    (
        "checkout",
        "SELECT c.status AS line FROM checkouts c JOIN orders o ON o.id = c.order_id WHERE o.buyer_email = $1",
    ),
    (
        "payment",
        "SELECT p.state || ' ' || p.amount_minor || ' fee ' || COALESCE(CAST(p.fee_minor AS TEXT), '?') AS line
         FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.buyer_email = $1",
    ),
    (
        "right",
        "SELECT e.state || ' ' || e.source AS line FROM enrollments e JOIN users u ON u.id = e.user_id
         WHERE u.email = $1",
    ),
    (
        "booked",
        "SELECT j.kind || ' ' || p.account || ' ' || p.amount_minor AS line FROM postings p
         JOIN journals j ON j.id = p.journal_id JOIN orders o ON o.id = j.order_id WHERE o.buyer_email = $1
         ORDER BY j.kind, p.account, p.amount_minor",
    ),
    ("letter", "SELECT kind AS line FROM letters WHERE recipient = $1 ORDER BY kind"),
    ("case", "SELECT kind || ' ' || subject AS line FROM cases WHERE closed_at IS NULL AND $1 <> '' ORDER BY kind"),
];
