//! Scalars of the schema: exact money and sizes, and texts with a meaning.
//!
//! Input scalars are taken as they come; the rooms check them and refuse with a path, which a scalar could not.

use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};

/// A whole number that JavaScript keeps exactly (up to 2^53 - 1): amounts, bytes, sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int53(pub i64);

const LARGEST: i64 = 9_007_199_254_740_991;

/// A whole number that JavaScript keeps exactly, from -(2^53 - 1) to 2^53 - 1.
#[Scalar]
impl ScalarType for Int53 {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => match number.as_i64() {
                Some(n) if n.abs() <= LARGEST => Ok(Self(n)),
                _ => Err(InputValueError::custom("must be a whole number from -(2^53 - 1) to 2^53 - 1")),
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}

/// A key made by the client (RFC 9562), such as `0192f0c1-7a3e-7b31-8f5e-1b6f2f0c9d11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uuid(pub uuid::Uuid);

/// A key made by the client (RFC 9562), such as `0192f0c1-7a3e-7b31-8f5e-1b6f2f0c9d11`.
#[Scalar(name = "UUID")]
impl ScalarType for Uuid {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => match text.parse() {
                Ok(uuid) => Ok(Self(uuid)),
                Err(_) => Err(InputValueError::custom(
                    "must be a UUID such as 0192f0c1-7a3e-7b31-8f5e-1b6f2f0c9d11",
                )),
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

macro_rules! text_scalars {
    ($($(#[$doc:meta])* $name:ident = $graphql:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $name(pub String);

            $(#[$doc])*
            #[Scalar(name = $graphql)]
            impl ScalarType for $name {
                fn parse(value: Value) -> InputValueResult<Self> {
                    match value {
                        Value::String(text) => Ok(Self(text)),
                        other => Err(InputValueError::expected_type(other)),
                    }
                }

                fn to_value(&self) -> Value {
                    Value::String(self.0.clone())
                }
            }

            impl From<String> for $name {
                fn from(text: String) -> Self {
                    Self(text)
                }
            }

            impl From<&str> for $name {
                fn from(text: &str) -> Self {
                    Self(text.to_owned())
                }
            }

            impl std::ops::Deref for $name {
                type Target = str;
                fn deref(&self) -> &str {
                    &self.0
                }
            }
        )*
    };
}

text_scalars! {
    /// An absolute web address.
    Url = "URL";
    /// Sanitised HTML, safe to show.
    Html = "HTML";
    /// CommonMark without raw HTML.
    Markdown = "Markdown";
    /// An e-mail address.
    EmailAddress = "EmailAddress";
    /// ISO 3166-1 alpha-2, such as `DE`.
    CountryCode = "CountryCode";
    /// ISO 4217, such as `EUR`.
    CurrencyCode = "CurrencyCode";
    /// BCP 47, such as `en` or `pt-BR`.
    LanguageTag = "LanguageTag";
    /// An exact decimal number as text, such as `12.50`.
    Decimal = "Decimal";
    /// An IANA zone, such as `Europe/Berlin`.
    TimeZone = "TimeZone";
    /// A wall-clock time without a zone, such as `2026-12-05T18:00`.
    LocalDateTime = "LocalDateTime";
    /// A calendar day, such as `2026-11-22`.
    Date = "Date";
}
