//! Seats for several people, in a line each.

use serde_json::{Value, json};

use super::{Evening, Person, RELEASE, text};

const LINES: &str = "query($id: ID!) { order(id: $id) { status lines { id giftRecipientEmail
    seat { id status holder { id } checkInCode order { id } } } } }";

/// A quote's input for one's own seat, if that is wanted, and one for each of these addresses.
pub fn seats_at(evening: &Evening, own: bool, companions: &[&str]) -> Value {
    let item = |to: Option<&str>| json!({ "priceId": evening.price, "sessionId": evening.session, "giftRecipientEmail": to });
    let mut items: Vec<Value> = companions.iter().map(|to| item(Some(to))).collect();
    if own {
        items.insert(0, item(None));
    }
    json!({ "items": items, "channel": "WEB" })
}

impl Person {
    /// Buys a seat for themselves and one for each of these, with a card that pays; gives the order.
    pub async fn brings(&self, evening: &Evening, companions: &[&str]) -> String {
        text(&self.purchases(seats_at(evening, true, companions)).await["order"]["id"])
    }

    /// The lines of an order of theirs, with their seats.
    pub async fn lines(&self, order: &str) -> Vec<Value> {
        self.sees(LINES, json!({ "id": order })).await["order"]["lines"].as_array().unwrap().clone()
    }

    /// How the seats of an order of theirs stand.
    pub async fn statuses(&self, order: &str) -> Vec<String> {
        self.lines(order).await.iter().map(|line| text(&line["seat"]["status"])).collect()
    }

    /// Gives back the seat of one line of an order of theirs; gives the payload.
    pub async fn gives_back_seat(&self, order: &str, line: usize) -> Value {
        let seat = self.lines(order).await[line]["seat"]["id"].clone();
        self.does(RELEASE, json!({ "id": seat, "key": self.new_key() })).await
    }

    /// The subjects of the letters they got, in no order.
    pub fn subjects(&self) -> Vec<String> {
        self.market.mail().messages(Some(&self.email)).into_iter().map(|letter| letter.subject).collect()
    }
}
