//! Money on its way to a creator's account, and back; and how much may go.

use chrono::Duration;
use uuid::Uuid;

use crate::kernel::{CreatorId, Currency, Instant, OrderId};

/// After this long Stripe may have forgotten a key: what was asked for is looked up before it is asked for again.
pub const KEY_LIFE: Duration = Duration::hours(23);
/// A refused transfer is not tried again earlier than this, unless the account changes.
pub const REST_AFTER_REFUSAL: Duration = Duration::hours(6);
/// A refused reversal is tried again once a day.
pub const REVERSAL_PAUSE: Duration = Duration::days(1);
/// A person must look at a reversal that has been refused for this long.
pub const REVERSAL_GIVEN_TO_A_PERSON: Duration = Duration::days(90);

/// A payee's released share of an order, sent to their account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Key.
    pub id: Uuid,
    /// Whose sale.
    pub order: OrderId,
    /// To whom.
    pub payee: CreatorId,
    /// The charge it comes from.
    pub charge: String,
    /// `acct_…`, as it was then.
    pub destination: String,
    /// The order's.
    pub currency: Currency,
    /// How much.
    pub amount_minor: i64,
    /// How far it is.
    pub state: TransferState,
    /// `tr_…`
    pub stripe_id: Option<String>,
    /// Intended at.
    pub created_at: Instant,
}

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferState {
    /// Asked for, or about to be.
    Intended,
    /// It is on the creator's account.
    Sent,
    /// Stripe said no; a later one is a transfer of its own.
    Refused,
}

impl TransferState {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intended => "INTENDED",
            Self::Sent => "SENT",
            Self::Refused => "REFUSED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Intended, Self::Sent, Self::Refused].into_iter().find(|state| state.name() == name)
    }
}

/// Money of a transfer taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// Key.
    pub id: Uuid,
    /// Of which transfer.
    pub transfer: Uuid,
    /// Whose sale.
    pub order: OrderId,
    /// From whom.
    pub payee: CreatorId,
    /// The transfer's.
    pub currency: Currency,
    /// How much.
    pub amount_minor: i64,
    /// How far it is.
    pub state: ReversalState,
    /// Wanted at.
    pub created_at: Instant,
}

/// How far a reversal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReversalState {
    /// Asked for, or about to be.
    Intended,
    /// The money is back.
    Made,
    /// The creator's account held too little; tried again daily.
    Waiting,
    /// No longer needed.
    Cancelled,
}

impl ReversalState {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intended => "INTENDED",
            Self::Made => "MADE",
            Self::Waiting => "WAITING",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Intended, Self::Made, Self::Waiting, Self::Cancelled]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// How much of an order's due share may be sent now: what this order is owed, but never more than the payee is owed
/// over all orders, so that what other orders owe back is kept here.
pub fn sendable(due_of_order: i64, due_of_all: i64, under_way_of_all: i64) -> i64 {
    due_of_order.min(due_of_all - under_way_of_all).max(0)
}

/// Takes `owed` back from transfers, the newest first: which transfer, and how much of it.
pub fn taken_back(owed: i64, left: &[(Uuid, i64)]) -> Vec<(Uuid, i64)> {
    let mut rest = owed;
    let mut taken = Vec::new();
    for (transfer, left) in left {
        let part = rest.min(*left);
        if part > 0 {
            taken.push((*transfer, part));
            rest -= part;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_other_orders_owe_back_is_kept() {
        assert_eq!(sendable(900, 900, 0), 900, "nothing owed elsewhere");
        assert_eq!(sendable(900, 400, 0), 400, "another order owes 500 back");
        assert_eq!(sendable(900, -100, 0), 0);
        assert_eq!(sendable(900, 1300, 600), 700, "600 are on their way");
    }

    proptest! {
        #[test]
        fn never_more_is_sent_than_is_owed(order in -9999_i64..9999, all in -9999_i64..9999, way in 0_i64..9999) {
            let amount = sendable(order, all, way);
            prop_assert!(amount >= 0 && (amount == 0 || (amount <= order && amount + way <= all)));
        }

        #[test]
        fn what_is_taken_back_is_owed_and_was_sent(owed in 0_i64..9999, sent in prop::collection::vec(0_i64..2000, 0..6)) {
            let left: Vec<_> = (0_u128..).zip(sent).map(|(n, amount)| (Uuid::from_u128(n), amount)).collect();
            let taken = taken_back(owed, &left);
            let sum: i64 = taken.iter().map(|(_, part)| part).sum();
            prop_assert_eq!(sum, owed.min(left.iter().map(|(_, amount)| amount).sum()));
            for (transfer, part) in taken {
                prop_assert!(left.iter().any(|(known, amount)| *known == transfer && part > 0 && part <= *amount));
            }
        }
    }
}
