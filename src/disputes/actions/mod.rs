//! What is done about disputes, one file per occasion.

mod answer;
mod decide;
mod open;
mod read;
mod warn;

pub use answer::answer;
pub use read::{read, sweep};
pub use warn::read_warning;

use chrono::Duration;

/// As long as this, a payment we do not know yet may still become known.
const HOPE: Duration = Duration::hours(1);
