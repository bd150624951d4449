//! The market that the model describes: its people do what the commands say, and it is compared with the model after
//! every one.

use std::collections::BTreeMap;

use atelier::operators::model::Role;
use chrono::Duration;
use futures_util::future::join3;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use sandbox::stripe::{BankAnswer, CardEntry, Fault, Outcome};
use serde_json::{Value, json};

use super::book::{Sums, db_sums};
use super::model::{Answer, BUYERS, Bounds, Card, Command, Model, PRICES, Weather, share};
use crate::support::{CREATE, Market, Person, Priced, Purchase, REFUND, SYNC, Shop};

const CANCEL: &str = "mutation($id: ID!) { checkoutCancel(id: $id) { checkout { status }
    userErrors { code path message } } }";
const CLAIM: &str =
    "mutation($price: ID!, $key: UUID!) { enrollmentClaimFree(priceId: $price, idempotencyKey: $key) {
    enrollment { id } userErrors { code path message } } }";

/// A market with one creator, two paid courses and a free one, and a few followers.
pub struct World {
    /// Where all this happens.
    pub market: Market,
    creator: Person,
    /// Looks at every case within the day.
    operator: Person,
    buyers: Vec<Person>,
    shops: Vec<Shop>,
    free: Shop,
    quotes: Vec<Value>,
    purchases: Vec<Purchase>,
    /// The creator's account at Stripe, once there is one.
    account: String,
}

/// How a purchase looks to its buyer: the checkout's state and the order's.
type Look = (String, String);

impl World {
    /// Everybody takes their place.
    pub async fn open(market: Market) -> Self {
        let creator = market.person("Mira").await;
        let first = creator.opens_shop("Course 0", Priced::Euros(PRICES[0])).await;
        let mut shops = vec![first];
        for (offer, price) in PRICES.iter().enumerate().skip(1) {
            let title = format!("Course {offer}");
            shops.push(creator.publishes(shops[0].creator, &title, Priced::Euros(*price)).await);
        }
        let free = creator.publishes(shops[0].creator, "Free course", Priced::Free).await;
        let mut buyers = Vec::new();
        for buyer in 0..BUYERS {
            buyers.push(market.person(&format!("Buyer {buyer}")).await);
        }
        let operator = market.operator("Fay", Role::Finance).await;
        Self {
            market,
            creator,
            operator,
            buyers,
            shops,
            free,
            quotes: Vec::new(),
            purchases: Vec::new(),
            account: String::new(),
        }
    }

    /// Does it; gives what was answered. `model` is the market before.
    pub async fn does(&mut self, command: &Command, model: &Model) -> Answer {
        match command {
            Command::Quote { buyer, offer } => {
                let quote = self.buyers[*buyer].asks_price(self.shops[*offer].price).await;
                self.quotes.push(quote);
                Answer::Done
            }
            Command::Agree { quote } => self.agrees(*quote, model).await,
            Command::AgreeAgain { order } => self.agrees_again(*order, model).await,
            Command::Pay { order, card } => self.pays(*order, *card),
            Command::Cancel { order } => self.asks(*order, model, CANCEL).await,
            Command::Sync { order } => self.asks(*order, model, SYNC).await,
            Command::Rush { order } => {
                let asks = || self.asks(*order, model, SYNC);
                let (first, second, ()) = join3(asks(), asks(), self.market.settles()).await;
                if first == Answer::Done { second } else { first }
            }
            Command::ClaimFree { buyer } => {
                let buyer = &self.buyers[*buyer];
                let tap = json!({ "price": self.free.price.to_string(), "key": buyer.new_key() });
                answer(&buyer.asks(CLAIM, tap).await.refusals())
            }
            Command::ExpireAtStripe { order } => {
                stripes(self.market.stripe().expire(&self.purchases[*order].session))
            }
            Command::Reprice { offer } => self.reprices(*offer).await,
            Command::Refund { order, amount } => self.refunds(*order, *amount).await,
            Command::Onboard => {
                self.account = self.creator.opens_account(self.free.creator, Outcome::Ready).await;
                Answer::Done
            }
            Command::Weather(weather) => self.weather(*weather),
            Command::Settle => self.settles().await,
            Command::Resend { shuffle } => self.resends(*shuffle).await,
            Command::Pass { minutes } => self.passes(Duration::minutes(*minutes)).await,
        }
    }

    async fn agrees(&mut self, quote: usize, model: &Model) -> Answer {
        let buyer = &self.buyers[model.quotes[quote].buyer];
        let input = buyer.agrees_to(&self.quotes[quote], "HOSTED_PAGE");
        let said = buyer.asks(CREATE, json!({ "input": input.clone() })).await;
        let payload = said.data()["checkoutCreate"].clone();
        if payload["checkout"].is_object() {
            self.purchases.push(Purchase::of(&self.market, &payload["checkout"], input));
        }
        answer(&said.refusals())
    }

    async fn agrees_again(&self, order: usize, model: &Model) -> Answer {
        let (buyer, before) = (&self.buyers[model.orders[order].buyer], &self.purchases[order]);
        let said = buyer.asks(CREATE, json!({ "input": before.input })).await;
        let again = &said.data()["checkoutCreate"]["checkout"]["id"];
        assert_eq!(again, &before.checkout, "the same agreement is the same checkout");
        answer(&said.refusals())
    }

    fn pays(&self, order: usize, card: Card) -> Answer {
        let (number, bank) = match card {
            Card::Good => ("4242424242424242", BankAnswer::Complete),
            Card::AsksBank => ("4000000000003220", BankAnswer::Complete),
            Card::FailsAtBank => ("4000000000003220", BankAnswer::Fail),
            Card::Declined => ("4000000000000002", BankAnswer::Complete),
        };
        let session = &self.purchases[order].session;
        stripes(self.market.stripe().pay_with(session, &CardEntry::number(number), None, bank))
    }

    async fn asks(&self, order: usize, model: &Model, document: &str) -> Answer {
        let buyer = &self.buyers[model.orders[order].buyer];
        answer(&buyer.asks(document, json!({ "id": self.purchases[order].checkout })).await.refusals())
    }

    async fn reprices(&mut self, offer: usize) -> Answer {
        let shop = &mut self.shops[offer];
        let next = self.creator.prices(shop.course, Priced::Euros(PRICES[offer])).await;
        self.creator.withdraws(shop.price).await;
        shop.price = next;
        Answer::Done
    }

    async fn refunds(&self, order: usize, amount: Option<i64>) -> Answer {
        let minor = amount.map(|minor| json!({ "minorUnits": minor, "currency": "EUR" }));
        let key = self.creator.new_key();
        let input = json!({ "amount": minor, "reason": "OTHER", "revokeAccess": amount.is_none(), "idempotencyKey": key });
        let said =
            self.creator.asks(REFUND, json!({ "id": self.purchases[order].order, "input": input })).await;
        answer(&said.refusals())
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

    async fn settles(&self) -> Answer {
        self.market.settles().await;
        Answer::Done
    }

    async fn resends(&self, shuffle: u64) -> Answer {
        let mut events = self.market.stripe().objects("event");
        events.shuffle(&mut StdRng::seed_from_u64(shuffle));
        for event in events {
            self.market.stripe().resend_event(event["id"].as_str().unwrap()).unwrap();
        }
        self.settles().await
    }

    async fn passes(&mut self, time: Duration) -> Answer {
        self.market.passes(time).await;
        // Nobody's access token lives that long.
        for person in self.buyers.iter_mut().chain([&mut self.creator]) {
            *person = person.comes_back().await;
        }
        Answer::Done
    }

    /// Compares everything that can be seen with the model, and runs every rule.
    pub async fn is_like(&self, model: &Model) {
        let looks = self.looks(model).await;
        for (number, (order, look)) in model.orders.iter().zip(&looks).enumerate() {
            let allowed = order.may_look();
            let fits = allowed.iter().any(|(checkout, order)| (*checkout, *order) == (&look.0, &look.1));
            assert!(fits, "order {number} looks like {look:?}, but should be one of {allowed:?}: {order:?}");
        }
        self.sells_like(model, &looks).await;
        self.market.is_sound().await;
        if !self.market.db_open_cases().await.is_empty() {
            self.operator.closes_cases().await;
        }
    }

    /// Each purchase as its buyer sees it, in the order of the model.
    async fn looks(&self, model: &Model) -> Vec<Look> {
        let mut looks = BTreeMap::new();
        for (number, buyer) in self.buyers.iter().enumerate() {
            let own: Vec<usize> =
                (0..model.orders.len()).filter(|order| model.orders[*order].buyer == number).collect();
            for some in own.chunks(8) {
                let parts = some.iter().map(|order| {
                    format!(
                        "o{order}: checkout(id: \"{}\") {{ status order {{ status }} }}",
                        self.purchases[*order].checkout
                    )
                });
                let seen =
                    buyer.sees(&format!("{{ {} }}", parts.collect::<Vec<_>>().join(" ")), json!({})).await;
                for order in some {
                    let checkout = &seen[format!("o{order}")];
                    looks.insert(*order, (text(&checkout["status"]), text(&checkout["order"]["status"])));
                }
            }
        }
        looks.into_values().collect()
    }

    /// Rights, book and cases follow from what the buyers see.
    async fn sells_like(&self, model: &Model, looks: &[Look]) {
        let is_paid = |look: &Look| look.0 == "SUCCEEDED";
        let paid: Vec<_> = model.orders.iter().zip(looks).filter(|(_, look)| is_paid(look)).collect();
        let mut sales: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for (order, _) in paid.iter().filter(|(order, _)| !order.revoked) {
            *sales.entry((order.buyer, order.offer)).or_default() += 1;
        }
        let earned: i64 = paid.iter().map(|(order, _)| share(PRICES[order.offer])).sum();
        let taken: i64 = paid.iter().map(|(order, _)| PRICES[order.offer]).sum();
        let count = |number: usize| i64::try_from(number).unwrap();
        let expected = Sums {
            enrollments: count(sales.len() + model.claimed.len()),
            sales: count(paid.len()),
            receipts: count(paid.len()),
            twice: sales.values().map(|times| times - 1).sum(),
            cases: sales.values().filter(|times| **times > 1).map(|times| times - 1).sum(),
            taken,
            earned,
            refunded: model.refunded(),
            given_up: share(model.refunded()),
        };
        let (sums, moved) = db_sums(&self.market).await;
        let within = |(least, most): Bounds, amount| least <= amount && amount <= most;
        assert!(within(model.released(), moved.released), "due: {moved:?}, may be {:?}", model.released());
        assert!(within(model.sent(), moved.sent), "sent: {moved:?}, may be {:?}", model.sent());
        assert_eq!(
            self.market.holds(&self.account),
            moved.sent,
            "what Stripe says was sent is what is booked"
        );
        assert_eq!(sums, expected, "rights and book, as the buyers see their orders: {looks:?}");
    }
}

fn answer(refusals: &[crate::support::Refused]) -> Answer {
    refusals.first().map_or(Answer::Done, |refusal| Answer::Refused(refusal.code.clone()))
}

fn stripes<T>(said: Result<T, sandbox::stripe::StripeError>) -> Answer {
    if said.is_ok() { Answer::Done } else { Answer::Declined }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
