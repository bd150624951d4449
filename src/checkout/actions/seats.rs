//! Seats in a purchase: the session that was chosen, the place that is held while it is paid.

use std::collections::HashMap;

use crate::app::App;
use crate::catalog::model::{OfferingKind, PriceForSale};
use crate::db::Tx;
use crate::kernel::{
    Actor, Instant, OfferingId, OrderLineId, PriceId, Problem, PublicId, Refusal, Result, UserId,
    WorkshopSessionId,
};
use crate::workshops::actions::{Choice, Holder, choose, hold, terms};
use crate::workshops::model::Session;
use crate::workshops::refusals::WorkshopRefusal as No;

use super::super::model::Quote;
use super::QuoteRequest;

/// What is wrong with the sessions of a request, or under which terms their seats are sold, by the place of the item.
pub(super) async fn chosen<'a>(
    app: &App,
    request: &QuoteRequest,
    sale_of: impl Fn(PriceId) -> Option<&'a PriceForSale>,
) -> Result<HashMap<usize, std::result::Result<String, No>>> {
    let mut found = HashMap::new();
    for (at, item) in request.items.iter().enumerate() {
        let Some(sale) = sale_of(item.price) else { continue };
        let choice = Choice {
            offering: OfferingId(sale.offering.uuid()),
            is_workshop: sale.kind == OfferingKind::Workshop,
            session: item.session,
        };
        match choose(app, choice).await? {
            Ok(None) => {}
            Ok(Some(session)) => {
                let terms = terms(app.db.read(), &session).await?;
                found.insert(at, Ok(terms.mark()));
            }
            Err(no) => {
                found.insert(at, Err(no));
            }
        }
    }
    Ok(found)
}

/// The lines whose session has no place at the moment: it will be refused, unless one becomes free meanwhile. Who was
/// offered a seat has one.
pub(super) async fn full(app: &App, actor: &Actor, quote: &Quote) -> Result<Vec<Problem>> {
    let mut warnings = Vec::new();
    for (at, line) in quote.lines.iter().enumerate() {
        let Some(id) = line.session.map(WorkshopSessionId) else { continue };
        let session = crate::workshops::store::session(app.db.read(), id).await?;
        let Some(session) = session.filter(Session::is_full) else { continue };
        let own = match actor.user_id() {
            Some(user) => crate::workshops::store::live_of_user(app.db.read(), user, id).await?,
            None => None,
        };
        if own.is_none() {
            let no = No::Full(id, session.waitlist_enabled);
            warnings.push(no.at(["items".to_owned(), at.to_string()]));
        }
    }
    Ok(warnings)
}

/// Holds a place for each line that is a seat, until its payment is ended. In order of sessions, so that two purchases at
/// once never wait for each other.
pub(super) async fn hold_all(
    tx: &mut Tx,
    quote: &Quote,
    lines: &[OrderLineId],
    (user, email): (Option<UserId>, Option<&str>),
    until: Instant,
) -> Result<()> {
    let mut seats: Vec<_> = quote
        .lines
        .iter()
        .zip(lines)
        .filter_map(|(line, id)| Some((WorkshopSessionId(line.session?), *id)))
        .collect();
    seats.sort_unstable();
    for (session, line) in seats {
        let held = hold(tx, session, Holder { user, email }, line, until).await?;
        held.map_err(|no| no.at(["input", "quoteToken"]))?;
    }
    Ok(())
}
