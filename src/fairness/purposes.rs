//! What each thing one can ask or do is for. What is not named here is looking around.

use crate::graphql::limits::Purpose;

/// Moves money or seats: exactly one a request. Everything that takes an idempotency key is one of these (a rule checks it).
const PAYING: [&str; 20] = [
    "billingPortalSessionCreate",
    "checkoutCancel",
    "checkoutCreate",
    "enrollmentClaimFree",
    "giftRedeem",
    "membershipCancel",
    "membershipResume",
    "orderRefund",
    "orderRefundRequest",
    "payoutAccountLinkCreate",
    "payoutRequest",
    "payoutScheduleUpdate",
    "refundRequestDecide",
    "seatMove",
    "seatRelease",
    "seatTransfer",
    "sessionWaitlistAutoBuyCancel",
    "sessionWaitlistJoin",
    "sessionWaitlistLeave",
    "workshopSessionCancel",
];

/// On the way to it, and getting what was paid for.
const BUYING: [&str; 9] = [
    "checkout",
    "checkoutSync",
    "checkoutUpdated",
    "downloadGrantCreate",
    "order",
    "playbackGrantCreate",
    "playbackGrantRenew",
    "quote",
    "workshopJoin",
];

/// The purpose of a root field of the app's schema.
pub fn purpose(field: &str) -> Purpose {
    match field {
        _ if field.starts_with("auth") => Purpose::SigningIn,
        _ if PAYING.contains(&field) => Purpose::Paying,
        _ if BUYING.contains(&field) => Purpose::Buying,
        _ => Purpose::Browsing,
    }
}
