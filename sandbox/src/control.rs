//! The desk of the sandbox: pages and calls under `/sandbox` to read mail and move time.
//!
//! What it keeps true: time moves for the whole process at once, and the answer comes after the work that
//! became due; wrong input is answered with what to do, in JSON; nothing from a letter runs as a script, and no
//! other website can move the clock. Deliberately not here: paying, onboarding and disputes (`stripe`), and the
//! decision whether a sandbox is in use at all (the host mounts this or not).

mod answers;
mod clock;
mod mail_pages;
mod page;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::web::Data;
use poem::{Endpoint, EndpointExt as _, Response, Route, get, handler};

use self::answers::{html, wrong};
use crate::clock::SharedClock;
use crate::mail::Mailbox;

/// What the host does after time has moved: runs everything that became due, then returns.
pub type OnAdvance = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// A place the start page links to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is called.
    pub title: String,
    /// A path of this server, or a web address.
    pub address: String,
    /// What one does there, in a sentence.
    pub what_for: String,
}

/// How the desk is set up.
pub struct ControlSettings {
    /// The mailbox, if mail is embedded.
    pub mail: Option<Mailbox>,
    /// The clock of the process.
    pub clock: SharedClock,
    /// Runs what is due after time moved.
    pub on_advance: OnAdvance,
    /// The host's own places: the demo storefront, payments, GraphiQL.
    pub places: Vec<Place>,
}

struct Desk {
    mail: Option<Mailbox>,
    places: Vec<Place>,
    time: clock::Time,
}

/// The pages and calls, to be nested at `/sandbox`. `extra` is mounted beside them, such as `stripe` at
/// `/stripe`.
pub fn routes(settings: ControlSettings, extra: Route) -> impl Endpoint<Output = Response> {
    let time = clock::Time::new(settings.clock, settings.on_advance);
    let desk = Desk { mail: settings.mail, places: settings.places, time };
    extra
        .at("/", get(start_page))
        .at("/mail", get(mail_pages::list))
        .at("/mail/:id", get(mail_pages::one))
        .at("/mail.json", get(mail_pages::json))
        .at("/clock", get(clock::read).post(clock::advance))
        .data(Arc::new(desk))
        .catch_error(|_: NotFoundError| async { wrong(404, "there is no such page; start at /sandbox") })
        .catch_error(|_: MethodNotAllowedError| async { wrong(405, "this path takes another method") })
}

#[handler]
fn start_page(desk: Data<&Arc<Desk>>) -> Response {
    let mailbox = Place {
        title: "Mailbox".to_owned(),
        address: "/sandbox/mail".to_owned(),
        what_for: "Every letter that was sent, with its links and codes.".to_owned(),
    };
    let own = desk.mail.iter().map(|_| &mailbox);
    let places: String = own.chain(&desk.places).map(page::place).collect();
    html("Sandbox", &format!("<ul class=places>{places}</ul>{}", page::clock(desk.time.now())))
}
