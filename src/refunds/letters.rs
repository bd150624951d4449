//! What we write about money that goes back.

use crate::app::App;
use crate::checkout::model::Order;
use crate::creators;
use crate::db::Tx;
use crate::identity;
use crate::kernel::{CreatorId, Money, Result, UserId};
use crate::notifications;
use crate::notifications::model::Draft;

use super::model::{Refund, RefundRequest, RequestState};

/// Where letters to a creator go.
#[derive(Clone, Debug)]
pub struct Owner {
    user: UserId,
    email: String,
}

/// The creator's owner; asked for before a transaction begins.
pub async fn owner_of(app: &App, creator: CreatorId) -> Result<Option<Owner>> {
    let Some(user) = creators::store::owners(app, &[creator]).await?.remove(&creator) else {
        return Ok(None);
    };
    let account = identity::store::accounts(app, &[user]).await?.remove(&user);
    Ok(account.map(|account| Owner { user, email: account.email }))
}

/// A buyer asks; the creator decides.
pub async fn asked(tx: &mut Tx, owner: Option<&Owner>, order: &Order, request: &RefundRequest) -> Result<()> {
    let mut paragraphs = vec![format!(
        "The buyer of order {} ({}) asks for the money back, because {}.",
        order.number,
        order.total(),
        request.reason.words()
    )];
    paragraphs.extend(request.note.as_ref().map(|note| format!("They write: {note}")));
    paragraphs.push("Open your studio to give it back or to decline.".to_owned());
    let subject = format!("Refund asked for order {}", order.number);
    to_owner(tx, owner, "refund-asked", &subject, paragraphs, format!("refund-asked:{}", request.id)).await
}

/// The creator declined.
pub async fn declined(tx: &mut Tx, order: &Order, request: &RefundRequest, note: Option<&str>) -> Result<()> {
    let mut paragraphs =
        vec![format!("Your request for the money of order {} back was declined.", order.number)];
    paragraphs.extend(note.map(|note| format!("The creator writes: {note}")));
    let subject = format!("About your refund request for order {}", order.number);
    debug_assert_ne!(request.state, RequestState::Approved, "only what was not granted");
    to_buyer(tx, order, "refund-declined", &subject, paragraphs, format!("refund-declined:{}", request.id))
        .await
}

/// The money is on its way to the buyer's bank; the creator learns what it cost them.
pub async fn refunded(
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    refund: &Refund,
    own_part: Money,
) -> Result<()> {
    let mut paragraphs = vec![format!(
        "We gave {} of your order {} back to the card or account you paid with. Banks take up to ten days to show it.",
        refund.amount, order.number
    )];
    if refund.revokes {
        paragraphs.push("What you bought with it is no longer in your library.".to_owned());
    }
    let subject = format!("Your refund of {}", refund.amount);
    to_buyer(tx, order, "refund", &subject, paragraphs, format!("refund:{}", refund.id)).await?;
    let paragraphs = vec![
        format!("{} of order {} went back to the buyer.", refund.amount, order.number),
        format!("Your part of it is {own_part}; tax and the platform's fee were given back with it."),
    ];
    let subject = format!("{} of order {} given back", refund.amount, order.number);
    to_owner(tx, owner, "refund-made", &subject, paragraphs, format!("refund-made:{}", refund.id)).await
}

/// The money did not reach the buyer.
pub async fn failed(
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    refund: &Refund,
    why: &str,
) -> Result<()> {
    let paragraphs = vec![
        format!("{} of order {} did not reach the buyer: {why}.", refund.amount, order.number),
        "Your part of it is yours again, and the order stands as before. Ask the buyer for another way, or write to \
         us: we know of it."
            .to_owned(),
    ];
    let subject = format!("A refund of order {} failed", order.number);
    to_owner(tx, owner, "refund-failed", &subject, paragraphs, format!("refund-failed:{}", refund.id)).await
}

async fn to_buyer(
    tx: &mut Tx,
    order: &Order,
    kind: &'static str,
    subject: &str,
    paragraphs: Vec<String>,
    key: String,
) -> Result<()> {
    let draft = Draft {
        kind,
        recipient: order.buyer_email.clone(),
        user: order.buyer,
        subject: subject.to_owned(),
        paragraphs,
        unique_key: Some(key),
    };
    notifications::actions::write(tx, draft).await
}

/// Writes to a creator's owner, once for each key.
pub async fn to_owner(
    tx: &mut Tx,
    owner: Option<&Owner>,
    kind: &'static str,
    subject: &str,
    paragraphs: Vec<String>,
    key: String,
) -> Result<()> {
    let Some(owner) = owner else { return Ok(()) };
    let draft = Draft {
        kind,
        recipient: owner.email.clone(),
        user: Some(owner.user),
        subject: subject.to_owned(),
        paragraphs,
        unique_key: Some(key),
    };
    notifications::actions::write(tx, draft).await
}
