//! Objects whose fields are answered on the spot where that is possible.
//!
//! The library makes a future for each field and each row, puts each in a box and asks all of them again and again until the
//! last is done. Nearly all fields of a page are in memory and need no second asking. `Eager` asks each field once; only what
//! waits is put aside, and those that wait go on together, so that batches stay what they are. Same answers, same order, same
//! errors; what it cannot do (directives that are left, a field named twice) it leaves to the library.
//!
//! For the objects that pages have many of; the others do not notice. Not here: what the fields say.

use std::borrow::Cow;
use std::future::poll_fn;
use std::ops::Deref;
use std::task::{Context, Poll};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::{resolve_container, resolve_list};
use async_graphql::{ContextSelectionSet, Name, ObjectType, OutputType, Positioned, ServerResult, Value};
use futures_util::future::{BoxFuture, try_join_all};

/// An object whose fields are answered on the spot.
#[derive(Clone, Debug)]
pub struct Eager<T>(pub T);

impl<T> From<T> for Eager<T> {
    fn from(object: T) -> Self {
        Self(object)
    }
}

impl<T> Deref for Eager<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ObjectType> OutputType for Eager<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let Some(fields) = fields::<T>(ctx) else { return resolve_container(ctx, &self.0).await };
        poll_fn(|asking| Poll::Ready(begin(ctx, &self.0, &fields, asking))).await?.end().await
    }
}

/// A list of such objects.
#[derive(Clone, Debug)]
pub struct Rows<T>(pub Vec<T>);

impl<T> FromIterator<T> for Rows<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl<T: ObjectType> OutputType for Rows<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let Some(fields) = fields::<T>(ctx) else {
            return resolve_list(ctx, field, &self.0, Some(self.0.len())).await;
        };
        let contexts: Vec<_> = (0..self.0.len()).map(|index| ctx.with_index(index)).collect();
        let begun = poll_fn(|asking| Poll::Ready(begin_all(&contexts, &self.0, &fields, asking))).await?;
        let (mut values, mut waiting) = (Vec::with_capacity(begun.len()), Vec::new());
        for (row, ctx) in begun.into_iter().zip(&contexts) {
            if row.waiting.is_empty() {
                values.push(Value::Object(row.values));
            } else {
                let at = values.len();
                values.push(Value::Null);
                waiting.push(async move {
                    let ended = row.end().await.map_err(|error| ctx.set_error_path(error))?;
                    ServerResult::Ok((at, ended))
                });
            }
        }
        for (at, value) in together(waiting).await? {
            values[at] = value;
        }
        Ok(Value::List(values))
    }
}

type Resolving<'a> = BoxFuture<'a, ServerResult<Value>>;

/// An object of which all fields were asked for once.
struct Begun<'a> {
    /// By name, in the order of the document; null where somebody waits.
    values: IndexMap<Name, Value>,
    /// Which of them wait, and for what.
    waiting: Vec<(usize, Resolving<'a>)>,
}

impl Begun<'_> {
    async fn end(mut self) -> ServerResult<Value> {
        let waiting = self.waiting.into_iter().map(async |(at, field)| Ok((at, field.await?)));
        for (at, value) in together(waiting.collect()).await? {
            self.values[at] = value;
        }
        Ok(Value::Object(self.values))
    }
}

/// Waits for all at once; the first that fails ends it.
async fn together<F: Future<Output = ServerResult<(usize, Value)>>>(
    waiting: Vec<F>,
) -> ServerResult<Vec<(usize, Value)>> {
    if waiting.is_empty() { Ok(Vec::new()) } else { try_join_all(waiting).await }
}

fn begin_all<'a, T: ObjectType>(
    contexts: &'a [ContextSelectionSet<'a>],
    rows: &'a [T],
    fields: &[&'a Positioned<Field>],
    asking: &mut Context<'_>,
) -> ServerResult<Vec<Begun<'a>>> {
    let both = contexts.iter().zip(rows);
    both.map(|(ctx, row)| begin(ctx, row, fields, asking).map_err(|error| ctx.set_error_path(error)))
        .collect()
}

/// Each field in a box of its own: a future is as large as the largest field of its object needs, and one that is made where
/// it stays is not copied there (docs/performance.md).
fn begin<'a, T: ObjectType>(
    ctx: &'a ContextSelectionSet<'a>,
    object: &'a T,
    fields: &[&'a Positioned<Field>],
    asking: &mut Context<'_>,
) -> ServerResult<Begun<'a>> {
    let mut begun = Begun { values: IndexMap::with_capacity(fields.len()), waiting: Vec::new() };
    for field in fields.iter().copied() {
        let key = field.node.response_key().node.clone();
        if field.node.name.node == "__typename" {
            begun.values.insert(key, Value::String(T::type_name().into_owned()));
            continue;
        }
        let mut resolving: Resolving<'a> = Box::pin(async move {
            let ctx = ctx.with_field(field);
            object.resolve_field(&ctx).await.map(Option::unwrap_or_default)
        });
        let value = match resolving.as_mut().poll(asking) {
            Poll::Ready(value) => value?,
            Poll::Pending => {
                begun.waiting.push((begun.values.len(), resolving));
                Value::Null
            }
        };
        begun.values.insert(key, value);
    }
    Ok(begun)
}

/// What is asked of an object, fragments taken apart; none if that is not simply fields of different names.
fn fields<'a, T: ObjectType>(ctx: &ContextSelectionSet<'a>) -> Option<Vec<&'a Positioned<Field>>> {
    let mut found = Vec::with_capacity(ctx.item.node.items.len());
    gather(ctx, &T::type_name(), &ctx.item.node, &mut found).then_some(found)
}

fn gather<'a>(
    ctx: &ContextSelectionSet<'a>,
    object: &str,
    set: &'a SelectionSet,
    found: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => {
            let key = &field.node.response_key().node;
            let is_new = found.iter().all(|other| other.node.response_key().node != *key);
            found.push(field);
            is_new && field.node.directives.is_empty()
        }
        Selection::InlineFragment(inline) => {
            let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
            let applies = on.is_none_or(|on| is_a(ctx, object, on));
            !applies || gather(ctx, object, &inline.node.selection_set.node, found)
        }
        Selection::FragmentSpread(spread) => {
            let Some(fragment) = ctx.query_env.fragments.get(&spread.node.fragment_name.node) else {
                return false;
            };
            let on = fragment.node.type_condition.node.on.node.as_str();
            !is_a(ctx, object, on) || gather(ctx, object, &fragment.node.selection_set.node, found)
        }
    })
}

/// Whether an object is of this type or interface.
fn is_a(ctx: &ContextSelectionSet<'_>, object: &str, on: &str) -> bool {
    let interfaces = ctx.schema_env.registry.implements.get(object);
    object == on || interfaces.is_some_and(|interfaces| interfaces.contains(on))
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Interface, Object, Schema, SimpleObject};

    use super::*;

    #[derive(Clone, SimpleObject)]
    struct Part {
        name: String,
        number: i32,
    }

    #[derive(Clone)]
    struct Thing(i32);

    #[Object]
    impl Thing {
        async fn id(&self) -> i32 {
            self.0
        }

        async fn waits(&self) -> i32 {
            tokio::task::yield_now().await;
            self.0 * 2
        }

        async fn says(&self, words: String) -> String {
            format!("{} says {words}", self.0)
        }

        async fn maybe(&self) -> Option<async_graphql::Result<i32>> {
            (self.0 > 1).then(|| Err("not this one".into()))
        }

        async fn must(&self) -> async_graphql::Result<i32> {
            tokio::task::yield_now().await;
            if self.0 == 2 { Err("two is too many".into()) } else { Ok(self.0) }
        }

        async fn part(&self) -> Part {
            Part { name: "part".to_owned(), number: self.0 }
        }

        async fn parts(&self) -> Rows<Part> {
            (0..self.0).map(|number| Part { name: "one of".to_owned(), number }).collect()
        }
    }

    #[derive(Clone, Interface)]
    #[graphql(field(name = "id", ty = "i32"))]
    enum Any {
        Thing(Thing),
    }

    /// The same things twice: resolved by the library, and on the spot.
    struct Library;

    #[Object]
    impl Library {
        async fn thing(&self, id: i32) -> Option<Thing> {
            Some(Thing(id))
        }

        async fn things(&self) -> Vec<Thing> {
            (0..40).map(Thing).collect()
        }

        async fn any(&self) -> Any {
            Any::Thing(Thing(7))
        }
    }

    struct OnTheSpot;

    #[Object]
    impl OnTheSpot {
        async fn thing(&self, id: i32) -> Option<Eager<Thing>> {
            Some(Eager(Thing(id)))
        }

        async fn things(&self) -> Rows<Thing> {
            (0..40).map(Thing).collect()
        }

        async fn any(&self) -> Any {
            Any::Thing(Thing(7))
        }
    }

    async fn answers(document: &str) -> (String, String) {
        let library = Schema::new(Library, EmptyMutation, EmptySubscription).execute(document).await;
        let ours = Schema::new(OnTheSpot, EmptyMutation, EmptySubscription).execute(document).await;
        let told = |answer: &async_graphql::Response| serde_json::to_string(answer).unwrap_or_default();
        (told(&library), told(&ours))
    }

    #[tokio::test]
    async fn an_answer_is_what_the_library_would_say() {
        for document in [
            "{ things { id } }",
            "{ things { waits id says(words: \"hello\") part { number name } parts { number } } }",
            "{ thing(id: 3) { second: waits first: id __typename kind: __typename } }",
            "{ thing(id: 3) { ...More ... on Thing { waits } ... { more: id } } } fragment More on Thing { id ...Deep } fragment Deep on Thing { part { name } }",
            "{ thing(id: 3) { ... on Any { id } } any { id } }",
            "{ thing(id: 3) { part { name } part { number } id id } }",
            "{ thing(id: 3) { id @include(if: true) waits @skip(if: true) says(words: \"x\") @skip(if: false) } }",
            "{ things { id maybe waits } }",
            "{ things { id must } }",
            "{ one: thing(id: 1) { must } two: thing(id: 2) { id must } }",
            "{ thing(id: 3) { parts { ...P __typename } } } fragment P on Part { n: number name }",
        ] {
            let (library, ours) = answers(document).await;
            assert_eq!(ours, library, "{document}");
            assert!(library.contains("data"), "{library}");
        }
    }
}
