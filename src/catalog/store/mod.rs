//! The catalog in the database; a file each for offerings, each kind of them, outlines, bodies, prices and lists.

mod bodies;
mod bundles;
mod courses;
mod drafts;
mod lists;
mod niches;
mod offerings;
mod outlines;
mod plans;
mod prices;
mod readiness;
mod rows;
mod slugs;
mod splits;
mod taking_out;
mod workshops;

pub use bodies::{attachments, bodies, files_of, set_attachments, set_body};
pub use bundles::{insert_bundle, items, items_of, set_items, update_bundle};
pub use courses::{course, insert_course, set_counts, update_course};
pub use lists::{of_studio, public_ids, public_list};
pub use niches::{niches_of, set_niches};
pub use offerings::{by_slug, locked, offering, offerings, set_status, touch, words_of};
pub use outlines::{
    delete_lesson, delete_section, insert_lesson, insert_section, lesson, lesson_facts, lessons, outline,
    outlines, place_lessons, place_sections, rename_section, section, sections, touch_lesson, update_lesson,
};
pub use plans::{
    included_offerings, insert_plan, plan_contents, plans_of, plans_with, title_of, update_plan,
};
pub use prices::{
    active_count, archive, costs_something, insert_price, of_offerings, price, price_for_sale, prices,
    promote_oldest,
};
pub use readiness::{Counts, counts, readiness};
pub use slugs::{change_slug, free_slug};
pub use splits::{parts, parts_for, parts_of, payees, set_part, set_parts};
pub use workshops::{insert_workshop, update_workshop, workshop};

use crate::kernel::{Error, Fault};

/// A value that the table's CHECK would not have let in.
fn impossible(what: &str, value: &str) -> Error {
    Fault::new("reading the catalog", format!("{what} is {value:?}, which no release has written")).into()
}
