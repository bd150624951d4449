//! When one call is tried again, and after how long.
//!
//! Keeps true: what Stripe says (`Stripe-Should-Retry`, `Retry-After`) wins over our own rules; tries and waits are
//! bounded; waits are spread so that many callers do not return together.
//! Not here: the key. Every try of a call carries the same one, see the executor.
//!
//! Source: <https://docs.stripe.com/error-low-level>, and Stripe's own SDKs for the two headers.

use std::time::Duration;

use sha2::{Digest, Sha256};

/// What the last try met, as far as retrying is concerned.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// None when no answer arrived.
    pub status: Option<u16>,
    pub should_retry: Option<bool>,
    pub retry_after: Option<Duration>,
}

#[derive(Clone, Debug)]
pub(crate) struct RetryPolicy {
    pub tries: u32,
    pub first_wait: Duration,
    pub longest_wait: Duration,
}

impl RetryPolicy {
    /// The wait before another try, or None when this was the last one.
    pub fn wait_after(&self, seen: Seen, tries_made: u32, seed: &str) -> Option<Duration> {
        if tries_made >= self.tries || !worth_retrying(seen) {
            return None;
        }
        match seen.retry_after {
            Some(asked) if asked > self.longest_wait => None,
            Some(asked) => Some(asked.max(self.spread(tries_made, seed))),
            None => Some(self.spread(tries_made, seed)),
        }
    }

    /// Between half of and the whole doubled wait. The seed is the key, so the spread needs no random source.
    fn spread(&self, tries_made: u32, seed: &str) -> Duration {
        let doubled = self.first_wait.saturating_mul(1 << tries_made.saturating_sub(1).min(16));
        let ceiling = doubled.min(self.longest_wait);
        let digest = Sha256::digest(format!("{seed}#{tries_made}"));
        let share = u32::from(u16::from_be_bytes([digest[0], digest[1]]));
        ceiling / 2 + ceiling / 2 * share / u32::from(u16::MAX)
    }
}

fn worth_retrying(seen: Seen) -> bool {
    match (seen.should_retry, seen.status) {
        (Some(told), _) => told,
        (None, None) => true,
        (None, Some(status)) => matches!(status, 409 | 424 | 429 | 500..=599),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> RetryPolicy {
        RetryPolicy { tries: 4, first_wait: Duration::from_millis(300), longest_wait: Duration::from_secs(3) }
    }

    fn status(status: u16) -> Seen {
        Seen { status: Some(status), ..Seen::default() }
    }

    #[test]
    fn a_lost_answer_and_a_passing_failure_are_tried_again() {
        for seen in [Seen::default(), status(409), status(429), status(500), status(503)] {
            assert!(policy().wait_after(seen, 1, "co:ord_1:1").is_some(), "{seen:?}");
        }
    }

    #[test]
    fn an_answer_that_would_be_the_same_is_final() {
        for seen in [status(200), status(400), status(401), status(402), status(404)] {
            assert_eq!(policy().wait_after(seen, 1, "co:ord_1:1"), None, "{seen:?}");
        }
    }

    #[test]
    fn stripe_has_the_last_word() {
        let never = Seen { should_retry: Some(false), ..status(500) };
        let please = Seen { should_retry: Some(true), ..status(400) };
        assert_eq!(policy().wait_after(never, 1, "k"), None);
        assert!(policy().wait_after(please, 1, "k").is_some());
    }

    #[test]
    fn waits_grow_stay_bounded_and_differ_between_keys() {
        let waits: Vec<_> =
            (1..4).map(|n| policy().wait_after(status(500), n, "k").expect("tried again")).collect();
        for (n, wait) in waits.iter().enumerate() {
            let ceiling = Duration::from_millis(300 << n);
            assert!(*wait >= ceiling / 2 && *wait <= ceiling, "try {n} waits {wait:?}");
        }
        assert_ne!(policy().wait_after(status(500), 1, "a"), policy().wait_after(status(500), 1, "b"));
        assert_eq!(policy().wait_after(status(500), 4, "k"), None);
    }

    #[test]
    fn a_wait_asked_for_is_kept_or_ends_the_call() {
        let after = |seconds| Seen { retry_after: Some(Duration::from_secs(seconds)), ..status(429) };
        assert_eq!(policy().wait_after(after(2), 1, "k"), Some(Duration::from_secs(2)));
        assert_eq!(policy().wait_after(after(60), 1, "k"), None);
    }
}
