//! A room's part of a merged object behind a box.
//!
//! A schema's root is merged from all rooms, and the future of one root field would hold a place for the futures of every
//! other: hundreds of kilobytes on the stack for each request, and types that take the compiler minutes. One allocation for
//! each root field instead. The same for what rooms add to a creator or an enrollment: a page has many of them, and each of
//! their small fields would carry the place of the largest (docs/performance.md).

use std::borrow::Cow;
use std::pin::Pin;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
};

/// As `T`, with each of its fields resolved on the heap.
#[derive(Clone, Debug, Default)]
pub struct Boxed<T>(pub T);

type Resolving<'a> = Pin<Box<dyn Future<Output = ServerResult<Option<Value>>> + Send + 'a>>;

impl<T: ObjectType> Boxed<T> {
    /// Not async: what the call itself needs is off the stack before anything is awaited.
    fn field<'a>(&'a self, context: &'a Context<'_>) -> Resolving<'a> {
        Box::pin(self.0.resolve_field(context))
    }
}

impl<T: ObjectType> ContainerType for Boxed<T> {
    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        self.field(context).await
    }
}

impl<T: ObjectType> OutputType for Boxed<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(
        &self,
        context: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        self.0.resolve(context, field).await
    }
}

impl<T: ObjectType> ObjectType for Boxed<T> {}
