//! What creators sell: offerings, courses, sections, lessons, prices.

pub mod graphql;
