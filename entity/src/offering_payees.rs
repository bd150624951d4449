//! Who shares in what an offering earns.

use sea_orm::entity::prelude::*;

/// A teacher who gets a part of each sale of an offering.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offering_payees")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Offering id.
    pub offering_id: Uuid,
    /// Payee creator id.
    pub payee_creator_id: Uuid,
    /// What the owner offers, of 10,000.
    pub offered_basis_points: i32,
    /// What the payee has accepted and so counts.
    pub accepted_basis_points: Option<i32>,
    /// INVITED, ACCEPTED, DECLINED.
    pub state: String,
    /// When this offer was made.
    pub invited_at: DateTimeUtc,
    /// When the payee answered it.
    pub decided_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
