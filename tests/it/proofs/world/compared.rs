//! Everything that can be seen, held against the model, and every rule.
//!
//! What the buyers see of their orders is one of the model's right answers; rights, book, codes and cases follow from
//! what they see, exactly. What each payee has of it is in `earnings`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::World;
use crate::proofs::book::{Sums, db_sums};
use crate::proofs::model::{Bounds, Model, Order, Rival};

const CODES: &str =
    "query($id: ID!) { studio(creatorId: $id) { coupons { nodes { code redemptionCount } } } }";

const LIBRARY: &str = "{ viewer { library { nodes { state offering { id } } } } }";

/// How a purchase looks to its buyer: the checkout's state and the order's.
pub(super) type Look = (String, String);

pub(super) fn is_paid(look: &Look) -> bool {
    look.0 == "SUCCEEDED"
}

pub(super) fn is_disputed(look: &Look) -> bool {
    look.1 == "DISPUTED"
}

/// Whether this purchase, looking like this, gives somebody a right.
fn gives(order: &Order, look: &Look) -> bool {
    let taken = is_disputed(look) && order.dispute.as_ref().is_some_and(|dispute| dispute.left > 0);
    is_paid(look) && !order.revoked && !taken
}

pub(super) fn within((least, most): Bounds, amount: i64) -> bool {
    least <= amount && amount <= most
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl World {
    /// Compares everything that can be seen with the model, and runs every rule.
    pub async fn is_like(&mut self, model: &Model) {
        let looks = self.looks(model).await;
        for (number, (order, look)) in model.orders.iter().zip(&looks).enumerate() {
            let allowed = order.may_look();
            let fits = allowed.iter().any(|(checkout, order)| (*checkout, *order) == (&look.0, &look.1));
            assert!(fits, "order {number} looks like {look:?}, but should be one of {allowed:?}: {order:?}");
        }
        self.uses_are_like(model).await;
        self.sells_like(model, &looks).await;
        self.earns_like(model, &looks).await;
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
                        "o{order}: checkout(id: \"{}\") {{ status order {{ status taxTotal {{ minorUnits }} }} }}",
                        self.purchases[*order].checkout
                    )
                });
                let seen =
                    buyer.sees(&format!("{{ {} }}", parts.collect::<Vec<_>>().join(" ")), json!({})).await;
                for order in some {
                    let checkout = &seen[format!("o{order}")];
                    let tax = checkout["order"]["taxTotal"]["minorUnits"].as_i64();
                    assert_eq!(tax, Some(model.orders[*order].parts.tax()), "the tax of order {order}");
                    looks.insert(*order, (text(&checkout["status"]), text(&checkout["order"]["status"])));
                }
            }
        }
        looks.into_values().collect()
    }

    /// Codes are used as often as the model says, as their creator sees it.
    async fn uses_are_like(&self, model: &Model) {
        if model.coupons.is_empty() {
            return;
        }
        let seen = self.creator().sees(CODES, json!({ "id": self.free.creator.to_string() })).await;
        let nodes = seen["studio"]["coupons"]["nodes"].as_array().unwrap();
        for (number, known) in self.codes.iter().enumerate() {
            let node = nodes.iter().find(|node| node["code"] == known.code).unwrap();
            let (uses, may) = (node["redemptionCount"].as_i64().unwrap(), model.uses(number));
            assert!(within(may, uses), "{} is used {uses} times, may be {may:?}", known.code);
        }
    }

    /// Rights, book and cases follow from what the buyers see.
    async fn sells_like(&self, model: &Model, looks: &[Look]) {
        let seen: Vec<_> = model.orders.iter().zip(looks).collect();
        let paid: Vec<&Order> =
            seen.iter().filter(|(_, look)| is_paid(look)).map(|(order, _)| *order).collect();
        let giving = seen.iter().filter(|(order, look)| gives(order, look));
        let rights: BTreeSet<(usize, usize)> = giving.flat_map(|(order, _)| order.rights()).collect();
        self.owns_like(model, &rights).await;
        let twice = bought_twice(&paid);
        let expected = Sums {
            enrollments: count(rights.len() + model.claimed.len()),
            sales: count(paid.len()),
            receipts: count(paid.len()),
            twice,
            cases: twice + not_returned(&seen),
            taken: paid.iter().map(|order| order.price).sum(),
            refunded: model.refunded(),
            tax: paid.iter().map(|order| order.parts.tax()).sum(),
            tax_back: model.orders.iter().map(|order| order.parts.tax_back()).sum(),
        };
        let sums = db_sums(&self.market).await;
        let cases = self.market.db_open_cases().await;
        assert_eq!(
            sums, expected,
            "rights and book, as the buyers see their orders: {looks:?}; open: {cases:?}"
        );
    }
}

impl World {
    /// Everybody finds in their library what was paid for, and what they took for nothing.
    async fn owns_like(&self, model: &Model, rights: &BTreeSet<(usize, usize)>) {
        for (number, buyer) in self.buyers.iter().enumerate() {
            let seen = buyer.sees(LIBRARY, json!({})).await;
            let nodes = seen["viewer"]["library"]["nodes"].as_array().unwrap();
            let active = nodes.iter().filter(|right| right["state"] == "ACTIVE");
            let owned: BTreeSet<String> = active.map(|right| text(&right["offering"]["id"])).collect();
            let theirs = rights.iter().filter(|(learner, _)| *learner == number);
            let free = model.claimed.contains(&number).then(|| self.free.course.to_string());
            let paid = theirs.map(|(_, course)| self.offers[*course].id.clone());
            assert_eq!(owned, paid.chain(free).collect(), "what buyer {number} owns");
        }
    }
}

/// How often a person was called since somebody paid for what was theirs.
fn bought_twice(paid: &[&Order]) -> i64 {
    let mut groups: BTreeMap<usize, i64> = BTreeMap::new();
    let mut known = 0;
    for order in paid.iter().filter(|order| !order.gift) {
        match order.rival {
            Rival::Known => known += 1,
            Rival::Group(group) => *groups.entry(group).or_default() += 1,
        }
    }
    known + groups.values().map(|paid| paid - 1).sum::<i64>()
}

/// How often a person was called since a bank gave a payment back for what had been bought again.
fn not_returned(seen: &[(&Order, &Look)]) -> i64 {
    let of = |order: &Order| order.dispute.as_ref().map_or(0, |dispute| dispute.cases);
    count(seen.iter().filter(|(_, look)| !is_disputed(look)).map(|(order, _)| of(order)).sum())
}
