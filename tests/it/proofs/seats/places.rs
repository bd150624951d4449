//! Seats, wishes and purchases, and how they look to whom they belong.

use super::model::{Model, PLACES};

/// How a seat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Kept for somebody who waited.
    Offered,
    /// Kept until its payment has ended.
    Held,
    /// Theirs.
    Seated,
    /// Paid for when its place was gone.
    Unseated,
    /// No longer anybody's.
    Gone,
}

impl State {
    /// Whether it takes a place.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Offered | Self::Held | Self::Seated)
    }

    /// Whether its holder has something of it.
    pub fn is_shown(self) -> bool {
        self.is_live() || self == Self::Unseated
    }
}

/// One seat.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Who sits there; nobody while it waits for an address.
    pub who: Option<usize>,
    /// Bought by somebody else for this person.
    pub companion: Option<usize>,
    /// Given on by whoever had it.
    pub passed_on: bool,
    pub session: usize,
    pub state: State,
    /// When an offer, a hold or a choice ends.
    pub until: Option<i64>,
    /// Until when giving it back gives the money back.
    pub money_back: i64,
    pub order: Option<usize>,
    /// Given back too late: its money goes back when the place is sold again.
    pub resold: bool,
    /// Its money went back.
    pub refunded: bool,
}

impl Seat {
    /// A new one of somebody's own.
    pub fn of(who: usize, session: usize, state: State, until: Option<i64>, money_back: i64) -> Self {
        let (order, companion) = (None, None);
        let who = Some(who);
        let (passed_on, resold, refunded) = (false, false, false);
        Self { who, companion, passed_on, session, state, until, money_back, order, resold, refunded }
    }

    /// How it looks in the order that paid for it.
    pub fn in_order(&self) -> &'static str {
        match (self.state, self.refunded) {
            (State::Offered | State::Held, _) => "HELD",
            (State::Seated, _) => "CONFIRMED",
            (State::Unseated, _) => "UNSEATED",
            (State::Gone, true) => "REFUNDED",
            (State::Gone, false) => "RELEASED",
        }
    }

    /// Seated for an address whose owner has not got it.
    pub fn is_unclaimed(&self) -> bool {
        self.state == State::Seated && self.who.is_none()
    }
}

/// Somebody who waits, or waited.
#[derive(Clone, Debug)]
pub struct Entry {
    pub who: usize,
    pub session: usize,
    /// Paid too late, so comes first.
    pub first: bool,
    /// How many seats they want.
    pub seats: usize,
    /// Their own, when it was offered to them.
    pub seat: Option<usize>,
    /// What was offered to them beside it.
    pub beside: Vec<usize>,
    pub live: bool,
}

impl Entry {
    /// Somebody who waits from now on.
    pub fn of(who: usize, session: usize, first: bool, seats: usize) -> Self {
        Self { who, session, first, seats, seat: None, beside: Vec::new(), live: true }
    }

    /// What was offered to them, those beside their own first.
    pub fn offered(&self) -> Vec<usize> {
        self.beside.iter().copied().chain(self.seat).collect()
    }
}

/// The page at Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Open,
    /// Can be paid, though we gave the place away.
    Forgotten,
    /// Was paid, and we have not heard of it.
    Unheard,
    Paid,
    Closed,
}

/// A purchase.
#[derive(Clone, Debug)]
pub struct Order {
    pub who: usize,
    /// In the order of its lines.
    pub seats: Vec<usize>,
    pub page: Page,
    /// When it was opened, or forgotten.
    pub at: i64,
}

impl Order {
    /// How the checkout and the order look to the buyer: one of these.
    pub fn looks(&self, refunded: usize) -> &'static [(&'static str, &'static str)] {
        match (self.page, refunded) {
            (Page::Open | Page::Unheard, _) => &[("OPEN", "PENDING")],
            (Page::Paid, 0) => &[("SUCCEEDED", "PAID")],
            (Page::Paid, all) if all == self.seats.len() => &[("SUCCEEDED", "REFUNDED")],
            (Page::Paid, _) => &[("SUCCEEDED", "PARTIALLY_REFUNDED")],
            (Page::Closed | Page::Forgotten, _) => &[("EXPIRED", "VOID"), ("CANCELLED", "VOID")],
        }
    }
}

impl Model {
    /// What has become of somebody in the end.
    pub fn endings(&self) -> Vec<&'static str> {
        let any = |is_so: &dyn Fn(&Seat) -> bool| self.seats.iter().any(is_so);
        let found = [
            ("paid too late", any(&|seat| seat.state == State::Unseated)),
            ("waits to be sold again", any(&|seat| seat.resold)),
            ("money back", any(&|seat| seat.refunded)),
            ("some of the money back", self.orders.iter().any(|order| self.is_part_back(order))),
            ("a companion has a seat", any(&|seat| seat.companion.is_some() && seat.who.is_some())),
            ("a companion has two", any(&Seat::is_unclaimed)),
            ("several are kept", self.keeps(&|kept, wanted| kept > 1 && kept == wanted)),
            ("fewer are kept than wanted", self.keeps(&|kept, wanted| kept > 0 && kept < wanted)),
            (
                "paid too late for a companion",
                any(&|seat| seat.companion.is_some() && seat.state == State::Unseated),
            ),
        ];
        found.into_iter().filter(|(_, is_so)| *is_so).map(|(name, _)| name).collect()
    }

    /// How many of a purchase's seats were paid back.
    pub(super) fn refunded(&self, order: &Order) -> usize {
        order.seats.iter().filter(|seat| self.seats[**seat].refunded).count()
    }

    fn keeps(&self, is_so: &dyn Fn(usize, usize) -> bool) -> bool {
        self.entries.iter().any(|entry| entry.live && is_so(entry.offered().len(), entry.seats))
    }

    fn is_part_back(&self, order: &Order) -> bool {
        (1..order.seats.len()).contains(&self.refunded(order))
    }

    /// Whether a purchase of theirs that is not paid holds seats there.
    pub(super) fn holds(&self, who: usize, session: usize) -> bool {
        let held = |seat: &usize| {
            let seat = &self.seats[*seat];
            seat.session == session && seat.state == State::Held
        };
        self.orders.iter().any(|order| order.who == who && order.seats.iter().any(held))
    }

    /// The person's seat there that takes a place.
    pub(super) fn live(&self, who: usize, session: usize) -> Option<usize> {
        let theirs = |seat: &Seat| (seat.who, seat.session) == (Some(who), session) && seat.state.is_live();
        self.seats.iter().position(theirs)
    }

    /// The person's seat there, also one that was paid too late.
    pub(super) fn shown(&self, who: usize, session: usize) -> Option<usize> {
        let paid =
            |seat: &Seat| (seat.who, seat.session, seat.state) == (Some(who), session, State::Unseated);
        self.live(who, session).or_else(|| self.seats.iter().position(paid))
    }

    /// How many places are taken.
    pub(super) fn taken(&self, session: usize) -> usize {
        self.seats.iter().filter(|seat| seat.session == session && seat.state.is_live()).count()
    }

    pub(super) fn is_full(&self, session: usize) -> bool {
        self.taken(session) >= PLACES[session]
    }

    /// The person's wish there, if it still counts.
    pub(super) fn entry(&self, who: usize, session: usize) -> Option<usize> {
        self.entries.iter().position(|entry| (entry.who, entry.session) == (who, session) && entry.live)
    }

    /// Who waits there and was offered nothing yet, the first one first.
    pub(super) fn waiting(&self, session: usize) -> Vec<usize> {
        let here = |entry: &usize| {
            let entry = &self.entries[*entry];
            entry.session == session && entry.live && entry.seat.is_none()
        };
        let mut waiting: Vec<usize> = (0..self.entries.len()).filter(here).collect();
        waiting.sort_by_key(|entry| !self.entries[*entry].first);
        waiting
    }

    /// Who waits there, or was offered fewer than they want, the first one first.
    pub(super) fn wanting(&self, session: usize) -> Vec<usize> {
        let here = |entry: &usize| {
            let entry = &self.entries[*entry];
            entry.session == session && entry.live && entry.offered().len() < entry.seats
        };
        let mut wanting: Vec<usize> = (0..self.entries.len()).filter(here).collect();
        wanting.sort_by_key(|entry| !self.entries[*entry].first);
        wanting
    }

    /// What is kept for the person there, those beside their own first.
    pub(super) fn kept(&self, who: usize, session: usize) -> Vec<usize> {
        self.entry(who, session).map_or(Vec::new(), |entry| self.entries[entry].offered())
    }

    /// How the person's wish there looks to them: where they are on the list, how many they want, how many are kept.
    pub(super) fn wish(&self, who: usize, session: usize) -> Option<(usize, usize, usize)> {
        let entry = &self.entries[self.entry(who, session)?];
        Some((self.position(who, session)?, entry.seats, entry.offered().len()))
    }

    /// How the person's seat there looks to them.
    pub(super) fn look(&self, who: usize, session: usize) -> Option<&'static str> {
        Some(match self.seats[self.shown(who, session)?].state {
            // An offer is seen at the wish.
            State::Offered | State::Gone => return None,
            State::Held => "HELD",
            State::Seated => "CONFIRMED",
            State::Unseated => "UNSEATED",
        })
    }

    /// Where the person is on the list: nought if something is offered to them.
    fn position(&self, who: usize, session: usize) -> Option<usize> {
        let entry = self.entry(who, session)?;
        let waiting = self.waiting(session);
        Some(waiting.iter().position(|other| *other == entry).map_or(0, |before| before + 1))
    }
}
