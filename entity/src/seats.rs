//! One person's place at one date of a workshop.

use sea_orm::entity::prelude::*;

/// One person's place at one date of a workshop.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seats")]
pub struct Model {
    /// `sea_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Session id.
    pub session_id: Uuid,
    /// Who sits there; none until an address is proven.
    pub user_id: Option<Uuid>,
    /// Whose it becomes when this address (lower-cased) is proven.
    pub holder_email: Option<String>,
    /// What pays for it; none = taken at no charge, or only offered.
    pub order_line_id: Option<Uuid>,
    /// One of `OFFERED`, `HELD`, `SEATED`, `UNSEATED`, `RELEASED`, `REFUNDED`.
    pub state: String,
    /// Until when an offer or a choice stands, or when a payment is ended.
    pub held_until: Option<DateTimeUtc>,
    /// Until when giving it back gives the money back; frozen.
    pub refund_until: DateTimeUtc,
    /// Given back later than that: refunded if somebody else takes the place.
    pub refund_if_resold: bool,
    /// The refund or dispute that took it.
    pub refund_cause: Option<Uuid>,
    /// Whether the holder was there, as a host has noted.
    pub attended: Option<bool>,
    /// Who gave it away, to whoever has it now; none = nobody has.
    pub given_by: Option<Uuid>,
    /// Bought for somebody else than its buyer, who has it by its address.
    pub for_companion: bool,
    /// Kept beside the own seat of who waits: the entry it was offered to. Stays when it was ordered or given up.
    pub offered_to: Option<Uuid>,
    /// What the holder shows at the door.
    pub check_in_code: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
