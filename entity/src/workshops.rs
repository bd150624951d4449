//! What a workshop has beyond an offering.

use sea_orm::entity::prelude::*;

/// What a workshop has beyond an offering.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workshops")]
pub struct Model {
    /// Offering id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub offering_id: Uuid,
    /// One of `ONLINE`, `IN_PERSON`, `HYBRID`.
    pub format: String,
    /// Null when there is no venue, like its city and country.
    pub venue_name: Option<String>,
    /// Street and number.
    pub venue_address_line: Option<String>,
    /// City.
    pub venue_city: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub venue_country: Option<String>,
    /// Whether the address line is for the team and those with a seat alone.
    pub venue_hide_address: bool,
    /// What to bring and prepare.
    pub materials_markdown: String,
    /// What happens when somebody cannot come.
    pub cancellation_policy_markdown: String,
    /// One of `NONE`, `ATTENDEES`, `DAYS_30`, `FOREVER`.
    pub replay_policy: String,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
