//! What we write about money.

use crate::app::App;
use crate::checkout::model::{Order, OrderLine};
use crate::db::Tx;
use crate::kernel::Result;
use crate::notifications;
use crate::notifications::model::Draft;

/// The receipt of a paid order, once.
pub async fn receipt(
    tx: &mut Tx,
    order: &Order,
    (seats, others): (&[OrderLine], &[OrderLine]),
) -> Result<()> {
    let mut paragraphs =
        vec!["Thank you! This is your receipt.".to_owned(), format!("Order {}", order.number)];
    let of = |line: &OrderLine, what: &str| match &line.gift_recipient {
        Some(to) => format!("{}, {what} for {to}: {}", line.title, order.money(line.amount_minor)),
        None => format!("{}: {}", line.title, order.money(line.amount_minor)),
    };
    paragraphs.extend(seats.iter().map(|line| of(line, "a seat")));
    paragraphs.extend(others.iter().map(|line| of(line, "a gift")));
    paragraphs.push(format!("Paid: {}, tax included.", order.total()));
    if seats.iter().any(|line| line.gift_recipient.is_some()) {
        paragraphs.push(
            "Whoever you take along has a letter from us that names you, and has the seat by that address: no code is \
             needed. While it is theirs you can give it back for them, and the money comes back to you."
                .to_owned(),
        );
    }
    if others.iter().any(|line| line.gift_recipient.is_some()) {
        paragraphs.push(
            "We have written to whom you give something: the letter names you and has the code that redeems the gift. \
             We tell you when that happens."
                .to_owned(),
        );
    }
    if seats.iter().chain(others).any(|line| line.gift_recipient.is_none()) {
        paragraphs.push(how_to_begin(order).to_owned());
    }
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

/// To who paid for a seat whose place was gone when the money came.
pub async fn unseated(app: &App, tx: &mut Tx, order: &Order, lines: &[&OrderLine]) -> Result<()> {
    let mut paragraphs = vec![
        "Hello,".to_owned(),
        "your payment arrived when the time to pay was over, and by then the place had gone to somebody else."
            .to_owned(),
    ];
    if lines.iter().any(|line| line.gift_recipient.is_none()) {
        paragraphs.push(
            "You are first in line: if a place becomes free, it is yours by itself. Or choose another date, or have your \
             money back at once. If you do nothing, it goes back to you by itself in three days, or after the session."
                .to_owned(),
        );
    }
    let companions: Vec<&str> = lines.iter().filter_map(|line| line.gift_recipient.as_deref()).collect();
    if !companions.is_empty() {
        paragraphs.push(format!(
            "There was no place for {}, and we have not written to them. Have their money back at once, or do nothing: it \
             goes back to you by itself in three days, or after the session.",
            companions.join(", ")
        ));
    }
    paragraphs.push(app.link("/library"));
    let draft = Draft {
        kind: "seat-unseated",
        recipient: order.buyer_email.clone(),
        user: order.buyer,
        subject: format!("Your payment came after the last seat was gone: order {}", order.number),
        paragraphs,
        unique_key: Some(format!("unseated:{}", order.id)),
    };
    notifications::actions::write(tx, draft).await
}

fn how_to_begin(order: &Order) -> &'static str {
    if order.buyer.is_some() {
        "It is in your library now. Enjoy!"
    } else {
        "You bought as a guest. To begin, sign up or sign in with this e-mail address: as soon as you have proven that \
         it is yours, everything is in your library."
    }
}
