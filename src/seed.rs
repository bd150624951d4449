//! Demo and load data, made through the same actions that people use. Never in production.
//!
//! The demo creator is made at the first start of a sandbox, so that there is something to look at and to buy. Load data
//! is for trying out sizes: many creators, courses and learners, with progress.

mod demo;
mod load;

pub use demo::{DEMO_EMAIL, DEMO_PASSWORD, DEMO_PATH, demo};
pub use load::{Amounts, load};

use crate::app::App;
use crate::catalog::actions as catalog;
use crate::catalog::model::{Body, CourseText, LessonText, NewPrice};
use crate::kernel::{CourseId, CreatorId, LessonId, Result, Viewer};

/// A section's title and its lessons.
type Section<'a> = (&'a str, &'a [Lesson<'a>]);

/// A lesson as an article: title, words, open to all.
#[derive(Clone, Copy)]
struct Lesson<'a> {
    title: &'a str,
    words: &'a str,
    is_preview: bool,
}

/// A course that was made.
struct Made {
    course: CourseId,
    /// In order.
    lessons: Vec<LessonId>,
}

/// Makes a course with its outline and price, and publishes it.
async fn course(
    app: &App,
    viewer: &Viewer,
    creator: CreatorId,
    text: CourseText,
    sections: &[Section<'_>],
    price: NewPrice,
) -> Result<Made> {
    let course = catalog::create_course(app, viewer, creator, text).await?;
    let mut lessons = Vec::new();
    for (title, steps) in sections {
        let section = catalog::create_section(app, viewer, course, Some((*title).to_owned())).await?;
        for lesson in *steps {
            let text = LessonText {
                title: Some(lesson.title.to_owned()),
                is_preview: Some(lesson.is_preview),
                ..LessonText::default()
            };
            let made = catalog::create_lesson(app, viewer, section, text).await?;
            catalog::set_content(app, viewer, made, Body::Article(lesson.words.to_owned())).await?;
            lessons.push(made);
        }
    }
    catalog::create_price(app, viewer, course.into(), price).await?;
    catalog::publish(app, viewer, course.into()).await?;
    Ok(Made { course, lessons })
}
