//! Who shares in what an offering earns, and the rules on it. Pure.
//!
//! The owner offers parts, in basis points of what is left after tax, fee and commission; a part counts once its payee
//! has accepted it. A changed offer needs a new yes, and until then the part as accepted counts on. The rest is the
//! owner's.

use std::collections::HashSet;

use crate::catalog::refusals::CatalogRefusal;
use crate::kernel::{CreatorId, Instant, OfferingId};

/// How many may share besides the owner.
pub const MOST_PAYEES: usize = 10;
/// All of it.
pub const WHOLE: u32 = 10_000;

/// A payee's part of an offering's sales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of what.
    pub offering: OfferingId,
    /// Whose.
    pub payee: CreatorId,
    /// What the owner offers.
    pub offered: u32,
    /// What the payee has accepted and so counts.
    pub accepted: Option<u32>,
    /// How the offer stands.
    pub state: PartState,
    /// When it was made.
    pub invited_at: Instant,
}

impl Part {
    /// The most this part can come to without a new offer.
    fn at_most(&self) -> u32 {
        self.offered.max(self.accepted.unwrap_or(0))
    }
}

/// How an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartState {
    /// Waiting for the payee.
    Invited,
    /// It counts.
    Accepted,
    /// The payee wants no part.
    Declined,
}

impl PartState {
    const ALL: [Self; 3] = [Self::Invited, Self::Accepted, Self::Declined];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invited => "INVITED",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Who counts at a sale, and with how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payee {
    /// Whose profile.
    pub creator: CreatorId,
    /// Of 10,000.
    pub basis_points: u32,
}

/// A part as the owner wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// For whom.
    pub payee: CreatorId,
    /// Of 10,000.
    pub basis_points: u32,
}

/// What is wrong with the wishes of an offering's owner, by place; nothing if all is well.
pub fn check(owner: CreatorId, wishes: &[Wish]) -> Vec<(usize, CatalogRefusal)> {
    let mut seen = HashSet::new();
    let wrong = wishes.iter().enumerate().filter_map(|(at, wish)| {
        let no = match wish {
            _ if wish.payee == owner => CatalogRefusal::SplitWithSelf,
            _ if !seen.insert(wish.payee) => CatalogRefusal::NamedTwice("creator"),
            _ if !(1..=WHOLE).contains(&wish.basis_points) => CatalogRefusal::PartOutOfRange,
            _ => return None,
        };
        Some((at, no))
    });
    wrong.collect()
}

/// The parts after the wishes: what is not named is gone, what is unchanged stays as it is, what is new or changed
/// waits for its payee. Refused if they could come to more than there is.
pub fn wished(
    offering: OfferingId,
    known: &[Part],
    wishes: &[Wish],
    now: Instant,
) -> Result<Vec<Part>, CatalogRefusal> {
    let parts: Vec<Part> = wishes
        .iter()
        .map(|wish| match known.iter().find(|part| part.payee == wish.payee) {
            Some(part) if part.offered == wish.basis_points && part.state != PartState::Declined => *part,
            former => Part {
                offering,
                payee: wish.payee,
                offered: wish.basis_points,
                accepted: former.and_then(|part| part.accepted),
                state: PartState::Invited,
                invited_at: now,
            },
        })
        .collect();
    let most: u64 = parts.iter().map(|part| u64::from(part.at_most())).sum();
    if most > u64::from(WHOLE) { Err(CatalogRefusal::SplitTooMuch) } else { Ok(parts) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn creator(n: u128) -> CreatorId {
        CreatorId(Uuid::from_u128(n))
    }

    fn wish(n: u128, basis_points: u32) -> Wish {
        Wish { payee: creator(n), basis_points }
    }

    fn part(n: u128, offered: u32, accepted: Option<u32>, state: PartState) -> Part {
        Part { offering: THING, payee: creator(n), offered, accepted, state, invited_at: Instant::MIN_UTC }
    }

    const THING: OfferingId = OfferingId(Uuid::nil());

    #[test]
    fn nobody_shares_with_themselves_twice_or_nothing() {
        let wishes = [wish(1, 100), wish(2, 100), wish(2, 50), wish(3, 0), wish(4, 10_001)];
        let wrong: Vec<_> = check(creator(1), &wishes).into_iter().map(|(at, _)| at).collect();
        assert_eq!(wrong, [0, 2, 3, 4]);
    }

    #[test]
    fn what_was_accepted_counts_until_a_change_is_accepted() {
        let known = [part(2, 3000, Some(3000), PartState::Accepted), part(3, 500, None, PartState::Declined)];
        let parts = wished(THING, &known, &[wish(2, 2000), wish(3, 500)], Instant::MAX_UTC).expect("fits");
        assert_eq!((parts[0].accepted, parts[0].state), (Some(3000), PartState::Invited));
        assert_eq!(parts[1].state, PartState::Invited, "asked again");
        let same = wished(THING, &known, &[wish(2, 3000)], Instant::MAX_UTC).expect("fits");
        assert_eq!(same, known[..1]);
    }

    #[test]
    fn parts_never_come_to_more_than_there_is_whoever_answers_first() {
        let known = [part(2, 6000, Some(6000), PartState::Accepted)];
        let lowered = [wish(2, 2000), wish(3, 8000)];
        assert_eq!(wished(THING, &known, &lowered, Instant::MAX_UTC), Err(CatalogRefusal::SplitTooMuch));
        assert!(wished(THING, &known, &[wish(2, 2000), wish(3, 4000)], Instant::MAX_UTC).is_ok());
    }
}
