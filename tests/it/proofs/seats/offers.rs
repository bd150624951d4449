//! Who waits for how many seats, what is kept for them, and where it goes when they do not take it.

use super::model::{MONEY_BACK_BEFORE, Model, OFFERED_FOR, PLACES, STARTS};
use super::places::{Entry, Seat, State};

impl Model {
    pub(super) fn not_waiting(&self, (who, session): (usize, usize), seats: usize) -> Option<&'static str> {
        let too_many = (seats > PLACES[session]).then_some("OUT_OF_RANGE");
        let Some(known) = self.entry(who, session) else {
            return match self.live(who, session) {
                Some(_) => Some("ALREADY_ENROLLED"),
                None => too_many.or((!self.is_full(session)).then_some("INVALID_STATE")),
            };
        };
        let entry = &self.entries[known];
        // More than before is for who has nothing offered yet, and nobody behind them.
        let wanting = self.wanting(session);
        let more = seats > entry.seats && (entry.seat.is_some() || wanting.last() != Some(&known));
        too_many.or(more.then_some("INVALID_STATE"))
    }

    /// Whoever asks for fewer than are kept gives the rest to who is next.
    pub(super) fn waits(&mut self, who: usize, session: usize, seats: usize) {
        let Some(entry) = self.entry(who, session) else {
            self.entries.push(Entry::of(who, session, false, seats));
            return;
        };
        self.entries[entry].seats = seats;
        while self.entries[entry].offered().len() > seats {
            let seat = self.entries[entry].beside.pop().expect("a seat beside their own");
            self.frees(seat);
        }
        self.pass_on(session);
    }

    /// An order ends the wish; gives what was kept for it.
    pub(super) fn ends_wish(&mut self, who: usize, session: usize) -> Vec<usize> {
        let Some(entry) = self.entry(who, session) else { return Vec::new() };
        let kept = self.entries[entry].offered();
        // Who waits, and buys for others alone, waits on.
        self.entries[entry].live = kept.is_empty();
        kept
    }

    /// What an order has not taken of what was kept goes to who is next.
    pub(super) fn passes_on_rest(&mut self, session: usize, kept: &[usize]) {
        let rest = kept.iter().copied().filter(|seat| self.seats[*seat].state == State::Offered);
        let rest: Vec<usize> = rest.collect();
        for seat in &rest {
            self.frees(*seat);
        }
        if !rest.is_empty() {
            self.pass_on(session);
        }
    }

    /// Every free place is offered to who waits, in order, to each as many as they want; who has paid for one sits down at once.
    pub(super) fn pass_on(&mut self, session: usize) {
        while let Some(next) = self.wanting(session).first().copied() {
            let who = self.entries[next].who;
            let own = self.entries[next].seat;
            if own.is_none() && self.live(who, session).is_some() {
                self.entries[next].live = false;
                continue;
            }
            if self.is_full(session) {
                return;
            }
            if let Some(paid) = self.shown(who, session).filter(|_| own.is_none()) {
                self.entries[next].live = false;
                self.sits(paid);
                continue;
            }
            let money_back = STARTS[session] - MONEY_BACK_BEFORE;
            // What is added to an offer ends with it.
            let until = own.map_or(Some(self.minutes + OFFERED_FOR), |own| self.seats[own].until);
            let kept = Seat::of(who, session, State::Offered, until, money_back);
            let number = self.seats.len();
            match own {
                None => {
                    self.entries[next].seat = Some(number);
                    self.seats.push(kept);
                }
                Some(_) => {
                    self.entries[next].beside.push(number);
                    self.seats.push(Seat { who: None, ..kept });
                }
            }
        }
    }
}
