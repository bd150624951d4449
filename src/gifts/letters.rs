//! What we write about gifts.

use crate::app::App;
use crate::checkout;
use crate::checkout::model::{Order, OrderLine};
use crate::db::Tx;
use crate::kernel::{GiftId, Result};
use crate::notifications;
use crate::notifications::model::Draft;

/// To the recipient: who gives what, and the code, which is written nowhere else.
pub async fn given(
    app: &App,
    tx: &mut Tx,
    order: &Order,
    line: &OrderLine,
    recipient: &str,
    (gift, code): (GiftId, &str),
) -> Result<()> {
    let giver = checkout::actions::buyers_name(tx, order).await?;
    let draft = Draft {
        kind: "gift",
        recipient: recipient.to_owned(),
        user: None,
        subject: format!("{giver} has a gift for you"),
        paragraphs: vec![
            "Hello,".to_owned(),
            format!("{giver} gives you {}.", line.title),
            format!("Your code is {code}. Whoever has it can redeem the gift, once: keep it to yourself."),
            "Open this link, sign in or sign up, and it is in your library:".to_owned(),
            app.link(&format!("/gift?code={code}")),
            "If you do not want it, ignore this letter: nothing happens without the code.".to_owned(),
        ],
        unique_key: Some(format!("gift:{gift}")),
    };
    notifications::actions::write(tx, draft).await
}

/// To the giver: it has arrived. Not by whom, since a code may be passed on.
pub async fn redeemed(tx: &mut Tx, order: &Order, line: &OrderLine, gift: GiftId) -> Result<()> {
    let draft = Draft {
        kind: "gift-redeemed",
        recipient: order.buyer_email.clone(),
        user: order.buyer,
        subject: "Your gift was redeemed".to_owned(),
        paragraphs: vec![
            "Hello,".to_owned(),
            format!("your gift of {} (order {}) was redeemed just now.", line.title, order.number),
        ],
        unique_key: Some(format!("gift-redeemed:{gift}")),
    };
    notifications::actions::write(tx, draft).await
}
