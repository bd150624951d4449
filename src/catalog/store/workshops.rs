//! What workshops have beyond other offerings: where they take place, and what to know before.

use std::sync::Arc;

use entity::{offerings, workshops};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait, FromQueryResult,
};

use crate::catalog::model::{
    AnyOffering, Offering, OfferingKind, ReplayPolicy, Venue, Workshop, WorkshopFormat, WorkshopText,
};
use crate::db::Tx;
use crate::kernel::{CreatorId, PublicId, Result, WorkshopId};

use super::drafts::{taught_draft, taught_edited};
use super::impossible;

/// A workshop's row beside its offering's, without the key.
#[derive(FromQueryResult)]
pub(super) struct WorkshopRow {
    format: String,
    venue_name: Option<String>,
    venue_address_line: Option<String>,
    venue_city: Option<String>,
    venue_country: Option<String>,
    venue_hide_address: bool,
    materials_markdown: String,
    cancellation_policy_markdown: String,
    replay_policy: String,
}

/// What [`WorkshopRow`] reads: everything but the key, which is the offering's.
pub(super) const COLUMNS: [workshops::Column; 9] = [
    workshops::Column::Format,
    workshops::Column::VenueName,
    workshops::Column::VenueAddressLine,
    workshops::Column::VenueCity,
    workshops::Column::VenueCountry,
    workshops::Column::VenueHideAddress,
    workshops::Column::MaterialsMarkdown,
    workshops::Column::CancellationPolicyMarkdown,
    workshops::Column::ReplayPolicy,
];

impl WorkshopRow {
    /// The workshop that this and its offering's row make.
    pub(super) fn workshop(self, offering: Offering) -> Result<Workshop> {
        let place = self.venue_name.zip(self.venue_city).zip(self.venue_country);
        let venue = place.map(|((name, city), country)| Venue {
            name,
            address_line: self.venue_address_line,
            city,
            country,
            hide_address: self.venue_hide_address,
        });
        Ok(Workshop {
            id: WorkshopId(offering.id.uuid()),
            offering,
            format: WorkshopFormat::of(&self.format)
                .ok_or_else(|| impossible("a workshop's format", &self.format))?,
            venue,
            materials: self.materials_markdown,
            cancellation_policy: self.cancellation_policy_markdown,
            replay_policy: ReplayPolicy::of(&self.replay_policy)
                .ok_or_else(|| impossible("a replay policy", &self.replay_policy))?,
        })
    }
}

/// A workshop by key, whoever may see it.
pub async fn workshop(conn: &impl ConnectionTrait, id: WorkshopId) -> Result<Option<Arc<Workshop>>> {
    Ok(super::offering(conn, id.into()).await?.and_then(AnyOffering::workshop))
}

/// Writes a draft: online, its recording for those who were there, unless something else is said.
pub async fn insert_workshop(
    tx: &Tx,
    creator: CreatorId,
    slug: String,
    words: WorkshopText,
) -> Result<WorkshopId> {
    let id = WorkshopId(tx.id());
    let offering = taught_draft(tx, id.uuid(), (OfferingKind::Workshop, creator, slug), words.page);
    offerings::Entity::insert(offering).exec_without_returning(tx.conn()).await?;
    let row = workshops::ActiveModel {
        offering_id: Set(id.uuid()),
        format: Set(words.format.unwrap_or(WorkshopFormat::Online).name().to_owned()),
        materials_markdown: Set(words.materials.unwrap_or_default()),
        cancellation_policy_markdown: Set(words.cancellation_policy.unwrap_or_default()),
        replay_policy: Set(words.replay_policy.unwrap_or(ReplayPolicy::Attendees).name().to_owned()),
        ..placed(words.venue.flatten())
    };
    workshops::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// Changes the words; what is absent stays. Niches are set with [`super::set_niches`].
pub async fn update_workshop(tx: &Tx, id: WorkshopId, words: WorkshopText) -> Result<()> {
    let offering = taught_edited(tx, id.uuid(), words.page);
    offerings::Entity::update(offering).exec(tx.conn()).await?;
    let row = workshops::ActiveModel {
        offering_id: Set(id.uuid()),
        format: words.format.map_or(NotSet, |format| Set(format.name().to_owned())),
        materials_markdown: words.materials.map_or(NotSet, Set),
        cancellation_policy_markdown: words.cancellation_policy.map_or(NotSet, Set),
        replay_policy: words.replay_policy.map_or(NotSet, |policy| Set(policy.name().to_owned())),
        ..words.venue.map(placed).unwrap_or_default()
    };
    workshops::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// The columns of a venue, or of none.
fn placed(venue: Option<Venue>) -> workshops::ActiveModel {
    let hide_address = venue.as_ref().is_some_and(|venue| venue.hide_address);
    let (name, address_line, city, country) = match venue {
        Some(venue) => (Some(venue.name), venue.address_line, Some(venue.city), Some(venue.country)),
        None => (None, None, None, None),
    };
    workshops::ActiveModel {
        venue_name: Set(name),
        venue_address_line: Set(address_line),
        venue_city: Set(city),
        venue_country: Set(country),
        venue_hide_address: Set(hide_address),
        ..Default::default()
    }
}
