//! What we write about recommending.

use crate::creators::model::Creator;
use crate::db::Tx;
use crate::identity::model::Account;
use crate::kernel::Result;
use crate::notifications;
use crate::notifications::model::Draft;

use super::model::{Affiliate, State};

/// A creator has let somebody in, or not.
pub async fn decided(tx: &mut Tx, account: &Account, creator: &Creator, affiliate: &Affiliate) -> Result<()> {
    let says = match affiliate.state {
        State::Approved => "has let you in. Make your first link with affiliateLinkCreate.",
        State::Declined | State::Suspended => {
            "does not want to work with you, or not any more. What you have earned stays yours."
        }
        State::Pending => return Ok(()),
    };
    let draft = Draft {
        kind: "affiliate-decided",
        recipient: account.email.clone(),
        user: Some(account.id),
        subject: format!("Recommending {}", creator.display_name),
        paragraphs: vec![
            format!("Hello {},", account.display_name),
            format!("{} {says}", creator.display_name),
        ],
        unique_key: None,
    };
    notifications::actions::write(tx, draft).await
}
