//! The ways checkout says no.

use crate::kernel::{Code, Currency, Detail, Money, Refusal};

/// Why nothing was quoted or bought.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckoutRefusal {
    /// An empty basket.
    #[error("Choose something to buy.")]
    NothingChosen,
    /// A basket too full.
    #[error("One order may hold at most {0} things.")]
    TooMany(usize),
    /// The same thing twice.
    #[error("This is in the order already.")]
    Twice,
    /// Two seats for one person.
    #[error("There is a seat for this person at this session in the order already.")]
    CompanionTwice,
    /// More seats at a session than one order may hold.
    #[error("One order may hold at most {0} seats at one session.")]
    TooManySeats(usize),
    /// No such price, or it is no longer offered.
    #[error("This price is no longer offered. Load the page again to see what it costs now.")]
    PriceGone,
    /// Draft, archived or taken down.
    #[error("This is not on sale.")]
    NotOnSale,
    /// Another creator than the first item.
    #[error("One order is from one creator. Buy this in an order of its own.")]
    OtherCreator,
    /// Another currency than the first item.
    #[error("One order is in one currency, here {0}.")]
    OtherCurrency(Currency),
    /// Subscriptions, seats.
    #[error("{0} cannot be bought yet.")]
    NotYet(&'static str),
    /// A membership beside something else.
    #[error("A membership is bought on its own: put nothing else into this order.")]
    MembershipAlone,
    /// Pay what you want without an amount.
    #[error("Say how much you want to pay.")]
    AmountMissing,
    /// An amount for something with a fixed price.
    #[error("This has a fixed price: leave the amount out.")]
    AmountFixed,
    /// Less than the creator asks.
    #[error("The least you can pay is {0}.")]
    BelowMinimum(Money),
    /// More than can be charged.
    #[error("One order may cost at most {0}.")]
    AboveMaximum(Money),
    /// The buyer has it.
    #[error("You have this already: it is in your library.")]
    AlreadyEnrolled,
    /// A changed or foreign token.
    #[error("This quote was not made here. Ask for a new quote.")]
    QuoteInvalid,
    /// An old token.
    #[error("This quote has expired. Ask for a new quote.")]
    QuoteExpired,
    /// Costs something else now; the token of the new quote.
    #[error("The price has changed since you saw it. Look at the new one, then buy.")]
    PriceChanged(String),
    /// Not one of the quote's options.
    #[error("This cannot be paid that way here. Choose one of the quote's purchaseOptions.")]
    OptionUnavailable,
    /// A consent of the quote is missing.
    #[error("Agree to {0} first: see the quote's requiredConsents.")]
    ConsentMissing(&'static str),
    /// Not a web address.
    #[error("This must be an absolute https address.")]
    UrlInvalid,
    /// Not a version of Stripe's API.
    #[error("This is no version of Stripe's API: send the one your SDK names, or none.")]
    VersionInvalid,
    /// A signed-in buyer's receipt goes to their own address.
    #[error("You are signed in: leave buyerEmail out.")]
    EmailForGuests,
    /// Not an e-mail address.
    #[error("This is not an e-mail address.")]
    EmailInvalid,
    /// A gift to the buyer's own address.
    #[error("This is your own address. To have it yourself, leave giftRecipientEmail out.")]
    GiftToSelf,
    /// A gift of something that costs nothing.
    #[error("This costs nothing, so it cannot be given: send them its address instead.")]
    GiftIsFree,
    /// A guest cannot take what is free: nothing would prove the address.
    #[error("Sign in to take what costs nothing.")]
    FreeNeedsAccount,
    /// A guest could neither end a membership nor be written to about it.
    #[error("Sign in to join: a membership is ended in your library.")]
    MembershipNeedsAccount,
    /// The e-mail address is not proven.
    #[error("Prove your e-mail address first.")]
    EmailNotVerified,
    /// Not free.
    #[error("This is not free. Ask for a quote and buy it.")]
    NotFree,
    /// A free bundle in one tap.
    #[error("A free bundle is taken with a quote and an order.")]
    QuoteBundles,
    /// A link that earns nothing here.
    #[error("Nobody earns by this link any more. You can buy all the same.")]
    ReferralUnknown,
    /// Tax depends on the country.
    #[error("Say in which country you live: it decides what of the price is tax.")]
    CountryMissing,
    /// Not a country.
    #[error("This is not a country code such as DE.")]
    CountryUnknown,
    /// Stripe Tax does not answer.
    #[error("The tax of this purchase cannot be worked out at the moment. Try again.")]
    TaxAway,
    /// Stripe Tax refuses.
    #[error(
        "The tax of this purchase cannot be worked out for this country, so it cannot be sold there. Write to us."
    )]
    TaxRefused,
    /// What is not bought by itself from a waitlist.
    #[error(
        "Only one seat that costs something, at the session you wait for and without a code, is bought by itself: ask \
         for a quote of just that."
    )]
    NotByItself,
    /// Nothing is paid where they are.
    #[error("Nothing can be paid here, so nothing is bought by itself from here either. Join on the web.")]
    NotPaidByItself,
    /// The words for buying by itself were not agreed to.
    #[error("Agree to {0} first: see the quote's waitlistConsents.")]
    WaitlistConsentMissing(&'static str),
    /// No card to charge.
    #[error(
        "There is no such saved card. Let a card be kept when you pay for something, or wait without it."
    )]
    NoSavedCard,
    /// A card whose time is over.
    #[error("This card has expired. Let another be kept when you pay for something, or wait without it.")]
    CardExpired,
    /// Stripe does not answer to a question that nothing depends on yet.
    #[error("The payment service does not answer. Try again.")]
    CardsAway,
    /// Stripe does not answer.
    #[error("The payment service does not answer. Try again with the same idempotency key.")]
    ProviderAway,
    /// Stripe refused to open a page.
    #[error("The payment service would not open a page for this order. Make a new order or write to us.")]
    ProviderRefused,
}

impl Refusal for CheckoutRefusal {
    fn code(&self) -> Code {
        match self {
            Self::NothingChosen | Self::AmountMissing | Self::CountryMissing => Code::Required,
            Self::TooMany(_) | Self::TooManySeats(_) => Code::TooMany,
            Self::Twice | Self::CompanionTwice => Code::Duplicate,
            Self::PriceGone | Self::ReferralUnknown | Self::NoSavedCard => Code::NotFound,
            Self::NotOnSale | Self::NotFree | Self::CardExpired => Code::InvalidState,
            Self::OtherCreator
            | Self::NotYet(_)
            | Self::EmailForGuests
            | Self::FreeNeedsAccount
            | Self::GiftToSelf
            | Self::GiftIsFree
            | Self::QuoteBundles
            | Self::MembershipAlone
            | Self::NotByItself
            | Self::MembershipNeedsAccount => Code::NotAllowed,
            Self::OtherCurrency(_) => Code::CurrencyUnsupported,
            Self::AmountFixed
            | Self::UrlInvalid
            | Self::VersionInvalid
            | Self::EmailInvalid
            | Self::CountryUnknown => Code::Invalid,
            Self::BelowMinimum(_) => Code::AmountBelowMinimum,
            Self::AboveMaximum(_) => Code::OutOfRange,
            Self::AlreadyEnrolled => Code::AlreadyEnrolled,
            Self::QuoteInvalid => Code::TokenInvalid,
            Self::QuoteExpired => Code::TokenExpired,
            Self::PriceChanged(_) => Code::PriceChanged,
            Self::OptionUnavailable | Self::NotPaidByItself => Code::PurchaseChannelUnavailable,
            Self::ConsentMissing(_) | Self::WaitlistConsentMissing(_) => Code::ConsentRequired,
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::ProviderAway
            | Self::ProviderRefused
            | Self::CardsAway
            | Self::TaxAway
            | Self::TaxRefused => Code::PaymentProviderUnavailable,
        }
    }

    fn detail(&self) -> Detail {
        match self {
            Self::PriceChanged(token) => Detail::NewQuote(token.clone()),
            Self::ProviderAway | Self::CardsAway | Self::TaxAway => Detail::RetryAfter(5),
            _ => Detail::None,
        }
    }
}
