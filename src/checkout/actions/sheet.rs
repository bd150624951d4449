//! The keys with which an app opens Stripe's payment sheet. They are short-lived, change nothing and are kept nowhere:
//! an app that lost them asks again with its idempotency key.

use stripe_gateway::{IdempotencyKey, StripeError};

use crate::app::App;
use crate::kernel::{Error, Fault, Refusal, Result};

use super::super::model::{Checkout, CheckoutStatus, PurchaseOption};
use super::super::refusals::CheckoutRefusal as No;
use super::super::store;

/// Asking again within this time gives the same keys.
const SECONDS: i64 = 600;

/// What a sheet needs besides the payment's own secret. An app takes one kind of key: an SDK that is given both refuses.
#[derive(Clone, Debug, Default)]
pub struct SheetKeys {
    /// `cus_…`; none for a guest.
    pub customer: Option<String>,
    /// For SDKs of today.
    pub customer_session: Option<String>,
    /// For an SDK that names its own version.
    pub ephemeral_key: Option<String>,
}

/// The keys for this checkout's sheet, if it has one that can be opened and a buyer who has an account.
pub async fn sheet_keys(app: &App, checkout: &Checkout, version: Option<&str>) -> Result<Option<SheetKeys>> {
    if checkout.option != PurchaseOption::PaymentSheet || checkout.status != CheckoutStatus::Open {
        return Ok(None);
    }
    let known = match checkout.user {
        Some(user) => store::customer(app.db.read(), user).await?,
        None => None,
    };
    let Some(customer) = known else { return Ok(Some(SheetKeys::default())) };
    let mut keys = SheetKeys { customer: Some(customer.clone()), ..SheetKeys::default() };
    match version {
        None => {
            let key = key_of(app, "ks", checkout, "")?;
            keys.customer_session =
                Some(app.stripe.customer_session(&key, &customer).await.map_err(refused)?);
        }
        Some(version) => {
            let key = key_of(app, "ek", checkout, version)?;
            let secret = app.stripe.ephemeral_key(&key, &customer, version).await;
            keys.ephemeral_key = Some(secret.map_err(refused)?);
        }
    }
    Ok(Some(keys))
}

fn key_of(app: &App, kind: &str, checkout: &Checkout, version: &str) -> Result<IdempotencyKey> {
    let slot = u32::try_from(app.now().timestamp() / SECONDS).unwrap_or_default();
    IdempotencyKey::for_attempt(kind, &format!("{}{version}", checkout.id.0.simple()), slot)
        .map_err(|_| No::VersionInvalid.at(["input", "stripeApiVersion"]).into())
}

fn refused(error: StripeError) -> Error {
    match error {
        StripeError::Invalid { .. } | StripeError::Refused { .. } => {
            No::VersionInvalid.at(["input", "stripeApiVersion"]).into()
        }
        error if error.is_uncertain() => No::ProviderAway.at::<_, String>([]).into(),
        error => Fault::new("asking for a sheet's keys", error).into(),
    }
}
