//! Each payee's part of each order, in the book and as they see their money themselves, held against the model.
//!
//! What a sale gave and what refunds took back is exact, order by order; what is released, frozen or lost lies between
//! the model's bounds; and the three sums that a payee is shown are what all that leaves, to the cent.

use std::collections::HashMap;

use atelier::kernel::{OrderId, PublicId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::compared::{Look, is_disputed, is_paid, within};
use super::{Offer, World};
use crate::proofs::book::{Moved, db_moved};
use crate::proofs::model::{Bounds, COURSES, Model, Order, PAYEES, SELLER, TEACHER};

const MONEY: &str = "query($id: ID!) { studio(creatorId: $id) {
    balance { pending { minorUnits } available { minorUnits } reserved { minorUnits } }
    sharedOfferings { offeringTitle basisPoints acceptedBasisPoints state } } }";
const SPLIT: &str = "{ ... on Course { split { basisPoints acceptedBasisPoints state } } }";

/// What the book holds of each order for each payee.
type Book = HashMap<(Uuid, Uuid), Moved>;

fn shown(balance: &Value, name: &str) -> i64 {
    balance[name][0]["minorUnits"].as_i64().unwrap_or(0)
}

/// What a bank's dispute does to a payee's part of an order that looks like this.
fn of_banks(order: &Order, payee: usize, look: &Look) -> (Bounds, Bounds) {
    order.dispute.as_ref().map_or(((0, 0), (0, 0)), |dispute| {
        (dispute.frozen(payee, is_disputed(look)), dispute.lost(payee, is_disputed(look)))
    })
}

impl World {
    /// Everybody's part of everything.
    pub(super) async fn earns_like(&mut self, model: &Model, looks: &[Look]) {
        let book = db_moved(&self.market).await;
        for payee in 0..PAYEES {
            self.has_their_parts(payee, model, looks, &book);
            self.is_sent_like(payee, model, &book);
            let seen = self.sees_like(payee, &book).await;
            if payee == TEACHER {
                self.is_offered_like(model, &seen["sharedOfferings"]);
            }
        }
        self.offers_like(model).await;
    }

    /// Order by order.
    fn has_their_parts(&self, payee: usize, model: &Model, looks: &[Look], book: &Book) {
        for (number, (order, look)) in model.orders.iter().zip(looks).enumerate() {
            let id: OrderId = self.purchases[number].order.parse().unwrap();
            let key = (id.uuid(), self.payees[payee].creator.uuid());
            let moved = book.get(&key).cloned().unwrap_or_default();
            let whose = format!("payee {payee} of order {number}: {moved:?}, {look:?}, {order:?}");
            let earned = if is_paid(look) { order.parts.earned(payee) } else { 0 };
            assert_eq!((moved.earned, moved.given_up), (earned, order.parts.given_up(payee)), "{whose}");
            let (frozen, lost) = of_banks(order, payee, look);
            assert!(within(order.release(payee), moved.released), "due, {whose}");
            assert!(within(frozen, moved.frozen), "frozen, may be {frozen:?}, {whose}");
            assert!(within(lost, moved.lost), "lost to banks, may be {lost:?}, {whose}");
        }
    }

    /// What Stripe has of it.
    fn is_sent_like(&mut self, number: usize, model: &Model, book: &Book) {
        let sent = self.of(number, book, |moved| moved.sent);
        let payee = &mut self.payees[number];
        assert!(within(model.sent(number), sent), "sent: {sent}, may be {:?}", model.sent(number));
        let there = self.market.holds(&payee.account);
        assert_eq!(there, sent, "what Stripe says was sent is what is booked");
        if let Some(before) = payee.sent_when_held.filter(|_| model.held_at[number].is_some()) {
            assert!(there <= before, "{before} were sent, now {there}, though an operator holds the money");
        }
        payee.sent_when_held = model.held_at[number].map(|_| there);
    }

    /// What they see of their own money is what is left of all that, and nobody shares in anything else.
    async fn sees_like(&self, number: usize, book: &Book) -> Value {
        let payee = &self.payees[number];
        let sum = |of: fn(&Moved) -> i64| self.of(number, book, of);
        let seen = payee.person.sees(MONEY, json!({ "id": payee.creator.to_string() })).await;
        let balance = &seen["studio"]["balance"];
        let reserved = shown(balance, "reserved");
        assert_eq!(reserved, sum(|moved| moved.frozen), "frozen, as payee {number} sees it");
        // What was sent is still theirs, and at Stripe: nobody's bank is in the model.
        let left = sum(|moved| moved.earned - moved.given_up - moved.lost);
        let all = shown(balance, "pending") + shown(balance, "available") + reserved;
        assert_eq!(all, left, "payee {number} sees {balance}");
        seen["studio"].clone()
    }

    fn of(&self, payee: usize, book: &Book, of: fn(&Moved) -> i64) -> i64 {
        let creator = self.payees[payee].creator.uuid();
        book.iter().filter(|((_, whose), _)| *whose == creator).map(|(_, moved)| of(moved)).sum()
    }

    /// What the co-teacher sees of each course is what was offered.
    fn is_offered_like(&self, model: &Model, seen: &Value) {
        let of = |title: &str| {
            let found = seen.as_array().unwrap().iter().find(|one| one["offeringTitle"] == title);
            found.map(|one| json!([one["basisPoints"], one["acceptedBasisPoints"], one["state"]]))
        };
        for offer in 0..COURSES {
            assert_eq!(of(&format!("Course {offer}")), offered(model, offer), "the co-teacher sees {seen}");
        }
    }

    /// And so does the seller.
    async fn offers_like(&self, model: &Model) {
        let node = |(at, shop): (usize, &Offer)| format!("c{at}: node(id: \"{}\") {SPLIT}", shop.id);
        let nodes: Vec<String> = self.offers.iter().take(COURSES).enumerate().map(node).collect();
        let seen = self.payees[SELLER].person.sees(&format!("{{ {} }}", nodes.join(" ")), json!({})).await;
        for offer in 0..COURSES {
            let split = &seen[format!("c{offer}")]["split"];
            let of =
                split.get(0).map(|one| json!([one["basisPoints"], one["acceptedBasisPoints"], one["state"]]));
            assert_eq!(of, offered(model, offer), "the seller sees {split}");
        }
    }
}

/// A part as both see it.
fn offered(model: &Model, offer: usize) -> Option<Value> {
    model.agreements[offer].map(|part| json!([part.points, part.accepted, part.state]))
}
