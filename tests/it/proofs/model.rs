//! What should be true of a small market after any sequence of commands. Pure: no database, no clock, no Stripe.
//!
//! The model knows what happened at Stripe. Whether we have heard of it is `Surely` only after something that must
//! tell us (a delivered event, the buyer asking, a round of the sweep); before that both the old and the new state are
//! right, and nothing between them is.

use std::collections::BTreeSet;

pub use super::words::{Answer, Card, Command, Weather};

/// Followers in the market.
pub const BUYERS: usize = 3;
/// What each paid course costs, in cents.
pub const PRICES: [i64; 2] = [2000, 700];
/// The platform's part, of a hundred.
const FEE_PERCENT: i64 = 10;
/// How long a payment page can be paid, in minutes.
const PAGE_LIFE: i64 = 60;
/// How long a quote stands, in minutes.
const QUOTE_LIFE: i64 = 15;
/// How long shares are held, in minutes: two weeks.
const HELD_FOR: i64 = 14 * 1440;
/// More real time than a whole run takes, in minutes: the clock is not moved alone, it also runs.
const RUN: i64 = 10;
/// The longest round that looks for work nobody told of, in minutes: a day, for accounts.
const LONGEST_ROUND: i64 = 1440;

/// The page at Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Can be paid.
    Open,
    /// Was paid.
    Paid,
    /// Can no longer be paid.
    Closed,
}

/// A price that was asked for.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// Who asked.
    pub buyer: usize,
    /// For what.
    pub offer: usize,
    at: i64,
    generation: u32,
}

/// An agreement and what became of it.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who agreed.
    pub buyer: usize,
    /// To what.
    pub offer: usize,
    /// How the page at Stripe is.
    pub page: Page,
    /// Whether we must know of it by now.
    pub surely: bool,
    told: bool,
    at: i64,
    paid_at: i64,
    /// Given back so far, in cents.
    pub refunded: i64,
    /// Whether the right to learn was taken back.
    pub revoked: bool,
    released: Belief,
    release: Bounds,
}

/// What we must know or have done by now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Belief {
    /// It must not be so.
    #[default]
    No,
    /// Both are right.
    Perhaps,
    /// It must be so.
    Surely,
}

/// Between which amounts something must be, in cents.
pub type Bounds = (i64, i64);

/// A market as it should be.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Minutes since the beginning.
    pub minutes: i64,
    /// Every quote that was given.
    pub quotes: Vec<Quoted>,
    /// Every agreement.
    pub orders: Vec<Order>,
    /// Who took the free course.
    pub claimed: BTreeSet<usize>,
    /// Whether the creator's account is known to be ready.
    pub account: Belief,
    sent_at_least: i64,
    weather: Option<Weather>,
    generations: [u32; PRICES.len()],
}

/// What the creator has of an amount: all prices and refunds here are multiples of a hundred, so nothing is rounded.
pub fn share(amount: i64) -> i64 {
    amount - amount * FEE_PERCENT / 100
}

impl Order {
    /// How the checkout and the order may look to the buyer.
    pub fn may_look(&self) -> &'static [(&'static str, &'static str)] {
        match (self.page, self.surely) {
            (Page::Open, _) => &[("OPEN", "PENDING")],
            (Page::Paid, true) if self.refunded == PRICES[self.offer] => &[("SUCCEEDED", "REFUNDED")],
            (Page::Paid, true) if self.refunded > 0 => &[("SUCCEEDED", "PARTIALLY_REFUNDED")],
            (Page::Paid, true) => &[("SUCCEEDED", "PAID")],
            (Page::Paid, false) => &[("SUCCEEDED", "PAID"), ("OPEN", "PENDING")],
            (Page::Closed, true) => &[("EXPIRED", "VOID"), ("CANCELLED", "VOID")],
            (Page::Closed, false) => &[("EXPIRED", "VOID"), ("CANCELLED", "VOID"), ("OPEN", "PENDING")],
        }
    }
}

impl Model {
    /// What the command should be answered now.
    pub fn answer(&self, command: &Command) -> Answer {
        let refused = |code: &str| Answer::Refused(code.to_owned());
        match command {
            Command::Agree { quote } => {
                let quote = &self.quotes[*quote];
                if self.minutes - quote.at >= QUOTE_LIFE {
                    refused("TOKEN_EXPIRED")
                } else if self.has(quote.buyer, quote.offer) {
                    refused("ALREADY_ENROLLED")
                } else if quote.generation != self.generations[quote.offer] {
                    refused("PRICE_CHANGED")
                } else {
                    Answer::Done
                }
            }
            Command::Pay { order, card } => match (self.orders[*order].page, card) {
                (Page::Open, Card::Good | Card::AsksBank) => Answer::Done,
                _ => Answer::Declined,
            },
            Command::ExpireAtStripe { order } if self.orders[*order].page != Page::Open => Answer::Declined,
            Command::Refund { order, amount } => {
                let left = PRICES[self.orders[*order].offer] - self.orders[*order].refunded;
                if left == 0 || amount.is_some_and(|amount| amount > left) {
                    refused("REFUND_EXCEEDS_PAID")
                } else {
                    Answer::Done
                }
            }
            Command::ClaimFree { buyer } if self.claimed.contains(buyer) => refused("ALREADY_ENROLLED"),
            _ => Answer::Done,
        }
    }

    /// Whether the command makes sense, and has one right answer.
    pub fn allows(&self, command: &Command) -> bool {
        match command {
            Command::Quote { buyer, offer } => !self.paid(*buyer, *offer),
            Command::Agree { quote } => {
                let Some(quote) = self.quotes.get(*quote) else { return false };
                self.of(quote.buyer, quote.offer).all(|order| order.page != Page::Paid || order.surely)
            }
            Command::AgreeAgain { order }
            | Command::Pay { order, .. }
            | Command::Cancel { order }
            | Command::Sync { order }
            | Command::Rush { order }
            | Command::ExpireAtStripe { order } => *order < self.orders.len(),
            Command::Refund { order, amount } => {
                let Some(order) = self.orders.get(*order) else { return false };
                let alone =
                    self.of(order.buyer, order.offer).filter(|o| o.page == Page::Paid && !o.revoked).count()
                        == 1;
                // Which of two sales a right belongs to is a question of its own.
                order.page == Page::Paid && order.surely && (amount.is_some() || order.revoked || alone)
            }
            Command::Onboard => self.account == Belief::No,
            _ => true,
        }
    }

    /// The market after the command.
    pub fn after(mut self, command: &Command) -> Self {
        let done = self.answer(command) == Answer::Done;
        match command {
            Command::Quote { buyer, offer } => {
                let (at, generation) = (self.minutes, self.generations[*offer]);
                self.quotes.push(Quoted { buyer: *buyer, offer: *offer, at, generation });
            }
            Command::Agree { quote } if done => {
                let (buyer, offer) = (self.quotes[*quote].buyer, self.quotes[*quote].offer);
                self.orders.push(Order {
                    buyer,
                    offer,
                    page: Page::Open,
                    surely: true,
                    told: true,
                    at: self.minutes,
                    paid_at: 0,
                    refunded: 0,
                    revoked: false,
                    released: Belief::No,
                    release: (0, 0),
                });
            }
            Command::Pay { order, .. } if done => self.moves_at_stripe(*order, Page::Paid),
            Command::ExpireAtStripe { order } if done => self.moves_at_stripe(*order, Page::Closed),
            Command::Cancel { order } => {
                let order = &mut self.orders[*order];
                if order.page == Page::Open {
                    order.page = Page::Closed;
                }
                order.surely = true;
            }
            Command::Sync { order } => self.orders[*order].surely = true,
            Command::Rush { order } => {
                self.orders[*order].surely = true;
                self.settles();
            }
            Command::Refund { order, amount } if done => {
                let order = &mut self.orders[*order];
                order.refunded += amount.unwrap_or(PRICES[order.offer] - order.refunded);
                order.revoked |= amount.is_none();
            }
            Command::ClaimFree { buyer } => drop(self.claimed.insert(*buyer)),
            Command::Reprice { offer } => self.generations[*offer] += 1,
            Command::Onboard => self.account = if self.is_told() { Belief::Surely } else { Belief::Perhaps },
            Command::Weather(weather) => self.weather = Some(*weather),
            Command::Settle => self.settles(),
            Command::Resend { .. } => self.orders.iter_mut().for_each(|order| order.surely = true),
            Command::Pass { minutes } => self.passes(*minutes),
            Command::Agree { .. }
            | Command::AgreeAgain { .. }
            | Command::Pay { .. }
            | Command::Refund { .. }
            | Command::ExpireAtStripe { .. } => {}
        }
        self
    }

    fn is_told(&self) -> bool {
        !matches!(self.weather, Some(Weather::Late | Weather::Lost))
    }

    fn moves_at_stripe(&mut self, order: usize, page: Page) {
        let (told, now) = (self.is_told(), self.minutes);
        let order = &mut self.orders[order];
        (order.page, order.told, order.surely, order.paid_at) = (page, told, false, now);
    }

    fn settles(&mut self) {
        for order in &mut self.orders {
            order.surely |= order.told;
        }
    }

    /// Pages end in their time; the sweep and the asking for lost events run at least every ten minutes.
    fn passes(&mut self, minutes: i64) {
        self.minutes += minutes;
        // Only a new hour looks for shares to release.
        let looks = minutes > 60;
        for order in &mut self.orders {
            let over = self.minutes - order.paid_at;
            if order.page == Page::Paid && over >= HELD_FOR - RUN && order.released != Belief::Surely {
                let left = share(PRICES[order.offer] - order.refunded);
                if order.released == Belief::No {
                    order.release.1 = left;
                }
                let sure = looks && order.surely && over >= HELD_FOR;
                if sure {
                    order.release.0 = left;
                }
                order.released = if sure { Belief::Surely } else { Belief::Perhaps };
            }
            if order.page == Page::Open && self.minutes - order.at >= PAGE_LIFE {
                order.page = Page::Closed;
            }
            order.surely = true;
        }
        if self.account == Belief::Surely && looks {
            self.sent_at_least = self.released().0;
        }
        if self.account == Belief::Perhaps && minutes > LONGEST_ROUND {
            self.account = Belief::Surely;
        }
    }

    /// What must have become due to the creator.
    pub fn released(&self) -> Bounds {
        let release = |order: &Order| order.release;
        self.orders.iter().map(release).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// What must have been sent to the creator's account.
    pub fn sent(&self) -> Bounds {
        match self.account {
            Belief::No => (0, 0),
            // What went back to buyers is taken back from the account, or kept from what would be sent.
            _ => (self.sent_at_least - share(self.refunded()), self.released().1),
        }
    }

    /// What went back to buyers.
    pub fn refunded(&self) -> i64 {
        self.orders.iter().map(|order| order.refunded).sum()
    }

    fn of(&self, buyer: usize, offer: usize) -> impl Iterator<Item = &Order> {
        self.orders.iter().filter(move |order| (order.buyer, order.offer) == (buyer, offer))
    }

    fn paid(&self, buyer: usize, offer: usize) -> bool {
        self.of(buyer, offer).any(|order| order.page == Page::Paid && !order.revoked)
    }

    fn has(&self, buyer: usize, offer: usize) -> bool {
        self.of(buyer, offer).any(|order| order.page == Page::Paid && order.surely && !order.revoked)
    }
}
