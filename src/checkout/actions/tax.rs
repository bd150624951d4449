//! What of a price is tax where the buyer lives: asked of Stripe when it is quoted, carried by the quote.
//!
//! Behind a setting. Where it is on, nothing that costs money is quoted without it: an answer that does not come is a
//! refusal to try again, never a quote without tax.

use stripe_gateway::{IdempotencyKey, NewTaxCalculation, StripeError, TaxCalculation};

use crate::app::App;
use crate::creators::model::country;
use crate::kernel::{Currency, Fault, Money, OrderId, Refusal, Result};

use super::super::model::{Quote, QuoteLine, QuoteTax};
use super::super::refusals::CheckoutRefusal as No;
use super::super::store;

/// Notes on the quote what of each line is tax; prices stay what they are.
pub(super) async fn apply(app: &App, lives_in: Option<&str>, quote: &mut Quote) -> Result<()> {
    if !app.settings.stripe_tax || quote.is_free() {
        return Ok(());
    }
    let at = ["input", "country"];
    let given = lives_in.ok_or_else(|| No::CountryMissing.at(at))?;
    let lives_in = country(given).map_err(|_| No::CountryUnknown.at(at))?;
    // Each calculation is a wish of its own: nothing is charged by it, and Stripe forgets it after 90 days.
    let wish = app.entropy.id(app.now()).simple().to_string();
    let taxed: Vec<usize> = (0..quote.lines.len()).filter(|&at| taxable(&quote.lines[at]) > 0).collect();
    let amounts = taxed.iter().map(|&at| taxable(&quote.lines[at])).collect();
    let calculated = ask(app, &wish, quote.currency, &lives_in, amounts).await?;
    let calculated = calculated.map_err(|error| {
        tracing::warn!(%error, "the tax of a quote could not be worked out");
        if error.is_uncertain() { No::TaxAway.at(at) } else { No::TaxRefused.at(at) }
    })?;
    for (at, tax) in taxed.into_iter().zip(calculated.taxes) {
        // A trial costs nothing yet, so there is nothing to be taxed; that it can be sold there is known.
        quote.lines[at].tax_minor = if quote.lines[at].amount_minor > 0 { tax } else { 0 };
    }
    quote.tax = Some(QuoteTax { country: lives_in, calculation: calculated.id });
    Ok(())
}

/// What is due now, or after a trial.
fn taxable(line: &QuoteLine) -> i64 {
    line.recurring.map_or(line.amount_minor, |due| due.amount_minor)
}

async fn ask(
    app: &App,
    wish: &str,
    currency: Currency,
    country: &str,
    amounts: Vec<i64>,
) -> Result<std::result::Result<TaxCalculation, StripeError>> {
    let key =
        IdempotencyKey::for_attempt("tc", wish, 1).map_err(|error| Fault::new("asking for tax", error))?;
    let (currency, country) = (currency.code().to_owned(), country.to_owned());
    Ok(app.stripe.calculate_tax(&key, NewTaxCalculation { currency, country, amounts }).await)
}

/// What is known of the tax within a membership's later invoice.
pub enum RenewalTax {
    /// None is collected, or the member joined without.
    Untaxed,
    /// So much.
    Worked(QuoteTax, i64),
    /// Stripe Tax refused for good. The money is there all the same: a sale without tax, and a person must look.
    Refused(String),
}

/// What of a membership's later invoice is tax where the member lived when they joined. The same invoice is asked about
/// under one key.
pub async fn tax_of_renewal(app: &App, first: OrderId, invoice: &str, amount: Money) -> Result<RenewalTax> {
    if !app.settings.stripe_tax {
        return Ok(RenewalTax::Untaxed);
    }
    let agreed = store::quote_of_order(app.db.read(), first).await?;
    let Some(country) = agreed.and_then(|quote| quote.tax).map(|tax| tax.country) else {
        return Ok(RenewalTax::Untaxed);
    };
    let answer = ask(app, invoice, amount.currency, &country, vec![amount.minor]).await?;
    let calculated = match answer {
        Ok(calculated) => calculated,
        Err(error) if error.is_uncertain() => {
            return Err(Fault::away("working out the tax of an invoice", error).into());
        }
        Err(error) => return Ok(RenewalTax::Refused(error.to_string())),
    };
    let tax = calculated.taxes.first().copied().unwrap_or_default();
    Ok(RenewalTax::Worked(QuoteTax { country, calculation: calculated.id }, tax))
}

/// The tax of an earlier quote, if the same is sold at the same prices; else worked out anew.
pub(super) async fn carry_over(app: &App, seen: &Quote, now: &mut Quote) -> Result<()> {
    let priced =
        |quote: &Quote| quote.lines.iter().map(|line| (line.price, taxable(line))).collect::<Vec<_>>();
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
