//! What we write to creators about disputes.

use crate::checkout::model::Order;
use crate::db::Tx;
use crate::kernel::{Money, Result};
use crate::refunds::letters::{Owner, to_owner};

use super::model::Dispute;

/// The bank took the money, or only asks.
pub async fn opened(
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    dispute: &Dispute,
    frozen: Money,
) -> Result<()> {
    let mut paragraphs = vec![format!(
        "The bank of the buyer of order {} ({}) took {} back. The reason it gives: {}.",
        order.number,
        order.total(),
        dispute.money(dispute.withdrawn_minor),
        dispute.reason.replace('_', " ")
    )];
    paragraphs
        .push(format!("{frozen} of yours is set aside until the bank decides. This can take two months."));
    paragraphs.push(
        "We answer the bank for you, with the receipt, what the buyer agreed to and what they did with what they \
         bought. You need not do anything."
            .to_owned(),
    );
    let subject = format!("Order {} is disputed", order.number);
    to_owner(tx, owner, "dispute", &subject, paragraphs, format!("dispute:{}", dispute.id)).await
}

/// The bank only asks; no money moved.
pub async fn asked(tx: &mut Tx, owner: Option<&Owner>, order: &Order, dispute: &Dispute) -> Result<()> {
    let paragraphs = vec![
        format!(
            "The bank of the buyer of order {} asks about the payment of {}.",
            order.number,
            order.total()
        ),
        "No money moved. If the buyer is right, give it back from your studio: that ends it without a fee."
            .to_owned(),
    ];
    let subject = format!("A bank asks about order {}", order.number);
    to_owner(tx, owner, "dispute-asked", &subject, paragraphs, format!("dispute-asked:{}", dispute.id)).await
}

/// The bank decided.
pub async fn decided(
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    dispute: &Dispute,
    won: bool,
    own: Money,
) -> Result<()> {
    let text = if won {
        format!("The bank decided for us: your {own} of order {} are yours again.", order.number)
    } else {
        format!(
            "The bank decided for the buyer of order {}: the money stays with them, and with it your {own}.",
            order.number
        )
    };
    let subject = format!("The dispute of order {} is {}", order.number, if won { "won" } else { "lost" });
    to_owner(tx, owner, "dispute-decided", &subject, vec![text], format!("dispute-decided:{}", dispute.id))
        .await
}

/// A bank suspects a payment.
pub async fn suspected(tx: &mut Tx, owner: Option<&Owner>, order: &Order, warning: &str) -> Result<()> {
    let paragraphs = vec![
        format!("The buyer's bank suspects that order {} ({}) was not paid by the owner of the card.", order.number, order.total()),
        "Nothing has happened yet. If you think so too, give the money back from your studio: a dispute would cost a \
         fee on top. If you know the buyer, leave it."
            .to_owned(),
    ];
    let subject = format!("A bank suspects the payment of order {}", order.number);
    to_owner(tx, owner, "fraud-warning", &subject, paragraphs, format!("fraud-warning:{warning}")).await
}
