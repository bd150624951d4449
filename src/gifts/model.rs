//! What a gift is, how its code is written, and who may redeem it. Pure.

use crate::checkout::model::OrderStatus;
use crate::kernel::secret::digest;
use crate::kernel::{GiftId, OrderLineId, UserId};

use super::refusals::GiftRefusal as No;

/// Letters of a code: 30 to the power of 20, close to 100 bits.
pub const LETTERS: usize = 20;
/// Letters between two hyphens.
const GROUP: usize = 5;

/// A paid line that is for somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gift {
    /// Key.
    pub id: GiftId,
    /// What was bought.
    pub line: OrderLineId,
    /// Who has redeemed it.
    pub redeemed_by: Option<UserId>,
}

/// What somebody with the code may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Redeem it.
    Open,
    /// Nothing more: they have redeemed it before.
    Theirs,
}

/// A code as people read it: `7K3M9-2QPXA-…`.
pub fn written(letters: &str) -> String {
    let letters: Vec<char> = letters.chars().collect();
    letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What is kept of a code, however it is typed; `None` if it cannot be one.
pub fn hash_of(code: &str) -> Option<String> {
    let letters = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let letters: String = letters.take(LETTERS + 1).map(|c| c.to_ascii_uppercase()).collect();
    let is_code = letters.len() == LETTERS && letters.bytes().all(|b| b.is_ascii_alphanumeric());
    is_code.then(|| digest(&["gift", &letters]))
}

/// How the gift stands for `user`, whose order stands so.
pub fn standing(gift: &Gift, order: OrderStatus, is_void: bool, user: UserId) -> Result<Standing, No> {
    match (gift.redeemed_by, order) {
        (Some(by), _) if by == user => Ok(Standing::Theirs),
        (Some(_), _) => Err(No::Redeemed),
        (None, OrderStatus::Disputed) => Err(No::Frozen),
        (None, OrderStatus::Paid | OrderStatus::PartiallyRefunded) if !is_void => Ok(Standing::Open),
        (None, _) => Err(No::Void),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const CODE: &str = "7K3M92QPXA7K3M92QPXA";

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = written(CODE);
        assert_eq!(code, "7K3M9-2QPXA-7K3M9-2QPXA");
        let known = hash_of(&code);
        assert!(known.is_some());
        for typed in [CODE, "7k3m9 2qpxa 7k3m9 2qpxa", " 7K3M9-2QPXA-7K3M9-2QPXA\n"] {
            assert_eq!(hash_of(typed), known, "{typed}");
        }
        for wrong in ["", "7K3M9-2QPXA", &format!("{code}A"), "7K3M9-2QPXA-7K3M9-2QPX?"] {
            assert_eq!(hash_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_gift_is_redeemed_by_one_person_while_its_money_is_there() {
        let [ann, ben] = [1, 2].map(|n| UserId(Uuid::from_u128(n)));
        let open = Gift { id: GiftId(Uuid::nil()), line: OrderLineId(Uuid::nil()), redeemed_by: None };
        let anns = Gift { redeemed_by: Some(ann), ..open };
        let paid = OrderStatus::Paid;
        assert_eq!(standing(&open, paid, false, ben), Ok(Standing::Open));
        assert_eq!(standing(&open, OrderStatus::PartiallyRefunded, false, ben), Ok(Standing::Open));
        assert_eq!(standing(&open, paid, true, ben), Err(No::Void));
        assert_eq!(standing(&open, OrderStatus::Refunded, false, ben), Err(No::Void));
        assert_eq!(standing(&open, OrderStatus::Disputed, true, ben), Err(No::Frozen));
        for status in OrderStatus::ALL {
            assert_eq!(standing(&anns, status, true, ann), Ok(Standing::Theirs));
            assert_eq!(standing(&anns, status, true, ben), Err(No::Redeemed));
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = hash_of(&text);
        }
    }
}
