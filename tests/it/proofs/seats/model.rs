//! Who sits where, who waits, and what was paid, after any sequence of commands. Pure: no database, no clock, no Stripe.
//!
//! The model works everything out itself: nothing of the product is called. It is exact: after each command everything
//! that is due has been done, so there is one right answer. What would depend on which of two things that are due at the
//! same moment comes first is not drawn.

use super::places::{Entry, Order, Page, Seat, State};
use super::words::{Answer, Command};

/// People in the market.
pub const PEOPLE: usize = 4;
/// Places at each session; the last one costs nothing and belongs to a workshop of its own.
pub const PLACES: [usize; 3] = [3, 1, 1];
/// The session that costs nothing.
pub const FREE: usize = 2;
/// When each begins, in minutes from the beginning: never on the stroke of what passes.
pub const STARTS: [i64; 3] = [10 * DAY + 10, 11 * DAY + 10, 10 * DAY + 10];
/// A day, in minutes.
pub const DAY: i64 = 1440;
/// No history goes on for longer, in minutes: all of it lies before the sessions.
pub(super) const LAST: i64 = 10 * DAY - 60;
/// How long a seat is held for its payment, in minutes.
const HELD_FOR: i64 = 15;
/// How long an offer stands, in minutes.
pub(super) const OFFERED_FOR: i64 = 30;
/// How long somebody who paid too late may choose, in minutes.
const CHOICE_FOR: i64 = 3 * DAY;
/// Given back so long before the start, a seat's money goes with it.
pub(super) const MONEY_BACK_BEFORE: i64 = DAY;
/// Seats given away by one person: fewer than the product lets anybody give in an hour.
pub(super) const GIFTS: usize = 5;

/// A market as it should be.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Minutes since the beginning.
    pub minutes: i64,
    /// Every seat there ever was.
    pub seats: Vec<Seat>,
    /// Everybody who ever waited.
    pub entries: Vec<Entry>,
    /// Every purchase.
    pub orders: Vec<Order>,
    /// How many seats each person has given away.
    pub(super) given: [usize; PEOPLE],
}

fn refused(code: &str) -> Answer {
    Answer::Refused(code.to_owned())
}

impl Model {
    /// What the command should be answered now.
    pub fn answer(&self, command: &Command) -> Answer {
        let unless = |refusal: Option<&str>| refusal.map_or(Answer::Done, refused);
        match *command {
            Command::Take { who, session } => unless(self.not_taken(who, session)),
            Command::Bring { who, session, own, ref others } => {
                unless(self.not_brought((who, session), own, others.len()))
            }
            Command::TakeBack { order, place } => unless(self.not_taken_back(order, place)),
            Command::Decline { .. } => Answer::Declined,
            Command::Wait { who, session, seats } => unless(self.not_waiting((who, session), seats)),
            Command::GiveUp { who, session } | Command::Transfer { who, session, .. } => {
                unless(self.is_not(who, session, command))
            }
            Command::Move { who, from, to } => unless(self.not_moved(who, from, to)),
            _ => Answer::Done,
        }
    }

    fn not_taken(&self, who: usize, session: usize) -> Option<&'static str> {
        match self.live(who, session).map(|seat| self.seats[seat].state) {
            Some(State::Offered) => None,
            Some(State::Held) => Some("LIMIT_REACHED"),
            Some(_) => Some("ALREADY_ENROLLED"),
            None if self.is_full(session) => Some("SEATS_UNAVAILABLE"),
            None => None,
        }
        // One purchase at a time holds seats; what is free is no purchase.
        .or((session != FREE && self.holds(who, session)).then_some("LIMIT_REACHED"))
    }

    /// All of them or none.
    fn not_brought(&self, (who, session): (usize, usize), own: bool, others: usize) -> Option<&'static str> {
        let state = self.live(who, session).filter(|_| own).map(|seat| self.seats[seat].state);
        let wanted = (others + usize::from(own)).saturating_sub(self.kept(who, session).len());
        match state {
            Some(State::Seated) => Some("ALREADY_ENROLLED"),
            Some(State::Held) => Some("LIMIT_REACHED"),
            _ if self.taken(session) + wanted > PLACES[session] => Some("SEATS_UNAVAILABLE"),
            _ if self.holds(who, session) => Some("LIMIT_REACHED"),
            _ => None,
        }
    }

    /// What its companion has passed on is no longer the buyer's, unless it came to them.
    fn not_taken_back(&self, order: usize, place: usize) -> Option<&'static str> {
        let seat = &self.seats[self.orders[order].seats[place]];
        let is_theirs = seat.who == Some(self.orders[order].who);
        let may = matches!(seat.state, State::Seated | State::Unseated) && (is_theirs || !seat.passed_on);
        (!may).then_some("INVALID_STATE")
    }

    /// Only a seat that is theirs is given back or away; one that was paid too late is given back.
    fn is_not(&self, who: usize, session: usize, command: &Command) -> Option<&'static str> {
        let state = self.shown(who, session).map(|seat| self.seats[seat].state);
        let gives_back = matches!(command, Command::GiveUp { .. });
        let may = state == Some(State::Seated) || (gives_back && state == Some(State::Unseated));
        (!may).then_some("INVALID_STATE")
    }

    fn not_moved(&self, who: usize, from: usize, to: usize) -> Option<&'static str> {
        let state = self.shown(who, from).map(|seat| self.seats[seat].state);
        if from == FREE || to == FREE {
            Some("NOT_FOUND")
        } else if !matches!(state, Some(State::Seated | State::Unseated)) {
            Some("INVALID_STATE")
        } else if self.live(who, to).is_some() {
            Some("ALREADY_ENROLLED")
        } else if self.is_full(to) {
            Some("SEATS_UNAVAILABLE")
        } else {
            None
        }
    }

    /// The market after the command.
    pub fn after(mut self, command: &Command) -> Self {
        if self.answer(command) != Answer::Done {
            return self;
        }
        match *command {
            Command::Take { who, session } => self.takes(who, session),
            Command::Bring { who, session, own, ref others } => self.brings((who, session), own, others),
            Command::TakeBack { order, place } => self.takes_back(order, place),
            Command::Pay { order } => self.is_paid(order),
            Command::PayUnheard { order } => self.orders[order].page = Page::Unheard,
            Command::Cancel { order } => self.closes(order),
            Command::Wait { who, session, seats } => self.waits(who, session, seats),
            Command::Leave { who, session } => self.leaves(who, session),
            Command::GiveUp { who, session } => self.gives_up(who, session),
            Command::Transfer { who, session, to } => {
                let seat = self.live(who, session).expect("a seat to give");
                (self.seats[seat].who, self.seats[seat].passed_on) = (Some(to), true);
                self.given[who] += 1;
            }
            Command::Move { who, from, to } => self.moves(who, from, to),
            Command::Forget => self.forgets(),
            Command::Pass { minutes } => self.passes(minutes),
            Command::Decline { .. } => {}
        }
        self.claims();
        self
    }

    pub(super) fn frees(&mut self, seat: usize) {
        (self.seats[seat].state, self.seats[seat].until) = (State::Gone, None);
    }

    fn takes(&mut self, who: usize, session: usize) {
        let kept = self.ends_wish(who, session);
        let seat = self.takes_own(who, session);
        self.passes_on_rest(session, &kept);
        if session != FREE {
            self.is_ordered(who, vec![seat]);
        }
    }

    /// What is kept for them is for their companions too, those beside their own first.
    fn brings(&mut self, (who, session): (usize, usize), own: bool, others: &[usize]) {
        let kept = self.ends_wish(who, session);
        let mut seats: Vec<usize> = own.then(|| self.takes_own(who, session)).into_iter().collect();
        for other in others {
            let until = Some(self.minutes + HELD_FOR);
            let held = Seat::of(*other, session, State::Held, until, STARTS[session] - MONEY_BACK_BEFORE);
            let held = Seat { who: None, companion: Some(*other), ..held };
            let is_kept = |seat: &usize| self.seats[*seat].state == State::Offered;
            match kept.iter().copied().find(is_kept) {
                Some(seat) => {
                    self.seats[seat] = held;
                    seats.push(seat);
                }
                None => {
                    seats.push(self.seats.len());
                    self.seats.push(held);
                }
            }
        }
        self.passes_on_rest(session, &kept);
        self.is_ordered(who, seats);
    }

    fn is_ordered(&mut self, who: usize, seats: Vec<usize>) {
        for seat in &seats {
            self.seats[*seat].order = Some(self.orders.len());
        }
        self.orders.push(Order { who, seats, page: Page::Open, at: self.minutes });
    }

    /// One's own seat: the offered one, or a new one.
    fn takes_own(&mut self, who: usize, session: usize) -> usize {
        let free = session == FREE;
        let state = if free { State::Seated } else { State::Held };
        let until = (!free).then_some(self.minutes + HELD_FOR);
        let seat = match self.live(who, session) {
            Some(offered) => offered,
            None => {
                let money_back = STARTS[session] - MONEY_BACK_BEFORE;
                self.seats.push(Seat::of(who, session, state, until, money_back));
                self.seats.len() - 1
            }
        };
        (self.seats[seat].state, self.seats[seat].until) = (state, until);
        seat
    }

    /// A seat that waits for somebody's address is theirs as soon as they have no other there.
    fn claims(&mut self) {
        for seat in 0..self.seats.len() {
            let now = &self.seats[seat];
            let Some(companion) = now.companion.filter(|_| now.is_unclaimed()) else { continue };
            if self.live(companion, now.session).is_none() {
                self.seats[seat].who = Some(companion);
            }
        }
    }

    fn is_paid(&mut self, order: usize) {
        let was = std::mem::replace(&mut self.orders[order].page, Page::Paid);
        for seat in self.orders[order].seats.clone() {
            self.seat_is_paid(seat, was);
        }
    }

    fn seat_is_paid(&mut self, seat: usize, was: Page) {
        let (who, session) = (self.seats[seat].who, self.seats[seat].session);
        let alone = who.is_none_or(|who| self.live(who, session).is_none());
        if was != Page::Forgotten || (alone && !self.is_full(session)) {
            self.sits(seat);
            return;
        }
        let end = (self.minutes + CHOICE_FOR, STARTS[session] + 90);
        (self.seats[seat].state, self.seats[seat].until) = (State::Unseated, Some(end.0.min(end.1)));
        // Only who is known waits.
        let Some(who) = who else { return };
        if alone && self.entry(who, session).is_none() {
            self.entries.push(Entry::of(who, session, true, 1));
        }
    }

    /// It is theirs; and if that was the last place, who gave one up too late has the money back.
    pub(super) fn sits(&mut self, seat: usize) {
        (self.seats[seat].state, self.seats[seat].until) = (State::Seated, None);
        let session = self.seats[seat].session;
        if self.is_full(session)
            && let Some(resold) = self.seats.iter().position(|seat| seat.session == session && seat.resold)
        {
            self.seats[resold].resold = false;
            self.goes_back(resold);
        }
    }

    fn goes_back(&mut self, seat: usize) {
        self.seats[seat].state = State::Gone;
        self.seats[seat].refunded = self.seats[seat].order.is_some();
    }

    fn closes(&mut self, order: usize) {
        self.orders[order].page = Page::Closed;
        for seat in self.orders[order].seats.clone() {
            if self.seats[seat].state == State::Held {
                (self.seats[seat].state, self.seats[seat].until) = (State::Gone, None);
                self.pass_on(self.seats[seat].session);
            }
        }
    }

    fn leaves(&mut self, who: usize, session: usize) {
        let entry = self.entry(who, session).expect("somebody who waits");
        self.entries[entry].live = false;
        for offered in self.entries[entry].offered() {
            self.frees(offered);
        }
        self.pass_on(session);
    }

    fn gives_up(&mut self, who: usize, session: usize) {
        let seat = self.shown(who, session).expect("a seat to give back");
        if let Some(entry) = self.entry(who, session) {
            self.entries[entry].live = false;
        }
        self.is_given_back(seat);
    }

    /// Whoever waited before they were brought along waits on.
    fn takes_back(&mut self, order: usize, place: usize) {
        let seat = self.orders[order].seats[place];
        let who = self.orders[order].who;
        match self.seats[seat].who == Some(who) {
            true => self.gives_up(who, self.seats[seat].session),
            false => self.is_given_back(seat),
        }
    }

    fn is_given_back(&mut self, seat: usize) {
        let session = self.seats[seat].session;
        let in_time =
            self.seats[seat].state == State::Unseated || self.minutes <= self.seats[seat].money_back;
        (self.seats[seat].state, self.seats[seat].until) = (State::Gone, None);
        if self.seats[seat].order.is_some() {
            self.seats[seat].resold = !in_time;
            if in_time {
                self.goes_back(seat);
            }
        }
        self.pass_on(session);
    }

    fn moves(&mut self, who: usize, from: usize, to: usize) {
        let seat = self.shown(who, from).expect("a seat to move");
        if let Some(entry) = self.entry(who, from) {
            self.entries[entry].live = false;
        }
        let moved = &mut self.seats[seat];
        moved.money_back = (STARTS[to] - MONEY_BACK_BEFORE).max(moved.money_back.min(STARTS[to]));
        (moved.session, moved.state, moved.until) = (to, State::Seated, None);
        self.pass_on(from);
    }

    /// Every held seat is given away, as only a fault of ours could: the pages can still be paid.
    fn forgets(&mut self) {
        let now = self.minutes;
        for order in self.orders.iter_mut().filter(|order| order.page == Page::Open) {
            (order.page, order.at) = (Page::Forgotten, now);
            for seat in &order.seats {
                (self.seats[*seat].state, self.seats[*seat].until) = (State::Gone, None);
            }
        }
    }

    fn passes(&mut self, minutes: i64) {
        self.minutes += minutes;
        let due = |seat: &Seat, now: i64| seat.until.is_some_and(|end| end <= now);
        for order in 0..self.orders.len() {
            // Held together, they end together.
            let first = self.orders[order].seats[0];
            match self.orders[order].page {
                Page::Unheard => self.is_paid(order),
                Page::Open if due(&self.seats[first], self.minutes) => self.closes(order),
                Page::Forgotten => self.orders[order].page = Page::Closed,
                _ => {}
            }
        }
        for seat in 0..self.seats.len() {
            let now = &self.seats[seat];
            let (who, session) = (now.who, now.session);
            match now.state {
                // What is kept beside somebody's own goes with it.
                State::Offered if due(now, self.minutes) => {
                    if let Some(who) = who {
                        self.leaves(who, session);
                    }
                }
                State::Unseated if due(now, self.minutes) => {
                    if let Some(entry) = who.and_then(|who| self.entry(who, session)) {
                        self.entries[entry].live = false;
                    }
                    self.seats[seat].until = None;
                    self.goes_back(seat);
                }
                _ => {}
            }
        }
    }
}
