//! A paid invoice and the order that was made of it.

use sea_orm::entity::prelude::*;

/// A paid invoice and the order that was made of it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "membership_invoices")]
pub struct Model {
    /// `in_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub stripe_invoice_id: String,
    /// Which membership.
    pub membership_id: Uuid,
    /// Its order.
    pub order_id: Uuid,
    /// From when.
    pub period_start: DateTimeUtc,
    /// Until when.
    pub period_end: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Stripe's page with the invoice.
    pub page_url: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
