//! The demo creator: Mira, who teaches bread.

use chrono::Duration;

use crate::app::App;
use crate::catalog::actions as catalog;
use crate::catalog::model::{CourseText, NewPrice, PageText, WorkshopText};
use crate::creators::{self, Permission};
use crate::enrollment::{actions as enrollment, model::Source};
use crate::identity::{self, passwords};
use crate::kernel::text::Checks;
use crate::kernel::{CreatorId, Currency, Money, PublicId, Result, ReviewId, Viewer};
use crate::learning;
use crate::reviews::actions::{self as reviews, Wish};
use crate::workshops::{self, model::SessionWish};

use super::{Lesson, Made, Section, course};

/// Who the demo creator signs in as.
pub const DEMO_EMAIL: &str = "mira@demo.example";
/// With what.
pub const DEMO_PASSWORD: &str = "bread every morning";
/// Where the demo storefront is.
pub const DEMO_PATH: &str = "/@mira";

const BIO: &str =
    "I bake in a small kitchen and teach what works there: **one small step a day**, no machines.";

const BREAD: &[Section<'static>] = &[
    (
        "The first week",
        &[
            Lesson {
                title: "Day 1: Flour, water, time",
                is_preview: true,
                words: "Mix **500 g flour** and **350 g water** with your hand, only until nothing is dry. Cover it. That is all for today.\n\nTomorrow you will see what time alone has done.",
            },
            Lesson {
                title: "Day 2: Salt comes later",
                is_preview: false,
                words: "Dissolve **10 g salt** in a spoon of water and fold it in. Feel how the dough tightens within a minute.",
            },
            Lesson {
                title: "Day 3: Folding",
                is_preview: false,
                words: "Pull one side up and over to the other. Turn the bowl. Four times, every half hour, three rounds.",
            },
        ],
    ),
    (
        "The second week",
        &[
            Lesson {
                title: "Day 8: Shaping",
                is_preview: false,
                words: "Flour on the outside, none on the inside. Draw the dough towards you until its skin is tight.",
            },
            Lesson {
                title: "Day 9: The oven",
                is_preview: false,
                words: "As hot as it goes, with a lidded pot inside, for half an hour before the bread.",
            },
        ],
    ),
];

const STARTER: &[Section<'static>] = &[(
    "Sourdough from nothing",
    &[
        Lesson {
            title: "Day 1: Two spoons",
            is_preview: true,
            words: "Two spoons of rye flour, two of water, a clean jar. Stir and wait until tomorrow.",
        },
        Lesson {
            title: "Days 2 to 5: Feeding",
            is_preview: false,
            words: "Every day, throw half away and add a spoon of flour and a spoon of water. By the fifth day it rises.",
        },
    ],
)];

/// What three learners think of the free course.
const THOUGHTS: &[(&str, i32, &str)] = &[
    ("Jonas", 5, "Two spoons, really. On the fifth day it **rose**, and I danced."),
    ("Aiko", 5, "Short, calm, and it works in a tiny kitchen."),
    ("Lena", 4, "I would have liked a picture of how it should look on day 3."),
];

/// Makes the demo creator if it is not there; whether it was made.
pub async fn demo(app: &App) -> Result<bool> {
    if creators::store::by_handle(app.db.read(), "mira").await?.is_some() {
        return Ok(false);
    }
    let hash = passwords::hash(DEMO_PASSWORD.to_owned()).await?;
    identity::actions::seeded_account(app, DEMO_EMAIL, "Mira Sandvik", &hash).await?;
    let mira = identity::actions::seeded_viewer(app, DEMO_EMAIL, DEMO_PASSWORD).await?;
    let creator = open(app, &mira).await?;
    let paid = NewPrice::OneTime {
        amount: Money::new(1900, Currency::Eur),
        compare_at: None,
        available_until: None,
    };
    course(app, &mira, creator, text("Better bread in 30 days", "One small step a day"), BREAD, paid).await?;
    let words = text("Your first sourdough", "Five days, two spoons");
    let starter = course(app, &mira, creator, words, STARTER, NewPrice::Free).await?;
    evening(app, &mira, creator).await?;
    for (name, stars, words) in THOUGHTS {
        let review = thinks(app, &hash, name, &starter, (*stars, words)).await?;
        if *stars < 5 {
            reviews::reply(app, &mira, review, "Thank you! There are pictures of day 3 now.").await?;
        }
    }
    Ok(true)
}

/// Somebody takes the free course, finishes its first lesson and says what they think.
async fn thinks(
    app: &App,
    hash: &str,
    name: &str,
    starter: &Made,
    (rating, words): (i32, &str),
) -> Result<ReviewId> {
    let email = format!("{}@demo.example", name.to_lowercase());
    let learner = identity::actions::seeded_account(app, &email, name, hash).await?;
    let mut tx = app.begin().await?;
    enrollment::grant(&mut tx, learner, starter.course.uuid(), Source::Free, None).await?;
    tx.commit().await?;
    let viewer = identity::actions::seeded_viewer(app, &email, DEMO_PASSWORD).await?;
    for lesson in starter.lessons.iter().take(1) {
        learning::actions::complete_lesson(app, &viewer, *lesson).await?;
    }
    reviews::submit(app, &viewer, starter.course.into(), Wish { rating, body: words.to_owned() }).await
}

/// A live workshop with two dates for a few people.
async fn evening(app: &App, mira: &Viewer, creator: CreatorId) -> Result<()> {
    let words = text("Bread together", "An evening in front of four ovens").page;
    let words = PageText { description: Some("We bake at the same time, each at home.".to_owned()), ..words };
    let words = WorkshopText { page: words, ..WorkshopText::default() };
    let workshop = catalog::create_workshop(app, mira, creator, words).await?;
    for days in [14, 28] {
        let day = app.now() + Duration::days(days);
        let wish = SessionWish {
            title: None,
            local_start: day.format("%Y-%m-%dT18:00").to_string(),
            time_zone: "Europe/Berlin".to_owned(),
            minutes: 120,
            capacity: Some(8),
            waitlist_enabled: true,
            hosts: None,
        };
        workshops::actions::schedule(app, mira, workshop.into(), wish).await?;
    }
    let amount = Money::new(2500, Currency::Eur);
    let price = NewPrice::OneTime { amount, compare_at: None, available_until: None };
    catalog::create_price(app, mira, workshop.into(), price).await?;
    catalog::publish(app, mira, workshop.into()).await?;
    Ok(())
}

async fn open(app: &App, mira: &Viewer) -> Result<CreatorId> {
    let start = creators::actions::Start {
        handle: "mira".to_owned(),
        display_name: "Mira's Kitchen".to_owned(),
        country: "DE".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        niches: vec!["baking".to_owned(), "cooking".to_owned()],
    };
    let creator = creators::actions::create(app, mira, start).await?;
    let desk = creators::desk(app, mira, creator, Permission::Settings).await?;
    let profile = creators::actions::Profile {
        headline: Some(Some("Bread for small kitchens".to_owned())),
        bio_markdown: Some(Some(BIO.to_owned())),
        ..Default::default()
    };
    creators::actions::update(app, &desk, profile, Checks::default()).await?;
    creators::actions::publish(app, &desk, true).await?;
    Ok(creator)
}

fn text(title: &str, subtitle: &str) -> CourseText {
    CourseText {
        page: PageText {
            title: Some(title.to_owned()),
            subtitle: Some(Some(subtitle.to_owned())),
            description: Some("You need flour, water, salt and ten minutes a day.".to_owned()),
            niche_slugs: Some(vec!["baking".to_owned()]),
            ..PageText::default()
        },
        outcomes: Some(vec!["You bake a loaf you are proud of.".to_owned()]),
        ..CourseText::default()
    }
}
