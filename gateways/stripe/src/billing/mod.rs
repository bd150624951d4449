//! Memberships at Stripe Billing: a price made known, a page that begins a subscription, what became of it, its end.
//!
//! Keeps true: a subscription is found again by our ids in its metadata; amounts, periods and states come from the
//! object itself. Objects are read in plain form, because the generated types insist on members (`plan`) that
//! Stripe's published description no longer has.
//! Not here: what a paid invoice means, how long a late payment is waited for, and when anything is read.

mod invoices;
mod pages;
mod subscriptions;

pub use invoices::Invoice;
pub use pages::{Interval, NewRecurringPrice, NewSubscriptionPage};
pub use subscriptions::{Subscription, SubscriptionStatus};

use serde::Deserialize;
use serde_json::Value;
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::executor::Terms;
use crate::plain::Nonsense;
use crate::{IdempotencyKey, StripeError, StripeGateway, UncertainCause};

/// A list as Stripe sends it.
#[derive(Deserialize)]
struct WireList<T> {
    data: Vec<T>,
}

impl StripeGateway {
    async fn post<W: for<'a> Deserialize<'a>>(
        &self,
        path: &str,
        form: &Value,
        key: &IdempotencyKey,
    ) -> Result<W, StripeError> {
        self.fetch(RequestBuilder::new(StripeMethod::Post, path).form(form), &keyed(key), Ok).await
    }

    async fn fetch<W: for<'a> Deserialize<'a>, T>(
        &self,
        request: RequestBuilder,
        terms: &Terms,
        convert: impl FnOnce(W) -> Result<T, Nonsense>,
    ) -> Result<T, StripeError> {
        let answer = self.executor.run(&request, terms).await?;
        let read = serde_json::from_slice::<W>(&answer.body).map_err(|_| Nonsense).and_then(convert);
        read.map_err(|Nonsense| answer.uncertain(UncertainCause::Unreadable))
    }
}

fn keyed(key: &IdempotencyKey) -> Terms {
    Terms { key: Some(key.as_str().to_owned()), ..Terms::default() }
}
