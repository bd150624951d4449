//! What buyers do, in a line each.

use serde_json::{Value, json};

use atelier::kernel::PriceId;

use super::people::Refused;
use super::{Person, Shop};

/// Asking for a price.
pub const QUOTE: &str = "query($input: QuoteInput!) { quote(input: $input) {
    quote { token expiresAt total { minorUnits formatted currency } subtotal { minorUnits } discountTotal { minorUnits }
        taxTotal { minorUnits } purchaseOptions requiredConsents { kind version text { plain } }
        coupon { code isApplied reason } warnings { code path }
        lines { amount { minorUnits } offering { ... on Course { id title } } price { id kind } } }
    userErrors { code path message } } }";

/// Agreeing to buy.
pub const CREATE: &str = "mutation($input: CheckoutCreateInput!) { checkoutCreate(input: $input) {
    checkout { id status expiresAt secret quote { total { minorUnits } }
        action { __typename ... on HostedRedirect { url } ... on NoPaymentRequired { message }
            ... on PaymentSheet { publishableKey stripeAccountId paymentIntentClientSecret setupIntentClientSecret
                customerId customerSessionClientSecret ephemeralKeySecret merchantDisplayName merchantCountry
                returnUrl } }
        order { id number status total { minorUnits } lines { titleAtPurchase enrollment { id source } } } }
    userErrors { code path message ... on PriceChangedError { quote { token total { minorUnits } } }
        ... on RetryLaterError { retryAfterSeconds } } } }";

/// Looking at a purchase.
pub const CHECKOUT: &str = "query($id: ID!) { checkout(id: $id) { id status
    action { __typename } order { id number status lines { enrollment { id state source } } } } }";

/// Asking Stripe now.
pub const SYNC: &str = "mutation($id: ID!) { checkoutSync(id: $id) { checkout { id status order { status } }
    userErrors { code path message } } }";

/// Saying never mind.
pub const CANCEL: &str = "mutation($id: ID!) { checkoutCancel(id: $id) { checkout { status order { status } }
    userErrors { code path message } } }";

/// A purchase under way.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// `cko_…`.
    pub checkout: String,
    /// `ord_…`.
    pub order: String,
    /// `cs_…`, at Stripe; or `pi_…`, if it is paid in an app's sheet.
    pub session: String,
    /// What `checkoutCreate` took.
    pub input: Value,
}

impl Purchase {
    /// What `checkoutCreate` gave for this input.
    pub fn of(market: &super::Market, checkout: &Value, input: Value) -> Self {
        let order = checkout["order"]["id"].as_str().unwrap().to_owned();
        let sessions = market.stripe().objects("checkout.session");
        let session = sessions.iter().find(|session| session["client_reference_id"] == order.as_str());
        Self {
            checkout: checkout["id"].as_str().unwrap().to_owned(),
            session: session.unwrap()["id"].as_str().unwrap().to_owned(),
            order,
            input,
        }
    }
}

impl Person {
    /// Asks what something costs.
    pub async fn asks_price(&self, price: PriceId) -> Value {
        let input = json!({ "items": [{ "priceId": price.to_string() }], "channel": "WEB" });
        let quoted = self.sees(QUOTE, json!({ "input": input })).await;
        assert_eq!(quoted["quote"]["userErrors"], json!([]), "{quoted:#}");
        quoted["quote"]["quote"].clone()
    }

    /// The same person after a while, signed in again.
    pub async fn comes_back(&self) -> Person {
        let again = self.elsewhere();
        again.signs_in().await;
        again
    }

    /// A key for a new wish.
    pub fn new_key(&self) -> String {
        let app = self.market.app();
        app.entropy.id(app.now()).to_string()
    }

    /// What `checkoutCreate` needs to buy what was quoted, with every consent.
    pub fn agrees_to(&self, quote: &Value, option: &str) -> Value {
        let consents = quote["requiredConsents"].as_array().unwrap().iter().map(
            |consent| json!({ "kind": consent["kind"], "version": consent["version"], "accepted": true }),
        );
        json!({
            "quoteToken": quote["token"], "idempotencyKey": self.new_key(),
            "purchaseOption": option, "consents": consents.collect::<Vec<_>>(),
            "returnUrl": "https://example.com/paid", "cancelUrl": "https://example.com/back",
        })
    }

    /// Goes as far as Stripe's page.
    pub async fn goes_to_pay(&self, shop: &Shop) -> Purchase {
        let quote = self.asks_price(shop.price).await;
        let input = self.agrees_to(&quote, "HOSTED_PAGE");
        let payload = self.does(CREATE, json!({ "input": input })).await;
        let checkout = &payload["checkout"];
        assert_eq!(checkout["status"], "OPEN");
        assert_eq!(checkout["action"]["__typename"], "HostedRedirect");
        Purchase::of(&self.market, checkout, input)
    }

    /// Goes as far as the payment sheet of an app.
    pub async fn opens_sheet(&self, shop: &Shop) -> Purchase {
        let input = json!({ "items": [{ "priceId": shop.price.to_string() }], "channel": "ANDROID" });
        let quoted = self.sees(QUOTE, json!({ "input": input })).await;
        let input = self.agrees_to(&quoted["quote"]["quote"], "PAYMENT_SHEET");
        let payload = self.does(CREATE, json!({ "input": input })).await;
        let checkout = &payload["checkout"];
        assert_eq!(checkout["action"]["__typename"], "PaymentSheet");
        let secret = checkout["action"]["paymentIntentClientSecret"].as_str().unwrap();
        Purchase {
            checkout: checkout["id"].as_str().unwrap().to_owned(),
            session: secret.split("_secret_").next().unwrap().to_owned(),
            order: checkout["order"]["id"].as_str().unwrap().to_owned(),
            input,
        }
    }

    /// Buys something with a card that pays, and waits until everything has moved.
    pub async fn buys(&self, shop: &Shop) -> Purchase {
        let purchase = self.goes_to_pay(shop).await;
        self.market.stripe().pay(&purchase.session, "4242424242424242").unwrap();
        self.market.settles().await;
        assert_eq!(self.checkout(&purchase).await["status"], "SUCCEEDED");
        purchase
    }

    /// The purchase as it is now.
    pub async fn checkout(&self, purchase: &Purchase) -> Value {
        self.sees(CHECKOUT, json!({ "id": purchase.checkout })).await["checkout"].clone()
    }

    /// Asks for a price and is told what is wrong.
    pub async fn is_refused_price(&self, input: Value) -> Vec<Refused> {
        let quoted = self.asks(QUOTE, json!({ "input": input })).await;
        assert!(quoted.data()["quote"]["quote"].is_null(), "quoted: {quoted:?}");
        quoted.refusals()
    }
}

/// How often Stripe was asked to change something.
pub fn changes_at_stripe(market: &super::Market) -> usize {
    market.stripe().requests().iter().filter(|request| request.method == "POST").count()
}
