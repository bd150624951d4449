//! GraphQL: the transport (this part of the tree) and, beside it, the schema.

pub mod api;
pub mod codes;
pub mod limits;
pub mod prepare;
pub mod request;
pub mod respond;
