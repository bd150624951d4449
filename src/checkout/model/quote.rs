//! What something costs right now, and what goes with it.

use std::collections::HashSet;

use chrono::Duration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::coupons::model::Reason;
use crate::kernel::{CouponId, CreatorId, Currency, Instant, Money, PriceId, WorkshopSessionId};

use crate::workshops::model::MOST_TOGETHER;

use super::consent::{Consent, IMMEDIATE_ACCESS, MEMBERSHIP_TERMS, TERMS, WAITLIST_TERMS};

/// How long a quote holds.
pub const QUOTE_LIFE: Duration = Duration::minutes(15);
/// The most things one order may hold.
pub const MOST_ITEMS: usize = 20;
/// The most seats at one session that one order may hold, the buyer's own among them.
pub const MOST_SEATS: usize = MOST_TOGETHER;
/// The largest total, in minor units: eight digits, Stripe's own limit.
pub const LARGEST_TOTAL: i64 = 99_999_999;

/// Where the buyer is; decides which ways of paying exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Channel {
    /// A browser.
    Web,
    /// An app on iPhone or iPad: Apple's rules.
    Ios,
    /// An app on Android.
    Android,
}

/// What something costs right now. The token carries all of it, signed; an order keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Who sells.
    #[serde(with = "as_text")]
    pub creator: CreatorId,
    /// Of every amount.
    #[serde(with = "as_code")]
    pub currency: Currency,
    /// At least one.
    pub lines: Vec<QuoteLine>,
    /// A code the buyer gave.
    pub coupon: Option<String>,
    /// What came of the code.
    #[serde(default)]
    pub coupon_outcome: Option<CouponOutcome>,
    /// Where the buyer is.
    pub channel: Channel,
    /// Until when it holds.
    pub expires_at: Instant,
    /// The affiliate's link that led here.
    #[serde(default)]
    pub referral: Option<Uuid>,
    /// Where the tax of the lines comes from; none if none was asked for.
    #[serde(default)]
    pub tax: Option<QuoteTax>,
}

/// What Stripe Tax has worked out for a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteTax {
    /// Where the buyer lives.
    pub country: String,
    /// `taxcalc_…`
    pub calculation: String,
}

/// What came of a code the buyer gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CouponOutcome {
    /// It is this coupon, and takes off what the lines say.
    Applied(#[serde(with = "as_text")] CouponId),
    /// It takes nothing off.
    Refused(Reason),
}

/// One thing of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// The price it is sold at.
    #[serde(with = "as_text")]
    pub price: PriceId,
    /// What is sold.
    pub offering: Uuid,
    /// What it is called.
    pub title: String,
    /// What is due, tax included, after the discount.
    pub amount_minor: i64,
    /// What was taken off.
    pub discount_minor: i64,
    /// Tax within the amount.
    pub tax_minor: i64,
    /// The buyer chose the amount.
    pub chosen: bool,
    /// A bundle's items; empty for everything else.
    #[serde(default)]
    pub parts: Vec<QuotePart>,
    /// To which address it is given, as the buyer wrote it; none = the buyer has it. Of a workshop: whose seat it is.
    #[serde(default)]
    pub gift: Option<String>,
    /// A workshop: at which session the seat is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// A workshop: under which terms (the session's version, the cancellation policy) the seat was shown. What is bought
    /// at once is bought as it is; what is bought later by itself is bought as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// A membership: what is due again and again. Then `amount_minor` is what is due now, nothing with a trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring: Option<RecurringDue>,
}

/// What is due again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecurringDue {
    /// Each time.
    pub amount_minor: i64,
    /// Whether it is due each year instead of each month.
    pub yearly: bool,
    /// Days before the first payment.
    pub trial_days: Option<u32>,
}

/// One item of a bundle in a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotePart {
    /// What.
    pub offering: Uuid,
    /// What it is called.
    pub title: String,
    /// What of the line's amount falls on it.
    pub amount_minor: i64,
}

impl QuoteLine {
    /// Whether a buyer who has these things, and seats at these sessions, has all that this line would give them; a gift
    /// gives them nothing.
    pub fn is_held(&self, has: &HashSet<Uuid>) -> bool {
        let all = match self.session {
            Some(session) => has.contains(&session),
            None => self.things().iter().all(|thing| has.contains(thing)),
        };
        all && self.gift.is_none()
    }

    /// Whether it is a gift to this address.
    pub fn is_given_to(&self, email: &str) -> bool {
        self.gift.as_ref().is_some_and(|to| to.to_lowercase() == email.to_lowercase())
    }

    /// What the buyer gets for it: the items of a bundle, otherwise the thing itself.
    pub fn things(&self) -> Vec<Uuid> {
        match self.parts.as_slice() {
            [] => vec![self.offering],
            parts => parts.iter().map(|part| part.offering).collect(),
        }
    }
}

impl Quote {
    /// The coupon that takes something off.
    pub fn applied_coupon(&self) -> Option<CouponId> {
        match self.coupon_outcome {
            Some(CouponOutcome::Applied(coupon)) => Some(coupon),
            _ => None,
        }
    }

    /// Before discounts.
    pub fn subtotal(&self) -> Money {
        self.sum(|line| line.amount_minor + line.discount_minor)
    }

    /// Taken off.
    pub fn discount_total(&self) -> Money {
        self.sum(|line| line.discount_minor)
    }

    /// Tax within the total.
    pub fn tax_total(&self) -> Money {
        self.sum(|line| line.tax_minor)
    }

    /// To pay.
    pub fn total(&self) -> Money {
        self.sum(|line| line.amount_minor)
    }

    /// Nothing is due, now or later.
    pub fn is_free(&self) -> bool {
        self.total().minor == 0 && self.recurring().is_none()
    }

    /// What is due again and again, if this is a membership.
    pub fn recurring(&self) -> Option<RecurringDue> {
        self.lines.iter().find_map(|line| line.recurring)
    }

    /// Same things at the same prices. A new title or a later end is no new price; another item in a bundle is.
    pub fn costs_the_same_as(&self, other: &Self) -> bool {
        let cost = |line: &QuoteLine| {
            let paid = (line.amount_minor, line.discount_minor, line.tax_minor);
            (line.price, paid, line.recurring, line.things(), line.session)
        };
        let costs = |quote: &Self| -> Vec<_> { quote.lines.iter().map(cost).collect() };
        self.currency == other.currency && costs(self) == costs(other)
    }

    /// The ways this can be paid where the buyer is.
    pub fn purchase_options(&self) -> Vec<PurchaseOption> {
        match (self.is_free(), self.channel) {
            (true, _) => vec![PurchaseOption::Free],
            // Apple wants its own shop for recorded courses; the buyer pays on the web.
            (false, Channel::Ios) => Vec::new(),
            // A membership begins on the page alone.
            (false, _) if self.recurring().is_some() => vec![PurchaseOption::HostedPage],
            (false, Channel::Web | Channel::Android) => {
                vec![PurchaseOption::HostedPage, PurchaseOption::PaymentSheet]
            }
        }
    }

    /// What the buyer must agree to first. Who only gives has no access to begin with.
    pub fn required_consents(&self) -> &'static [Consent] {
        let only_gifts = self.lines.iter().all(|line| line.gift.is_some());
        match (self.recurring(), self.is_free() || only_gifts) {
            (Some(_), _) => &[MEMBERSHIP_TERMS, IMMEDIATE_ACCESS],
            (None, true) => &[TERMS],
            (None, false) => &[TERMS, IMMEDIATE_ACCESS],
        }
    }

    /// Whether this may be bought by itself when a place is free: one seat that costs something, without a code.
    pub fn is_one_seat(&self) -> bool {
        let one = matches!(self.lines.as_slice(), [line] if line.session.is_some() && line.gift.is_none());
        one && self.coupon.is_none() && !self.is_free()
    }

    /// What one must agree to for that; empty for everything else, and where the buyer is nothing can be paid.
    pub fn waitlist_consents(&self) -> &'static [Consent] {
        match self.is_one_seat() && !self.purchase_options().is_empty() {
            true => &[WAITLIST_TERMS, IMMEDIATE_ACCESS],
            false => &[],
        }
    }

    /// The sessions at which it has seats.
    pub fn sessions(&self) -> Vec<WorkshopSessionId> {
        self.lines.iter().filter_map(|line| line.session).map(WorkshopSessionId).collect()
    }

    /// Everything that is bought, line by line.
    pub fn things(&self) -> Vec<Uuid> {
        self.lines.iter().flat_map(QuoteLine::things).collect()
    }

    fn sum(&self, part: impl Fn(&QuoteLine) -> i64) -> Money {
        Money::new(self.lines.iter().map(part).sum(), self.currency)
    }
}

/// A way to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurchaseOption {
    /// Stripe's page in a browser.
    HostedPage,
    /// Stripe's sheet in an app.
    PaymentSheet,
    /// The app shop; not offered yet.
    StorePurchase,
    /// A link out of the app; not offered yet.
    ExternalLink,
    /// Nothing is due.
    Free,
}

impl PurchaseOption {
    /// Every way.
    const ALL: [Self; 5] =
        [Self::HostedPage, Self::PaymentSheet, Self::StorePurchase, Self::ExternalLink, Self::Free];

    /// The way of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|option| option.name() == name)
    }

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::HostedPage => "HOSTED_PAGE",
            Self::PaymentSheet => "PAYMENT_SHEET",
            Self::StorePurchase => "STORE_PURCHASE",
            Self::ExternalLink => "EXTERNAL_LINK",
            Self::Free => "FREE",
        }
    }
}

mod as_text {
    //! Typed ids as their public text.

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::kernel::PublicId;

    pub fn serialize<T: PublicId, S: Serializer>(id: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub fn deserialize<'de, T: PublicId, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

mod as_code {
    //! Currencies as their code.

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::kernel::Currency;

    pub fn serialize<S: Serializer>(currency: &Currency, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(currency.code())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
