//! The values sent beside the document: lists that are too long, required variables that are missing.
//!
//! A required variable without a value is refused here, before validation, because GraphQL over HTTP asks 400 for
//! it, and because a document whose variables cannot be filled in need not be validated. Types of values are
//! left to the schema, which knows them.

use async_graphql::{
    Value as ConstValue, Variables,
    parser::types::{BaseType, OperationDefinition, Type},
};
use async_graphql_value::Value;

use super::{Limits, Refusal};
use crate::graphql::codes::Code;

/// Refuses a variable that holds a list longer than the limit, at any depth.
pub(super) fn check_lists(variables: &Variables, limits: &Limits) -> Result<(), Refusal> {
    for (name, value) in variables.iter() {
        if longest_const_list(value) > limits.list_items {
            return Err(too_many_items(limits, &format!("variable ${}", shortened(name))));
        }
    }
    Ok(())
}

/// Refuses an argument that holds a list longer than the limit, at any depth.
pub(super) fn check_argument(name: &str, value: &Value, limits: &Limits) -> Result<(), Refusal> {
    if longest_list(value) > limits.list_items {
        return Err(too_many_items(limits, &format!("argument {}", shortened(name))));
    }
    Ok(())
}

/// Refuses an operation whose required variables are missing or null.
pub(super) fn check_required(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        if definition.var_type.node.nullable {
            continue;
        }
        let value = variables.get(&definition.name.node);
        let missing = match value {
            None => definition.default_value.is_none(),
            Some(value) => *value == ConstValue::Null,
        };
        if missing {
            return Err(Refusal::document(
                Code::BadRequest,
                format!(
                    "Variable ${} is required ({}) but was not given a value in `variables`.",
                    shortened(&definition.name.node),
                    shortened(&written(&definition.var_type.node)),
                ),
            )
            .at(definition.name.pos));
        }
    }
    Ok(())
}

/// The value of an argument as a whole number, through a variable and its default if need be.
pub(super) fn number(value: &Value, operation: &OperationDefinition, variables: &Variables) -> Option<i64> {
    let number = match value {
        Value::Number(number) => number,
        Value::Variable(name) => match given(name, operation, variables)? {
            ConstValue::Number(number) => number,
            _ => return None,
        },
        _ => return None,
    };
    // Not whole, or beyond 64 bits: the schema will refuse it; until then it counts as very much.
    Some(number.as_i64().unwrap_or(i64::MAX))
}

/// How many items a list argument has, through a variable if need be.
pub(super) fn length(value: &Value, operation: &OperationDefinition, variables: &Variables) -> Option<u64> {
    match value {
        Value::List(items) => u64::try_from(items.len()).ok(),
        Value::Variable(name) => match given(name, operation, variables)? {
            ConstValue::List(items) => u64::try_from(items.len()).ok(),
            _ => None,
        },
        _ => None,
    }
}

fn given<'a>(
    name: &str,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
) -> Option<&'a ConstValue> {
    variables.get(name).or_else(|| {
        let definition =
            operation.variable_definitions.iter().find(|definition| definition.node.name.node == name)?;
        definition.node.default_value.as_ref().map(|value| &value.node)
    })
}

fn too_many_items(limits: &Limits, place: &str) -> Refusal {
    Refusal::document(
        Code::LimitExceeded,
        format!(
            "A list in {place} has more than {} items. Send them in several requests.",
            limits.list_items
        ),
    )
}

fn longest_const_list(value: &ConstValue) -> usize {
    match value {
        ConstValue::List(items) => items.iter().map(longest_const_list).max().unwrap_or(0).max(items.len()),
        ConstValue::Object(fields) => fields.values().map(longest_const_list).max().unwrap_or(0),
        _ => 0,
    }
}

fn longest_list(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(longest_list).max().unwrap_or(0).max(items.len()),
        Value::Object(fields) => fields.values().map(longest_list).max().unwrap_or(0),
        _ => 0,
    }
}

fn written(ty: &Type) -> String {
    let base = match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => format!("[{}]", written(inner)),
    };
    if ty.nullable { base } else { format!("{base}!") }
}

/// Names come from the client: long enough to recognise, too short to be a nuisance in an answer or a log.
pub(super) fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}
