//! Writing a letter, and sending one.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::gateways::mailer::{CalendarPart, Letter, MailerError};
use crate::kernel::{Error, Fault, Result};
use crate::queue::Job;

use super::model::Draft;
use super::store;

/// Writes a letter as part of a change; it is sent once the change is true.
pub async fn write(tx: &mut Tx, draft: Draft) -> Result<()> {
    write_with(tx, draft, None).await
}

/// The same, with something for the reader's calendar.
pub async fn write_with(tx: &mut Tx, draft: Draft, calendar: Option<CalendarPart>) -> Result<()> {
    if let Some(id) = store::insert(tx, draft, calendar).await? {
        tx.enqueue(Job::new("mail.send", json!({ "letter": id })));
    }
    Ok(())
}

/// Sends a letter that is not out yet. Sent twice only if the process dies between the mail server's answer and our
/// note of it; both carry the same Message-ID.
pub async fn send(app: &App, id: Uuid) -> Result<()> {
    let Some(letter) = store::unsent(&app.db, id).await? else { return Ok(()) };
    let outgoing = Letter {
        to: letter.recipient,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        calendar: letter.calendar,
        message_id: id.to_string(),
    };
    match app.mailer.send(outgoing).await {
        Ok(()) => {}
        Err(MailerError::Temporary(cause)) => return Err(Error::Fault(Fault::away("sending mail", cause))),
        Err(MailerError::Refused(cause)) => {
            tracing::warn!(letter = %id, kind = %letter.kind, %cause, "the mail server refused a letter for good");
        }
    }
    store::mark_sent(app.db.read(), id, app.now()).await
}
