//! The fault plan: what goes wrong on purpose, when, and how often, repeatable by its seed.
//!
//! Faults of operations bend the conversation with the caller, faults of events bend their delivery. The state
//! itself stays true: a lost event did happen, a reset after commit did commit.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

/// One line of the plan, as `POST /faults` takes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operation it bends, such as `POST /v1/checkout/sessions`; `*` for every one.
    #[serde(default)]
    pub operation: Option<String>,
    /// The event type it bends, such as `checkout.session.completed`; `*` for every one.
    #[serde(default)]
    pub event: Option<String>,
    /// What goes wrong: see [`OperationFault`] and [`EventFault`].
    pub kind: String,
    /// How often; once unless said otherwise.
    #[serde(default)]
    pub times: Option<u32>,
    /// In how many of a hundred cases, drawn from the plan's seed; always unless said otherwise.
    #[serde(default)]
    pub chance: Option<u32>,
    /// How long a `delay` takes, in milliseconds; 1000 unless said otherwise.
    #[serde(default)]
    pub milliseconds: Option<u64>,
    /// How long a `late` event stays away, in seconds, a day unless said otherwise; within how many seconds the posts
    /// of a `storm` come, ten unless said otherwise.
    #[serde(default)]
    pub seconds: Option<i64>,
}

/// What can go wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationFault {
    /// The connection breaks before anything happened.
    ResetBefore,
    /// The connection breaks after everything happened.
    ResetAfterCommit,
    /// The answer takes so many milliseconds; the key counts as running meanwhile.
    Delay(u64),
    /// Nothing happens, and a 500 is kept for the key.
    Stored500,
    /// Everything happens, and a 500 is kept for the key.
    Stored500AfterCommit,
    /// 400, as for what this account may not do; nothing happens.
    Refused,
    /// 429; nothing is kept for the key.
    RateLimited,
    /// 409, as if the key were running elsewhere.
    KeyInUse,
    /// Everything happens, and the answer is cut in the middle of its JSON.
    MalformedJson,
    /// The answer shows another amount than the truth.
    OtherAmount,
    /// The answer shows another currency than the truth.
    OtherCurrency,
    /// The answer shows charges before Stripe booked its fee: without a balance transaction.
    FeeNotBooked,
}

/// What can go wrong with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventFault {
    /// It is never posted; it can still be listed.
    Lost,
    /// It is posted twice.
    Doubled,
    /// It is posted later.
    Late {
        /// By how many seconds; a day unless given.
        seconds: Option<i64>,
    },
    /// It is posted three times, each at a moment of its own, so that events come late, shuffled and again.
    Storm {
        /// Within so many seconds; ten unless given.
        seconds: Option<i64>,
    },
    /// It is posted after events that happened later.
    Reordered,
    /// Its signature is wrong.
    BadSignature,
    /// It is signed with a secret that is no longer ours.
    OldSecret,
    /// It is well signed and shows another amount.
    OtherAmount,
    /// It is well signed and shows another currency.
    OtherCurrency,
}

/// A plan and the chance it draws from.
pub(crate) struct FaultPlan {
    lines: Vec<Fault>,
    rng: StdRng,
}

impl Default for FaultPlan {
    fn default() -> Self {
        Self { lines: Vec::new(), rng: StdRng::seed_from_u64(0) }
    }
}

impl FaultPlan {
    /// A plan that replaces the former one.
    ///
    /// # Errors
    /// In words, which line cannot be understood and what it may say.
    pub fn new(lines: Vec<Fault>, seed: u64) -> Result<Self, String> {
        for (index, line) in lines.iter().enumerate() {
            let understood = match (&line.operation, &line.event) {
                (Some(_), None) => operation_fault(line).is_some(),
                (None, Some(_)) => event_fault(line).is_some(),
                _ => return Err(format!("plan[{index}]: give either \"operation\" or \"event\"")),
            };
            if !understood {
                return Err(format!("plan[{index}]: unknown kind {:?} for this target", line.kind));
            }
        }
        Ok(Self { lines, rng: StdRng::seed_from_u64(seed) })
    }

    /// The fault for a call of this operation, used up by asking.
    pub fn for_operation(&mut self, method: &str, path: &str) -> Option<OperationFault> {
        let name = format!("{method} {path}");
        let line = self.draw(|line| line.operation.as_deref().is_some_and(|o| o == "*" || o == name))?;
        operation_fault(&line)
    }

    /// The fault for an event of this type, used up by asking.
    pub fn for_event(&mut self, kind: &str) -> Option<EventFault> {
        let line = self.draw(|line| line.event.as_deref().is_some_and(|e| e == "*" || e == kind))?;
        event_fault(&line)
    }

    fn draw(&mut self, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let rng = &mut self.rng;
        let line = self.lines.iter_mut().find(|line| {
            wanted(line)
                && line.times != Some(0)
                && line.chance.is_none_or(|chance| rng.random_range(0..100) < chance)
        })?;
        line.times = Some(line.times.unwrap_or(1) - 1);
        Some(line.clone())
    }
}

fn operation_fault(line: &Fault) -> Option<OperationFault> {
    Some(match line.kind.as_str() {
        "reset_before" => OperationFault::ResetBefore,
        "reset_after_commit" => OperationFault::ResetAfterCommit,
        "delay" => OperationFault::Delay(line.milliseconds.unwrap_or(1000)),
        "stored_500" => OperationFault::Stored500,
        "stored_500_after_commit" => OperationFault::Stored500AfterCommit,
        "refused_400" => OperationFault::Refused,
        "rate_limited_429" => OperationFault::RateLimited,
        "key_in_use_409" => OperationFault::KeyInUse,
        "malformed_json" => OperationFault::MalformedJson,
        "other_amount" => OperationFault::OtherAmount,
        "other_currency" => OperationFault::OtherCurrency,
        "fee_not_booked" => OperationFault::FeeNotBooked,
        _ => return None,
    })
}

fn event_fault(line: &Fault) -> Option<EventFault> {
    Some(match line.kind.as_str() {
        "lost" => EventFault::Lost,
        "doubled" => EventFault::Doubled,
        "late" => EventFault::Late { seconds: line.seconds },
        "storm" => EventFault::Storm { seconds: line.seconds },
        "reordered" => EventFault::Reordered,
        "bad_signature" => EventFault::BadSignature,
        "old_secret" => EventFault::OldSecret,
        "other_amount" => EventFault::OtherAmount,
        "other_currency" => EventFault::OtherCurrency,
        _ => return None,
    })
}
