//! Walks a parsed document once and says how heavy it is.
//!
//! Each fragment is weighed the first time it is met and remembered, so the walk is linear in the document however
//! often fragments spread each other. Every operation and every fragment is weighed, used or not, because the
//! library's own rules walk them all. Keeps true: what passes has at most `Limits::selections` selections when
//! fully expanded, spreads of unknown fragments included, and no fragment contains itself.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Variables,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType,
        Selection, SelectionSet,
    },
};

use super::{
    Purpose, Refusal, Rules,
    schema_map::{OutputField, OutputKind},
    tally::Tally,
    variables::{self, shortened},
};
use crate::graphql::codes::Code;

/// What a document that passed weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Query, mutation or subscription: what the named operation is.
    pub operation: OperationType,
    /// Cost units of that operation.
    pub cost: u64,
    /// Fields after expanding every spread, over all operations.
    pub fields: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Whether it asks for public fields alone.
    pub is_public: bool,
    /// What it is for.
    pub purpose: Purpose,
}

impl Weight {
    /// Whether it goes on until its client ends it.
    #[must_use]
    pub fn lasts(&self) -> bool {
        self.operation == OperationType::Subscription
    }
}

enum Remembered {
    InProgress,
    Done(Tally),
}

pub(super) struct Weigher<'a> {
    rules: &'a Rules,
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    /// The operation that will run: values of arguments come from its variables.
    running: Option<&'a OperationDefinition>,
    fragments: HashMap<&'a str, Remembered>,
}

impl<'a> Weigher<'a> {
    pub(super) fn new(rules: &'a Rules, document: &'a ExecutableDocument, variables: &'a Variables) -> Self {
        Self { rules, document, variables, running: None, fragments: HashMap::new() }
    }

    /// Weighs everything, then judges the operation that will run.
    pub(super) fn document(mut self, operation_name: Option<&str>) -> Result<Weight, Refusal> {
        self.check_counts()?;
        let running = choose(&self.document.operations, operation_name)?;
        self.running = Some(&running.node);
        let mut total = Tally::default();
        for (_, operation) in self.document.operations.iter() {
            self.check_directives(&operation.node.directives)?;
            let root = self.rules.schema.root(operation.node.ty);
            total.beside(&self.set(&operation.node.selection_set.node, root)?);
        }
        for name in self.document.fragments.keys() {
            let part = self.fragment(name)?;
            self.check_size(&part)?;
        }
        self.check_size(&total)?;
        let own = self.set(&running.node.selection_set.node, self.rules.schema.root(running.node.ty))?;
        self.check_roots(running.node.ty, &own)?;
        variables::check_required(&running.node, self.variables)?;
        Ok(Weight {
            operation: running.node.ty,
            cost: own.once.saturating_add(own.per_item),
            purpose: asked_for(running.node.ty, own.purpose),
            fields: total.fields,
            depth: total.depth,
            is_public: running.node.ty == OperationType::Query && own.private == 0,
        })
    }

    fn check_counts(&self) -> Result<(), Refusal> {
        let limits = &self.rules.limits;
        if self.document.operations.iter().len() > limits.operations {
            return Err(too_many("operations", limits.operations));
        }
        if self.document.fragments.len() > limits.fragments {
            return Err(too_many("fragments", limits.fragments));
        }
        Ok(())
    }

    fn check_size(&self, tally: &Tally) -> Result<(), Refusal> {
        let limits = &self.rules.limits;
        let measured = [
            (tally.selections, limits.selections, "selections, every fragment counted where it is spread"),
            (tally.fields, limits.fields, "fields, every fragment counted where it is spread"),
            (tally.aliases, limits.aliases, "aliases"),
            (tally.depth, limits.depth, "levels of fields"),
            (tally.introspection_depth, limits.introspection_depth, "levels of fields in introspection"),
            (tally.introspection_lists, 1, "lists of the schema inside each other"),
            (tally.nesting, limits.selection_nesting, "selection sets and fragments inside each other"),
        ];
        match measured.into_iter().find(|(found, limit, _)| found > limit) {
            Some((_, limit, what)) => Err(too_complex(format!(
                "The document has more than {limit} {what}. Ask for less in one request."
            ))),
            None => Ok(()),
        }
    }

    fn check_roots(&self, operation: OperationType, own: &Tally) -> Result<(), Refusal> {
        let limits = &self.rules.limits;
        let limit = match operation {
            OperationType::Query => limits.root_fields,
            OperationType::Mutation => limits.mutations,
            // GraphQL 16, section 5.2.3.1: a subscription listens to one thing.
            OperationType::Subscription => 1,
        };
        if own.roots > limit {
            return Err(too_complex(format!("A {operation} has at most {limit} root fields.")));
        }
        if operation == OperationType::Mutation && own.purpose.stands_alone() && own.roots > 1 {
            return Err(too_complex(
                "A mutation that signs in or moves money must be the only root field of its request."
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn set(&mut self, set: &'a SelectionSet, parent: &str) -> Result<Tally, Refusal> {
        let mut sum = Tally::default();
        let mut dearest: HashMap<&'a str, Tally> = HashMap::new();
        let narrows = self.rules.schema.output(parent).is_some_and(|ty| ty.kind == OutputKind::Abstract);
        for selection in &set.items {
            let (part, condition) = self.selection(&selection.node, parent)?;
            match condition.filter(|name| narrows && self.rules.schema.is_concrete(name)) {
                None => sum.beside(&part),
                Some(member) => {
                    sum.beside(&part.free_of_cost());
                    dearest.entry(member).or_default().beside(&part);
                }
            }
        }
        // An object of an abstract type is one of its members only: the dearest one stands for all.
        sum.once = sum.once.saturating_add(dearest.values().map(|part| part.once).max().unwrap_or(0));
        sum.nesting = sum.nesting.saturating_add(1);
        Ok(sum)
    }

    /// The tally of one selection, and the type it is narrowed to.
    fn selection(
        &mut self,
        selection: &'a Selection,
        parent: &str,
    ) -> Result<(Tally, Option<&'a str>), Refusal> {
        self.check_directives(selection.directives())?;
        match selection {
            Selection::Field(field) => Ok((self.field(&field.node, parent)?, None)),
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                let on = self
                    .document
                    .fragments
                    .get(name)
                    .map(|found| found.node.type_condition.node.on.node.as_str());
                let mut part = self.fragment(name)?;
                part.selections = part.selections.saturating_add(1);
                Ok((part, on))
            }
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                let mut part = self.set(&inline.node.selection_set.node, on.unwrap_or(parent))?;
                part.selections = part.selections.saturating_add(1);
                Ok((part, on))
            }
        }
    }

    fn fragment(&mut self, name: &'a str) -> Result<Tally, Refusal> {
        let Some(definition) = self.document.fragments.get(name) else {
            return Ok(Tally::default());
        };
        match self.fragments.get(name) {
            Some(Remembered::Done(tally)) => return Ok(*tally),
            Some(Remembered::InProgress) => {
                return Err(Refusal::document(
                    Code::ValidationFailed,
                    format!("Fragment {} contains itself.", shortened(name)),
                )
                .at(definition.pos));
            }
            None => {}
        }
        self.fragments.insert(name, Remembered::InProgress);
        self.check_directives(&definition.node.directives)?;
        let on = definition.node.type_condition.node.on.node.as_str();
        let tally = self.set(&definition.node.selection_set.node, on)?;
        self.fragments.insert(name, Remembered::Done(tally));
        Ok(tally)
    }

    fn field(&mut self, field: &'a Field, parent: &str) -> Result<Tally, Refusal> {
        for (name, value) in &field.arguments {
            variables::check_argument(&name.node, &value.node, &self.rules.limits)?;
        }
        let name = field.name.node.as_str();
        let mut own = Tally {
            fields: 1,
            selections: 1,
            aliases: u64::from(field.alias.is_some()),
            depth: 1,
            roots: u64::from(name != "__typename"),
            purpose: (self.rules.purpose)(name),
            ..Tally::default()
        };
        if parent.starts_with("__") || matches!(name, "__schema" | "__type") {
            self.introspected(field, &mut own)?;
            own.private = 1;
        } else if let Some(known) = self.rules.schema.output(parent).and_then(|ty| ty.fields.get(name)) {
            let inner = self.set(&field.selection_set.node, &known.type_name)?;
            contain(&mut own, &inner);
            own.private = own.private.saturating_add(u64::from(!known.is_public));
            self.price(field, parent, known, &inner, &mut own);
        } else {
            // Unknown here, so validation will refuse it; its size still counts.
            let inner = self.set(&field.selection_set.node, "")?;
            contain(&mut own, &inner);
        }
        Ok(own)
    }

    /// The general cost rule, plus the exceptions of the price list.
    fn price(&self, field: &Field, parent: &str, known: &OutputField, inner: &Tally, own: &mut Tally) {
        let schema = &self.rules.schema;
        own.once = known.extra;
        let Some(ty) = schema.output(&known.type_name) else { return };
        let child = match ty.kind {
            OutputKind::Connection => {
                let items = self.page(field, known).saturating_mul(inner.per_item);
                2_u64.saturating_add(inner.once).saturating_add(items)
            }
            OutputKind::Node | OutputKind::Abstract => inner.once.saturating_add(1),
            OutputKind::Value => inner.once,
        };
        let repeats =
            schema.output(parent).is_some_and(|ty| ty.kind == OutputKind::Connection) && known.is_list;
        if repeats {
            own.per_item = child;
        } else if known.is_list {
            let listed = self.listed(field, known).saturating_mul(child);
            own.once = own.once.saturating_add(listed).saturating_add(1);
        } else {
            own.once = own.once.saturating_add(child);
        }
    }

    /// Items of a connection's page: `first` or `last`, kept between 1 and the largest page there is.
    fn page(&self, field: &Field, known: &OutputField) -> u64 {
        let asked = ["first", "last"]
            .into_iter()
            .filter_map(|name| field.get_argument(name))
            .find_map(|value| variables::number(&value.node, self.running?, self.variables));
        let items = asked.map_or(known.default_page, |asked| u64::try_from(asked).unwrap_or(1));
        items.clamp(1, self.rules.limits.page)
    }

    /// Items of a bounded list: as many as ids were asked for, or as such lists usually have.
    fn listed(&self, field: &Field, known: &OutputField) -> u64 {
        let ids = field
            .get_argument("ids")
            .and_then(|value| variables::length(&value.node, self.running?, self.variables));
        ids.unwrap_or(known.size)
    }

    /// Introspection has prices of its own: one whole schema and its fields fit in the smallest budget, three do not.
    fn introspected(&mut self, field: &'a Field, own: &mut Tally) -> Result<(), Refusal> {
        let name = field.name.node.as_str();
        let inner = self.set(&field.selection_set.node, "__Type")?;
        contain(own, &inner);
        let is_list = matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes");
        own.introspection_lists = inner.introspection_lists.saturating_add(u64::from(is_list));
        let units = match name {
            "types" => 300,
            "fields" => 60,
            "inputFields" | "interfaces" | "possibleTypes" | "enumValues" | "args" | "directives" => 20,
            "__type" => 10,
            _ => 0,
        };
        own.once = inner.once.saturating_add(units);
        own.introspection_depth = inner.introspection_depth.saturating_add(1);
        own.depth = 1;
        Ok(())
    }

    fn check_directives(&self, directives: &[Positioned<Directive>]) -> Result<(), Refusal> {
        let limits = &self.rules.limits;
        if directives.len() > limits.directives {
            return Err(too_many("directives on one node", limits.directives));
        }
        for directive in directives {
            for (name, value) in &directive.node.arguments {
                variables::check_argument(&name.node, &value.node, limits)?;
            }
        }
        Ok(())
    }
}

/// Puts a selection set inside the field that owns it: sizes add up, levels grow, costs are priced elsewhere.
/// A question neither signs in nor pays, whatever its fields are called.
fn asked_for(operation: OperationType, purpose: Purpose) -> Purpose {
    match (operation, purpose) {
        (OperationType::Mutation, purpose) | (_, purpose @ Purpose::Buying) => purpose,
        _ => Purpose::Browsing,
    }
}

fn contain(own: &mut Tally, inner: &Tally) {
    own.fields = own.fields.saturating_add(inner.fields);
    own.selections = own.selections.saturating_add(inner.selections);
    own.aliases = own.aliases.saturating_add(inner.aliases);
    own.depth = own.depth.saturating_add(inner.depth);
    own.introspection_depth = inner.introspection_depth;
    own.introspection_lists = inner.introspection_lists;
    own.nesting = inner.nesting;
    own.private = inner.private;
}

fn choose<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Result<&'a Positioned<OperationDefinition>, Refusal> {
    let found = match (operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next()
        }
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        _ => None,
    };
    found.ok_or_else(|| {
        let known: Vec<String> =
            operations.iter().filter_map(|(name, _)| name.map(Name::as_str).map(shortened)).collect();
        let message = if name.is_some() {
            format!("`operationName` names no operation of the document; it has: {}.", listed_names(&known))
        } else {
            format!(
                "The document has several operations: say which in `operationName` ({}).",
                listed_names(&known)
            )
        };
        Refusal::document(Code::BadRequest, message)
    })
}

fn listed_names(names: &[String]) -> String {
    if names.is_empty() { "one without a name".to_owned() } else { names.join(", ") }
}

fn too_many(what: &str, limit: usize) -> Refusal {
    Refusal::document(Code::LimitExceeded, format!("The document has more than {limit} {what}."))
}

fn too_complex(message: String) -> Refusal {
    Refusal::document(Code::QueryTooComplex, message)
}
