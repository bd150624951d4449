//! HTTP: the router's endpoints and what protects them.

pub mod graphql_endpoint;
pub mod limits;
pub mod slow_clients;
