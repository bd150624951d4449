//! The weight of one selection set, with every fragment inside it expanded on paper.
//!
//! Pure arithmetic that saturates: a bomb weighs "very much", it never overflows. A connection's cost depends on
//! the page size its parent asked for, so a tally keeps what counts once apart from what counts per item; that
//! makes the tally of a fragment the same wherever it is spread, which is what allows it to be remembered.

use super::Purpose;

/// Counts of one selection set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) fields: u64,
    pub(super) selections: u64,
    pub(super) aliases: u64,
    /// Levels of fields.
    pub(super) depth: u64,
    /// Levels of fields below `__schema` or `__type`.
    pub(super) introspection_depth: u64,
    /// Lists of the schema inside each other, in introspection.
    pub(super) introspection_lists: u64,
    /// Selection sets inside each other, spreads included.
    pub(super) nesting: u64,
    /// Fields at the top of this set, `__typename` not counted.
    pub(super) roots: u64,
    /// What the most urgent of them is for.
    pub(super) purpose: Purpose,
    /// Fields that are not public.
    pub(super) private: u64,
    /// Cost that counts once.
    pub(super) once: u64,
    /// Cost that counts for each item of the surrounding connection's page.
    pub(super) per_item: u64,
}

impl Tally {
    /// Adds a part that stands beside this one.
    pub(super) fn beside(&mut self, other: &Tally) {
        self.fields = self.fields.saturating_add(other.fields);
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.roots = self.roots.saturating_add(other.roots);
        self.purpose = self.purpose.max(other.purpose);
        self.private = self.private.saturating_add(other.private);
        self.once = self.once.saturating_add(other.once);
        self.per_item = self.per_item.saturating_add(other.per_item);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
        self.nesting = self.nesting.max(other.nesting);
    }

    /// The same part without its cost, to be priced elsewhere.
    pub(super) fn free_of_cost(mut self) -> Tally {
        self.once = 0;
        self.per_item = 0;
        self
    }
}
