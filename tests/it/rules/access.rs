//! Every root field, tried by callers who may not: the access table is not only written down.
//!
//! For each field a document is made from the schema itself, with arguments of the right shape; a caller without a
//! token must be asked to sign in, and a stranger must find nothing where only a team or an owner may act.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};
use atelier::fairness::purpose;
use atelier::graphql::access::{Access, ROOT_FIELDS};
use atelier::graphql::limits::Purpose;
use atelier::graphql::sdl;
use serde_json::{Value, json};

use crate::support::{Person, story};

/// The schema's types by name.
pub(super) struct Shapes(BTreeMap<String, TypeKind>);

impl Shapes {
    fn read() -> Self {
        Self::of(sdl())
    }

    /// The types of any schema.
    pub(super) fn of(sdl: String) -> Self {
        let document = parse_schema(sdl).unwrap();
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(found) => Some((found.node.name.node.to_string(), found.node.kind)),
            _ => None,
        });
        Self(types.collect())
    }

    fn root(&self, field: &str) -> (&'static str, FieldDefinition) {
        for (root, word) in [("Query", "query"), ("Mutation", "mutation"), ("Subscription", "subscription")] {
            if let Some(TypeKind::Object(object)) = self.0.get(root)
                && let Some(found) = object.fields.iter().find(|one| one.node.name.node == field)
            {
                return (word, found.node.clone());
            }
        }
        panic!("{field} is in the access table, but not in the schema");
    }

    /// A document that calls a root field, and its variables.
    pub(super) fn document(&self, field: &str) -> (String, Value) {
        let (word, definition) = self.root(field);
        let mut variables = json!({});
        let (mut declared, mut passed) = (Vec::new(), Vec::new());
        for argument in
            definition.arguments.iter().map(|argument| &argument.node).filter(|one| is_required(one))
        {
            let name = argument.name.node.as_str();
            declared.push(format!("${name}: {}", argument.ty.node));
            passed.push(format!("{name}: ${name}"));
            variables[name] = self.value(&argument.ty.node);
        }
        let brackets = |list: Vec<String>| {
            if list.is_empty() { String::new() } else { format!("({})", list.join(", ")) }
        };
        let selection = self.selection(&definition.ty.node);
        (format!("{word}{} {{ {field}{} {selection} }}", brackets(declared), brackets(passed)), variables)
    }

    fn selection(&self, ty: &Type) -> &'static str {
        match self.0.get(named(ty)) {
            Some(TypeKind::Object(object))
                if object.fields.iter().any(|one| one.node.name.node == "userErrors") =>
            {
                "{ userErrors { code path message } }"
            }
            Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)) => "{ __typename }",
            _ => "",
        }
    }

    /// A value of the right shape that names nothing that exists.
    fn value(&self, ty: &Type) -> Value {
        match &ty.base {
            BaseType::List(item) => json!([self.value(item)]),
            BaseType::Named(name) => match (name.as_str(), self.0.get(name.as_str())) {
                ("Int" | "Int53", _) => json!(1),
                ("Boolean", _) => json!(true),
                ("UUID", _) => json!("01900000-0000-7000-8000-000000000001"),
                ("DateTime", _) => json!("2026-01-01T00:00:00Z"),
                ("URL", _) => json!("https://example.com"),
                ("ID", _) => json!("nothing"),
                (_, Some(TypeKind::Enum(values))) => json!(values.values[0].node.value.node.as_str()),
                (_, Some(TypeKind::InputObject(input))) => {
                    let is_one_of = input.fields.iter().all(|field| !is_required(&field.node));
                    let fields = input.fields.iter().map(|field| &field.node);
                    let wanted = fields
                        .filter(|field| is_required(field))
                        .chain(input.fields.first().filter(|_| is_one_of).map(|f| &f.node));
                    Value::Object(
                        wanted
                            .map(|field| (field.name.node.to_string(), self.value(&field.ty.node)))
                            .collect(),
                    )
                }
                _ => json!("x"),
            },
        }
    }
}

/// Whatever creates a charge, a refund, a payout or a seat takes a key; then it is judged alone and has a budget of its own.
#[test]
fn what_takes_a_key_moves_money_or_seats() {
    let document = parse_schema(sdl()).unwrap();
    let mut wrong = Vec::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let TypeKind::Object(object) = &ty.node.kind else { continue };
        if ty.node.name.node != "Mutation" {
            continue;
        }
        for field in &object.fields {
            let takes_key = field.node.arguments.iter().any(|one| one.node.name.node == "idempotencyKey");
            let name = field.node.name.node.as_str();
            if takes_key && purpose(name) != Purpose::Paying {
                wrong.push(name.to_owned());
            }
        }
    }
    assert!(wrong.is_empty(), "not in fairness::purposes: {wrong:?}");
}

fn is_required(argument: &InputValueDefinition) -> bool {
    !argument.ty.node.nullable && argument.default_value.is_none()
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(item) => named(item),
    }
}

/// What became of a try: `UNAUTHENTICATED`, `INVALID_ID`, `null`, `done`.
async fn outcome(person: &Person, shapes: &Shapes, field: &str) -> String {
    let (document, variables) = shapes.document(field);
    let answer = match document.starts_with("subscription") {
        true => person.follows(&document, variables).await.is_told().await,
        false => person.asks(&document, variables).await,
    };
    if let Some(code) = answer.body["errors"][0]["extensions"]["code"].as_str() {
        assert_ne!(code, "INTERNAL", "{field}: a fault: {:#}", answer.body);
        assert_ne!(code, "VALIDATION_FAILED", "{field}: {document}: {:#}", answer.body);
        return code.to_owned();
    }
    let value = &answer.body["data"][field];
    match value["userErrors"][0]["code"].as_str() {
        Some(code) => code.to_owned(),
        None if value.is_null() => "null".to_owned(),
        None => "done".to_owned(),
    }
}

story! {
    async fn without_a_token_nothing_that_needs_one_happens(market) {
        let shapes = Shapes::read();
        let nobody = market.stranger("Nobody");
        let mut wrong = Vec::new();
        for (field, access) in ROOT_FIELDS {
            let outcome = outcome(&nobody, &shapes, field).await;
            let fine = match access {
                Access::Public => outcome != "UNAUTHENTICATED",
                _ => ["UNAUTHENTICATED", "null"].contains(&outcome.as_str()),
            };
            if !fine {
                wrong.push(format!("{field} ({access:?}): {outcome}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn a_stranger_gets_nowhere_with_what_is_not_theirs(market) {
        let shapes = Shapes::read();
        let stranger = market.person("Stranger").await;
        let mut wrong = Vec::new();
        for (field, access) in ROOT_FIELDS {
            if !matches!(access, Access::Owner | Access::Team(_)) {
                continue;
            }
            let outcome = outcome(&stranger, &shapes, field).await;
            if outcome == "done" || outcome == "UNAUTHENTICATED" {
                wrong.push(format!("{field} ({access:?}): {outcome}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
