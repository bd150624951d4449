//! What Stripe says it moved in our own account.

use sea_orm::entity::prelude::*;

/// What Stripe says it moved in our own account.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_movements")]
pub struct Model {
    /// `txn_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `charge`, `refund`, `transfer`, ….
    pub kind: String,
    /// What moved it: `ch_…`, `re_…`; its own id if nothing did.
    pub source: String,
    /// Upper case.
    pub currency: String,
    /// Plus is more for us.
    pub amount_minor: i64,
    /// What Stripe kept of it.
    pub fee_minor: i64,
    /// What it changed our balance by.
    pub net_minor: i64,
    /// When, by Stripe's clock.
    pub occurred_at: DateTimeUtc,
    /// When we read it.
    pub seen_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
