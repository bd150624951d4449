//! The evenings that the model describes: its people do what the commands say, and everything they can see is compared
//! with the model after every one.

use std::time::Instant;

use chrono::Duration;
use serde_json::{Value, json};

use super::model::{FREE, Model, PEOPLE, PLACES, STARTS};
use super::words::{Answer, Command};
use crate::support::{
    CANCEL, CREATE, Evening, MOVE, Market, Person, RELEASE, Refused, SCHEDULE, Studio, TAKE, TRANSFER, WAIT,
    euros, seats_at, text,
};

const LEAVE: &str = "mutation($id: ID!) { sessionWaitlistLeave(entryId: $id) { removedId userErrors { code path message } } }";

/// A purchase, as its buyer knows it.
struct Bought {
    checkout: String,
    /// At Stripe.
    page: String,
}

/// A market with two workshops and a few people who want to come.
pub struct World {
    market: Market,
    studio: Studio,
    people: Vec<Person>,
    prices: [String; 2],
    sessions: Vec<String>,
    bought: Vec<Bought>,
    /// The longest that it took to work through everything that was due.
    pub slowest_settle: std::time::Duration,
}

impl World {
    /// The creator sets the dates; everybody takes their place.
    pub async fn open(market: Market) -> Self {
        // What recurs does so on the stroke of five minutes. The clock runs on while a history is played: from just after a
        // stroke, none but those that the commands pass comes while it lasts.
        let since_stroke = market.app().now().timestamp() % 300;
        market.passes(Duration::seconds(300 - since_stroke)).await;
        let studio = market.person("Mira").await.opens_studio("mira").await;
        let begun = market.app().now();
        let mut prices = Vec::new();
        let mut sessions = Vec::new();
        for (title, price, dates) in
            [("Ink", euros(2000), 0..FREE), ("Talk", json!({ "free": true }), FREE..PLACES.len())]
        {
            let workshop = studio.drafts_workshop(title).await;
            prices.push(studio.prices(&workshop, price).await);
            for date in dates {
                let start = (begun + Duration::minutes(STARTS[date])).format("%Y-%m-%dT%H:%M").to_string();
                let input = json!({ "localStart": start, "timeZone": "UTC", "durationMinutes": 90, "capacity": PLACES[date] });
                let made = studio.owner.does(SCHEDULE, json!({ "id": workshop, "input": input })).await;
                sessions.push(text(&made["session"]["id"]));
            }
            studio.publishes(&workshop).await;
        }
        let mut people = Vec::new();
        for who in 0..PEOPLE {
            people.push(market.person(&format!("Person {who}")).await);
        }
        let prices = prices.try_into().expect("two prices");
        let slowest_settle = std::time::Duration::ZERO;
        Self { market, studio, people, prices, sessions, bought: Vec::new(), slowest_settle }
    }

    /// Does it, and everything that is due then; gives what was answered.
    pub async fn does(&mut self, command: &Command, before: &Model) -> Answer {
        let answer = self.tries(command, before).await;
        let begun = Instant::now();
        self.market.settles().await;
        self.slowest_settle = self.slowest_settle.max(begun.elapsed());
        answer
    }

    async fn tries(&mut self, command: &Command, before: &Model) -> Answer {
        match *command {
            Command::Take { who, session: FREE } => self.takes_free(who).await,
            Command::Take { who, session } => self.takes(who, session, true, &[]).await,
            Command::Bring { who, session, own, ref others } => self.takes(who, session, own, others).await,
            Command::TakeBack { order, place } => {
                let who = &self.people[before.orders[order].who];
                let lines = "query($id: ID!) { checkout(id: $id) { order { lines { seat { id } } } } }";
                let seen = who.sees(lines, json!({ "id": self.bought[order].checkout })).await;
                let seat = &seen["checkout"]["order"]["lines"][place]["seat"]["id"];
                answer(&who.asks(RELEASE, json!({ "id": seat, "key": who.new_key() })).await.refusals())
            }
            Command::Pay { order } => self.pays(order, "4242424242424242"),
            Command::Decline { order } => self.pays(order, "4000000000000002"),
            Command::PayUnheard { order } => self.pays_unheard(order).await,
            Command::Cancel { order } => {
                let who = &self.people[before.orders[order].who];
                answer(&who.asks(CANCEL, json!({ "id": self.bought[order].checkout })).await.refusals())
            }
            Command::Wait { who, session, seats } => {
                let wish = json!({ "id": self.sessions[session], "seats": seats });
                answer(&self.people[who].asks(WAIT, wish).await.refusals())
            }
            Command::Leave { who, session } => {
                let entry = self.sees(who, session).await["viewerWaitlistEntry"]["id"].clone();
                answer(&self.people[who].asks(LEAVE, json!({ "id": entry })).await.refusals())
            }
            Command::GiveUp { who, session } => self.with_seat(who, session, RELEASE, json!({})).await,
            Command::Transfer { who, session, to } => {
                let email = self.people[to].email.clone();
                self.with_seat(who, session, TRANSFER, json!({ "email": email })).await
            }
            Command::Move { who, from, to } => {
                self.with_seat(who, from, MOVE, json!({ "to": self.sessions[to] })).await
            }
            Command::Forget => {
                self.market.db_gives_seat_away().await;
                Answer::Done
            }
            Command::Pass { minutes } => self.passes(Duration::minutes(minutes)).await,
        }
    }

    async fn takes(&mut self, who: usize, session: usize, own: bool, others: &[usize]) -> Answer {
        let person = &self.people[who];
        let (price, session) = (self.prices[0].clone(), self.sessions[session].clone());
        let evening = Evening { workshop: String::new(), price, session };
        let others: Vec<&str> = others.iter().map(|other| self.people[*other].email.as_str()).collect();
        let quote = person.is_quoted(seats_at(&evening, own, &others)).await;
        let said = person.asks(CREATE, json!({ "input": person.agrees_to(&quote, "HOSTED_PAGE") })).await;
        let checkout = &said.data()["checkoutCreate"]["checkout"];
        if checkout.is_object() {
            let page = self.market.page_of(checkout);
            self.bought.push(Bought { checkout: text(&checkout["id"]), page });
        }
        answer(&said.refusals())
    }

    async fn takes_free(&self, who: usize) -> Answer {
        let person = &self.people[who];
        let wish =
            json!({ "price": self.prices[1], "session": self.sessions[FREE], "key": person.new_key() });
        answer(&person.asks(TAKE, wish).await.refusals())
    }

    fn pays(&self, order: usize, card: &str) -> Answer {
        let paid = self.market.stripe().pay(&self.bought[order].page, card);
        if paid.is_ok() { Answer::Done } else { Answer::Declined }
    }

    /// Nothing that Stripe says of it reaches us.
    async fn pays_unheard(&self, order: usize) -> Answer {
        self.market.plans(json!([{ "event": "*", "kind": "lost", "times": 100_000 }]));
        let answer = self.pays(order, "4242424242424242");
        self.market.settles().await;
        self.market.plans(json!([]));
        answer
    }

    /// Asks for something about the person's seat there.
    async fn with_seat(&self, who: usize, session: usize, document: &str, more: Value) -> Answer {
        let mut variables = more;
        variables["id"] = self.sees(who, session).await["viewerSeat"]["id"].clone();
        variables["key"] = json!(self.people[who].new_key());
        answer(&self.people[who].asks(document, variables).await.refusals())
    }

    async fn sees(&self, who: usize, session: usize) -> Value {
        self.people[who].session(&self.sessions[session]).await
    }

    async fn passes(&mut self, time: Duration) -> Answer {
        self.market.passes(time).await;
        // Nobody's access token lives that long.
        for person in self.people.iter_mut().chain([&mut self.studio.owner]) {
            *person = person.comes_back().await;
        }
        Answer::Done
    }

    /// Compares everything that can be seen with the model, and runs every rule.
    pub async fn is_like(&mut self, model: &Model) {
        for who in 0..PEOPLE {
            self.looks_right_to(who, model).await;
        }
        let seen = self.all_sessions(&self.studio.owner, "seats { seatsLeft waitlistLength }", &[]).await;
        for session in 0..PLACES.len() {
            let seats = &seen[format!("s{session}")]["seats"];
            let expected = json!({
                "seatsLeft": PLACES[session] - model.taken(session), "waitlistLength": model.waiting(session).len(),
            });
            assert_eq!(seats, &expected, "session {session} to its creator");
        }
        self.market.is_sound().await;
    }

    /// Every session, and some purchases, with one question.
    async fn all_sessions(&self, person: &Person, what: &str, orders: &[usize]) -> Value {
        let sessions = self.sessions.iter().enumerate();
        let mut parts: Vec<String> = sessions
            .map(|(session, id)| format!("s{session}: workshopSession(id: \"{id}\") {{ {what} }}"))
            .collect();
        parts.extend(orders.iter().map(|order| {
            let id = &self.bought[*order].checkout;
            format!("o{order}: checkout(id: \"{id}\") {{ status order {{ status lines {{ seat {{ status }} }} }} }}")
        }));
        person.sees(&format!("{{ {} }}", parts.join(" ")), json!({})).await
    }

    async fn looks_right_to(&self, who: usize, model: &Model) {
        let own: Vec<usize> =
            (0..model.orders.len()).filter(|order| model.orders[*order].who == who).collect();
        // The product answers so many purchases at once.
        let latest = &own[own.len().saturating_sub(8)..];
        let what = "viewerSeat { status } viewerWaitlistEntry { position seats seatsOffered }";
        let seen = self.all_sessions(&self.people[who], what, latest).await;
        for session in 0..PLACES.len() {
            let one = &seen[format!("s{session}")];
            let (seat, wish) = (one["viewerSeat"]["status"].as_str(), &one["viewerWaitlistEntry"]);
            assert_eq!(seat, model.look(who, session), "the seat of person {who} at session {session}");
            let expected = model.wish(who, session).map_or(Value::Null, |(position, seats, kept)| {
                json!({ "position": position, "seats": seats, "seatsOffered": kept })
            });
            assert_eq!(wish, &expected, "where person {who} waits for session {session}");
        }
        for number in latest {
            let (order, checkout) = (&model.orders[*number], &seen[format!("o{number}")]);
            let look = (text(&checkout["status"]), text(&checkout["order"]["status"]));
            let allowed = order.looks(model.refunded(order));
            let fits = allowed.iter().any(|one| (one.0, one.1) == (look.0.as_str(), look.1.as_str()));
            assert!(fits, "order {number} looks like {look:?}, but should be one of {allowed:?}: {order:?}");
            let lines = checkout["order"]["lines"].as_array().expect("lines");
            let seats: Vec<&str> = lines.iter().filter_map(|line| line["seat"]["status"].as_str()).collect();
            let expected: Vec<&str> = order.seats.iter().map(|seat| model.seats[*seat].in_order()).collect();
            assert_eq!(seats, expected, "the seats of order {number}: {order:?}");
        }
    }
}

fn answer(refusals: &[Refused]) -> Answer {
    refusals.first().map_or(Answer::Done, |refusal| Answer::Refused(refusal.code.clone()))
}
