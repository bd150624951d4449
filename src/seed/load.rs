//! Load data: many creators, courses and learners, through the same actions, with progress.

use crate::app::App;
use crate::catalog::model::{CourseText, NewPrice, PageText};
use crate::creators::{self, Permission};
use crate::enrollment;
use crate::enrollment::model::Source;
use crate::identity::{self, passwords};
use crate::kernel::{CourseId, CreatorId, Currency, Money, PublicId, Result, Viewer};

use super::{Lesson, Section, course};

const PASSWORD: &str = "load data only, no person";
const REPORT_EVERY: u32 = 25;

/// How many of each.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    /// Creators with an open storefront.
    pub creators: u32,
    /// Courses, spread evenly over the creators; every other one is free.
    pub courses: u32,
    /// Learners, each enrolled in one course.
    pub learners: u32,
}

const OUTLINE: &[Section<'static>] = &[
    (
        "Begin",
        &[
            Lesson { title: "What you need", words: "A quiet quarter of an hour a day.", is_preview: true },
            Lesson { title: "The first step", words: "Do it once, however badly.", is_preview: false },
        ],
    ),
    (
        "Go on",
        &[
            Lesson { title: "Every day", words: "Do it again, a little better.", is_preview: false },
            Lesson { title: "Look back", words: "Compare with the first day.", is_preview: false },
        ],
    ),
];

/// Makes them, telling `report` how far it is. Running it again adds only what is missing of the same names.
pub async fn load(app: &App, amounts: Amounts, report: impl Fn(String)) -> Result<()> {
    let hash = passwords::hash(PASSWORD.to_owned()).await?;
    let mut owners = Vec::new();
    for n in 0..amounts.creators {
        owners.extend(creator(app, n, &hash).await?);
        progress(&report, "creators", n + 1, amounts.creators);
    }
    let mut courses = Vec::new();
    for n in 0..amounts.courses {
        let Some((viewer, creator)) = owners.get(n as usize % owners.len().max(1)) else { break };
        courses.push(one_course(app, viewer, *creator, n).await?);
        progress(&report, "courses", n + 1, amounts.courses);
    }
    for n in 0..amounts.learners {
        let email = format!("learner-{n}@load.example");
        let learner = identity::actions::seeded_account(app, &email, &format!("Learner {n}"), &hash).await?;
        if let Some(course) = courses.get(n as usize % courses.len().max(1)) {
            let mut tx = app.begin().await?;
            enrollment::actions::grant(&mut tx, learner, course.uuid(), Source::Complimentary, None).await?;
            tx.commit().await?;
        }
        progress(&report, "learners", n + 1, amounts.learners);
    }
    Ok(())
}

/// A creator with an open storefront; none if this name was seeded before.
async fn creator(app: &App, n: u32, hash: &str) -> Result<Option<(Viewer, CreatorId)>> {
    let (email, handle) = (format!("creator-{n}@load.example"), format!("load-{n}"));
    if creators::store::by_handle(app.db.read(), &handle).await?.is_some() {
        return Ok(None);
    }
    identity::actions::seeded_account(app, &email, &format!("Creator {n}"), hash).await?;
    let viewer = identity::actions::seeded_viewer(app, &email, PASSWORD).await?;
    let start = creators::actions::Start {
        handle,
        display_name: format!("Creator {n}"),
        country: "DE".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        niches: vec!["cooking".to_owned()],
    };
    let id = creators::actions::create(app, &viewer, start).await?;
    let desk = creators::desk(app, &viewer, id, Permission::Settings).await?;
    creators::actions::publish(app, &desk, true).await?;
    Ok(Some((viewer, id)))
}

async fn one_course(app: &App, viewer: &Viewer, creator: CreatorId, n: u32) -> Result<CourseId> {
    let page = PageText {
        title: Some(format!("Course {n}: one small step a day")),
        description: Some("Made to try out sizes.".to_owned()),
        ..PageText::default()
    };
    let text = CourseText { page, ..CourseText::default() };
    let paid = NewPrice::OneTime {
        amount: Money::new(1500, Currency::Eur),
        compare_at: None,
        available_until: None,
    };
    let price = if n.is_multiple_of(2) { NewPrice::Free } else { paid };
    Ok(course(app, viewer, creator, text, OUTLINE, price).await?.course)
}

fn progress(report: &impl Fn(String), what: &str, done: u32, of: u32) {
    if done.is_multiple_of(REPORT_EVERY) || done == of {
        report(format!("{done} of {of} {what}"));
    }
}
