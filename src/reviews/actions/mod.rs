//! What is done with reviews, one file per verb.

mod delete;
mod invite;
mod reply;
mod standing;
mod submit;
mod take_down;
mod vote;

pub use delete::delete;
pub use invite::invite;
pub use reply::reply;
pub use submit::{Wish, submit};
pub use take_down::take_down;
pub use vote::vote;

use crate::events::Event;

use super::model::Review;

/// Something happened to a review: its creator's pages are different.
fn happened(kind: &'static str, review: &Review) -> Event {
    let event = Event::new(kind, review.id).of_creator(review.creator);
    match review.author {
        Some(author) => event.of_user(author),
        None => event,
    }
}
