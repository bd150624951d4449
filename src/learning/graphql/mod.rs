//! Progress, the library and playback as clients see them.

mod enrollment;
mod inputs;
mod library;
mod mutations;
mod payloads;
mod playback;
mod progress;

pub use enrollment::EnrollmentProgress;
pub use inputs::*;
pub use library::{EnrollmentConnection, EnrollmentEdge, LibraryFilter, ViewerLibrary};
pub use mutations::LearningMutation;
pub use payloads::*;
pub use playback::{
    DownloadGrantCreatePayload, PlaybackGrant, PlaybackGrantCreatePayload, PlaybackInput, PlaybackMutation,
};
pub use progress::{CourseProgress, LessonProgress, LessonProgressPart};
