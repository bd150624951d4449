//! The market that the model describes: its people do what the commands say, and it is compared with the model after
//! every one.
//!
//! Everything is done as anybody would do it: through the public API, at the admin endpoint, on Stripe's pages. Who
//! does what is in the files below; how it is compared, in `compared`.

mod banks;
mod buyers;
mod compared;
mod creators;
mod earnings;
mod payees;

use std::collections::BTreeMap;
use std::time::Instant;

use atelier::operators::model::Role;
use chrono::Duration;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use sandbox::stripe::{Fault, StripeError};
use serde_json::{Value, json};

use self::payees::Payee;
use super::model::{Answer, BUNDLE, BUYERS, COURSES, Command, Model, PRICES, Weather};
use crate::support::{Market, Person, Priced, Purchase, Refused, SYNC, Shop, euros};

const CANCEL: &str = "mutation($id: ID!) { checkoutCancel(id: $id) { checkout { status }
    userErrors { code path message } } }";

/// A code that takes something off, as its creator knows it.
struct Code {
    id: String,
    code: String,
}

/// What is on sale.
struct Offer {
    id: String,
    /// Its price of now.
    price: String,
}

/// A market with one creator, who teaches with another and is recommended by a third, two paid courses, both together, and a free one, and a few followers.
pub struct World {
    /// Where all this happens.
    pub market: Market,
    /// Who earns: by their numbers in the model.
    payees: Vec<Payee>,
    /// What an affiliate's link ends with.
    link: String,
    /// Looks at every case within the day, holds money back, gives it back.
    operator: Person,
    buyers: Vec<Person>,
    /// By their numbers in the model: courses, and a bundle of them.
    offers: Vec<Offer>,
    free: Shop,
    quotes: Vec<Value>,
    purchases: Vec<Purchase>,
    codes: Vec<Code>,
    /// At Stripe, by order.
    disputes: BTreeMap<usize, String>,
    /// The longest that it took to work through everything that was due.
    pub slowest_settle: std::time::Duration,
}

impl World {
    /// Everybody takes their place.
    pub async fn open(market: Market) -> Self {
        let creator = market.person("Mira").await;
        let free = creator.opens_shop("Free course", Priced::Free).await;
        let mut offers = Vec::new();
        for (course, price) in PRICES.iter().take(COURSES).enumerate() {
            let title = format!("Course {course}");
            let made = creator.publishes(free.creator, &title, Priced::Euros(*price)).await;
            offers.push(Offer { id: made.course.to_string(), price: made.price.to_string() });
        }
        let items: Vec<String> = offers.iter().map(|course| course.id.clone()).collect();
        let all = euros(PRICES[BUNDLE]);
        let (id, price) = creator.sells_bundle(&free.creator.to_string(), "Both", &items, all).await;
        offers.push(Offer { id, price });
        let (teacher, affiliate, link) = payees::partners(&market, &creator, free.creator).await;
        let mut buyers = Vec::new();
        for buyer in 0..BUYERS {
            buyers.push(market.person(&format!("Buyer {buyer}")).await);
        }
        let operator = market.operator("Fay", Role::Finance).await;
        Self {
            market,
            payees: vec![Payee::new(creator, free.creator), teacher, affiliate],
            link,
            operator,
            buyers,
            offers,
            free,
            quotes: Vec::new(),
            purchases: Vec::new(),
            codes: Vec::new(),
            disputes: BTreeMap::new(),
            slowest_settle: std::time::Duration::ZERO,
        }
    }

    /// Does it; gives what was answered. `model` is the market before.
    pub async fn does(&mut self, command: &Command, model: &Model) -> Answer {
        match command {
            Command::Quote { buyer, offer, with } => {
                self.asks_price((*buyer, *offer), *with, model.taxed).await
            }
            Command::Agree { quote } => self.agrees(*quote, model).await,
            Command::AgreeAgain { order } => self.agrees_again(*order, model).await,
            Command::Pay { order, card } => self.pays(*order, *card),
            Command::Cancel { order } => self.asks(*order, model, CANCEL).await,
            Command::Sync { order } => self.asks(*order, model, SYNC).await,
            Command::Rush { order } => self.rushes(*order, model).await,
            Command::ClaimFree { buyer } => self.claims(*buyer).await,
            Command::Redeem { buyer, order } => self.redeems(*buyer, *order, model).await,
            Command::ExpireAtStripe { order } => {
                stripes(self.market.stripe().expire(&self.purchases[*order].session))
            }
            Command::Reprice { offer } => self.reprices(*offer).await,
            Command::MakeCoupon => self.makes_coupon().await,
            Command::EndCoupon { coupon } => self.ends_coupon(*coupon).await,
            Command::Refund { order, amount, by } => self.refunds(*order, *amount, *by).await,
            Command::Dispute { order } => self.disputes(*order),
            Command::Decide { order, won } => self.decides(*order, *won),
            Command::Share { offer, points } => self.shares(*offer, *points).await,
            Command::AnswerShare { offer, yes } => self.answers_share(*offer, *yes).await,
            Command::Hold { payee, hold } => self.holds(*payee, *hold).await,
            Command::Onboard { payee } => self.onboards(*payee).await,
            Command::Weather(weather) => self.weather(*weather),
            Command::Settle => self.settles().await,
            Command::Resend { shuffle } => self.resends(*shuffle).await,
            Command::Pass { minutes } => self.passes(Duration::minutes(*minutes)).await,
        }
    }

    fn weather(&self, weather: Weather) -> Answer {
        let plan = match weather {
            Weather::Fine => json!([]),
            Weather::Doubled => json!([{ "event": "*", "kind": "doubled", "times": 100_000 }]),
            Weather::Reordered => {
                json!([{ "event": "*", "kind": "reordered", "times": 100_000, "chance": 50 }])
            }
            Weather::Late => json!([{ "event": "*", "kind": "late", "times": 100_000, "seconds": 7200 }]),
            Weather::Lost => json!([{ "event": "*", "kind": "lost", "times": 100_000 }]),
        };
        let plan: Vec<Fault> = serde_json::from_value(plan).unwrap();
        self.market.stripe().set_faults(plan, 7).unwrap();
        Answer::Done
    }

    async fn settles(&mut self) -> Answer {
        let begun = Instant::now();
        self.market.settles().await;
        self.slowest_settle = self.slowest_settle.max(begun.elapsed());
        Answer::Done
    }

    async fn resends(&mut self, shuffle: u64) -> Answer {
        let mut events = self.market.stripe().objects("event");
        events.shuffle(&mut StdRng::seed_from_u64(shuffle));
        for event in events {
            self.market.stripe().resend_event(event["id"].as_str().unwrap()).unwrap();
        }
        self.market.settles().await;
        Answer::Done
    }

    async fn passes(&mut self, time: Duration) -> Answer {
        self.market.passes(time).await;
        // Nobody's access token lives that long.
        let payees = self.payees.iter_mut().map(|payee| &mut payee.person);
        for person in self.buyers.iter_mut().chain(payees).chain([&mut self.operator]) {
            *person = person.comes_back().await;
        }
        Answer::Done
    }
}

fn answer(refusals: &[Refused]) -> Answer {
    refusals.first().map_or(Answer::Done, |refusal| Answer::Refused(refusal.code.clone()))
}

fn stripes<T>(said: Result<T, StripeError>) -> Answer {
    if said.is_ok() { Answer::Done } else { Answer::Declined }
}
