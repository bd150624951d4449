//! What one field costs, where the general rule does not say it well enough.
//!
//! The general rule (api.md 4.9): scalars, enums and value objects 0; an object with an id 1; a connection
//! 2 + page x item; a bounded list 1 + assumed size x item; a union its dearest member. This list holds the
//! exceptions: fields that cost work of their own, and bounded lists whose usual size is known.
//! Not here: introspection, priced in `weigher`.

use std::collections::HashMap;

/// Exceptions to the general rule. A key is `Type.field`, or `field` alone for every type that has it.
#[derive(Debug, Clone)]
pub struct PriceList {
    extra: HashMap<&'static str, u64>,
    sizes: HashMap<&'static str, u64>,
    assumed_size: u64,
}

impl PriceList {
    /// A list with no exceptions, where a bounded list counts as five items.
    #[must_use]
    pub fn plain() -> Self {
        Self { extra: HashMap::new(), sizes: HashMap::new(), assumed_size: 5 }
    }

    /// Adds cost units on top of the general rule.
    #[must_use]
    pub fn extra(mut self, field: &'static str, units: u64) -> Self {
        self.extra.insert(field, units);
        self
    }

    /// States how many items a bounded list usually has.
    #[must_use]
    pub fn size(mut self, field: &'static str, items: u64) -> Self {
        self.sizes.insert(field, items);
        self
    }

    /// The exceptions of Atelier's own schema: counting, searching, reporting, pricing a basket and signing
    /// uploads cost work beyond the rows they return.
    #[must_use]
    pub fn atelier() -> Self {
        let counted = Self::plain().extra("totalCount", 5).extra("quote", 5).extra("search", 200);
        let reports = ["sales", "funnel", "traffic", "engagement", "retention"];
        let presigned = [
            "assetUploadCreate",
            "assetUploadPartsSign",
            "playbackGrantCreate",
            "playbackGrantRenew",
            "downloadGrantCreate",
        ];
        let priced = reports.into_iter().fold(counted, |list, field| list.extra(field, 10));
        let priced = presigned.into_iter().fold(priced, |list, field| list.extra(field, 5));
        priced
            .size("prices", 2)
            .size("membershipPlans", 3)
            .size("disclosures", 2)
            .size("Storefront.sections", 8)
            .size("Course.sections", 8)
            .size("lessons", 10)
            .size("offlineManifest", 50)
            .size("chapters", 10)
            .size("FeaturedSection.offerings", 12)
            .size("nodes", 20)
    }

    pub(super) fn extra_of(&self, owner: &str, field: &str) -> u64 {
        look_up(&self.extra, owner, field).unwrap_or(0)
    }

    pub(super) fn size_of(&self, owner: &str, field: &str) -> u64 {
        look_up(&self.sizes, owner, field).unwrap_or(self.assumed_size)
    }
}

fn look_up(table: &HashMap<&'static str, u64>, owner: &str, field: &str) -> Option<u64> {
    table.get(format!("{owner}.{field}").as_str()).or_else(|| table.get(field)).copied()
}
