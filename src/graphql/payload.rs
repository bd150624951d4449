//! How an action's outcome becomes a field: data, `userErrors`, a null, or a top-level error.

use async_graphql::ErrorExtensions;

use crate::kernel::{Code, Denied, Error, Fault, Problem, Problems, Result};

use super::{Fallible, UserError};

/// A mutation's answer; made by [`payload!`](crate::payload).
pub trait Payload {
    /// Nothing happened, for these reasons.
    fn refused(errors: Vec<UserError>) -> Self;
}

/// A mutation's field: refusals go into the payload, everything else is an error of the field.
pub fn answer<P: Payload>(outcome: Result<P>) -> Fallible<P> {
    Some(match outcome {
        Ok(payload) => Ok(payload),
        Err(Error::Refused(problems)) => Ok(P::refused(user_errors(problems))),
        Err(Error::Denied(Denied::NotFound)) => Ok(P::refused(vec![not_found(&[])])),
        Err(error) => Err(top_level(error)),
    })
}

/// The `userErrors` of a refusal.
pub fn user_errors(problems: Problems) -> Vec<UserError> {
    problems.into_vec().into_iter().map(UserError::from).collect()
}

fn not_found(path: &[&str]) -> UserError {
    UserError::from(missing(path))
}

fn missing(path: &[&str]) -> Problem {
    Problem {
        code: Code::NotFound,
        message: Denied::NotFound.to_string(),
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        detail: Default::default(),
    }
}

/// Says which argument named the thing that is not there.
pub trait Missing<T> {
    /// Turns NOT_FOUND into a refusal at `path`.
    fn missing_at(self, path: &[&str]) -> Result<T>;
}

impl<T> Missing<T> for Result<T> {
    fn missing_at(self, path: &[&str]) -> Result<T> {
        self.map_err(|error| match error {
            Error::Denied(Denied::NotFound) => Error::from(missing(path)),
            other => other,
        })
    }
}

/// A nullable field of a query: what may not be seen is null.
pub fn field<T>(outcome: Result<Option<T>>) -> Fallible<T> {
    match outcome {
        Ok(value) => value.map(Ok),
        Err(Error::Denied(Denied::NotFound)) => None,
        Err(error) => Some(Err(top_level(error))),
    }
}

/// A non-null field.
pub fn required<T>(outcome: Result<T>) -> async_graphql::Result<T> {
    outcome.map_err(top_level)
}

/// An error of the field, with a code for the developer. A fault keeps its cause as a source: the transport logs it
/// and shows a request id instead.
pub fn top_level(error: Error) -> async_graphql::Error {
    match error {
        Error::Refused(problems) => {
            let text = problems.as_slice().iter().map(|p| p.message.as_str()).collect::<Vec<_>>().join(" ");
            coded(text, "BAD_REQUEST")
        }
        Error::Denied(denied) => {
            let code = match denied {
                Denied::Unauthenticated => "UNAUTHENTICATED",
                Denied::Forbidden { .. } | Denied::NotFound => "FORBIDDEN",
                Denied::BadCursor => "BAD_CURSOR",
            };
            let error = coded(denied.to_string(), code);
            match denied {
                Denied::Forbidden { missing } => {
                    error.extend_with(|_, e| e.set("missingPermission", missing))
                }
                _ => error,
            }
        }
        Error::Fault(fault) => async_graphql::Error::new_with_source(FaultSource(fault)),
    }
}

fn coded(text: String, code: &'static str) -> async_graphql::Error {
    async_graphql::Error::new(text).extend_with(|_, e| e.set("code", code))
}

/// A fault on its way to the log.
#[derive(Debug)]
pub struct FaultSource(pub Fault);

impl std::fmt::Display for FaultSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for FaultSource {}

/// Declares a mutation's payload: nullable results and `userErrors`; after `always`, non-null facts and what they are
/// when refused. `payload! { /// Doc. Name { /// Doc. course: Course } always { /// Doc. accepted: bool = false } }`.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty),* $(,)? }
     $(always { $($(#[$adoc:meta])* $always:ident: $aty:ty = $refused:expr),* $(,)? })?) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: Option<$ty>,)*
            $($($(#[$adoc])* pub $always: $aty,)*)?
            /// Why nothing happened; empty on success.
            pub user_errors: Vec<$crate::graphql::UserError>,
        }

        impl $crate::graphql::payload::Payload for $name {
            fn refused(user_errors: Vec<$crate::graphql::UserError>) -> Self {
                Self { $($field: None,)* $($($always: $refused,)*)? user_errors }
            }
        }
    };
}
