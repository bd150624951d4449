//! Reading the mailbox: as pages for people, as JSON for programs.

use std::sync::Arc;

use http::StatusCode;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::Desk;
use super::answers::{html, json as json_answer, wrong};
use super::page::escape;
use crate::mail::Message;

/// The page shows the newest only; the JSON shows all that is kept.
const SHOWN: usize = 200;

#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
}

#[handler]
pub(super) fn json(desk: Data<&Arc<Desk>>, request: &Request) -> Response {
    filtered(&desk, request, |messages, _| json_answer(StatusCode::OK, &messages))
}

#[handler]
pub(super) fn list(desk: Data<&Arc<Desk>>, request: &Request) -> Response {
    filtered(&desk, request, list_page)
}

#[handler]
pub(super) fn one(desk: Data<&Arc<Desk>>, Path(id): Path<String>) -> Response {
    let Some(mailbox) = &desk.mail else { return no_mailbox() };
    match mailbox.message(&id) {
        None => wrong(404, "no letter has this id; /sandbox/mail lists them all"),
        Some(message) => message_page(&message),
    }
}

fn filtered(desk: &Desk, request: &Request, show: fn(&[Message], Option<&str>) -> Response) -> Response {
    let Some(mailbox) = &desk.mail else { return no_mailbox() };
    match filter(request) {
        Err(message) => wrong(400, message),
        Ok(to) => show(&mailbox.messages(to.as_deref()), to.as_deref()),
    }
}

fn no_mailbox() -> Response {
    wrong(404, "mail goes to the server in SMTP_URL; unset it to use the embedded mailbox")
}

fn filter(request: &Request) -> Result<Option<String>, &'static str> {
    let teach = "to must be one address, once: ?to=ada@example.com; leave it out for all letters";
    let to = request.params::<Filter>().map_err(|_| teach)?.to.map(|to| to.trim().to_owned());
    match to {
        Some(to) if !to.contains('@') && !to.is_empty() => Err(teach),
        Some(to) if to.is_empty() => Ok(None),
        to => Ok(to),
    }
}

fn list_page(messages: &[Message], to: Option<&str>) -> Response {
    let rows: String = messages.iter().take(SHOWN).map(row).collect();
    let table = if messages.is_empty() {
        "<p class=quiet>No letters yet. Sign in somewhere, and the code comes here.</p>".to_owned()
    } else {
        format!("<table><thead><tr><th>Sent<th>To<th>Subject<th>Code</thead><tbody>{rows}</tbody></table>")
    };
    let to = escape(to.unwrap_or_default());
    let search = format!(
        "<form method=get action=/sandbox/mail><input type=email name=to value=\"{to}\" \
         placeholder=\"Only to this address\" aria-label=\"Only to this address\"><button>Show</button></form>"
    );
    html("Mailbox", &format!("{search}{table}"))
}

fn row(message: &Message) -> String {
    format!(
        "<tr><td>{}<td>{}<td><a href=\"/sandbox/mail/{}\">{}</a><td><code>{}</code></tr>",
        message.sent_at.format("%Y-%m-%d %H:%M:%S"),
        escape(&message.to),
        escape(&message.id),
        escape(if message.subject.is_empty() { "(no subject)" } else { &message.subject }),
        escape(message.code.as_deref().unwrap_or_default()),
    )
}

fn message_page(message: &Message) -> Response {
    let code = message.code.as_deref().map(|code| format!("<p class=code>{}</p>", escape(code)));
    let links: String = message
        .links
        .iter()
        .map(|link| format!("<li><a href=\"{0}\" rel=noreferrer target=_blank>{0}</a></li>", escape(link)))
        .collect();
    // Without allow-scripts and allow-same-origin the letter can show itself and nothing else.
    let letter = message.html.as_deref().map(|letter| {
        format!(
            "<h2>As HTML</h2><iframe sandbox=\"allow-popups allow-popups-to-escape-sandbox\" \
             title=\"The letter\" srcdoc=\"<base target=_blank>{}\"></iframe>",
            escape(letter)
        )
    });
    let body = format!(
        "<p><a href=/sandbox/mail>All letters</a></p><p class=quiet>To {} on {} UTC</p>{}<ul>{links}</ul>{}\
         <h2>As text</h2><pre>{}</pre>",
        escape(&message.to),
        message.sent_at.format("%Y-%m-%d %H:%M:%S"),
        code.unwrap_or_default(),
        letter.unwrap_or_default(),
        escape(&message.text),
    );
    html(&message.subject, &body)
}
