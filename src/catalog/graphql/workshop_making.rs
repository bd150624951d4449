//! Making a workshop and changing what is said of it, as clients do it.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use crate::catalog::{actions, model};
use crate::graphql::payload::Missing;
use crate::graphql::values::cleared;
use crate::graphql::{CountryCode, Ctx, Fallible, Markdown, answer, context::id};
use crate::kernel::{Denied, Result, WorkshopId};
use crate::payload;

use super::{PageInput, ReplayPolicy, Workshop, WorkshopFormat, workshop};

/// What is said of a workshop. Absent = keep, null = clear where it may be empty.
#[derive(Clone, Debug, InputObject)]
pub struct WorkshopInput {
    /// What is said of it as of anything one learns with.
    #[graphql(flatten)]
    pub page: PageInput,
    /// Where one takes part; ONLINE if never said.
    pub format: Option<WorkshopFormat>,
    /// Where it takes place, as a whole; shown while the format is IN_PERSON or HYBRID, which need it to be published.
    pub venue: MaybeUndefined<VenueInput>,
    /// What to bring and prepare; at most 20,000 characters.
    pub materials_markdown: Option<Markdown>,
    /// What happens when somebody cannot come; at most 20,000 characters.
    pub cancellation_policy_markdown: Option<Markdown>,
    /// Who may see the recording, and for how long; ATTENDEES if never said.
    pub replay_policy: Option<ReplayPolicy>,
}

/// A place.
#[derive(Clone, Debug, InputObject)]
pub struct VenueInput {
    /// What it is called there; at most 120 characters.
    pub name: String,
    /// Street and number; at most 200 characters.
    pub address_line: Option<String>,
    /// City; at most 120 characters.
    pub city: String,
    /// Country.
    pub country: CountryCode,
    /// Whether `addressLine` is shown to the team and those with a seat alone.
    #[graphql(default_with = "Some(false)")]
    pub hide_address: Option<bool>,
}

impl WorkshopInput {
    /// As the actions take it.
    fn words(self) -> Result<model::WorkshopText> {
        Ok(model::WorkshopText {
            page: self.page.words()?,
            format: self.format.map(Into::into),
            venue: cleared(self.venue).map(|venue| venue.map(model::Venue::from)),
            materials: self.materials_markdown.map(|words| words.0),
            cancellation_policy: self.cancellation_policy_markdown.map(|words| words.0),
            replay_policy: self.replay_policy.map(Into::into),
        })
    }
}

impl From<VenueInput> for model::Venue {
    fn from(venue: VenueInput) -> Self {
        Self {
            name: venue.name,
            address_line: venue.address_line,
            city: venue.city,
            country: venue.country.0,
            hide_address: venue.hide_address.unwrap_or(false),
        }
    }
}

payload! {
    /// Answer of `workshopCreate`.
    WorkshopCreatePayload {
        /// The new draft.
        workshop: Workshop,
    }
}

payload! {
    /// Answer of `workshopUpdate`.
    WorkshopUpdatePayload {
        /// The workshop, changed.
        workshop: Workshop,
    }
}

/// Mutations on what is said of workshops.
#[derive(Default)]
pub struct WorkshopMakingMutation;

#[Object]
impl WorkshopMakingMutation {
    /// Makes a workshop as a draft; its link is made from its title.
    async fn workshop_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "What it is about, and where it takes place.")] input: WorkshopInput,
    ) -> Fallible<WorkshopCreatePayload> {
        let made = async {
            let viewer = ctx.viewer()?;
            let creator = id(&["creatorId"], &creator_id)?;
            let made = actions::create_workshop(ctx.app(), viewer, creator, input.words()?).await;
            the_workshop(ctx, made.missing_at(&["creatorId"])?).await
        };
        answer(made.await.map(|workshop| WorkshopCreatePayload { workshop, user_errors: Vec::new() }))
    }

    /// Changes what is said of a workshop.
    async fn workshop_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] workshop_id: ID,
        #[graphql(desc = "What changes.")] input: WorkshopInput,
        #[graphql(desc = "The version that was read; STALE_VERSION if there is another.")]
        expected_version: Option<i32>,
    ) -> Fallible<WorkshopUpdatePayload> {
        let changed = async {
            let viewer = ctx.viewer()?;
            let workshop = id(&["id"], &workshop_id)?;
            let words = input.words()?;
            let changed =
                actions::update_workshop(ctx.app(), viewer, workshop, words, expected_version).await;
            the_workshop(ctx, changed.missing_at(&["id"])?).await
        };
        answer(changed.await.map(|workshop| WorkshopUpdatePayload { workshop, user_errors: Vec::new() }))
    }
}

async fn the_workshop(ctx: &Context<'_>, id: WorkshopId) -> Result<Option<Workshop>> {
    Ok(Some(workshop(ctx, id).await?.ok_or(Denied::NotFound)?))
}
