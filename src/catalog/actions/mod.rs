//! What a studio's team does with what it sells; a file each for what is edited together.

mod bodies;
mod bundles;
mod courses;
mod editing;
mod lessons;
mod plans;
mod prices;
mod publishing;
mod reorder;
mod sections;
mod splits;
mod workshops;

pub use bodies::set_content;
pub use bundles::{create_bundle, update_bundle};
pub use courses::{create_course, update_course};
pub use editing::{Editing, LESSONS_REMOVED};
pub use lessons::{create_lesson, delete_lesson, update_lesson};
pub use plans::{PLAN_CHANGED, create_plan, update_plan};
pub use prices::{archive_price, create_price};
pub use publishing::{PUBLISHED, archive, change_slug, publish, unpublish};
pub use reorder::reorder;
pub use sections::{create_section, delete_section, rename_section};
pub use splits::{accept_split, decline_split, set_split};
pub use workshops::{create_workshop, update_workshop};
