//! What of a price is tax where the buyer lives: asked of Stripe when it is quoted, carried by the quote.
//!
//! Behind a setting. Where it is on, nothing that costs money is quoted without it: an answer that does not come is a
//! refusal to try again, never a quote without tax.

use stripe_gateway::{IdempotencyKey, NewTaxCalculation};

use crate::app::App;
use crate::creators::model::country;
use crate::kernel::{Fault, Refusal, Result};

use super::super::model::{Quote, QuoteTax};
use super::super::refusals::CheckoutRefusal as No;

/// Notes on the quote what of each line is tax; prices stay what they are.
pub(super) async fn apply(app: &App, lives_in: Option<&str>, quote: &mut Quote) -> Result<()> {
    if !app.settings.stripe_tax || quote.is_free() {
        return Ok(());
    }
    let at = ["input", "country"];
    let given = lives_in.ok_or_else(|| No::CountryMissing.at(at))?;
    let lives_in = country(given).map_err(|_| No::CountryUnknown.at(at))?;
    // Each calculation is a wish of its own: nothing is charged by it, and Stripe forgets it after 90 days.
    let key = IdempotencyKey::for_attempt("tc", &app.entropy.id(app.now()).simple().to_string(), 1)
        .map_err(|error| Fault::new("asking for tax", error))?;
    let paid: Vec<usize> = (0..quote.lines.len()).filter(|&at| quote.lines[at].amount_minor > 0).collect();
    let wanted = NewTaxCalculation {
        currency: quote.currency.code().to_owned(),
        country: lives_in.clone(),
        amounts: paid.iter().map(|&at| quote.lines[at].amount_minor).collect(),
    };
    let calculated = app.stripe.calculate_tax(&key, wanted).await.map_err(|error| {
        tracing::warn!(%error, "the tax of a quote could not be worked out");
        if error.is_uncertain() { No::TaxAway.at(at) } else { No::TaxRefused.at(at) }
    })?;
    for (at, tax) in paid.into_iter().zip(calculated.taxes) {
        quote.lines[at].tax_minor = tax;
    }
    quote.tax = Some(QuoteTax { country: lives_in, calculation: calculated.id });
    Ok(())
}

/// The tax of an earlier quote, if the same is sold at the same prices; else worked out anew.
pub(super) async fn carry_over(app: &App, seen: &Quote, now: &mut Quote) -> Result<()> {
    let priced =
        |quote: &Quote| quote.lines.iter().map(|line| (line.price, line.amount_minor)).collect::<Vec<_>>();
    let same = seen.currency == now.currency && priced(seen) == priced(now);
    if !same || seen.tax.is_none() {
        return apply(app, seen.tax.as_ref().map(|tax| tax.country.as_str()), now).await;
    }
    for (line, known) in now.lines.iter_mut().zip(&seen.lines) {
        line.tax_minor = known.tax_minor;
    }
    now.tax.clone_from(&seen.tax);
    Ok(())
}
