//! A link to pass on.

use sea_orm::entity::prelude::*;

/// A link to pass on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "affiliate_links")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Affiliate id.
    pub affiliate_id: Uuid,
    /// Where it leads; none: to the creator's page.
    pub offering_id: Option<Uuid>,
    /// Campaign.
    pub campaign: Option<String>,
    /// In the address.
    pub token: String,
    /// Click count.
    pub click_count: i32,
    /// Created at.
    pub created_at: DateTimeUtc,
    /// Disabled at.
    pub disabled_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
