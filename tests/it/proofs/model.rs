//! What should be true of a small market after any sequence of commands. Pure: no database, no clock, no Stripe.
//!
//! The model knows what happened at Stripe. Whether we have heard of it is `Surely` only after something that must
//! tell us (a delivered event, the buyer asking, a round of the sweep); before that both the old and the new state are
//! right, and nothing between them is. It computes everything itself: nothing of the product is called.

mod balance;
mod bundles;
mod coupons;
mod disputes;
mod gifts;
mod orders;
mod parts;
mod splits;
mod tax;

use std::collections::BTreeSet;

pub use self::bundles::{BUNDLE, COURSES, gives};
pub use self::coupons::{Coupon, MOST as MOST_COUPONS, PERCENT_OFF, USES};
pub use self::disputes::Outcome;
pub use self::orders::{Order, Page, Rival};
pub use self::parts::{AFFILIATE, COMMISSION, Each, PAYEES, SELLER, TEACHER};
pub use self::tax::COUNTRIES;
pub use super::words::{Answer, Card, Command, Hand, Weather, With};

/// Followers in the market.
pub const BUYERS: usize = 3;
/// What each offer costs, in cents: two courses, and both together.
pub const PRICES: [i64; 3] = [1999, 700, 2299];
/// The platform's part, in basis points.
const FEE_POINTS: i64 = 1000;
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

/// A price that was asked for.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// Who asked.
    pub buyer: usize,
    /// For what.
    pub offer: usize,
    /// Whether it is for somebody else.
    pub gift: bool,
    price: i64,
    /// The code that was said.
    coupon: Option<usize>,
    /// Whether it took something off.
    applied: bool,
    /// Whether an affiliate's link led to it.
    recommended: bool,
    at: i64,
    generation: u32,
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
    /// Whether Stripe Tax says what of each price is tax.
    pub taxed: bool,
    /// Minutes since the beginning.
    pub minutes: i64,
    /// Every quote that was given.
    pub quotes: Vec<Quoted>,
    /// Every agreement.
    pub orders: Vec<Order>,
    /// Every code.
    pub coupons: Vec<Coupon>,
    /// Who took the free course.
    pub claimed: BTreeSet<usize>,
    /// What is offered of each course to the co-teacher.
    pub agreements: splits::Agreements,
    /// Whether a payee's account is known to be ready.
    pub account: Each<Belief>,
    /// Since an operator holds a payee's money: the most that had been released then.
    pub held_at: Each<Option<i64>>,
    sent_at_least: Each<i64>,
    weather: Option<Weather>,
    generations: [u32; PRICES.len()],
}

impl Model {
    /// In the beginning.
    pub fn new(taxed: bool) -> Self {
        Self { taxed, ..Self::default() }
    }

    /// What the command should be answered now.
    pub fn answer(&self, command: &Command) -> Answer {
        let refused = |code: &str| Answer::Refused(code.to_owned());
        let unless = |refusal: Option<&str>| refusal.map_or(Answer::Done, refused);
        match command {
            Command::Quote { offer, with, .. } => Answer::Costs(self.cost(*offer, *with)),
            Command::Agree { quote } => unless(self.not_agreed(&self.quotes[*quote])),
            Command::Pay { order, card } => match (self.orders[*order].page, card) {
                (Page::Open, Card::Good | Card::AsksBank) => Answer::Done,
                _ => Answer::Declined,
            },
            Command::ExpireAtStripe { order } if self.orders[*order].page != Page::Open => Answer::Declined,
            Command::Dispute { order } if self.orders[*order].dispute.is_some() => Answer::Declined,
            Command::Refund { order, amount, .. } => unless(self.not_refunded(*order, *amount)),
            Command::Redeem { buyer, order } => unless(self.not_redeemed(*order, *buyer)),
            Command::ClaimFree { buyer } if self.claimed.contains(buyer) => refused("ALREADY_ENROLLED"),
            Command::AnswerShare { offer, yes } => unless(self.not_answered(*offer, *yes)),
            _ => Answer::Done,
        }
    }

    fn not_agreed(&self, quote: &Quoted) -> Option<&'static str> {
        let takes_off = quote.coupon.and_then(|coupon| self.takes_off(coupon)).unwrap_or_default();
        if self.minutes - quote.at >= QUOTE_LIFE {
            Some("TOKEN_EXPIRED")
        } else if !quote.gift && self.has(quote.buyer, quote.offer) {
            Some("ALREADY_ENROLLED")
        } else if quote.applied && !takes_off {
            let ended = quote.coupon.is_some_and(|coupon| self.coupons[coupon].ended);
            Some(if ended { "COUPON_EXPIRED" } else { "COUPON_EXHAUSTED" })
        } else if quote.generation != self.generations[quote.offer] || quote.applied != takes_off {
            Some("PRICE_CHANGED")
        } else {
            None
        }
    }

    fn not_refunded(&self, order: usize, amount: Option<i64>) -> Option<&'static str> {
        let left = self.orders[order].left();
        if self.is_disputed(order) {
            Some("INVALID_STATE")
        } else if left == 0 || amount.is_some_and(|amount| amount > left) {
            Some("REFUND_EXCEEDS_PAID")
        } else {
            None
        }
    }

    /// Whether the command makes sense, and has one right answer.
    pub fn allows(&self, command: &Command) -> bool {
        match command {
            Command::Quote { buyer, offer, with } => match with {
                With::Nothing | With::Link => !self.paid(*buyer, *offer),
                With::Gift => true,
                With::Coupon(coupon) => *coupon < self.coupons.len() && self.takes_off(*coupon).is_some(),
            },
            Command::Agree { quote } => self.may_be_agreed(*quote),
            Command::Pay { order, .. } => self.orders.get(*order).is_some_and(|order| {
                let mut others = self.around(order.buyer, order.offer);
                let clear = |other: &Order| other.is_calm() || other.is_like(order);
                order.gift || others.all(clear)
            }),
            Command::AgreeAgain { order }
            | Command::Cancel { order }
            | Command::Sync { order }
            | Command::Rush { order }
            | Command::ExpireAtStripe { order } => *order < self.orders.len(),
            Command::Refund { order, amount, by } => self.may_be_refunded(*order, *amount, *by),
            Command::Redeem { buyer, order } => self.may_be_redeemed(*order, *buyer),
            Command::Dispute { order } => self.may_be_disputed(*order),
            Command::Decide { order, .. } => self.may_be_decided(*order),
            Command::MakeCoupon => self.coupons.len() < MOST_COUPONS,
            Command::EndCoupon { coupon } => *coupon < self.coupons.len(),
            Command::AnswerShare { offer, .. } => self.agreements[*offer].is_some(),
            Command::Onboard { payee } => self.account[*payee] == Belief::No,
            Command::Hold { payee, hold } => *hold != self.held_at[*payee].is_some(),
            Command::Pass { minutes } => self.is_claimed(self.minutes + minutes),
            _ => true,
        }
    }

    fn may_be_agreed(&self, number: usize) -> bool {
        let Some(quote) = self.quotes.get(number) else { return false };
        // A gift is known by its address, and each of these quotes has one of its own.
        let again = quote.gift && self.orders.iter().any(|order| order.quote == number);
        let coupon_is_clear = quote.coupon.is_none_or(|coupon| self.takes_off(coupon).is_some());
        !again && coupon_is_clear && (quote.gift || self.is_calm(quote.buyer, quote.offer))
    }

    fn may_be_refunded(&self, number: usize, amount: Option<i64>, by: Hand) -> bool {
        let Some(order) = self.orders.get(number) else { return false };
        // An operator may vouch for a disputed payment; then it is Stripe that answers.
        let is_ours = by == Hand::Creator || !self.is_disputed(number);
        let clear = amount.is_some() || order.revoked || self.is_alone(order) || self.is_kept(order);
        order.page == Page::Paid && order.surely && order.is_calm() && is_ours && clear
    }

    /// The market after the command.
    pub fn after(mut self, command: &Command) -> Self {
        let done = !matches!(self.answer(command), Answer::Refused(_) | Answer::Declined);
        match command {
            Command::Quote { buyer, offer, with } => self.is_quoted(*buyer, *offer, *with),
            Command::Agree { quote } if done => {
                let next = (self.orders.len(), self.minutes);
                let quoted = &self.quotes[*quote];
                let parts = self.divided(quoted);
                self.orders.push(Order::new(*quote, quoted, parts, next));
            }
            Command::Pay { order, .. } if done => {
                self.orders[*order].rival = self.rival_of(*order);
                self.moves_at_stripe(*order, Page::Paid);
            }
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
            Command::Refund { order, amount, .. } if done => {
                let order = &mut self.orders[*order];
                order.gives_back(amount.unwrap_or(order.left()));
                order.revoked |= amount.is_none();
            }
            Command::Redeem { buyer, order } => {
                // The code is in a letter: whoever reads it waits until everything is delivered.
                self.settles();
                if done {
                    self.orders[*order].redeemed_by = Some(*buyer);
                }
            }
            Command::Dispute { order } if done => self.disputes(*order),
            Command::Decide { order, won } => self.decides(*order, *won),
            Command::MakeCoupon => self.coupons.push(Coupon::default()),
            Command::EndCoupon { coupon } => self.coupons[*coupon].ended = true,
            Command::ClaimFree { buyer } => drop(self.claimed.insert(*buyer)),
            Command::Reprice { offer } => self.generations[*offer] += 1,
            Command::Share { offer, points } => self.shares(*offer, *points),
            Command::AnswerShare { offer, yes } if done => self.answers_share(*offer, *yes),
            Command::Onboard { payee } => {
                self.account[*payee] = if self.is_told() { Belief::Surely } else { Belief::Perhaps };
            }
            Command::Hold { payee, hold } => self.held_at[*payee] = hold.then(|| self.released(*payee).1),
            Command::Weather(weather) => self.weather = Some(*weather),
            Command::Settle => self.settles(),
            Command::Resend { .. } => self.hears_everything(),
            Command::Pass { minutes } => self.passes(*minutes),
            Command::Agree { .. }
            | Command::AgreeAgain { .. }
            | Command::Pay { .. }
            | Command::Refund { .. }
            | Command::Dispute { .. }
            | Command::AnswerShare { .. }
            | Command::ExpireAtStripe { .. } => {}
        }
        self
    }

    fn is_quoted(&mut self, buyer: usize, offer: usize, with: With) {
        let (at, generation) = (self.minutes, self.generations[offer]);
        let price = self.cost(offer, with);
        let coupon = if let With::Coupon(coupon) = with { Some(coupon) } else { None };
        let applied = coupon.is_some_and(|coupon| self.takes_off(coupon) == Some(true));
        let (gift, recommended) = (with == With::Gift, with == With::Link);
        self.quotes.push(Quoted { buyer, offer, gift, price, coupon, applied, recommended, at, generation });
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
            order.dispute.iter_mut().for_each(disputes::Dispute::settles);
        }
    }

    fn hears_everything(&mut self) {
        for order in &mut self.orders {
            order.surely = true;
            order.dispute.iter_mut().for_each(disputes::Dispute::must_be_known);
        }
    }
}
