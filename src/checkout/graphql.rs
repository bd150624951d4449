//! Buying as clients see it.

use async_graphql::SimpleObject;

use crate::graphql::UserErrorCode;

/// The price is not what the quote said.
#[derive(Clone, Debug, SimpleObject)]
pub struct PriceChangedError {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The argument it is about, from the outside in.
    pub path: Vec<String>,
    /// The new quote.
    #[graphql(skip)]
    pub token: String,
}
