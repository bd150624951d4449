//! Stripe's published OpenAPI description, reduced to the operations we call, parsed once for the process.
//!
//! It keeps true that there is one source for what a request or an object may hold: the data file, which is
//! Stripe's own. Only its dialect is translated here (OpenAPI's `nullable` into JSON Schema), never its content.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

const BASE: &str = "https://spec.stripe.sandbox/v1";
const FORM: &str = "application/x-www-form-urlencoded";

static SPEC: LazyLock<Spec> = LazyLock::new(Spec::load);

/// The parsed description.
pub(crate) fn spec() -> &'static Spec {
    &SPEC
}

/// One operation of the API.
pub(crate) struct Operation {
    /// Stripe's name for it, such as `PostCheckoutSessions`.
    pub id: String,
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// The path with its variables in braces.
    pub path: String,
    /// Where the schema of its parameters lies in the description.
    pub request: String,
    /// Where the schema of its successful answer lies.
    pub response: String,
}

/// Operations, schemas and the validators built so far.
pub(crate) struct Spec {
    document: &'static Value,
    registry: Registry<'static>,
    operations: Vec<Operation>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Spec {
    fn load() -> Self {
        let text = include_str!("../../data/stripe/spec3.reduced.json");
        let mut document: Value = serde_json::from_str(text).expect("the embedded description is JSON");
        translate_nullable(&mut document);
        let operations = collect_operations(&mut document);
        // The description lives as long as the process: validators and coercion borrow from it.
        let document: &'static Value = Box::leak(Box::new(document));
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(BASE, document)
            .and_then(|builder| builder.prepare())
            .expect("the embedded description has no dangling reference");
        Self { document, registry, operations, validators: Mutex::default() }
    }

    /// The operation behind a method and a path, with the values of the path's variables in order.
    pub fn operation(&self, method: &str, path: &str) -> Option<(&Operation, Vec<String>)> {
        self.operations
            .iter()
            .filter(|operation| operation.method == method)
            .filter_map(|operation| Some((operation, match_path(&operation.path, path)?)))
            .min_by_key(|(_, variables)| variables.len())
    }

    /// The schema at a JSON pointer, references followed.
    pub fn schema(&self, pointer: &str) -> &'static Value {
        let found = self.document.pointer(pointer).unwrap_or(&Value::Null);
        self.resolve(found)
    }

    /// Follows a `$ref` to the schema it names.
    pub fn resolve(&self, schema: &'static Value) -> &'static Value {
        match schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#')) {
            Some(pointer) => self.schema(pointer),
            None => schema,
        }
    }

    /// Where the schema of an object type lies: `charge`, `checkout.session`.
    pub fn object_pointer(object: &str) -> String {
        format!("/components/schemas/{object}")
    }

    /// The validator of the schema at a pointer, built at its first use.
    pub fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = validators.get(pointer) {
            return found.clone();
        }
        let escaped = pointer.replace('{', "%7B").replace('}', "%7D");
        let built = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .build(&json!({ "$ref": format!("{BASE}#{escaped}") }))
            .unwrap_or_else(|error| panic!("no validator for {pointer}: {error}"));
        let built = Arc::new(built);
        validators.insert(pointer.to_owned(), built.clone());
        built
    }
}

fn match_path(template: &str, path: &str) -> Option<Vec<String>> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut variables = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(variables),
            (Some(name), Some(value)) if name.starts_with('{') && !value.is_empty() => {
                variables.push(value.to_owned());
            }
            (Some(name), Some(value)) if name == value => {}
            _ => return None,
        }
    }
}

/// OpenAPI 3.0 says `nullable: true` where JSON Schema lists `null` among the types.
fn translate_nullable(node: &mut Value) {
    match node {
        Value::Object(map) => {
            if map.remove("nullable") == Some(Value::Bool(true)) {
                allow_null(map);
            }
            map.values_mut().for_each(translate_nullable);
        }
        Value::Array(items) => items.iter_mut().for_each(translate_nullable),
        _ => {}
    }
}

fn allow_null(schema: &mut Map<String, Value>) {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
        branches.push(json!({ "type": "null" }));
    }
}

fn collect_operations(document: &mut Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut requests = Map::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, description) in methods.as_object().expect("methods") {
            let Some(id) = description["operationId"].as_str() else { continue };
            requests.insert(id.to_owned(), request_schema(description));
            let at = path.replace('~', "~0").replace('/', "~1");
            operations.push(Operation {
                id: id.to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                request: format!("/x-requests/{id}"),
                response: format!("/paths/{at}/{method}/responses/200/content/application~1json/schema"),
            });
        }
    }
    document["x-requests"] = Value::Object(requests);
    operations
}

/// The parameters of an operation as one object: those of the body, or those of the query.
fn request_schema(operation: &Value) -> Value {
    let body = &operation["requestBody"]["content"][FORM]["schema"];
    if body.is_object() {
        return body.clone();
    }
    let query = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in query {
        let name = parameter["name"].as_str().unwrap_or_default();
        properties.insert(name.to_owned(), parameter["schema"].clone());
        if parameter["required"] == true {
            required.push(Value::from(name));
        }
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
