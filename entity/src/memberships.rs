//! One person's subscription to one plan, at the price it was bought at.

use sea_orm::entity::prelude::*;

/// One person's subscription to one plan, at the price it was bought at.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who.
    pub user_id: Uuid,
    /// The plan; an offering.
    pub plan_id: Uuid,
    /// The price, frozen.
    pub price_id: Uuid,
    /// The order it began with.
    pub order_id: Uuid,
    /// `sub_…`.
    pub stripe_subscription_id: String,
    /// `price_…`.
    pub stripe_price_id: String,
    /// `cus_…`.
    pub stripe_customer_id: String,
    /// One of `TRIALING`, `ACTIVE`, `PAST_DUE`, `ENDED`.
    pub state: String,
    /// ISO 4217.
    pub currency: String,
    /// Each time.
    pub amount_minor: i64,
    /// The end of what is paid or on trial.
    pub paid_until: DateTimeUtc,
    /// Whether it ends then.
    pub cancel_at_period_end: bool,
    /// When it was over.
    pub ended_at: Option<DateTimeUtc>,
    /// Last read from Stripe.
    pub read_at: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
