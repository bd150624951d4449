//! Relay connections: forward, and where a list says so backward. Cursors are the last row's key, signed and tied to the list they come from.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, SimpleObject, Value};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::app::App;
use crate::kernel::{Denied, Page, PageRequest, Result};
use crate::keys::{Keys, Purpose};

use super::Ctx;

/// The most rows a page may have.
pub const MAX_PAGE: i32 = 100;

/// Where a page stands in its list.
#[derive(Clone, Debug, SimpleObject)]
pub struct PageInfo {
    /// Whether more follow.
    pub has_next_page: bool,
    /// Whether more precede; always false for lists that are read forward only.
    pub has_previous_page: bool,
    /// Of the first row here.
    pub start_cursor: Option<Cursor>,
    /// Of the last row here: pass it as `after`.
    pub end_cursor: Option<Cursor>,
}

/// Where a row stands in its list. Signed when it is asked for: most who ask for a page ask for one cursor or none.
#[derive(Clone)]
pub struct Cursor {
    app: App,
    list: Arc<str>,
    key: Vec<String>,
}

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cursor").field(&self.list).field(&self.key).finish()
    }
}

/// A string to clients.
impl OutputType for Cursor {
    fn type_name() -> Cow<'static, str> {
        <String as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <String as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::String(cursor(&self.app, &self.list, &self.key)))
    }
}

/// What all connection types have in common; made by [`connection!`](crate::connection).
pub trait Connection<T> {
    /// The rows with their cursors.
    fn of(rows: Vec<(Cursor, T)>, ends: Ends) -> Self;
}

/// Whether a list goes on beyond a page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends {
    /// Behind it.
    pub next: bool,
    /// Before it.
    pub previous: bool,
}

/// The page asked for of the list called `list` (its name and ordering): `first` is clamped to 1..=100, a cursor of
/// another list is BAD_CURSOR.
pub fn page_request(
    ctx: &impl Ctx,
    list: &str,
    first: Option<i32>,
    after: Option<String>,
) -> Result<PageRequest> {
    let after = after.map(|cursor| opened(ctx, list, &cursor)).transpose()?;
    Ok(PageRequest { first: page_size(first), after })
}

/// How many rows are meant: 20 if nothing is said, 1 to 100 in any case.
pub fn page_size(asked: Option<i32>) -> u64 {
    u64::try_from(asked.unwrap_or(20).clamp(1, MAX_PAGE)).unwrap_or(20)
}

/// The key in a cursor of this list; BAD_CURSOR for another's.
pub fn opened(ctx: &impl Ctx, list: &str, cursor: &str) -> Result<Vec<String>> {
    open(&ctx.app().keys, list, cursor)
}

/// The cursor of a key in this list.
pub fn cursor(app: &App, list: &str, key: &[String]) -> String {
    seal(&app.keys, list, key)
}

/// A page as a connection; `key` gives each row's key within `list`.
pub fn connect<R, T, C: Connection<T>>(
    ctx: &impl Ctx,
    list: &str,
    page: Page<R>,
    key: impl Fn(&R) -> Vec<String>,
    show: impl Fn(R) -> T,
) -> C {
    connect_between(ctx, list, page.rows, Ends { next: page.has_next, previous: false }, key, show)
}

/// Rows of a list that is read in both directions.
pub fn connect_between<R, T, C: Connection<T>>(
    ctx: &impl Ctx,
    list: &str,
    rows: Vec<R>,
    ends: Ends,
    key: impl Fn(&R) -> Vec<String>,
    show: impl Fn(R) -> T,
) -> C {
    let list: Arc<str> = list.into();
    let at = |row: &R| Cursor { app: ctx.app().clone(), list: Arc::clone(&list), key: key(row) };
    C::of(rows.into_iter().map(|row| (at(&row), show(row))).collect(), ends)
}

fn seal(keys: &Keys, list: &str, key: &[String]) -> String {
    let body = BASE64_URL_SAFE_NO_PAD.encode(key.join("\u{1f}"));
    let signature = keys.sign(Purpose::Cursor, format!("{list}\u{1f}{body}").as_bytes());
    format!("{body}.{signature}")
}

fn open(keys: &Keys, list: &str, cursor: &str) -> Result<Vec<String>> {
    let read = || {
        let (body, signature) = cursor.split_once('.')?;
        let signed = format!("{list}\u{1f}{body}");
        if !keys.verifies(Purpose::Cursor, signed.as_bytes(), signature) {
            return None;
        }
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        Some(text.split('\u{1f}').map(str::to_owned).collect())
    };
    Ok(read().ok_or(Denied::BadCursor)?)
}

/// Declares `XConnection` and `XEdge`: `connection!(CourseConnection, CourseEdge, Course, "courses");`, and with `, of several
/// kinds` at its end for interfaces.
#[macro_export]
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $what:literal) => {
        $crate::connection!(
            @ $connection, $edge, $node, $what, $crate::graphql::Eager<$node>, $crate::graphql::Rows<$node>
        );
    };
    ($connection:ident, $edge:ident, $node:ty, $what:literal, of several kinds) => {
        $crate::connection!(@ $connection, $edge, $node, $what, $node, Vec<$node>);
    };
    (@ $connection:ident, $edge:ident, $node:ty, $what:literal, $one:ty, $many:ty) => {
        #[doc = concat!("One of the ", $what, " and where it stands in the list.")]
        #[derive(Clone, async_graphql::SimpleObject)]
        pub struct $edge {
            /// Where it stands: pass it as `after` to go on from here.
            pub cursor: $crate::graphql::connection::Cursor,
            /// The thing itself.
            pub node: $one,
        }

        #[doc = concat!("A page of ", $what, ".")]
        pub struct $connection {
            edges: Vec<$edge>,
            ends: $crate::graphql::connection::Ends,
        }

        impl $crate::graphql::connection::Connection<$node> for $connection {
            fn of(
                rows: Vec<($crate::graphql::connection::Cursor, $node)>,
                ends: $crate::graphql::connection::Ends,
            ) -> Self {
                let edges = rows.into_iter().map(|(cursor, node)| $edge { cursor, node: node.into() });
                Self { edges: edges.collect(), ends }
            }
        }

        #[doc = concat!("A page of ", $what, ".")]
        #[async_graphql::Object]
        impl $connection {
            /// The rows with their cursors.
            async fn edges(&self) -> $crate::graphql::Rows<&$edge> {
                self.edges.iter().collect()
            }

            /// The rows alone.
            async fn nodes(&self) -> $many {
                self.edges.iter().map(|edge| <$node>::clone(&edge.node)).collect()
            }

            /// Whether and how to go on.
            async fn page_info(&self) -> $crate::graphql::Eager<$crate::graphql::PageInfo> {
                $crate::graphql::Eager($crate::graphql::PageInfo {
                    has_next_page: self.ends.next,
                    has_previous_page: self.ends.previous,
                    start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
                    end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
                })
            }
        }
    };
}
