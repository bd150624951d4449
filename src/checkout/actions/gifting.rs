//! What may be bought for somebody else, and for whom.
//!
//! Nothing is looked up about the recipient: whether the address has an account, or has the thing, is told to nobody.

use crate::app::App;
use crate::identity;
use crate::identity::model::Email;
use crate::kernel::text::Checks;
use crate::kernel::{Actor, Refusal, Result};

use super::super::model::Quote;
use super::super::refusals::CheckoutRefusal as No;

/// The address a gift is for, if it is one.
pub(super) fn recipient(given: Option<&str>) -> std::result::Result<Option<Email>, No> {
    given.map(identity::model::email).transpose().map_err(|_| No::EmailInvalid)
}

/// A gift that costs nothing would let anybody write to strangers in our name.
pub(super) fn all_cost(quote: &Quote) -> Result<()> {
    let free = |at: &usize| quote.lines[*at].gift.is_some() && quote.lines[*at].amount_minor == 0;
    refuse(&No::GiftIsFree, (0..quote.lines.len()).filter(free))
}

/// A gift to oneself is a purchase.
pub(super) async fn not_to_asker(app: &App, actor: &Actor, quote: &Quote) -> Result<()> {
    let Some(user) = actor.user_id().filter(|_| quote.lines.iter().any(|line| line.gift.is_some())) else {
        return Ok(());
    };
    let account = identity::store::accounts(app, &[user]).await?.remove(&user);
    let own = |at: &usize| account.as_ref().is_some_and(|own| quote.lines[*at].is_given_to(&own.email));
    refuse(&No::GiftToSelf, (0..quote.lines.len()).filter(own))
}

fn refuse(no: &No, lines: impl Iterator<Item = usize>) -> Result<()> {
    let mut checks = Checks::default();
    for at in lines {
        let path = ["input".to_owned(), "items".to_owned(), at.to_string(), "giftRecipientEmail".to_owned()];
        checks.add(no.clone().at(path));
    }
    checks.done()
}
