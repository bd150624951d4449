//! A payee's released share of an order, sent to their account.

use sea_orm::entity::prelude::*;

/// A payee's released share of an order, sent to their account.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "transfers")]
pub struct Model {
    /// Key; goes to Stripe as metadata.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose sale.
    pub order_id: Uuid,
    /// To whom.
    pub payee_creator_id: Uuid,
    /// The charge it comes from.
    pub charge_id: String,
    /// `acct_…`, as it was then.
    pub destination: String,
    /// ISO 4217.
    pub currency: String,
    /// More than zero.
    pub amount_minor: i64,
    /// One of `INTENDED`, `SENT`, `REFUSED`.
    pub state: String,
    /// `tr_…`, once it is sent.
    pub stripe_id: Option<String>,
    /// Stripe's words.
    pub refusal: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Sent or refused at.
    pub settled_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
