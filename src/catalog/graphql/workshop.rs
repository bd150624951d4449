//! A workshop as clients see it.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};

use crate::catalog::model;
use crate::connection;
use crate::graphql::values::RichText;
use crate::graphql::{CountryCode, Ctx, Fallible, field, required};
use crate::kernel::{Result, WorkshopId};
use crate::workshops::graphql::{SessionWindow, WorkshopSessionConnection, has_seat, sessions_of};

use super::access::may_edit;
use super::offering::{OfferingById, visible_offering};
use super::splits::{OfferingShare, split_of};
use super::taught::taught;
use super::{ReplayPolicy, WorkshopFormat};

connection!(WorkshopConnection, WorkshopEdge, Workshop, "workshops");

/// A workshop that the caller may see.
#[derive(Clone)]
pub struct Workshop(pub Arc<model::Workshop>);

taught! {
    /// Taught live, in sessions on dates, to a limited number of people.
    impl Workshop: Workshop {
        /// Where one takes part.
        async fn format(&self) -> WorkshopFormat {
            self.0.format.into()
        }

        /// Where it takes place; null while all of it is online.
        async fn venue(&self, ctx: &Context<'_>) -> Fallible<Venue> {
            field(self.shown_venue(ctx).await)
        }

        /// What to bring and prepare; may be empty.
        async fn materials(&self) -> RichText {
            RichText(self.0.materials.clone())
        }

        /// What happens when somebody cannot come; may be empty.
        async fn cancellation_policy(&self) -> RichText {
            RichText(self.0.cancellation_policy.clone())
        }

        /// Its dates.
        async fn sessions(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "Which of them.", default_with = "Some(SessionWindow::Upcoming)")] when: Option<
                SessionWindow,
            >,
            #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
            #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
        ) -> async_graphql::Result<WorkshopSessionConnection> {
            required(sessions_of(ctx, self.0.offering.id, when, first, after).await)
        }

        /// Who may see the recording, and for how long.
        async fn replay_policy(&self) -> ReplayPolicy {
            self.0.replay_policy.into()
        }

        /// Who shares in what its seats earn, besides its creator; at most 10. Null for all but its creator's team with FINANCE.
        async fn split(&self, ctx: &Context<'_>) -> Fallible<Vec<OfferingShare>> {
            field(split_of(ctx, &self.0).await)
        }
    }
}

impl Workshop {
    /// The team sees a hidden address, and so does who has a seat.
    async fn shown_venue(&self, ctx: &Context<'_>) -> Result<Option<Venue>> {
        let hides = self.0.venue.as_ref().is_some_and(|venue| venue.hide_address);
        let sees_address =
            !hides || may_edit(ctx, &self.0).await? || has_seat(ctx, self.0.offering.id).await?;
        Ok(self.0.venue_for(sees_address).map(Venue::from))
    }
}

/// A place.
#[derive(Clone, Debug, SimpleObject)]
pub struct Venue {
    /// What it is called there.
    pub name: String,
    /// Street and number; null when there is none, or when it is shown to the team and those with a seat alone.
    pub address_line: Option<String>,
    /// City.
    pub city: String,
    /// Country.
    pub country: CountryCode,
}

impl From<model::Venue> for Venue {
    fn from(venue: model::Venue) -> Self {
        Self {
            name: venue.name,
            address_line: venue.address_line,
            city: venue.city,
            country: venue.country.into(),
        }
    }
}

/// A workshop by key; null for who may not see it.
pub async fn workshop(ctx: &Context<'_>, id: WorkshopId) -> Result<Option<Workshop>> {
    let found = visible_offering(ctx, id.into()).await?;
    Ok(found.and_then(model::AnyOffering::workshop).map(Workshop))
}

/// A workshop by key, whoever may see it: for those who reached it through something of theirs.
pub async fn workshop_by_id(ctx: &Context<'_>, id: WorkshopId) -> Result<Option<Arc<model::Workshop>>> {
    let found = ctx.loaders().kept::<OfferingById, _>(id.into()).await?;
    Ok(found.and_then(model::AnyOffering::workshop))
}
