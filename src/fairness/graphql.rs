//! What is left to a caller, as clients see it.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::Balance;

/// How much the caller may still ask of this instance, after this request.
#[derive(Clone, SimpleObject)]
pub struct RateLimit {
    /// What this request was charged, in the units of `extensions.cost`.
    cost: i32,
    /// The most that may be asked for at once.
    limit: i32,
    /// What is left of it now. It fills again by the second.
    remaining: i32,
    /// When all of it will be there again, if nothing is asked for meanwhile.
    reset_at: DateTime<Utc>,
}

/// Questions about the caller's budget.
#[derive(Default)]
pub struct FairnessQuery;

#[Object]
impl FairnessQuery {
    /// What is left of the caller's budget. Null where nothing is limited.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Option<RateLimit> {
        ctx.data_opt::<Balance>().copied().map(RateLimit::from)
    }
}

impl From<Balance> for RateLimit {
    fn from(balance: Balance) -> Self {
        let int = |units: u32| i32::try_from(units).unwrap_or(i32::MAX);
        Self {
            cost: int(balance.cost),
            limit: int(balance.limit),
            remaining: int(balance.remaining),
            reset_at: balance.reset_at,
        }
    }
}
