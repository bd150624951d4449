//! The admin endpoint's schema: another schema, another address, other people.

use async_graphql::{EmptySubscription, MergedObject};

use crate::operators::graphql::{AdminNodeQuery, OperatorsMutation, OperatorsQuery};

use super::schema::{print, put_together};

/// The schema type of the admin endpoint.
pub type AdminSchema = async_graphql::Schema<AdminQuery, AdminMutation, EmptySubscription>;

/// What operators can ask.
#[derive(Default, MergedObject)]
#[graphql(name = "Query")]
pub struct AdminQuery(OperatorsQuery, AdminNodeQuery);

/// What operators can do.
#[derive(Default, MergedObject)]
#[graphql(name = "Mutation")]
pub struct AdminMutation(OperatorsMutation);

/// The schema, without extensions, like the app's.
pub fn build(introspection: bool) -> AdminSchema {
    put_together(AdminQuery::default(), AdminMutation::default(), EmptySubscription, introspection)
}

/// The contract as text, the same on every run: what `admin.graphql` holds.
pub fn sdl() -> String {
    print(&build(true))
}
