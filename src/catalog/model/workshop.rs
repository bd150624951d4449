//! A workshop: taught live, at a venue or over the net or both. When it takes place is the business of `workshops`.

use std::ops::Deref;

use crate::creators::model::country;
use crate::kernel::WorkshopId;
use crate::kernel::text::{self, Checks};

use super::page::{body, optional_line};
use super::{Offering, PageText, ReplayPolicy, WorkshopFormat};

/// A workshop, without its sessions.
#[derive(Clone, Debug)]
pub struct Workshop {
    /// Key; also the offering's.
    pub id: WorkshopId,
    /// What it has in common with everything on sale.
    pub offering: Offering,
    /// Where one takes part.
    pub format: WorkshopFormat,
    /// What is kept of the place, also while the workshop is online; see [`Workshop::venue_for`].
    pub venue: Option<Venue>,
    /// Markdown: what to bring and prepare.
    pub materials: String,
    /// Markdown: what happens when somebody cannot come.
    pub cancellation_policy: String,
    /// Who may see the recording, and for how long.
    pub replay_policy: ReplayPolicy,
}

impl Deref for Workshop {
    type Target = Offering;
    fn deref(&self) -> &Offering {
        &self.offering
    }
}

impl Workshop {
    /// The place, as it is shown to somebody who may or may not see a hidden address: the team may, and whoever has a
    /// seat. There is none to show while all of it is online.
    pub fn venue_for(&self, sees_address: bool) -> Option<Venue> {
        let venue = self.venue.as_ref().filter(|_| self.format.has_place())?;
        let shown = sees_address || !venue.hide_address;
        let address_line = venue.address_line.clone().filter(|_| shown);
        Some(Venue { address_line, ..venue.clone() })
    }
}

impl WorkshopFormat {
    /// Whether there is a place one can come to.
    pub fn has_place(self) -> bool {
        self != Self::Online
    }
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    /// What it is called there.
    pub name: String,
    /// Street and number.
    pub address_line: Option<String>,
    /// City.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Whether the address line is for the team and those with a seat alone.
    pub hide_address: bool,
}

impl Venue {
    /// The same, trimmed and within limits; what is not is noted in `checks`.
    fn checked(self, checks: &mut Checks) -> Option<Self> {
        let path = |field: &'static str| ["input", "venue", field];
        let name = checks.take(&path("name"), text::line("A name", &self.name, 120));
        let address = self.address_line.as_deref().unwrap_or_default();
        let address_line = checks.take(&path("addressLine"), optional_line("An address", address, 200));
        let city = checks.take(&path("city"), text::line("A city", &self.city, 120));
        let country = checks.take(&path("country"), country(&self.country));
        Some(Self {
            name: name?,
            address_line: address_line?,
            city: city?,
            country: country?,
            hide_address: self.hide_address,
        })
    }
}

/// What a creator says of a workshop; checked. Absent = keep.
#[derive(Clone, Debug, Default)]
pub struct WorkshopText {
    /// What is said of it as of anything one learns with.
    pub page: PageText,
    /// Where one takes part.
    pub format: Option<WorkshopFormat>,
    /// The place, as a whole; `Some(None)` clears.
    pub venue: Option<Option<Venue>>,
    /// Markdown, at most 20,000 characters.
    pub materials: Option<String>,
    /// Markdown, at most 20,000 characters.
    pub cancellation_policy: Option<String>,
    /// Who may see the recording, and for how long.
    pub replay_policy: Option<ReplayPolicy>,
}

impl WorkshopText {
    /// The same, trimmed and within limits; what is not is noted in `checks`.
    pub fn checked(self, checks: &mut Checks) -> Self {
        let page = self.page.checked(checks);
        let venue = self.venue.map(|venue| venue.and_then(|venue| venue.checked(checks)));
        let materials =
            self.materials.and_then(|words| body("A list of materials", &words, "materialsMarkdown", checks));
        let cancellation_policy = self
            .cancellation_policy
            .and_then(|words| body("A policy", &words, "cancellationPolicyMarkdown", checks));
        Self { page, venue, materials, cancellation_policy, ..self }
    }

    /// The argument that would take away what a published workshop needs, if this change does so.
    pub fn taking_away(&self) -> &'static str {
        if self.page.description.as_deref() == Some("") {
            "descriptionMarkdown"
        } else if self.venue == Some(None) {
            "venue"
        } else {
            "format"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn venue() -> Venue {
        Venue {
            name: " The Loft ".to_owned(),
            address_line: Some("Backhaus 3".to_owned()),
            city: "Berlin".to_owned(),
            country: "de".to_owned(),
            hide_address: true,
        }
    }

    fn problems(venue: Venue) -> usize {
        let mut checks = Checks::default();
        WorkshopText { venue: Some(Some(venue)), ..WorkshopText::default() }.checked(&mut checks);
        match checks.done() {
            Ok(()) => 0,
            Err(crate::kernel::Error::Refused(list)) => list.into_vec().len(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_venue_is_in_a_city_of_a_country() {
        assert_eq!(problems(venue()), 0);
        assert_eq!(problems(Venue { address_line: None, ..venue() }), 0);
        assert_eq!(problems(Venue { name: " ".to_owned(), country: "Atlantis".to_owned(), ..venue() }), 2);
        let tidy = venue().checked(&mut Checks::default()).map(|venue| (venue.name, venue.country));
        assert_eq!(tidy, Some(("The Loft".to_owned(), "DE".to_owned())));
    }
}
