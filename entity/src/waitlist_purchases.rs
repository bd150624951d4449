//! A seat that is bought by itself when somebody who waits gets one.

use sea_orm::entity::prelude::*;

/// A seat that is bought by itself when somebody who waits gets one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "waitlist_purchases")]
pub struct Model {
    /// Whose wish.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: Uuid,
    /// What was agreed to.
    pub quote: Json,
    /// Its total.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// `pm_…`, at Stripe.
    pub payment_method: String,
    /// Such as `visa`.
    pub card_brand: String,
    /// Its last four digits.
    pub card_last4: String,
    /// Which version of the session's date it was for.
    pub sequence: i32,
    /// The workshop's words about giving a seat back, as they were.
    pub policy: String,
    /// Pairs of kind and version.
    pub consents: Json,
    /// When it was agreed to.
    pub agreed_at: DateTimeUtc,
    /// The attempt to pay, once there is one.
    pub checkout_id: Option<Uuid>,
    /// When the card was about to be charged.
    pub charged_at: Option<DateTimeUtc>,
    /// Why it was not bought.
    pub why_not: Option<String>,
    /// When it came to nothing.
    pub ended_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
