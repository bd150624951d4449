//! Money: whole minor units and a currency. No floats, ever.

use std::fmt;
use std::str::FromStr;

/// The currencies we sell in (payments.md 3: what the platform settles).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "ISO 4217 codes")]
pub enum Currency {
    Eur,
    Usd,
    Gbp,
    Chf,
    Cad,
    Jpy,
}

impl Currency {
    /// Every currency, in the order they are offered.
    pub const ALL: [Currency; 6] =
        [Currency::Eur, Currency::Usd, Currency::Gbp, Currency::Chf, Currency::Cad, Currency::Jpy];

    /// ISO 4217, upper case.
    pub fn code(self) -> &'static str {
        match self {
            Currency::Eur => "EUR",
            Currency::Usd => "USD",
            Currency::Gbp => "GBP",
            Currency::Chf => "CHF",
            Currency::Cad => "CAD",
            Currency::Jpy => "JPY",
        }
    }

    /// Digits after the point: how many minor units make a major one, as a power of ten.
    pub fn exponent(self) -> u32 {
        match self {
            Currency::Jpy => 0,
            _ => 2,
        }
    }

    /// The smallest charge Stripe takes, in minor units
    /// (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>).
    pub fn stripe_minimum_minor(self) -> i64 {
        match self {
            Currency::Gbp => 30,
            Currency::Eur | Currency::Usd | Currency::Chf | Currency::Cad | Currency::Jpy => 50,
        }
    }

    /// The smallest amount we charge, in minor units: about what one euro is, so that Stripe's own fee does not eat it,
    /// and never below Stripe's minimum.
    pub fn floor_minor(self) -> i64 {
        match self {
            Currency::Eur | Currency::Usd | Currency::Gbp | Currency::Chf => 100,
            Currency::Cad => 150,
            Currency::Jpy => 150,
        }
    }

    /// What people write before the number.
    pub fn symbol(self) -> &'static str {
        match self {
            Currency::Eur => "€",
            Currency::Usd => "$",
            Currency::Gbp => "£",
            Currency::Chf => "CHF ",
            Currency::Cad => "CA$",
            Currency::Jpy => "¥",
        }
    }
}

/// We do not sell in this currency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a currency we sell in: use EUR, USD, GBP, CHF, CAD or JPY.")]
pub struct UnknownCurrency(pub String);

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        Currency::ALL
            .into_iter()
            .find(|currency| currency.code().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownCurrency(text.chars().take(8).collect()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in one currency, in its minor units (cents; yen for JPY). May be negative in a book, never in a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units.
    pub minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// So many minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The exact decimal: `12.50`, `-0.05`, `300` for yen.
    pub fn decimal(self) -> String {
        let digits = self.currency.exponent();
        if digits == 0 {
            return self.minor.to_string();
        }
        let unit = 10_u64.pow(digits);
        let sign = if self.minor < 0 { "-" } else { "" };
        let size = self.minor.unsigned_abs();
        format!("{sign}{}.{:0width$}", size / unit, size % unit, width = digits as usize)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.decimal();
        let (sign, size) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |size| ("-", size));
        write!(f, "{sign}{}{size}", self.currency.symbol())
    }
}

/// The part of `amount_minor` that `basis_points` (of 10,000) is, rounded half up; exact for any i64.
pub fn basis_points_of(amount_minor: i64, basis_points: u32) -> i64 {
    let product = i128::from(amount_minor) * i128::from(basis_points);
    let rounded = (product * 2 + 10_000).div_euclid(20_000);
    i64::try_from(rounded).unwrap_or(if product < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_their_currency_asks() {
        assert_eq!(Money::new(1250, Currency::Eur).to_string(), "€12.50");
        assert_eq!(Money::new(-5, Currency::Usd).decimal(), "-0.05");
        assert_eq!(Money::new(-5, Currency::Usd).to_string(), "-$0.05");
        assert_eq!(Money::new(300, Currency::Jpy).to_string(), "¥300");
        assert_eq!(Money::new(i64::MIN, Currency::Eur).decimal(), "-92233720368547758.08");
    }

    #[test]
    fn what_we_charge_at_least_stripe_takes() {
        for currency in Currency::ALL {
            assert!(currency.floor_minor() >= currency.stripe_minimum_minor(), "{currency}");
        }
    }

    #[test]
    fn basis_points_round_half_up_and_never_overflow() {
        assert_eq!(basis_points_of(1000, 1000), 100);
        assert_eq!(basis_points_of(5, 1000), 1);
        assert_eq!(basis_points_of(4, 1000), 0);
        assert_eq!(basis_points_of(i64::MAX, 10_000), i64::MAX);
    }
}
