//! What operators do, one file an occasion.

mod cases;
mod enter;
mod holds;
mod refund;
mod replay;
mod reviews;
mod staff;

pub use cases::close_case;
pub use enter::{Operator, enter};
pub use holds::set_hold;
pub use refund::refund;
pub use replay::replay;
pub use reviews::take_down_review;
pub use staff::{grant, revoke, staff};

use crate::kernel::{Problem, Refusal};

use super::refusals::OperatorRefusal;

/// A reason or a note: trimmed, not empty, of bounded length.
fn words(
    text: &str,
    most: usize,
    missing: OperatorRefusal,
    path: &'static str,
) -> std::result::Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most {
        return Err(missing.at([path]));
    }
    Ok(text.to_owned())
}
