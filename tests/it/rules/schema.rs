//! The schema is committed, described, and every root field and Node type has its line in the access table.

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use atelier::graphql::access::{NODE_TYPES, ROOT_FIELDS};
use atelier::graphql::{admin, sdl};
use atelier::operators::access as operators;
use atelier::operators::model::Role;

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

#[test]
fn the_committed_schema_is_what_the_binary_serves() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql")).unwrap();
    assert!(kept == sdl(), "run `cargo run -- schema > schema.graphql` and look at what changed");
}

/// Type name, its kind and its description.
fn types() -> Vec<(String, TypeKind, Option<String>)> {
    types_of(sdl())
}

fn types_of(sdl: String) -> Vec<(String, TypeKind, Option<String>)> {
    let document = parse_schema(sdl).unwrap();
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(found) => {
            let description = found.node.description.map(|text| text.node);
            Some((found.node.name.node.to_string(), found.node.kind, description))
        }
        _ => None,
    });
    types.collect()
}

fn root_fields(types: Vec<(String, TypeKind, Option<String>)>) -> BTreeSet<String> {
    let mut served = BTreeSet::new();
    for (name, kind, _) in types {
        if let (true, TypeKind::Object(object)) = (ROOTS.contains(&name.as_str()), kind) {
            served.extend(object.fields.into_iter().map(|field| field.node.name.node.to_string()));
        }
    }
    served
}

fn node_types(types: Vec<(String, TypeKind, Option<String>)>) -> BTreeSet<String> {
    let nodes = types.into_iter().filter_map(|(name, kind, _)| match kind {
        TypeKind::Object(object) if object.implements.iter().any(|i| i.node == "Node") => Some(name),
        _ => None,
    });
    nodes.collect()
}

#[test]
fn the_committed_admin_schema_is_what_the_binary_serves() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/admin.graphql")).unwrap();
    assert!(
        kept == admin::sdl(),
        "run `cargo run -- schema --admin > admin.graphql` and look at what changed"
    );
}

#[test]
fn every_admin_root_field_and_node_type_stands_in_the_operators_table() {
    let listed =
        |table: &[(&str, &[Role])]| table.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(root_fields(types_of(admin::sdl())), listed(operators::ROOT_FIELDS), "left: served");
    assert_eq!(node_types(types_of(admin::sdl())), listed(operators::NODE_TYPES), "left: served");
    let empty =
        operators::ROOT_FIELDS.iter().chain(operators::NODE_TYPES).find(|(_, roles)| roles.is_empty());
    assert!(empty.is_none(), "{empty:?}");
}

#[test]
fn every_root_field_stands_in_the_access_table() {
    let served = root_fields(types());
    let listed: BTreeSet<String> = ROOT_FIELDS.iter().map(|(field, _)| (*field).to_owned()).collect();
    assert_eq!(listed.len(), ROOT_FIELDS.len(), "a field stands twice in src/graphql/access.rs");
    assert_eq!(served, listed, "left: what is served; right: src/graphql/access.rs");
}

#[test]
fn every_node_type_stands_in_the_access_table() {
    let served = node_types(types());
    let listed: BTreeSet<String> = NODE_TYPES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(served, listed, "left: what is served; right: src/graphql/access.rs");
}

#[test]
fn everything_in_the_schema_is_described() {
    let mut missing = Vec::new();
    for (name, kind, description) in types().into_iter().chain(types_of(admin::sdl())) {
        if description.is_none() && !ROOTS.contains(&name.as_str()) {
            missing.push(name.clone());
        }
        let fields: Vec<(String, bool)> = match kind {
            TypeKind::Object(object) => object
                .fields
                .iter()
                .map(|f| (f.node.name.to_string(), f.node.description.is_some()))
                .collect(),
            TypeKind::Interface(interface) => interface
                .fields
                .iter()
                .map(|f| (f.node.name.to_string(), f.node.description.is_some()))
                .collect(),
            TypeKind::InputObject(input) => {
                input.fields.iter().map(|f| (f.node.name.to_string(), f.node.description.is_some())).collect()
            }
            TypeKind::Enum(values) => values
                .values
                .iter()
                .map(|v| (v.node.value.to_string(), v.node.description.is_some()))
                .collect(),
            _ => Vec::new(),
        };
        missing.extend(
            fields
                .into_iter()
                .filter(|(_, described)| !described)
                .map(|(field, _)| format!("{name}.{field}")),
        );
    }
    assert!(missing.is_empty(), "without a description: {missing:#?}");
}
