//! Stripe's published test cards and what its form refuses before a card is even tried.
//!
//! Source: <https://docs.stripe.com/testing>. A number outside the list is declined as a live card in test mode
//! is; nothing here ever sees a real card.

use chrono::{DateTime, Datelike};
use serde_json::Value;

use super::error::StripeError;

/// What the buyer typed.
#[derive(Debug, Clone, Default)]
pub struct CardEntry {
    /// Digits, spaces allowed.
    pub number: String,
    /// `MM/YY` or `MM / YYYY`; empty means a date in the future.
    pub expiry: String,
    /// Three digits, four for American Express; empty means a good one.
    pub cvc: String,
}

impl CardEntry {
    /// A card of that number with a good date and code, as control calls give it.
    pub fn number(number: &str) -> Self {
        Self { number: number.to_owned(), ..Self::default() }
    }
}

/// How a test card behaves when it pays. What it does later lies with `disputes` and `refunds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Pays,
    /// Pays, and the money is available at once.
    PaysAtOnce,
    /// Pays once the buyer has confirmed at the bank.
    AsksBank,
    /// `error.code`, `error.decline_code` where there is one, `error.message`.
    Declines(&'static str, Option<&'static str>, &'static str),
}

/// A card that passed the form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TestCard {
    pub behaviour: Behaviour,
    pub brand: &'static str,
    pub last4: [u8; 4],
    pub exp_month: u32,
    pub exp_year: i32,
}

impl TestCard {
    /// The last four digits.
    pub fn last4(&self) -> String {
        self.last4.iter().map(|digit| char::from(*digit)).collect()
    }
}

const DECLINED: &str = "Your card was declined.";
const LIVE_CARD: &str = "Your card was declined. Your request was in test mode, but used a non test card. For a list \
                         of valid test cards, visit: https://stripe.com/docs/testing.";

fn behaviour(number: &str) -> Behaviour {
    use Behaviour::{AsksBank, Declines, Pays, PaysAtOnce};
    match number {
        "4242424242424242" | "4000056655665556" | "5555555555554444" | "5200828282828210"
        | "378282246310005" | "6011111111111117" | "4000002760000016" | "4000008260000000"
        | "4000000000000259" | "4000000000005126" => Pays,
        "4000000000000077" => PaysAtOnce,
        "4000000000000341" => Declines("card_declined", Some("generic_decline"), DECLINED),
        "4000002500003155" | "4000002760003184" | "4000000000003220" | "4000008260003178" => AsksBank,
        "4000000000000002" => Declines("card_declined", Some("generic_decline"), DECLINED),
        "4000000000009995" => {
            Declines("card_declined", Some("insufficient_funds"), "Your card has insufficient funds.")
        }
        "4000000000009987" => Declines("card_declined", Some("lost_card"), DECLINED),
        "4000000000009979" => Declines("card_declined", Some("stolen_card"), DECLINED),
        "4000000000000069" => Declines("expired_card", None, "Your card has expired."),
        "4000000000000127" => Declines("incorrect_cvc", None, "Your card's security code is incorrect."),
        "4000000000000119" => Declines(
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        _ => Declines("card_declined", Some("test_mode_live_card"), LIVE_CARD),
    }
}

/// Checks what was typed, as Stripe's form does.
///
/// # Errors
/// `incorrect_number`, `invalid_expiry_month`, `invalid_expiry_year` or `invalid_cvc`, each naming its field.
pub(crate) fn read(entry: &CardEntry, now: i64) -> Result<TestCard, StripeError> {
    let number: String = entry.number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if !(12..=19).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_digit()) || !luhn(&number) {
        return Err(StripeError::card("incorrect_number", "Your card number is incorrect.").param("number"));
    }
    let brand = brand(&number);
    let (exp_month, exp_year) = expiry(&entry.expiry, now)?;
    let cvc = entry.cvc.trim();
    let length = if brand == "amex" { 4 } else { 3 };
    if !cvc.is_empty() && (cvc.len() != length || !cvc.bytes().all(|b| b.is_ascii_digit())) {
        return Err(StripeError::card("invalid_cvc", "Your card's security code is invalid.").param("cvc"));
    }
    let mut last4 = [b'0'; 4];
    last4.copy_from_slice(&number.as_bytes()[number.len() - 4..]);
    Ok(TestCard { behaviour: behaviour(&number), brand, last4, exp_month, exp_year })
}

fn brand(number: &str) -> &'static str {
    match number.as_bytes() {
        [b'3', b'4' | b'7', ..] => "amex",
        [b'5', ..] | [b'2', ..] => "mastercard",
        [b'6', ..] => "discover",
        _ => "visa",
    }
}

/// The check digit of card numbers (ISO/IEC 7812-1, annex B).
fn luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(position, digit)| {
            let value = u32::from(digit - b'0') * if position % 2 == 1 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn expiry(text: &str, now: i64) -> Result<(u32, i32), StripeError> {
    let today = DateTime::from_timestamp(now, 0).unwrap_or_default();
    if text.trim().is_empty() {
        return Ok((12, today.year() + 4));
    }
    let wrong_month = || {
        StripeError::card("invalid_expiry_month", "Your card's expiration month is invalid.")
            .param("exp_month")
    };
    let wrong_year = || {
        StripeError::card("invalid_expiry_year", "Your card's expiration year is invalid.").param("exp_year")
    };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 4 && digits.len() != 6 {
        return Err(wrong_month());
    }
    let month: u32 = digits[..2].parse().map_err(|_| wrong_month())?;
    let year: i32 = digits[2..].parse().map_err(|_| wrong_year())?;
    let year = if digits.len() == 4 { 2000 + year } else { year };
    if !(1..=12).contains(&month) {
        return Err(wrong_month());
    }
    if (year, month) < (today.year(), today.month()) {
        return Err(wrong_year());
    }
    Ok((month, year))
}

/// The refusal of a kept card whose last month is over.
pub(crate) fn has_expired(card: &Value, now: i64) -> Option<StripeError> {
    let today = DateTime::from_timestamp(now, 0).unwrap_or_default();
    let good_until = (card["exp_year"].as_i64()?, card["exp_month"].as_i64()?);
    let is_over = good_until < (today.year().into(), today.month().into());
    is_over.then(|| StripeError::card("expired_card", "Your card has expired."))
}

/// The test cards that can be kept for later and then are refused: 4000 0000 0000 0341 always ("attaching this card
/// to a Customer object succeeds, but attempts to charge the customer fail"), 4000 0027 6000 3184 because its bank
/// wants to ask each time, and 4000 0082 6000 3178, which is never covered.
/// Source: <https://docs.stripe.com/testing#declined-payments>, <https://docs.stripe.com/testing#regulatory-cards>.
pub(crate) fn refused_off_session(last4: &str) -> Option<StripeError> {
    match last4 {
        "0341" => Some(StripeError::card("card_declined", DECLINED).with("decline_code", "generic_decline")),
        "3178" => {
            let message = "Your card has insufficient funds.";
            Some(StripeError::card("card_declined", message).with("decline_code", "insufficient_funds"))
        }
        "3184" => {
            let message = "Your card was declined. This transaction requires authentication.";
            let error = StripeError::card("authentication_required", message);
            Some(error.with("decline_code", "authentication_required"))
        }
        _ => None,
    }
}

/// Checks a card that is kept without charging it: one that declines at once is refused, except the one made for it.
pub(crate) fn kept(entry: &CardEntry, now: i64) -> Result<TestCard, StripeError> {
    let card = read(entry, now)?;
    match card.behaviour {
        Behaviour::Declines(code, decline, message) if card.last4() != "0341" => {
            let error = StripeError::card(code, message);
            Err(match decline {
                Some(decline) => error.with("decline_code", decline),
                None => error,
            })
        }
        _ => Ok(card),
    }
}
