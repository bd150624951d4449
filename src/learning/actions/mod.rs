//! What learners do; one file a verb.

mod finish;
mod play;
mod see;
mod sync;
mod watch;
mod write;

pub use finish::{complete_lesson, reopen_lesson};
pub use play::{Played, Target, download, play};
pub use see::{Seen, see_lesson};
pub use sync::{Synced, sync_progress};
pub use watch::{Watched, renew, watch};
