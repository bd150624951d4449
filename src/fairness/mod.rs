//! Fairness: nobody takes so much of this process that others go without, and what is paid and signed in for goes on.
//!
//! Two things are shared out, each by process and for itself. *Units over time* ([`budgets`]): what documents weigh,
//! taken from a bucket that fills again; the way to a purchase, sign-in and money have buckets of their own, so that a
//! neighbour who looks at too much takes nothing from a checkout. *Places at once* ([`places`]): how many requests run at a time; who finds none
//! waits a moment and is then told to come back, and nobody has more than half of them.
//! Keeps true: every request that runs was charged, and a refused one ran nothing. Not here: tries that must be counted
//! exactly and across instances (`throttle`), how large one document may be (`graphql::limits`), and answers that are
//! kept, which cost next to nothing (`http::answers`).

mod budgets;
pub mod graphql;
mod payer;
mod places;
mod purposes;

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::graphql::codes::{Code, Refusal};
use crate::graphql::limits::Weight;

pub use budgets::{Allowances, Balance};
pub use payer::Payer;
pub use places::Place;
pub use purposes::purpose;

use budgets::{Budgets, Short};
use places::Places;

/// How long a request waits for a place before it is sent away.
const PATIENCE: Duration = Duration::from_secs(2);

/// What one process shares out.
pub struct Fairness {
    budgets: Budgets,
    places: Places,
}

/// What a request got: what is left to its payer, and a place for as long as it is kept.
pub struct Admission {
    /// None where nothing is limited.
    pub balance: Option<Balance>,
    /// None for what lasts: subscriptions are counted where they are followed.
    pub place: Option<Place>,
}

impl Fairness {
    /// As the installation is set up.
    pub fn new(app: &App) -> Arc<Self> {
        let places = Places::new(&app.settings);
        Arc::new(Self { budgets: Budgets::new(&app.settings.allowances, app.clock.clone()), places })
    }

    /// Takes one unit for a look into the database that comes before anything is known of who asks.
    ///
    /// # Errors
    /// `RATE_LIMITED` when the address's budget is used up.
    pub fn charge_a_look(&self, payer: Payer) -> Result<(), Refusal> {
        self.budgets.take_a_look(payer).map_err(too_much)
    }

    /// Takes what a document weighs from its payer's budget, then a place to run it.
    ///
    /// # Errors
    /// `RATE_LIMITED` when the budget is used up, `UNAVAILABLE` when no place came free in time; both say when again.
    pub async fn admit(&self, payer: Payer, weight: Weight) -> Result<Admission, Refusal> {
        let balance = self.budgets.take(payer, weight).map_err(too_much)?;
        let place = match weight.lasts() {
            true => None,
            false => Some(self.places.enter(payer, weight, PATIENCE).await.ok_or_else(busy)?),
        };
        Ok(Admission { balance, place })
    }
}

fn too_much(short: Short) -> Refusal {
    Refusal::envelope(
        Code::RateLimited,
        format!(
            "Too much was asked in a short time. Wait {} s; ask for less at once, or less often.",
            short.retry_after_seconds
        ),
    )
    .with("retryAfterSeconds", short.retry_after_seconds)
}

fn busy() -> Refusal {
    Refusal::envelope(Code::Unavailable, "Very many are here just now. Try again in a few seconds.")
        .with("retryAfterSeconds", 3)
}
