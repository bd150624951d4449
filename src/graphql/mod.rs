//! The schema: how rooms appear to clients. Rooms bring types and resolvers; what they share is here.
//!
//! Every root field is nullable and resolves to [`Fallible`], so that one failure never erases another's result.
//! Mutations answer with a payload whose `userErrors` says what was refused.

pub mod access;
pub mod admin;
pub mod api;
pub mod batching;
mod boxed;
pub mod codes;
pub mod connection;
pub mod context;
pub mod eager;
pub mod errors;
pub mod following;
pub mod limits;
pub mod loaders;
pub mod news;
pub mod node;
mod omitted;
pub mod payload;
pub mod prepare;
pub mod public;
pub mod reads;
pub mod request;
pub mod respond;
pub mod scalars;
pub mod schema;
pub mod socket;
pub mod values;

pub use boxed::Boxed;
pub use connection::{Connection as _, PageInfo, page_request};
pub use context::{Ctx, Requester};
pub use eager::{Eager, Rows};
pub use errors::{UserError, UserErrorCode};
pub use payload::{answer, field, required};
pub use scalars::*;
pub use schema::{Schema, build, sdl};

/// A nullable field that may fail: written this way, a failure nulls only the field itself (docs/decisions/0002).
pub type Fallible<T> = Option<async_graphql::Result<T>>;
