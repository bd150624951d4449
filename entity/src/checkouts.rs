//! One attempt to pay for one order.

use sea_orm::entity::prelude::*;

/// One attempt to pay for one order.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "checkouts")]
pub struct Model {
    /// `cko_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Order id.
    pub order_id: Uuid,
    /// Null = a guest.
    pub user_id: Option<Uuid>,
    /// SHA-256 of a guest's secret.
    pub secret_hash: Option<String>,
    /// One of `OPEN`, `PROCESSING`, `SUCCEEDED`, `FAILED`, `EXPIRED`, `CANCELLED`.
    pub status: String,
    /// One of `HOSTED_PAGE`, `PAYMENT_SHEET`, `FREE`.
    pub purchase_option: String,
    /// What was agreed, frozen.
    #[sea_orm(column_type = "JsonBinary")]
    pub quote: Json,
    /// Return url.
    pub return_url: String,
    /// Cancel url.
    pub cancel_url: Option<String>,
    /// `cs_…`.
    pub stripe_session_id: Option<String>,
    /// Stripe's page.
    pub redirect_url: Option<String>,
    /// Failure code.
    pub failure_code: Option<String>,
    /// Expires at.
    pub expires_at: DateTimeUtc,
    /// Finished at.
    pub finished_at: Option<DateTimeUtc>,
    /// `pi_…` of a payment without a page.
    pub stripe_intent_id: Option<String>,
    /// What the buyer's app opens that payment with.
    pub stripe_intent_secret: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
