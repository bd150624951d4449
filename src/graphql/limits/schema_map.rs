//! The few facts about the schema that weighing needs, read once from its SDL.
//!
//! For each type: its kind, and for each field which type comes out, whether as a list, and what it costs.
//! Reading the SDL instead of the library's registry keeps us off the library's inside, and makes the weigher
//! the same for any schema.

use std::collections::HashMap;

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, SchemaDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};

use super::prices::PriceList;
use crate::graphql::public::is_public;

/// The SDL could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the schema's own SDL cannot be read back: {0}")]
pub struct UnreadableSchema(#[from] async_graphql::parser::Error);

/// Types by name, and the names of the three roots.
#[derive(Debug, Default)]
pub struct SchemaMap {
    types: HashMap<String, OutputType>,
    query: String,
    mutation: String,
    subscription: String,
}

/// A type that can be selected from.
#[derive(Debug)]
pub(super) struct OutputType {
    pub(super) kind: OutputKind,
    pub(super) fields: HashMap<String, OutputField>,
}

/// How the general cost rule sees a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputKind {
    /// An object with an id of its own: a row to load.
    Node,
    /// An object that comes with its owner.
    Value,
    /// A Relay connection: its `nodes` and `edges` repeat once per item of the page.
    Connection,
    /// An interface or union: costs what its dearest member costs.
    Abstract,
}

/// A field of such a type.
#[derive(Debug)]
pub(super) struct OutputField {
    /// Name of the type inside all list and non-null wrappers.
    pub(super) type_name: String,
    pub(super) is_list: bool,
    /// Whether it is the same for everybody who may see it.
    pub(super) is_public: bool,
    /// Units on top of the general rule.
    pub(super) extra: u64,
    /// Items to assume when the field is a list.
    pub(super) size: u64,
    /// The page size when neither `first` nor `last` is given.
    pub(super) default_page: u64,
}

const DEFAULT_PAGE: u64 = 20;

impl SchemaMap {
    /// Reads an SDL as `Schema::sdl` exports it.
    ///
    /// # Errors
    /// When it is not an SDL.
    pub fn read(sdl: &str, prices: &PriceList) -> Result<Self, UnreadableSchema> {
        let mut map = Self {
            query: "Query".to_owned(),
            mutation: "Mutation".to_owned(),
            subscription: "Subscription".to_owned(),
            types: HashMap::new(),
        };
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(roots) => map.name_roots(roots.node),
                TypeSystemDefinition::Type(found) => {
                    let name = found.node.name.node.to_string();
                    if let Some(output) = output_type(&name, &found.node.kind, prices) {
                        map.types.insert(name, output);
                    }
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(map)
    }

    fn name_roots(&mut self, roots: SchemaDefinition) {
        let pairs = [
            (&mut self.query, roots.query),
            (&mut self.mutation, roots.mutation),
            (&mut self.subscription, roots.subscription),
        ];
        for (slot, name) in pairs {
            if let Some(name) = name {
                *slot = name.node.to_string();
            }
        }
    }

    pub(super) fn root(&self, operation: async_graphql::parser::types::OperationType) -> &str {
        use async_graphql::parser::types::OperationType;
        match operation {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        }
    }

    /// The type, unless it is a leaf or unknown.
    pub(super) fn output(&self, name: &str) -> Option<&OutputType> {
        self.types.get(name)
    }

    /// Whether a fragment on this type holds only for some of the objects an abstract parent can be.
    pub(super) fn is_concrete(&self, name: &str) -> bool {
        self.output(name).is_some_and(|found| found.kind != OutputKind::Abstract)
    }
}

fn output_type(name: &str, kind: &TypeKind, prices: &PriceList) -> Option<OutputType> {
    let (kind, definitions) = match kind {
        TypeKind::Object(object) => {
            let has_id = object.fields.iter().any(|field| field.node.name.node == "id");
            let kind = match () {
                () if name.ends_with("Connection") => OutputKind::Connection,
                () if has_id => OutputKind::Node,
                () => OutputKind::Value,
            };
            (kind, object.fields.as_slice())
        }
        TypeKind::Interface(interface) => (OutputKind::Abstract, interface.fields.as_slice()),
        TypeKind::Union(_) => (OutputKind::Abstract, [].as_slice()),
        _ => return None,
    };
    let fields = definitions
        .iter()
        .map(|field| (field.node.name.node.to_string(), output_field(name, &field.node, prices)))
        .collect();
    Some(OutputType { kind, fields })
}

fn output_field(owner: &str, field: &FieldDefinition, prices: &PriceList) -> OutputField {
    let name = field.name.node.as_str();
    let (type_name, is_list) = unwrap_type(&field.ty);
    OutputField {
        type_name,
        is_list,
        is_public: is_public(owner, name),
        extra: prices.extra_of(owner, name),
        size: prices.size_of(owner, name),
        default_page: default_page(field),
    }
}

fn default_page(field: &FieldDefinition) -> u64 {
    field
        .arguments
        .iter()
        .find(|argument| argument.node.name.node == "first")
        .and_then(|argument| argument.node.default_value.as_ref())
        .and_then(|value| match &value.node {
            async_graphql::Value::Number(number) => number.as_u64(),
            _ => None,
        })
        .unwrap_or(DEFAULT_PAGE)
}

fn unwrap_type(ty: &Positioned<Type>) -> (String, bool) {
    let (mut base, mut is_list) = (&ty.node.base, false);
    loop {
        match base {
            BaseType::Named(name) => return (name.to_string(), is_list),
            BaseType::List(inner) => {
                is_list = true;
                base = &inner.base;
            }
        }
    }
}
