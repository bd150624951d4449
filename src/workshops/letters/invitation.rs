//! Telling whoever has, or had, a seat that it is theirs, or is no more, with what their calendar reads of it.

use uuid::Uuid;

use crate::db::Tx;
use crate::kernel::Result;
use crate::notifications;

use super::super::model::{Seat, Session};
use super::{Audience, draft, times};

/// How a seat stands with whoever a letter is to.
#[derive(Clone, Copy, Debug)]
pub(in crate::workshops) enum Invitation<'a> {
    /// It is theirs.
    Theirs,
    /// It is theirs: somebody of this name has bought it for them.
    Companion(&'a str),
    /// It was theirs.
    Gone,
}

/// To whoever has, or had, a seat, and to their calendar: it is theirs, or is no more.
pub(in crate::workshops) async fn invitation(
    tx: &mut Tx,
    audience: &Audience,
    session: &Session,
    seat: &Seat,
    (how, letter): (Invitation<'_>, Uuid),
) -> Result<()> {
    let Some(reader) = audience.holder(tx, seat).await? else { return Ok(()) };
    let (name, times) = (&audience.name, times(session, &reader));
    let is_theirs = !matches!(how, Invitation::Gone);
    let (subject, said) = match how {
        Invitation::Theirs => {
            let said = vec![
                format!("your seat at {name} is confirmed: {times}."),
                "Go in, move it or give it back on the workshop's page:".to_owned(),
                audience.page.clone(),
            ];
            (format!("You have a seat: {name}"), said)
        }
        Invitation::Companion(inviter) => {
            let said = invited_by(inviter, (name, &times), (&reader.email, &audience.page));
            (format!("{inviter} has a seat for you: {name}"), said)
        }
        Invitation::Gone => {
            let said = vec![format!("your seat at {name}, {times}, is no longer in your name.")];
            (format!("No longer yours: {name}"), said)
        }
    };
    let calendar = audience.calendar(session, seat.id, &reader.email, is_theirs);
    let key = ("seat-invitation", format!("invitation:{letter}"));
    notifications::actions::write_with(tx, draft(reader, key, subject, said), Some(calendar)).await
}

/// What a companion reads: nobody need do anything, and nothing of what was paid.
fn invited_by(inviter: &str, (name, times): (&str, &str), (email, page): (&str, &str)) -> Vec<String> {
    vec![
        format!("{inviter} invites you to {name}, {times}, and has a seat for you."),
        format!("It is yours by this address, {email}. Sign in or sign up with it, and find your seat here:"),
        page.to_owned(),
        "There you go in, move the seat, pass it on to somebody else or give it back; money that comes back goes to who \
         paid. If you have a seat there already, this one is yours as soon as you pass on the other."
            .to_owned(),
        format!("If you do not want it, tell {inviter}, who can give it back."),
    ]
}
