//! The amounts Stripe takes: its smallest and largest charge per currency.
//!
//! Source: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>. Currencies not listed there
//! are measured by the common minimum of half a unit.

use super::error::StripeError;

/// At most eight digits.
const LARGEST: i64 = 99_999_999;

/// The smallest charge in minor units.
pub(crate) fn smallest(currency: &str) -> i64 {
    match currency.to_lowercase().as_str() {
        "gbp" => 30,
        "aed" | "myr" | "pln" | "ron" => 200,
        "bgn" => 100,
        "czk" => 1500,
        "dkk" => 250,
        "hkd" => 400,
        "huf" => 17_500,
        "mxn" | "thb" => 1000,
        "nok" | "sek" => 300,
        _ => 50,
    }
}

/// Refuses an amount outside Stripe's bounds.
pub(crate) fn check(amount: i64, currency: &str, param: &str) -> Result<(), StripeError> {
    if amount < 1 {
        return Err(StripeError::invalid("This value must be greater than or equal to 1.")
            .code("parameter_invalid_integer")
            .param(param));
    }
    let smallest = smallest(currency);
    if amount < smallest {
        let message = format!("Amount must be at least {smallest} {currency} in its smallest unit.");
        return Err(StripeError::invalid(message).code("amount_too_small").param(param));
    }
    if amount > LARGEST {
        let message = "Amount must be no more than 999,999.99.".to_owned();
        return Err(StripeError::invalid(message).code("amount_too_large").param(param));
    }
    Ok(())
}

/// An amount as the buyer reads it: `EUR 48.00`. Zero-decimal currencies:
/// <https://docs.stripe.com/currencies#zero-decimal>.
pub(crate) fn money(amount: i64, currency: &str) -> String {
    const WHOLE: &[&str] = &[
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF",
        "XPF",
    ];
    let currency = currency.to_uppercase();
    if WHOLE.contains(&currency.as_str()) {
        return format!("{currency} {amount}");
    }
    format!("{currency} {}.{:02}", amount / 100, amount % 100)
}
