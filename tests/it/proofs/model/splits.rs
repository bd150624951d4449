//! Who teaches a course with its seller, and for how much.
//!
//! Kept true: a part counts once it was accepted, and as it was accepted until a change of it is too; whoever is left
//! out or declines has no part in what is sold from then on; what was sold stays divided as it was.

use super::{AFFILIATE, COURSES, Model, Order, Outcome, TEACHER};

/// A part of a course's sales that its seller offered the co-teacher, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// What is offered.
    pub points: i64,
    /// What was accepted, and counts.
    pub accepted: Option<i64>,
    /// How it stands, as the API calls it.
    pub state: &'static str,
}

/// What is offered of each course.
pub type Agreements = [Option<Offered>; COURSES];

const INVITED: &str = "INVITED";
const ACCEPTED: &str = "ACCEPTED";
const DECLINED: &str = "DECLINED";

impl Model {
    /// What the co-teacher has of a course that is sold now.
    pub(super) fn part_of(&self, offer: usize) -> i64 {
        self.agreements[offer].and_then(|part| part.accepted).unwrap_or(0)
    }

    /// The seller wants it so; nothing: the co-teacher is left out.
    pub(super) fn shares(&mut self, offer: usize, points: Option<i64>) {
        let known = self.agreements[offer];
        self.agreements[offer] = points.map(|points| match known {
            Some(known) if known.points == points && known.state != DECLINED => known,
            _ => Offered { points, accepted: known.and_then(|known| known.accepted), state: INVITED },
        });
    }

    /// Why the co-teacher's word changes nothing.
    pub(super) fn not_answered(&self, offer: usize, yes: bool) -> Option<&'static str> {
        let declined = self.agreements[offer].is_some_and(|part| part.state == DECLINED);
        (yes && declined).then_some("INVALID_STATE")
    }

    /// The co-teacher says yes or no.
    pub(super) fn answers_share(&mut self, offer: usize, yes: bool) {
        let Some(part) = &mut self.agreements[offer] else { return };
        part.accepted = yes.then_some(part.points);
        part.state = if yes { ACCEPTED } else { DECLINED };
    }

    /// What became of shared sales in the end.
    pub fn shared(&self) -> Vec<&'static str> {
        let any = |of: &dyn Fn(&Order) -> bool| self.orders.iter().any(of);
        let (part, lost) = (gives_back_a_part, |order: &Order| {
            order.parts.earned(TEACHER) > 0
                && order.dispute.as_ref().is_some_and(|dispute| dispute.outcome == Outcome::Lost)
        });
        let all = [
            (any(&|order| part(order, TEACHER)), "a co-teacher gave back a part"),
            (any(&|order| part(order, AFFILIATE)), "an affiliate gave back a part"),
            (any(&|order| part(order, TEACHER) && part(order, AFFILIATE)), "three gave back a part"),
            (any(&lost), "a co-teacher lost their part"),
            (self.sent(TEACHER).0 > 0, "a co-teacher was sent their part"),
            (self.sent(AFFILIATE).0 > 0, "an affiliate was sent their part"),
        ];
        all.into_iter().filter_map(|(happened, name)| happened.then_some(name)).collect()
    }
}

fn gives_back_a_part(order: &Order, payee: usize) -> bool {
    (1..order.parts.earned(payee)).contains(&order.parts.given_up(payee))
}
