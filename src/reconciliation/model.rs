//! What is compared, and what a difference is called. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::kernel::Instant;

/// One movement, on Stripe's side or in our book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// What it is about at Stripe: `ch_…`, `re_…`.
    pub source: String,
    /// Upper case.
    pub currency: String,
    /// What it changed our balance at Stripe by.
    pub net_minor: i64,
    /// Its name on that side: `txn_… charge`, `SALE ch_…`.
    pub name: String,
    /// When it was seen or booked.
    pub at: Instant,
}

/// What is compared, and further names the book knows it by.
pub type Source = (String, Vec<String>);

/// Both sides of one source, in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    stripe: Vec<Side>,
    book: Vec<Side>,
}

/// A difference that a person must look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Of the case: `BOOK_LACKS`, `STRIPE_LACKS` or `BOOK_DIFFERS`.
    pub kind: &'static str,
    /// About what.
    pub source: String,
    /// In which currency.
    pub currency: String,
    /// Both sides.
    pub detail: Value,
}

/// Where Stripe and the book say different things; sources with something newer than `until` are left for later.
pub fn differences(stripe: Vec<Side>, book: Vec<Side>, until: Instant) -> Vec<Difference> {
    let mut pairs: BTreeMap<(String, String), Pair> = BTreeMap::new();
    let fresh: BTreeSet<String> =
        stripe.iter().chain(&book).filter(|side| side.at >= until).map(|side| side.source.clone()).collect();
    for side in stripe {
        pairs.entry((side.source.clone(), side.currency.clone())).or_default().stripe.push(side);
    }
    for side in book {
        pairs.entry((side.source.clone(), side.currency.clone())).or_default().book.push(side);
    }
    let settled = pairs.into_iter().filter(|((source, _), _)| !fresh.contains(source));
    settled.filter_map(|(key, pair)| pair.difference(&key)).collect()
}

impl Pair {
    fn difference(&self, (source, currency): &(String, String)) -> Option<Difference> {
        let (stripe, book) = (sum(&self.stripe), sum(&self.book));
        if stripe == book {
            return None;
        }
        let kind = match (self.stripe.is_empty(), self.book.is_empty()) {
            (true, _) => "STRIPE_LACKS",
            (_, true) => "BOOK_LACKS",
            _ => "BOOK_DIFFERS",
        };
        let detail = json!({
            "currency": currency,
            "stripe": { "sum": stripe, "movements": names(&self.stripe) },
            "book": { "sum": book, "movements": names(&self.book) },
        });
        Some(Difference { kind, source: source.clone(), currency: currency.clone(), detail })
    }
}

impl Difference {
    /// Of the case: source and currency.
    pub fn subject(&self) -> String {
        format!("{} {}", self.source, self.currency)
    }
}

fn sum(sides: &[Side]) -> i64 {
    sides.iter().map(|side| side.net_minor).sum()
}

fn names(sides: &[Side]) -> Vec<String> {
    sides.iter().map(|side| format!("{}: {}", side.name, side.net_minor)).collect()
}

/// What a journal's outside id is about: a room may add a part of its own behind a colon.
pub fn source_of(external_id: &str) -> &str {
    external_id.split_once(':').map_or(external_id, |(source, _)| source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeZone, Utc};

    fn at(minute: u32) -> Instant {
        Utc.with_ymd_and_hms(2026, 11, 22, 5, minute, 0).unwrap()
    }

    fn side(source: &str, net_minor: i64, minute: u32) -> Side {
        Side {
            source: source.into(),
            currency: "EUR".into(),
            net_minor,
            name: format!("m {source}"),
            at: at(minute),
        }
    }

    #[test]
    fn what_agrees_is_silent_however_it_is_divided() {
        let stripe = vec![side("ch_1", 1940, 1)];
        let book = vec![side("ch_1", 2000, 1), side("ch_1", -60, 2)];
        assert_eq!(differences(stripe, book, at(30)), []);
    }

    #[test]
    fn each_way_of_differing_has_its_name() {
        let stripe = vec![side("ch_1", 10, 1), side("ch_2", 10, 1)];
        let book = vec![side("ch_2", 11, 1), side("ch_3", 10, 1)];
        let found = differences(stripe, book, at(30));
        let kinds: Vec<_> = found.iter().map(|one| (one.kind, one.subject())).collect();
        assert_eq!(
            kinds,
            [("BOOK_LACKS", "ch_1 EUR"), ("BOOK_DIFFERS", "ch_2 EUR"), ("STRIPE_LACKS", "ch_3 EUR")]
                .map(|(kind, subject)| (kind, subject.to_owned()))
        );
    }

    #[test]
    fn what_has_just_moved_is_left_for_later() {
        assert_eq!(differences(vec![side("ch_1", 10, 40)], vec![], at(30)), []);
        assert_eq!(differences(vec![side("ch_1", 10, 1)], vec![side("ch_1", 9, 40)], at(30)), []);
    }

    #[test]
    fn a_room_may_add_its_own_part() {
        assert_eq!(source_of("du_1:fee"), "du_1");
        assert_eq!(source_of("du_1"), "du_1");
    }
}
