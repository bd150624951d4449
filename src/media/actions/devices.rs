//! On how many devices one person may play at once.
//!
//! A device is a session. Who begins to play on one more than allowed ends what plays on the device that has been
//! playing longest: nobody is locked out by a tab that was forgotten, and a shared account keeps throwing itself out.

use std::collections::BTreeMap;

use crate::db::Tx;
use crate::identity::store as identity;
use crate::kernel::{GrantId, Result, SessionId, UserId};
use crate::media::store::{self, EndedBy, Grant};

/// Ends what plays on too many other devices, before this one begins. Two that begin at once wait for each other.
pub(super) async fn make_room(tx: &Tx, user: UserId, session: SessionId, most: u32) -> Result<()> {
    identity::lock(tx, user).await?;
    let live = store::live_grants(tx, user).await?;
    let over = too_many(&live, session, most);
    if over.is_empty() { Ok(()) } else { store::end_grants(tx, &over, EndedBy::Device).await }
}

/// The grants to end so that, with this device, at most `most` play; `live` is in the order in which they began.
fn too_many(live: &[Grant], session: SessionId, most: u32) -> Vec<GrantId> {
    let mut others: BTreeMap<SessionId, usize> = BTreeMap::new();
    for (place, grant) in live.iter().enumerate() {
        if let Some(other) = grant.to.session.filter(|other| *other != session) {
            others.entry(other).or_insert(place);
        }
    }
    let mut oldest: Vec<(usize, SessionId)> =
        others.into_iter().map(|(session, place)| (place, session)).collect();
    oldest.sort_unstable();
    let keep = usize::try_from(most.saturating_sub(1)).unwrap_or(usize::MAX);
    let surplus = oldest.len().saturating_sub(keep);
    let gone: Vec<SessionId> = oldest.into_iter().take(surplus).map(|(_, session)| session).collect();
    let ended = live.iter().filter(|grant| grant.to.session.is_some_and(|session| gone.contains(&session)));
    ended.map(|grant| grant.id).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::{AssetId, Instant};
    use crate::media::store::Grantee;

    fn playing(devices: &[u128]) -> Vec<Grant> {
        let grant = |(number, device): (usize, &u128)| Grant {
            id: GrantId(Uuid::from_u128(number as u128)),
            to: Grantee {
                user: None,
                session: Some(SessionId(Uuid::from_u128(*device))),
                lesson: None,
                replay: None,
            },
            asset: AssetId(Uuid::nil()),
            expires_at: Instant::default(),
            ended_by: None,
        };
        devices.iter().enumerate().map(grant).collect()
    }

    fn ended(devices: &[u128], by: u128, most: u32) -> Vec<u128> {
        let gone = too_many(&playing(devices), SessionId(Uuid::from_u128(by)), most);
        gone.into_iter().map(|id| id.0.as_u128()).collect()
    }

    #[test]
    fn the_device_that_plays_longest_stops() {
        assert_eq!(ended(&[1, 2, 3], 4, 3), [0]);
        assert_eq!(ended(&[1, 2, 1, 3], 4, 3), [0, 2], "with everything that plays on it");
        assert_eq!(ended(&[1, 2, 3], 3, 3), [0_u128; 0], "a device may play more than one film");
        assert_eq!(ended(&[1, 2, 3], 4, 1), [0, 1, 2]);
    }
}
