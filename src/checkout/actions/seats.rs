//! Seats in a purchase: the session that was chosen, the place that is held while it is paid.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use crate::app::App;
use crate::catalog::model::{OfferingKind, PriceForSale};
use crate::db::Tx;
use crate::kernel::{
    Actor, Instant, OfferingId, OrderId, OrderLineId, PriceId, Problem, PublicId, Refusal, Result, UserId,
    WorkshopSessionId,
};
use crate::workshops;
use crate::workshops::actions::{Choice, Holder, choose, hold, pass_on_rest, terms};
use crate::workshops::model::{SeatState, Session};
use crate::workshops::refusals::WorkshopRefusal as No;

use super::super::model::{MOST_SEATS, Quote, QuoteLine};
use super::super::refusals::CheckoutRefusal;
use super::super::store;
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

/// Whether one more seat at this session goes into an order that has these lines.
pub(super) fn one_more(
    lines: &[QuoteLine],
    session: Option<WorkshopSessionId>,
) -> std::result::Result<(), CheckoutRefusal> {
    let Some(session) = session else { return Ok(()) };
    let there = lines.iter().filter(|line| line.session == Some(session.0)).count();
    if there < MOST_SEATS { Ok(()) } else { Err(CheckoutRefusal::TooManySeats(MOST_SEATS)) }
}

/// The lines for which their session has no place at the moment: they will be refused, unless one becomes free meanwhile.
/// Who was offered seats has those.
pub(super) async fn full(app: &App, actor: &Actor, quote: &Quote) -> Result<Vec<Problem>> {
    let mut warnings = Vec::new();
    let mut left: HashMap<WorkshopSessionId, Places> = HashMap::new();
    for (at, line) in quote.lines.iter().enumerate() {
        let Some(id) = line.session.map(WorkshopSessionId) else { continue };
        let places = match left.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let Some(places) = Places::of(app, actor.user_id(), id).await? else { continue };
                new.insert(places)
            }
        };
        let is_taken = places.has_seat && line.gift.is_none();
        if !is_taken && !places.take_one() {
            warnings.push(not_enough(&places.session).at(["items".to_owned(), at.to_string()]));
        }
    }
    Ok(warnings)
}

/// What an order finds at a session.
struct Places {
    session: Session,
    /// How many are free; none where there is no limit.
    free: Option<i32>,
    /// How many are kept for the buyer.
    kept: usize,
    /// Whether the buyer has a seat there that is more than offered.
    has_seat: bool,
}

impl Places {
    async fn of(app: &App, buyer: Option<UserId>, id: WorkshopSessionId) -> Result<Option<Self>> {
        let conn = app.db.read();
        let Some(session) = workshops::store::session(conn, id).await? else { return Ok(None) };
        let (mut kept, mut has_seat) = (0, false);
        if let Some(buyer) = buyer {
            kept = workshops::store::kept_for(conn, buyer, id).await?.len();
            let seat = workshops::store::live_of_user(conn, buyer, id).await?;
            has_seat = seat.is_some_and(|seat| seat.state != SeatState::Offered);
        }
        Ok(Some(Self { free: session.left(), session, kept, has_seat }))
    }

    fn take_one(&mut self) -> bool {
        if self.kept > 0 {
            self.kept -= 1;
            return true;
        }
        match &mut self.free {
            None => true,
            Some(0) => false,
            Some(free) => {
                *free -= 1;
                true
            }
        }
    }
}

/// Why there is no place for one more: every one is taken, or only some are left.
fn not_enough(session: &Session) -> No {
    match session.is_full() {
        true => No::Full(session.id, session.waitlist_enabled),
        false => No::TooFew(session.id),
    }
}

/// Who buys, as their seats know them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Buyer<'a> {
    /// Somebody with an account.
    Known(UserId),
    /// A guest, by their address, lower-cased.
    Guest(&'a str),
}

impl Buyer<'_> {
    fn known(self) -> Option<UserId> {
        match self {
            Self::Known(user) => Some(user),
            Self::Guest(_) => None,
        }
    }
}

/// Holds a place for each line that is a seat, the buyer's own and their companions', until the payment is ended: all of them
/// or, since the caller then writes nothing, none. In order of sessions, so that two purchases at once never wait for each
/// other, and of the lines.
pub(super) async fn hold_all(
    tx: &mut Tx,
    quote: &Quote,
    lines: &[OrderLineId],
    buyer: Buyer<'_>,
    until: Instant,
) -> Result<()> {
    let both = quote.lines.iter().zip(lines).enumerate();
    let mut seats: Vec<_> = both
        .filter_map(|(at, (line, id))| {
            Some((WorkshopSessionId(line.session?), at, line.gift.as_deref(), *id))
        })
        .collect();
    seats.sort_unstable();
    let mut held_at = None;
    for (session, at, companion, line) in seats {
        let companion = companion.map(str::to_lowercase);
        let holder = match (&companion, buyer) {
            (Some(email), buyer) => Holder::Companion { email, buyer: buyer.known() },
            (None, Buyer::Known(user)) => Holder::Person(user),
            (None, Buyer::Guest(email)) => Holder::Guest(email),
        };
        match hold(tx, session, holder, line, until).await? {
            Ok(_) => held_at = Some(session),
            // Not every place is taken: this order has just had some.
            Err(No::Full(..)) if held_at == Some(session) => {
                return Err(No::TooFew(session).at(item_path(quote, at)).into());
            }
            Err(no) => return Err(no.at(item_path(quote, at)).into()),
        }
    }
    if let Buyer::Known(user) = buyer {
        for session in quote.sessions().into_iter().collect::<BTreeSet<_>>() {
            pass_on_rest(tx, session, user).await?;
        }
    }
    Ok(())
}

/// Where something is wrong with an item that was quoted; what was quoted alone needs no number.
fn item_path(quote: &Quote, at: usize) -> Vec<String> {
    let mut path = vec!["input".to_owned(), "quoteToken".to_owned()];
    if quote.lines.len() > 1 {
        path.extend(["items".to_owned(), at.to_string()]);
    }
    path
}

/// One purchase of a buyer at a time holds seats at a session: nobody keeps more from others without paying than one order
/// may hold. Behind [`hold_all`], whose locks let two purchases of one buyer at the same moment see each other.
pub(super) async fn one_at_a_time(tx: &Tx, quote: &Quote, order: OrderId) -> Result<()> {
    for session in quote.sessions().into_iter().collect::<BTreeSet<_>>() {
        if store::holds_seats_elsewhere(tx.conn(), order, session).await? {
            return Err(No::HeldElsewhere.at(["input", "quoteToken"]).into());
        }
    }
    Ok(())
}
