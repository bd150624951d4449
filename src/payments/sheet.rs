//! What a payment in an app's sheet says, compared with what we asked for. Pure; the same verdicts as for a page.

use stripe_gateway::{IntentStatus, Payment};

use super::judge::{Arrived, Comparison, Expected, Verdict, arrived};

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
    let mut compared = Comparison::new(expected);
    compared.mode("live mode", payment.livemode);
    compared.order("order in metadata", payment.metadata.get("order"));
    compared.order("transfer group", payment.transfer_group.as_ref());
    compared.total(payment.amount.to_string(), payment.currency.clone());
    compared.captured(arrived);
    compared.differences
}

#[cfg(test)]
mod tests {
    use super::super::judge::tests::{expected, paid_payment as paid};
    use super::*;

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
