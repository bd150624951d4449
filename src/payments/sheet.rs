//! What a payment in an app's sheet says, compared with what we asked for. Pure; the same verdicts as for a page.

use stripe_gateway::{IntentStatus, Payment};

use super::judge::{Arrived, Expected, Verdict, arrived};

/// Compares a payment that has no page with what we asked for.
pub fn judge_payment(expected: &Expected, payment: &Payment) -> Verdict {
    let arrived = arrived(payment);
    let differences = differences(expected, payment, arrived.as_ref());
    if !differences.is_empty() {
        return Verdict::Wrong(differences, arrived);
    }
    match payment.intent_status {
        IntentStatus::Succeeded => match arrived {
            Some(arrived) => Verdict::Paid(arrived),
            None => Verdict::Unclear("paid, but its charge cannot be seen yet"),
        },
        IntentStatus::Processing => Verdict::Processing,
        IntentStatus::Canceled => Verdict::Expired,
        IntentStatus::Open | IntentStatus::RequiresAction => Verdict::StillOpen,
        IntentStatus::RequiresCapture | IntentStatus::Unknown => {
            Verdict::Unclear("a status this version does not know")
        }
    }
}

fn differences(expected: &Expected, payment: &Payment, arrived: Option<&Arrived>) -> Vec<String> {
    let order = expected.order.to_string();
    let (minor, code) = (expected.total.minor.to_string(), expected.total.currency.code().to_owned());
    let mut pairs = vec![
        ("live mode", expected.livemode.to_string(), payment.livemode.to_string()),
        ("order in metadata", order.clone(), payment.metadata.get("order").cloned().unwrap_or_default()),
        ("transfer group", order, payment.transfer_group.clone().unwrap_or_default()),
        ("total", minor.clone(), payment.amount.to_string()),
        ("currency", code.clone(), payment.currency.clone()),
    ];
    if let Some(arrived) = arrived {
        pairs.push(("captured", minor, arrived.amount_minor.to_string()));
        pairs.push(("currency of the charge", code, arrived.currency.clone()));
    }
    let wrong = pairs.into_iter().filter(|(_, wanted, got)| wanted != got);
    wrong.map(|(what, wanted, got)| format!("{what}: wanted {wanted}, got {got}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use stripe_gateway::Charge;

    use super::*;
    use crate::kernel::{Currency, Instant, Money, OrderId};

    fn expected() -> Expected {
        let total = Money::new(4900, Currency::Eur);
        Expected { order: OrderId(uuid::Uuid::from_u128(42)), total, livemode: false }
    }

    fn paid() -> Payment {
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
            created: Instant::from_timestamp(1_790_000_000, 0).expect("a moment of this century"),
            payment_intent_id: Some("pi_1".into()),
            transfer_group: Some(order.clone()),
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

    #[test]
    fn what_was_asked_for_is_paid_and_each_status_has_its_verdict() {
        assert!(matches!(judge_payment(&expected(), &paid()), Verdict::Paid(_)));
        let cases = [
            (IntentStatus::Processing, Verdict::Processing),
            (IntentStatus::Canceled, Verdict::Expired),
            (IntentStatus::Open, Verdict::StillOpen),
            (IntentStatus::RequiresAction, Verdict::StillOpen),
        ];
        for (intent_status, verdict) in cases {
            let payment = Payment { intent_status, charge: None, ..paid() };
            assert_eq!(judge_payment(&expected(), &payment), verdict);
        }
        for intent_status in [IntentStatus::RequiresCapture, IntentStatus::Unknown] {
            let payment = Payment { intent_status, ..paid() };
            assert!(matches!(judge_payment(&expected(), &payment), Verdict::Unclear(_)));
        }
    }

    #[test]
    fn anything_else_is_wrong_and_says_what() {
        type Change = fn(&mut Payment);
        let changes: [(&str, Change); 6] = [
            ("live mode", |payment| payment.livemode = true),
            ("order in metadata", |payment| payment.metadata.clear()),
            ("transfer group", |payment| payment.transfer_group = None),
            ("total", |payment| payment.amount = 1),
            ("currency", |payment| payment.currency = "USD".into()),
            ("captured", |payment| payment.charge.as_mut().expect("a charge").amount_captured = 1),
        ];
        for (what, change) in changes {
            let mut payment = paid();
            change(&mut payment);
            let Verdict::Wrong(differences, money) = judge_payment(&expected(), &payment) else {
                panic!("{what}: let through")
            };
            assert!(differences[0].starts_with(&format!("{what}: wanted ")), "{what}: {differences:?}");
            assert!(money.is_some(), "{what}: the money that came is remembered");
        }
    }
}
