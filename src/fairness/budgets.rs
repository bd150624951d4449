//! Units over time: a bucket for each payer and purpose that fills by the second (GCRA).
//!
//! Looking around is charged by what a document weighs, and so is the way to a purchase, from a bucket of its own; signing in
//! and paying are charged by the try, from one each.
//! Buckets are this process's: behind two instances a payer has two of each. Time is the installation's, so that tests
//! and the sandbox move it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use chrono::DurationRound;
use governor::clock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::graphql::limits::{Budget, Purpose, Weight};
use crate::kernel::{Clock, Instant};

use super::Payer;

/// Seconds' worth of units that may be asked for at once.
const BURST_SECONDS: u32 = 20;
/// Seconds between two looks for buckets that are full again and can be forgotten.
const TIDY_SECONDS: i64 = 60;

/// How much a payer may have; 0 = as much as it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowances {
    /// Units a second for everybody at one address who is not signed in.
    pub visitor_units_per_second: u32,
    /// Units a second for somebody who is.
    pub member_units_per_second: u32,
    /// Sign-ins, sign-ups and the like, a minute.
    pub sign_ins_per_minute: u32,
    /// Checkouts, refunds and the like, a minute.
    pub payments_per_minute: u32,
}

/// What is left to a payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What this request was charged.
    pub cost: u32,
    /// What fits into the bucket.
    pub limit: u32,
    /// What is in it now.
    pub remaining: u32,
    /// When it will be full again, if nothing is taken.
    pub reset_at: Instant,
}

/// A bucket does not hold that much now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short {
    /// From then on it does.
    pub retry_after_seconds: u32,
}

/// Everybody's buckets.
pub(super) struct Budgets {
    clock: Clock,
    visitors: Option<Buckets>,
    members: Option<Buckets>,
    buying_visitors: Option<Buckets>,
    buying_members: Option<Buckets>,
    signing_in: Option<Buckets>,
    paying: Option<Buckets>,
    tidied: AtomicI64,
}

impl Budgets {
    pub(super) fn new(allowances: &Allowances, clock: Clock) -> Self {
        let by_second = |units| NonZeroU32::new(units).map(Quota::per_second);
        let by_minute = |tries| NonZeroU32::new(tries).map(Quota::per_minute);
        let buckets = |quota: Option<Quota>| quota.map(|quota| Buckets::new(quota, clock.clone()));
        let units = |per_second: u32| {
            let burst = NonZeroU32::new(per_second.saturating_mul(BURST_SECONDS).max(LARGEST));
            by_second(per_second).zip(burst).map(|(quota, burst)| quota.allow_burst(burst))
        };
        Self {
            visitors: buckets(units(allowances.visitor_units_per_second)),
            members: buckets(units(allowances.member_units_per_second)),
            buying_visitors: buckets(units(allowances.visitor_units_per_second)),
            buying_members: buckets(units(allowances.member_units_per_second)),
            signing_in: buckets(by_minute(allowances.sign_ins_per_minute)),
            paying: buckets(by_minute(allowances.payments_per_minute)),
            tidied: AtomicI64::new(clock.now().timestamp()),
            clock,
        }
    }

    /// Takes it, or says when.
    pub(super) fn take(&self, payer: Payer, weight: Weight) -> Result<Option<Balance>, Short> {
        let now = self.clock.now();
        self.tidy(now);
        let (buckets, cost) = match (weight.purpose, payer) {
            (Purpose::SigningIn, _) => (&self.signing_in, 1),
            (Purpose::Paying, _) => (&self.paying, 1),
            (Purpose::Browsing, Payer::Network(_)) => (&self.visitors, units(weight)),
            (Purpose::Browsing, Payer::Person(_)) => (&self.members, units(weight)),
            (Purpose::Buying, Payer::Network(_)) => (&self.buying_visitors, units(weight)),
            (Purpose::Buying, Payer::Person(_)) => (&self.buying_members, units(weight)),
        };
        buckets.as_ref().map(|buckets| buckets.take(payer, cost, now)).transpose()
    }

    /// Takes one unit for a look that comes before anything is known of who asks.
    pub(super) fn take_a_look(&self, payer: Payer) -> Result<(), Short> {
        let now = self.clock.now();
        self.tidy(now);
        self.visitors.as_ref().map_or(Ok(()), |buckets| buckets.take(payer, 1, now).map(|_| ()))
    }

    fn all(&self) -> impl Iterator<Item = &Buckets> {
        let units = [&self.visitors, &self.members, &self.buying_visitors, &self.buying_members];
        units.into_iter().chain([&self.signing_in, &self.paying]).flatten()
    }

    /// Forgets buckets that are full, so that strangers cannot fill the memory with them.
    fn tidy(&self, now: Instant) {
        let (last, second) = (self.tidied.load(Ordering::Relaxed), now.timestamp());
        let due = second >= last + TIDY_SECONDS;
        if !due || self.tidied.compare_exchange(last, second, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        for buckets in self.all() {
            buckets.limiter.retain_recent();
        }
    }
}

/// The dearest document there is; a full bucket always holds it.
const LARGEST: u32 = Budget::STUDIO.0 as u32;

/// What a document is charged: its weight, and never nothing.
fn units(weight: Weight) -> u32 {
    u32::try_from(weight.cost).unwrap_or(u32::MAX).clamp(1, LARGEST)
}

/// The buckets of one purpose.
struct Buckets {
    quota: Quota,
    limiter: RateLimiter<Payer, DashMapStateStore<Payer>, Time, StateInformationMiddleware>,
}

impl Buckets {
    fn new(quota: Quota, clock: Clock) -> Self {
        let limiter = RateLimiter::dashmap_with_clock(quota, Time::new(clock)).with_middleware();
        Self { quota, limiter }
    }

    fn take(&self, payer: Payer, cost: u32, now: Instant) -> Result<Balance, Short> {
        let limit = self.quota.burst_size().get();
        let wanted = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN);
        // More than a bucket holds cannot be: buckets are as large as the dearest document.
        let answer =
            self.limiter.check_key_n(&payer, wanted).map_err(|_| Short { retry_after_seconds: 60 })?;
        let left = answer.map_err(|not_until| {
            let wait = not_until.wait_time_from(nanos(now));
            Short { retry_after_seconds: u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1) }
        })?;
        let remaining = left.remaining_burst_capacity();
        let filling = self.quota.replenish_interval() * limit.saturating_sub(remaining);
        Ok(Balance { cost, limit, remaining, reset_at: in_whole_seconds(now + filling) })
    }
}

/// A moment rounded up, as nobody needs it more exactly.
fn in_whole_seconds(moment: Instant) -> Instant {
    moment.duration_round_up(chrono::Duration::seconds(1)).unwrap_or(moment)
}

/// The installation's clock, as the limiter reads it: since 1970. It stands still while a machine's clock is set back, since
/// whoever asked before would otherwise have to wait until it is as late again.
#[derive(Clone, Debug)]
struct Time {
    clock: Clock,
    latest: Arc<AtomicU64>,
}

impl Time {
    fn new(clock: Clock) -> Self {
        Self { clock, latest: Arc::default() }
    }
}

impl clock::Clock for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let now = nanos(self.clock.now()).as_u64();
        now.max(self.latest.fetch_max(now, Ordering::Relaxed)).into()
    }
}

fn nanos(moment: Instant) -> Nanos {
    Duration::from_micros(u64::try_from(moment.timestamp_micros()).unwrap_or(0)).into()
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use async_graphql::parser::types::OperationType;

    use super::*;

    const STRANGER: Payer = Payer::Network(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
    const NEIGHBOUR: Payer = Payer::Network(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)));

    fn budgets(clock: &Clock) -> Budgets {
        let allowances = Allowances {
            visitor_units_per_second: 200,
            member_units_per_second: 0,
            sign_ins_per_minute: 6,
            payments_per_minute: 6,
        };
        Budgets::new(&allowances, clock.clone())
    }

    fn weight(purpose: Purpose, cost: u64) -> Weight {
        Weight { operation: OperationType::Query, cost, fields: 1, depth: 1, is_public: true, purpose }
    }

    #[test]
    fn a_bucket_empties_and_fills_by_the_second() {
        let clock = Clock::default();
        let budgets = budgets(&clock);
        let page = weight(Purpose::Browsing, 1_000);
        let first = budgets.take(STRANGER, page).ok().flatten().map(|left| (left.limit, left.cost));
        assert_eq!(first, Some((4_000, 1_000)));
        while budgets.take(STRANGER, page).is_ok() {}
        let short = budgets.take(STRANGER, page).err().map(|short| short.retry_after_seconds);
        assert!(short.is_some_and(|seconds| (4..=6).contains(&seconds)), "{short:?}");
        assert!(budgets.take(NEIGHBOUR, page).is_ok(), "a neighbour has a bucket of its own");
        clock.advance(chrono::Duration::seconds(6));
        assert!(budgets.take(STRANGER, page).is_ok());
    }

    #[test]
    fn signing_in_and_paying_are_charged_by_the_try_from_buckets_of_their_own() {
        let clock = Clock::default();
        let budgets = budgets(&clock);
        while budgets.take(STRANGER, weight(Purpose::Browsing, 1_000)).is_ok() {}
        let tries =
            |purpose| (0..100).filter(|_| budgets.take(STRANGER, weight(purpose, 900)).is_ok()).count();
        assert_eq!((tries(Purpose::SigningIn), tries(Purpose::Paying)), (6, 6));
    }

    #[test]
    fn nothing_is_limited_where_nothing_is_set_and_full_buckets_are_forgotten() {
        let clock = Clock::default();
        let budgets = budgets(&clock);
        let member = Payer::Person(uuid::Uuid::nil());
        assert!(budgets.take(member, weight(Purpose::Browsing, 2_500)).is_ok_and(|left| left.is_none()));
        let page = weight(Purpose::Browsing, 10);
        for last in 1..=200 {
            assert!(
                budgets.take(Payer::Network(IpAddr::V4(Ipv4Addr::new(198, 51, 100, last))), page).is_ok()
            );
        }
        clock.advance(chrono::Duration::minutes(2));
        assert!(budgets.take(STRANGER, page).is_ok());
        assert_eq!(budgets.visitors.as_ref().map(|buckets| buckets.limiter.len()), Some(1));
    }
}
