//! The ways creators says no.

use crate::kernel::{Code, Detail, Refusal};

use super::model::{MOST_LANGUAGES, MOST_LINKS, MOST_NICHES, MOST_OWNED};

/// Why a creators action did nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreatorRefusal {
    /// The caller's address is not proven.
    #[error("Prove your e-mail address first: ask for a code with authEmailVerificationSend.")]
    EmailNotVerified,
    /// Owns as many as one account may.
    #[error("One account may own at most {MOST_OWNED} creators.")]
    TooManyOwned,
    /// Not of the form of a handle.
    #[error(
        "A handle has 3 to 30 letters a to z, digits and single hyphens between them, such as mira-bakes."
    )]
    HandleInvalid,
    /// In use, or kept by the product.
    #[error("This handle is taken.")]
    HandleTaken {
        /// Free ones.
        suggestions: Vec<String>,
    },
    /// Not an ISO 3166-1 code.
    #[error("This is not a country code such as DE.")]
    CountryUnknown,
    /// Not one we sell in.
    #[error("We do not sell in this currency. Choose one of EUR, USD, GBP, CHF, CAD, JPY.")]
    CurrencyUnsupported,
    /// None given.
    #[error("Choose at least one niche.")]
    NicheMissing,
    /// More than the limit.
    #[error("Choose at most {MOST_NICHES} niches.")]
    TooManyNiches,
    /// Not in the list.
    #[error("There is no niche called {0}. The query `niches` lists them.")]
    NicheUnknown(String),
    /// None given.
    #[error("Name at least one language.")]
    LanguageMissing,
    /// More than the limit.
    #[error("Name at most {MOST_LANGUAGES} languages.")]
    TooManyLanguages,
    /// More than the limit.
    #[error("A profile may have at most {MOST_LINKS} links.")]
    TooManyLinks,
    /// Not http or https.
    #[error("This is not a web address such as https://example.com/me.")]
    NotAWebAddress,
    /// Not a symbol's name.
    #[error("A symbol's name is lower case with hyphens, such as video-camera; at most 40 characters.")]
    IconInvalid,
}

impl Refusal for CreatorRefusal {
    fn code(&self) -> Code {
        match self {
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::TooManyOwned => Code::LimitReached,
            Self::HandleTaken { .. } => Code::Taken,
            Self::HandleInvalid | Self::CountryUnknown | Self::NotAWebAddress | Self::IconInvalid => {
                Code::Invalid
            }
            Self::CurrencyUnsupported => Code::CurrencyUnsupported,
            Self::NicheMissing | Self::LanguageMissing => Code::Required,
            Self::TooManyNiches | Self::TooManyLanguages | Self::TooManyLinks => Code::TooMany,
            Self::NicheUnknown(_) => Code::NotFound,
        }
    }

    fn detail(&self) -> Detail {
        match self {
            Self::HandleTaken { suggestions } => Detail::HandleSuggestions(suggestions.clone()),
            _ => Detail::None,
        }
    }
}
