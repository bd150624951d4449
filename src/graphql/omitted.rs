//! Arguments whose variable was not sent are left out, so that the argument's own default holds.
//!
//! The specification says so (GraphQL September 2025, 6.4.1, CoerceArgumentValues); async-graphql 8.0.0-rc.5 reads such
//! an argument as null instead. Fields of input objects it leaves out itself.

use std::collections::HashSet;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Variables};
use async_graphql_value::Value;

/// Takes them out of a document's only operation and its fragments. A document of several operations, which clients
/// of their own make rarely, stays as it is: its fragments belong to all of them.
pub fn leave_out(document: &mut ExecutableDocument, variables: &Variables) {
    let only = match &mut document.operations {
        DocumentOperations::Single(only) => Some(only),
        DocumentOperations::Multiple(named) if named.len() == 1 => named.values_mut().next(),
        DocumentOperations::Multiple(_) => None,
    };
    let Some(operation) = only else { return };
    let omitted = omitted(&operation.node, variables);
    if omitted.is_empty() {
        return;
    }
    strip(&mut operation.node.selection_set.node, &omitted);
    for fragment in document.fragments.values_mut() {
        strip(&mut fragment.node.selection_set.node, &omitted);
    }
    // A variable that nothing uses any more would be refused as unused.
    let operation = &mut operation.node;
    let mut used = HashSet::new();
    collect(&operation.selection_set.node, &mut used);
    document.fragments.values().for_each(|fragment| collect(&fragment.node.selection_set.node, &mut used));
    operation.variable_definitions.retain(|definition| {
        let name = &definition.node.name.node;
        !omitted.contains(name) || used.contains(name)
    });
}

/// Variables that may be left out and were: nullable, without a default, not sent.
fn omitted(operation: &OperationDefinition, variables: &Variables) -> HashSet<Name> {
    let definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
    definitions
        .filter(|definition| definition.var_type.node.nullable && definition.default_value.is_none())
        .map(|definition| definition.name.node.clone())
        .filter(|name| !variables.contains_key(name))
        .collect()
}

fn strip(set: &mut SelectionSet, omitted: &HashSet<Name>) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => strip_field(&mut field.node, omitted),
            Selection::InlineFragment(inline) => strip(&mut inline.node.selection_set.node, omitted),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn strip_field(field: &mut Field, omitted: &HashSet<Name>) {
    field.arguments.retain(|(_, value)| match &value.node {
        Value::Variable(name) => !omitted.contains(name),
        _ => true,
    });
    strip(&mut field.selection_set.node, omitted);
}

fn collect(set: &SelectionSet, used: &mut HashSet<Name>) {
    for selection in &set.items {
        let directives = match &selection.node {
            Selection::Field(field) => {
                field.node.arguments.iter().for_each(|(_, value)| mention(&value.node, used));
                collect(&field.node.selection_set.node, used);
                &field.node.directives
            }
            Selection::InlineFragment(inline) => {
                collect(&inline.node.selection_set.node, used);
                &inline.node.directives
            }
            Selection::FragmentSpread(spread) => &spread.node.directives,
        };
        let arguments = directives.iter().flat_map(|directive| &directive.node.arguments);
        arguments.for_each(|(_, value)| mention(&value.node, used));
    }
}

fn mention(value: &Value, used: &mut HashSet<Name>) {
    match value {
        Value::Variable(name) => {
            used.insert(name.clone());
        }
        Value::List(items) => items.iter().for_each(|item| mention(item, used)),
        Value::Object(fields) => fields.values().for_each(|field| mention(field, used)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn left(text: &str, variables: serde_json::Value) -> (usize, usize) {
        let mut document = parse_query(text).unwrap();
        leave_out(&mut document, &Variables::from_json(variables));
        let (_, operation) = document.operations.iter().next().unwrap();
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else {
            panic!("a field")
        };
        (operation.node.variable_definitions.len(), field.node.arguments.len())
    }

    #[test]
    fn an_argument_whose_variable_was_not_sent_is_left_out_with_the_variable() {
        let text = "query($open: Boolean, $first: Int) { cases(open: $open, first: $first) { id } }";
        assert_eq!(left(text, serde_json::json!({ "first": 3 })), (1, 1));
        assert_eq!(left(text, serde_json::json!({ "open": null, "first": 3 })), (2, 2), "null was sent");
    }

    #[test]
    fn what_is_required_has_a_default_or_is_used_elsewhere_stays() {
        assert_eq!(left("query($id: ID!) { node(id: $id) { id } }", serde_json::json!({})), (1, 1));
        assert_eq!(left("query($n: Int = 2) { list(first: $n) { id } }", serde_json::json!({})), (1, 1));
        let nested = "query Named($n: Int) { list(first: $n, filter: { most: $n }) { id } }";
        assert_eq!(left(nested, serde_json::json!({})), (1, 1));
    }
}
