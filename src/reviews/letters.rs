//! What we write about reviews: one letter.

use crate::catalog::model::AnyOffering;
use crate::db::Tx;
use crate::identity::model::Account;
use crate::kernel::Result;
use crate::notifications;
use crate::notifications::model::Draft;

/// To who has finished a course or been at a session: what do you think? Says that it comes once, since it does.
pub(super) async fn invitation(
    tx: &mut Tx,
    reader: &Account,
    offering: &AnyOffering,
    page: &str,
) -> Result<()> {
    let title = &offering.title;
    let done = match offering {
        AnyOffering::Workshop(_) => format!("you have taken part in {title}."),
        _ => format!("you have finished {title}."),
    };
    let draft = Draft {
        kind: "review-invitation",
        recipient: reader.email.clone(),
        user: Some(reader.id),
        subject: format!("How was {title}?"),
        paragraphs: vec![
            "Hello,".to_owned(),
            format!("{done} What do you think of it? Some stars and a few words help others to choose."),
            format!("{page}#review"),
            "We ask this once, and not again.".to_owned(),
        ],
        unique_key: Some(format!("review-invitation:{}:{}", reader.id, offering.id)),
    };
    notifications::actions::write(tx, draft).await
}
