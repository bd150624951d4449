//! Which rows of the catalog are kept between questions (`kept_rows`), and how much room they take.
//!
//! All are one creator's, and every change of them is an event of that creator. Not here: drafts of bodies, splits, and
//! what people have.

use chrono::{DateTime, Utc};

use crate::catalog::model;
use crate::creators::model::Niche;
use crate::graphql::loaders::Whose;
use crate::kept_rows::Keep;
use crate::kernel::CreatorId;

use super::OfferingById;

/// A row's columns that are not text, and what holds them.
const COLUMNS: usize = 400;

impl Keep for model::Words {
    fn weight(&self) -> usize {
        self.description.len()
            + self.outcomes.iter().map(|line| line.len() + size_of::<String>()).sum::<usize>()
    }
}

impl Keep for model::AnyOffering {
    fn weight(&self) -> usize {
        let own = match self {
            Self::Workshop(workshop) => {
                workshop.materials.len() + workshop.cancellation_policy.len() + COLUMNS
            }
            Self::Course(_) | Self::Bundle(_) | Self::Plan(_) => 0,
        };
        let said = self.title.len() + self.subtitle.as_ref().map_or(0, String::len);
        COLUMNS + said + own + self.words.as_ref().map_or(0, Keep::weight)
    }
}

impl Keep for model::Price {
    fn weight(&self) -> usize {
        size_of::<Self>()
    }

    fn until(&self) -> Option<DateTime<Utc>> {
        self.available_until
    }
}

impl Keep for model::Outline {
    fn weight(&self) -> usize {
        let said = |title: &str, more: Option<&str>| title.len() + more.map_or(0, str::len);
        let sections = self.sections.iter().map(|one| size_of_val(one) + said(&one.title, None));
        let lessons =
            self.lessons.iter().map(|one| size_of_val(one) + said(&one.title, one.summary.as_deref()));
        sections.sum::<usize>() + lessons.sum::<usize>()
    }
}

impl Keep for Niche {
    fn weight(&self) -> usize {
        COLUMNS
    }
}

impl Whose<model::AnyOffering> for OfferingById {
    fn whose(offering: &model::AnyOffering) -> Option<CreatorId> {
        Some(offering.creator)
    }
}
