//! Numbers that somebody who runs the proofs may choose.
#![expect(clippy::disallowed_methods, reason = "these are settings of tests, not of the product")]

/// The number in an environment variable, if it is set.
pub fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}
