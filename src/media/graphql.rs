//! Files as clients see them.

use async_graphql::SimpleObject;

/// A picture.
#[derive(Clone, Debug, SimpleObject)]
pub struct Image {
    /// Where it is.
    pub url: crate::graphql::Url,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// What it shows, in words.
    pub alt_text: String,
}
