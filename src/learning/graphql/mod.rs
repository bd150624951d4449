//! Progress, the library and playback as clients see them.

mod enrollment;
mod inputs;
mod library;
mod mutations;
mod payloads;
mod playback;
mod progress;

pub use enrollment::{EnrollmentProgress, OfflineItem, OfflineLessons};
pub use inputs::*;
pub use library::{EnrollmentConnection, EnrollmentEdge, LibraryFilter, ViewerLibrary};
pub use mutations::LearningMutation;
pub use payloads::*;
pub use playback::{
    DownloadGrantCreatePayload, PlaybackGrant, PlaybackGrantCreatePayload, PlaybackGrantRenewPayload,
    PlaybackInput, PlaybackMutation, PlaybackProtocol,
};
pub use progress::{CourseProgress, LessonProgress, LessonProgressPart};
