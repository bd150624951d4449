//! What we write about what is taught.

use crate::db::Tx;
use crate::identity::model::Account;
use crate::kernel::Result;
use crate::notifications;
use crate::notifications::model::Draft;

use super::model::{AnyOffering, Part};

/// Somebody wants to share what a course or workshop earns.
pub async fn offer(tx: &mut Tx, account: &Account, taught: &AnyOffering, part: &Part) -> Result<()> {
    let what = if matches!(taught, AnyOffering::Workshop(_)) { "workshop" } else { "course" };
    let draft = Draft {
        kind: "split-offer",
        recipient: account.email.clone(),
        user: Some(account.id),
        subject: format!("@{} wants to share a {what} with you", taught.creator_handle),
        paragraphs: vec![
            format!("Hello {},", account.display_name),
            format!(
                "@{} offers you {} of what “{}” earns after tax and fees.",
                taught.creator_handle,
                percent(part.offered),
                taught.title
            ),
            "It counts once you accept it in your studio. Sales made before stay as they were.".to_owned(),
        ],
        unique_key: None,
    };
    notifications::actions::write(tx, draft).await
}

/// Basis points as people say them: `12.5 %`.
fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let text = format!("{whole}.{rest:02}");
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basis_points_are_said_as_percent() {
        assert_eq!(
            [percent(3000), percent(1250), percent(5), percent(10_000)],
            ["30 %", "12.5 %", "0.05 %", "100 %"]
        );
    }
}
