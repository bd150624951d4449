//! What clients send to checkout.

use async_graphql::{Enum, ID, InputObject};

use crate::checkout::model;
use crate::graphql::values::MoneyInput;
use crate::graphql::{CountryCode, Url, Uuid};
use crate::identity::graphql::ClientPlatform;

/// What somebody wants to buy.
#[derive(Clone, Debug, InputObject)]
pub struct QuoteInput {
    /// At least one, at most 20, all from one creator.
    pub items: Vec<QuoteItemInput>,
    /// A discount code.
    pub coupon_code: Option<String>,
    /// Where the buyer lives; needed where taxes depend on it.
    pub country: Option<CountryCode>,
    /// Where the buyer is now; decides how they can pay.
    pub channel: ClientPlatform,
    /// Who sent the buyer: the `ref` of the addresses affiliates' links led to, separated by commas, or a link's token.
    pub affiliate_token: Option<String>,
}

/// One thing somebody wants to buy.
#[derive(Clone, Debug, InputObject)]
pub struct QuoteItemInput {
    /// At which price.
    pub price_id: ID,
    /// For a workshop: which date.
    pub session_id: Option<ID>,
    /// For pay-what-you-want: how much.
    pub pay_what_you_want: Option<MoneyInput>,
    /// For a gift: to whom. They get a letter with a code, which names you; you get a receipt and nothing else. With
    /// `sessionId`: who comes along. The seat is theirs by this address, without a code; a letter names you and has the date
    /// for their calendar. One item a person, at most six seats at one session; not what costs nothing.
    pub gift_recipient_email: Option<String>,
}

/// An agreement to buy what was quoted.
#[derive(Clone, Debug, InputObject)]
pub struct CheckoutCreateInput {
    /// The quote's `token`.
    pub quote_token: String,
    /// Made by the client for this purchase and kept until it ends: the same key makes the same checkout.
    pub idempotency_key: Uuid,
    /// One of the quote's `purchaseOptions`.
    pub purchase_option: PurchaseOption,
    /// For guests; sign in instead.
    pub buyer_email: Option<String>,
    /// Every one of the quote's `requiredConsents`.
    pub consents: Vec<ConsentInput>,
    /// Where the payment page sends the buyer afterwards.
    pub return_url: Url,
    /// Where the payment page's "back" leads; `returnUrl` if absent.
    pub cancel_url: Option<Url>,
    /// For PAYMENT_SHEET: the version of the app's SDK.
    pub stripe_api_version: Option<String>,
}

/// One thing agreed to.
#[derive(Clone, Debug, InputObject)]
pub struct ConsentInput {
    /// Which.
    pub kind: ConsentKind,
    /// The version of the words that were shown.
    pub version: String,
    /// Whether the person agreed.
    pub accepted: bool,
}

/// What a consent is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ConsentKind")]
pub enum ConsentKind {
    /// The terms of sale.
    Terms,
    /// Beginning at once, which ends the right to withdraw.
    ImmediateAccess,
    /// Being recorded.
    Recording,
    /// News by mail.
    Marketing,
    /// Being counted.
    Analytics,
}

/// A way to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::PurchaseOption")]
pub enum PurchaseOption {
    /// Stripe's page in a browser.
    HostedPage,
    /// Stripe's sheet in an app.
    PaymentSheet,
    /// The app shop.
    StorePurchase,
    /// A link out of the app.
    ExternalLink,
    /// Nothing is due.
    Free,
}
