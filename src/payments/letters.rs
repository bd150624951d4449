//! What we write about money.

use crate::checkout::model::{Order, OrderLine};
use crate::db::Tx;
use crate::kernel::Result;
use crate::notifications;
use crate::notifications::model::Draft;

/// The receipt of a paid order, once.
pub async fn receipt(tx: &mut Tx, order: &Order, lines: &[OrderLine]) -> Result<()> {
    let mut paragraphs =
        vec!["Thank you! This is your receipt.".to_owned(), format!("Order {}", order.number)];
    paragraphs.extend(lines.iter().map(|line| format!("{}: {}", line.title, order.money(line.amount_minor))));
    paragraphs.push(format!("Paid: {}, tax included.", order.total()));
    paragraphs.push(
        if order.buyer.is_some() {
            "It is in your library now. Enjoy!"
        } else {
            "You bought as a guest. To begin, sign up or sign in with this e-mail address: as soon as you have proven \
             that it is yours, everything is in your library."
        }
        .to_owned(),
    );
    let draft = Draft {
        kind: "receipt",
        recipient: order.buyer_email.clone(),
        user: order.buyer,
        subject: format!("Your receipt for order {}", order.number),
        paragraphs,
        unique_key: Some(format!("receipt:{}", order.id)),
    };
    notifications::actions::write(tx, draft).await
}
