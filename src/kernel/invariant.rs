//! Rules that must always hold, as SQL: run by `atelier doctor`, by operators and after every test.

/// A rule about rows, and the query that finds what breaks it.
#[derive(Clone, Copy, Debug)]
pub struct Invariant {
    /// Short and stable: `enrollment_counts`.
    pub name: &'static str,
    /// The rule in a sentence.
    pub says: &'static str,
    /// Selects one text column named `row` for each row that breaks the rule; the same on both databases.
    pub sql: &'static str,
}
