//! What may be kept of answers: public fields alone, and every one of them is on the list for a reason.

use std::collections::BTreeSet;

use async_graphql::Request;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, TypeKind, TypeSystemDefinition};
use atelier::graphql::limits::{Limits, PriceList, Purpose, Rules};
use atelier::graphql::public::{PUBLIC, is_public};
use atelier::graphql::sdl;

/// A type with its fields, the type each field gives, and what implements it.
struct Known {
    name: String,
    fields: Vec<(String, String)>,
    implements: Vec<String>,
}

fn types() -> Vec<Known> {
    let document = parse_schema(sdl()).unwrap();
    let types = document.definitions.into_iter().filter_map(|definition| {
        let TypeSystemDefinition::Type(found) = definition else { return None };
        let (fields, implements) = match found.node.kind {
            TypeKind::Object(object) => (object.fields, object.implements),
            TypeKind::Interface(interface) => (interface.fields, Vec::new()),
            TypeKind::Union(_) => (Vec::new(), Vec::new()),
            _ => return None,
        };
        let inner = |mut base: BaseType| loop {
            match base {
                BaseType::Named(name) => return name.to_string(),
                BaseType::List(list) => base = list.base,
            }
        };
        let fields = fields
            .into_iter()
            .map(|field| (field.node.name.node.to_string(), inner(field.node.ty.node.base)));
        let implements = implements.into_iter().map(|name| name.node.to_string()).collect();
        Some(Known { name: found.node.name.node.to_string(), fields: fields.collect(), implements })
    });
    types.collect()
}

#[test]
fn a_document_is_public_only_if_every_field_of_it_is() {
    let types = types();
    let composite: BTreeSet<&str> = types.iter().map(|one| one.name.as_str()).collect();
    let rules = Rules::new(&sdl(), &PriceList::atelier(), Limits::default(), |_| Purpose::Browsing).unwrap();
    let weighs = |document: &str| rules.weigh(&mut Request::new(document)).unwrap().is_public;
    let (mut open, mut closed) = (0, 0);
    for Known { name, fields, .. } in &types {
        for (field, gives) in fields {
            let within = if composite.contains(gives.as_str()) { "{ __typename }" } else { "" };
            let places = [
                format!("{{ niches {{ ...F }} }} fragment F on {name} {{ __typename a: {field} {within} }}"),
                format!("{{ niches {{ slug ... on {name} {{ {field} {within} }} }} }}"),
            ];
            for document in places {
                assert_eq!(weighs(&document), is_public(name, field), "{name}.{field}: {document}");
            }
            *(if is_public(name, field) { &mut open } else { &mut closed }) += 1;
        }
    }
    assert!(open > 100 && closed > open, "{open} public fields, {closed} private ones");
    assert!(!weighs("mutation { creatorFollow(creatorId: 1) { creator { id } } }"));
    assert!(!weighs("{ niches { slug } __schema { queryType { name } } }"), "introspection is a setting");
}

#[test]
fn the_list_names_what_there_is_and_nothing_of_the_callers_own() {
    let types = types();
    let fields_of = |name: &str| types.iter().find(|one| one.name == name).map(|one| &one.fields);
    for (name, listed) in PUBLIC {
        let fields = fields_of(name).unwrap_or_else(|| panic!("there is no type {name}"));
        for field in *listed {
            let found = fields.iter().find(|(one, _)| one == field);
            let (_, gives) = found.unwrap_or_else(|| panic!("there is no field {name}.{field}"));
            assert!(!field.starts_with("viewer"), "{name}.{field} is the caller's own");
            // What it gives can be read on: otherwise listing it would be of no use.
            assert!(
                fields_of(gives).is_none() || PUBLIC.iter().any(|(one, _)| one == gives),
                "{name}.{field}: {gives}"
            );
        }
    }
    for one in types.iter().filter(|one| PUBLIC.iter().any(|(name, _)| *name == one.name)) {
        for interface in &one.implements {
            for (field, _) in fields_of(interface).unwrap() {
                let narrower = is_public(&one.name, field) || !is_public(interface, field);
                assert!(narrower, "{interface}.{field} is public, {}.{field} is not", one.name);
            }
        }
    }
}
