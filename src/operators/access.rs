//! Which roles may call which root field of the admin endpoint. This table is what is asked before anything is done,
//! so a field that is missing here can be called by nobody.

use super::model::Role;
use Role::{Engineering, Finance, Moderation, Security, Support};

/// Root fields, and the roles of which one is needed.
pub const ROOT_FIELDS: &[(&str, &[Role])] = &[
    ("node", &Role::ALL),
    ("adminOrders", &[Finance, Support]),
    ("adminDisputes", &[Finance, Support]),
    ("adminStripeEvents", &[Finance, Engineering]),
    ("adminAuditLog", &[Security]),
    ("adminCases", &[Finance, Support, Engineering]),
    ("adminOrderRefund", &[Finance]),
    ("adminStripeEventReplay", &[Finance, Engineering]),
    ("adminPayoutHold", &[Finance, Security]),
    ("adminCaseClose", &[Finance]),
    ("adminReviewTakedown", &[Moderation]),
];

/// Node types, and the roles of which one is needed to see a row.
pub const NODE_TYPES: &[(&str, &[Role])] = &[
    ("Order", &[Finance, Support]),
    ("Creator", &Role::ALL),
    ("User", &Role::ALL),
    ("Dispute", &[Finance, Support]),
    ("StripeEvent", &[Finance, Engineering]),
    ("AuditEntry", &[Security]),
    ("Case", &[Finance, Support, Engineering]),
];

/// The roles of which one is needed; none if nobody may.
pub fn roles_for(name: &str) -> &'static [Role] {
    let found = ROOT_FIELDS.iter().chain(NODE_TYPES).find(|(known, _)| *known == name);
    found.map_or(&[], |(_, roles)| *roles)
}
