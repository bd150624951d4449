//! The only place that makes randomness: keys, codes and secrets.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::RngExt;
use uuid::Uuid;

use super::Instant;

/// A source of randomness from the operating system.
#[derive(Clone, Debug, Default)]
pub struct Entropy(());

impl Entropy {
    /// A new key that sorts by `now`.
    pub fn id(&self, now: Instant) -> Uuid {
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let stamp = uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.timestamp_subsec_nanos());
        Uuid::new_v7(stamp)
    }

    /// 256 random bits in 43 URL-safe characters.
    pub fn secret(&self) -> String {
        let bytes: [u8; 32] = rand::rng().random();
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Six decimal digits, `000000` to `999999`, evenly.
    pub fn six_digits(&self) -> String {
        format!("{:06}", rand::rng().random_range(0..1_000_000))
    }

    /// `length` characters that a person can read aloud: no 0/O, 1/I/L, no U.
    pub fn readable(&self, length: usize) -> String {
        const LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut rng = rand::rng();
        (0..length).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect()
    }
}
