//! What a payment page says, compared with what we asked for. Pure.

use stripe_gateway::{CheckoutSession, CheckoutStatus, Fee, IntentStatus, Payment, PaymentStatus};

use crate::kernel::{Instant, Money, OrderId};

/// What we asked for.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// For which order.
    pub order: OrderId,
    /// How much.
    pub total: Money,
    /// Real money or not.
    pub livemode: bool,
}

/// Money that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// `pi_…`.
    pub intent: String,
    /// `ch_…`.
    pub charge: String,
    /// How much.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// When.
    pub at: Instant,
    /// Stripe's page with the receipt.
    pub receipt_url: Option<String>,
    /// Stripe's part, if it is booked.
    pub fee: Option<Fee>,
}

/// What to do about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it arrived.
    Paid(Arrived),
    /// The buyer is done, the bank is not.
    Processing,
    /// The bank said no after the buyer was done.
    Failed,
    /// Can no longer be paid.
    Expired,
    /// Can still be paid.
    StillOpen,
    /// Not what we asked for; with the money, if any came.
    Wrong(Vec<String>, Option<Arrived>),
    /// Stripe has not said enough yet, or in words we do not know.
    Unclear(&'static str),
}

/// Compares a page with what we asked for.
pub fn judge(expected: &Expected, page: &CheckoutSession) -> Verdict {
    let arrived = page.payment.as_ref().and_then(arrived);
    let differences = differences(expected, page, arrived.as_ref());
    if !differences.is_empty() {
        return Verdict::Wrong(differences, arrived);
    }
    match (page.status, page.payment_status) {
        (CheckoutStatus::Complete, PaymentStatus::Paid) => match arrived {
            Some(arrived) => Verdict::Paid(arrived),
            None => Verdict::Unclear("paid, but its charge cannot be seen yet"),
        },
        (CheckoutStatus::Complete, PaymentStatus::Unpaid) => delayed(page.payment.as_ref()),
        (CheckoutStatus::Expired, _) => Verdict::Expired,
        (CheckoutStatus::Open, _) => Verdict::StillOpen,
        _ => Verdict::Unclear("a status this version does not know"),
    }
}

fn delayed(payment: Option<&Payment>) -> Verdict {
    match payment.map(|payment| payment.intent_status) {
        Some(IntentStatus::Canceled | IntentStatus::Open) => Verdict::Failed,
        _ => Verdict::Processing,
    }
}

/// What a payment brought, once its charge can be seen.
pub fn arrived(payment: &Payment) -> Option<Arrived> {
    let charge = payment.charge.as_ref().filter(|charge| charge.paid && charge.amount_captured > 0)?;
    Some(Arrived {
        intent: payment.intent_id.clone(),
        charge: charge.id.clone(),
        amount_minor: charge.amount_captured,
        currency: charge.currency.clone(),
        at: charge.created,
        receipt_url: charge.receipt_url.clone(),
        fee: charge.fee.clone(),
    })
}

fn differences(expected: &Expected, page: &CheckoutSession, arrived: Option<&Arrived>) -> Vec<String> {
    let mut compared = Comparison::new(expected);
    compared.mode("live mode", page.livemode);
    compared.order("order", page.client_reference_id.as_ref());
    compared.order("order in metadata", page.metadata.get("order"));
    let total = page.amount_total.map(|minor| minor.to_string()).unwrap_or_default();
    compared.total(total, page.currency.clone().unwrap_or_default());
    if let Some(payment) = &page.payment {
        compared.mode("live mode of the payment", payment.livemode);
        compared.order("transfer group", payment.transfer_group.as_ref());
    }
    compared.captured(arrived);
    compared.differences
}

/// What Stripe says beside what we asked for; keeps what is different.
pub(super) struct Comparison<'e> {
    expected: &'e Expected,
    /// A sentence for each difference.
    pub(super) differences: Vec<String>,
}

impl<'e> Comparison<'e> {
    pub(super) fn new(expected: &'e Expected) -> Self {
        Self { expected, differences: Vec::new() }
    }

    pub(super) fn mode(&mut self, what: &str, livemode: bool) {
        self.note(what, self.expected.livemode.to_string(), livemode.to_string());
    }

    pub(super) fn order(&mut self, what: &str, named: Option<&String>) {
        self.note(what, self.expected.order.to_string(), named.cloned().unwrap_or_default());
    }

    pub(super) fn total(&mut self, minor: String, currency: String) {
        self.note("total", self.expected.total.minor.to_string(), minor);
        self.note("currency", self.expected.total.currency.code().to_owned(), currency);
    }

    pub(super) fn captured(&mut self, arrived: Option<&Arrived>) {
        let Some(arrived) = arrived else { return };
        self.note("captured", self.expected.total.minor.to_string(), arrived.amount_minor.to_string());
        let code = self.expected.total.currency.code().to_owned();
        self.note("currency of the charge", code, arrived.currency.clone());
    }

    fn note(&mut self, what: &str, wanted: String, got: String) {
        if wanted != got {
            self.differences.push(format!("{what}: wanted {wanted}, got {got}"));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::HashMap;

    use stripe_gateway::Charge;

    use super::*;
    use crate::kernel::Currency;

    fn instant() -> Instant {
        Instant::from_timestamp(1_790_000_000, 0).expect("a moment of this century")
    }

    pub(crate) fn expected() -> Expected {
        Expected {
            order: OrderId(uuid::Uuid::from_u128(42)),
            total: Money::new(4900, Currency::Eur),
            livemode: false,
        }
    }

    /// A payment that is there, as an app's sheet makes it.
    pub(crate) fn paid_payment() -> Payment {
        let order = expected().order.to_string();
        let charge = Charge {
            id: "ch_1".into(),
            amount: 4900,
            amount_captured: 4900,
            amount_refunded: 0,
            currency: "EUR".into(),
            paid: true,
            disputed: false,
            livemode: false,
            created: instant(),
            payment_intent_id: Some("pi_1".into()),
            transfer_group: Some(order.clone()),
            receipt_url: None,
            fee: None,
        };
        Payment {
            intent_id: "pi_1".into(),
            intent_status: IntentStatus::Succeeded,
            amount: 4900,
            amount_received: 4900,
            currency: "EUR".into(),
            livemode: false,
            metadata: HashMap::from([("order".into(), order.clone())]),
            transfer_group: Some(order),
            charge: Some(charge),
        }
    }

    fn paid_page() -> CheckoutSession {
        let order = expected().order.to_string();
        CheckoutSession {
            id: "cs_1".into(),
            url: None,
            status: CheckoutStatus::Complete,
            payment_status: PaymentStatus::Paid,
            amount_total: Some(4900),
            currency: Some("EUR".into()),
            client_reference_id: Some(order.clone()),
            metadata: HashMap::from([("order".into(), order)]),
            livemode: false,
            payment_intent_id: Some("pi_1".into()),
            payment: Some(paid_payment()),
            subscription_id: None,
            customer_id: None,
            expires_at: instant(),
        }
    }

    #[test]
    fn what_was_asked_for_is_paid() {
        let Verdict::Paid(arrived) = judge(&expected(), &paid_page()) else { panic!("not paid") };
        assert_eq!((arrived.charge.as_str(), arrived.amount_minor), ("ch_1", 4900));
    }

    #[test]
    fn anything_else_is_wrong_and_says_what() {
        type Change = fn(&mut CheckoutSession);
        let changes: [(&str, Change); 8] = [
            ("total", |page| page.amount_total = Some(1)),
            ("currency", |page| page.currency = Some("USD".into())),
            ("live mode", |page| page.livemode = true),
            ("order", |page| page.client_reference_id = Some("ord_other".into())),
            ("order in metadata", |page| page.metadata.clear()),
            ("captured", |page| charge(page).amount_captured = 1),
            ("currency of the charge", |page| charge(page).currency = "USD".into()),
            ("transfer group", |page| payment(page).transfer_group = None),
        ];
        for (what, change) in changes {
            let mut page = paid_page();
            change(&mut page);
            let Verdict::Wrong(differences, money) = judge(&expected(), &page) else {
                panic!("{what}: let through")
            };
            assert!(differences[0].starts_with(&format!("{what}: wanted ")), "{what}: {differences:?}");
            assert!(money.is_some(), "{what}: the money that came is remembered");
        }
    }

    fn payment(page: &mut CheckoutSession) -> &mut Payment {
        page.payment.as_mut().expect("a payment")
    }

    fn charge(page: &mut CheckoutSession) -> &mut Charge {
        payment(page).charge.as_mut().expect("a charge")
    }

    #[test]
    fn a_delayed_payment_waits_until_the_bank_has_spoken() {
        let mut page = paid_page();
        page.payment_status = PaymentStatus::Unpaid;
        charge(&mut page).paid = false;
        payment(&mut page).intent_status = IntentStatus::Processing;
        assert_eq!(judge(&expected(), &page), Verdict::Processing);
        payment(&mut page).intent_status = IntentStatus::Open;
        assert_eq!(judge(&expected(), &page), Verdict::Failed);
    }

    #[test]
    fn unknown_words_and_missing_charges_change_nothing() {
        let mut page = paid_page();
        page.payment = None;
        assert!(matches!(judge(&expected(), &page), Verdict::Unclear(_)));
        page.status = CheckoutStatus::Unknown;
        assert!(matches!(judge(&expected(), &page), Verdict::Unclear(_)));
        page.status = CheckoutStatus::Open;
        assert_eq!(judge(&expected(), &page), Verdict::StillOpen);
        page.status = CheckoutStatus::Expired;
        assert_eq!(judge(&expected(), &page), Verdict::Expired);
    }
}
