//! Which commands are drawn: those that make sense and have one right answer.

use std::collections::BTreeSet;

use super::model::{GIFTS, LAST, Model, PLACES};
use super::places::{Page, Seat, State};
use super::words::Command;

impl Model {
    /// Whether the command makes sense, and has one right answer.
    pub fn allows(&self, command: &Command) -> bool {
        match *command {
            Command::Take { .. } | Command::Wait { .. } => true,
            Command::Bring { who, ref others, .. } => !others.contains(&who),
            Command::TakeBack { order, place } => {
                let seat = self.orders.get(order).and_then(|order| order.seats.get(place));
                seat.is_some_and(|seat| self.seats[*seat].companion.is_some())
            }
            Command::Pay { order }
            | Command::Decline { order }
            | Command::Cancel { order }
            | Command::PayUnheard { order } => self.may_be_paid(order, command),
            Command::Leave { who, session } => self.entry(who, session).is_some(),
            Command::GiveUp { who, session } => self.shown(who, session).is_some(),
            Command::Transfer { who, session, to } => {
                let has =
                    |seat: &Seat| seat.who == Some(to) && seat.session == session && seat.state.is_shown();
                who != to
                    && self.given[who] < GIFTS
                    && self.shown(who, session).is_some()
                    && !self.seats.iter().any(has)
            }
            Command::Move { who, from, to } => from != to && self.shown(who, from).is_some(),
            Command::Forget => self.may_be_forgotten(),
            Command::Pass { minutes } => self.minutes + minutes < LAST && self.has_one_end(minutes),
        }
    }

    fn may_be_paid(&self, order: usize, command: &Command) -> bool {
        let Some(order) = self.orders.get(order) else { return false };
        match (order.page, command) {
            (Page::Open, _) => true,
            // The page of a place that was given away can still be paid, for a while.
            (Page::Forgotten, Command::Pay { .. }) => order.at == self.minutes,
            _ => false,
        }
    }

    /// Somebody waits where a place would become free: the product would have passed it on. Nor where a seat would become the
    /// owner's of an address: they would have been given it. Nor while somebody's payment was not heard of: their place too would
    /// be given away, though it is paid.
    fn may_be_forgotten(&self) -> bool {
        let held = self.orders.iter().filter(|order| order.page == Page::Open);
        let sessions: Vec<usize> =
            held.flat_map(|order| &order.seats).map(|seat| self.seats[*seat].session).collect();
        let unclaimed =
            |session: usize| self.seats.iter().any(|seat| seat.session == session && seat.is_unclaimed());
        let is_quiet = |session: &usize| self.wanting(*session).is_empty() && !unclaimed(*session);
        let unheard = self.orders.iter().any(|order| order.page == Page::Unheard);
        !unheard && !sessions.is_empty() && sessions.iter().all(is_quiet)
    }

    /// Whether it does not matter in which order the things are done that become due.
    fn has_one_end(&self, minutes: i64) -> bool {
        let until = self.minutes + minutes;
        let due = |seat: &&Seat| seat.until.is_some_and(|end| end <= until);
        let is = |state: State| self.seats.iter().filter(due).filter(move |seat| seat.state == state);
        let here = |session: usize| move |seat: &&Seat| seat.session == session;
        // Seats of one purchase end together.
        let orders = |session: usize| -> BTreeSet<usize> {
            is(State::Held).filter(here(session)).filter_map(|seat| seat.order).collect()
        };
        // So do the seats of one offer.
        let ends = |session: usize| {
            let own = is(State::Offered).filter(here(session)).filter(|seat| seat.who.is_some());
            own.count() + orders(session).len()
        };
        // A companion who was too late waits for nothing.
        let choices = |session: usize| {
            is(State::Unseated).filter(here(session)).filter(|seat| seat.companion.is_none()).count()
        };
        let is_unheard = |order: &usize| self.orders[*order].page == Page::Unheard;
        let brings = |order: &usize| {
            self.orders[*order].seats.iter().any(|seat| self.seats[*seat].companion.is_some())
        };
        // Whoever gets a seat by what was not heard of may wait for one elsewhere.
        let all = || 0..PLACES.len();
        if all().flat_map(orders).any(|order| is_unheard(&order) && brings(&order)) {
            return all().map(|session| ends(session) + choices(session)).sum::<usize>() == 1;
        }
        all().all(|session| {
            let unheard = orders(session).iter().filter(|order| is_unheard(order)).count();
            let resold = self.seats.iter().filter(here(session)).any(|seat| seat.resold);
            let (ends, choices) = (ends(session), choices(session));
            (choices == 0 || (choices == 1 && ends == 0)) && (unheard == 0 || ends == 1 || !resold)
        })
    }
}
