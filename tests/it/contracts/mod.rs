//! Contracts: what outside programs may rely on.

mod graphql_explorer;
mod graphql_hostile;
mod graphql_http;
mod graphql_library;
mod graphql_multipart;
mod graphql_peers;
mod graphql_slow_clients;
mod graphql_socket;
mod graphql_toy;
mod livekit;
