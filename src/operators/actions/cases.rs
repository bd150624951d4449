//! Ending a case, with what was found.

use crate::app::App;
use crate::kernel::{CaseId, Denied, Refusal, Result};
use crate::operators::model::Case;
use crate::operators::refusals::OperatorRefusal as No;
use crate::operators::store::{self, Act};

use super::{Operator, words};

/// Closes a case. What it was about stays as it is: an operator puts it right elsewhere first.
pub async fn close_case(app: &App, operator: &Operator, id: CaseId, note: &str) -> Result<Case> {
    let note = words(note, 2000, No::NoteMissing, "note")?;
    let tx = app.begin().await?;
    let case = store::lock_case(&tx, id).await?.ok_or(Denied::NotFound)?;
    if case.closing.is_some() {
        return Err(No::CaseClosed.at(["id"]).into());
    }
    store::close(&tx, id, operator, &note).await?;
    let act = Act { action: "case.close", subject: id.to_string(), creator: None, reason: Some(&note) };
    store::audit(&tx, operator, act).await?;
    let closed = store::case(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    tx.commit().await?;
    Ok(closed)
}
