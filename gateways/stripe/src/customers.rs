//! Buyers as Stripe knows them, so that a returning buyer is one customer there too.
//!
//! Keeps true: a customer carries our id in its metadata and is created once per key.
//! Not here: their cards (`saved`).
//!
//! Source: <https://docs.stripe.com/api/customers>

use std::collections::HashMap;

use stripe_core::customer::CreateCustomer;

use crate::{IdempotencyKey, StripeError, StripeGateway};

impl StripeGateway {
    /// Opens a customer and returns its id (`cus_..`).
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn create_customer(
        &self,
        key: &IdempotencyKey,
        email: &str,
        name: Option<&str>,
        metadata: HashMap<String, String>,
    ) -> Result<String, StripeError> {
        let mut request = CreateCustomer::new().email(email).metadata(metadata);
        if let Some(name) = name {
            request = request.name(name);
        }
        self.write(key, &request, |customer| Ok(customer.id.to_string())).await
    }
}
