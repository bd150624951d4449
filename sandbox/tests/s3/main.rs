//! The embedded S3 server, driven over loopback HTTP by the product's own adapter and by a hostile client.

mod files;
mod links;
mod parts;
mod security;
mod server;
