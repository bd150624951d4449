//! Reviews as clients see them.

mod lists;
mod mutations;
mod review;

pub use lists::{ReviewConnection, ReviewEdge, ReviewOrder, praise_of, reviews_of};
pub use mutations::*;
pub use review::{Review, review, review_by_id};
