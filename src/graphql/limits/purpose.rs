//! What an operation is for: that decides whose budget it takes from and whom it waits behind.

/// The later, the more it matters that it gets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Everything else.
    #[default]
    Browsing,
    /// On the way to a purchase, and getting what was paid for.
    Buying,
    /// Proving who one is.
    SigningIn,
    /// Moving money or seats.
    Paying,
}

impl Purpose {
    /// Whether such a mutation must be the only one of its request, so that aliases cannot multiply tries.
    #[must_use]
    pub fn stands_alone(self) -> bool {
        matches!(self, Self::SigningIn | Self::Paying)
    }
}
