//! What one request may ask for, decided before the schema sees the document.
//!
//! Three steps, each linear in the size of what was sent: `scan` counts tokens and nesting in the text, so that
//! parsing itself is bounded; `weigher` walks the parsed document once, with a memo per fragment, so that thirty
//! fragments that double each other weigh 2^30 without being walked 2^30 times; `variables` looks at the values.
//! Keeps true: nothing that passes can make the library's own walks, which follow every spread, run long.
//! Not here: rate limits over time (`fairness`) and who the caller is.

mod parsed;
mod prices;
mod purpose;
mod scan;
mod schema_map;
mod tally;
mod variables;
mod weigher;

use std::sync::Arc;

use async_graphql::{Request, parser::types::ExecutableDocument};

pub use prices::PriceList;
pub use purpose::Purpose;
pub use schema_map::{SchemaMap, UnreadableSchema};
pub use weigher::Weight;

use parsed::Parsed;

use super::{codes::Refusal, omitted::leave_out};

/// Sizes one request must stay under. All are inclusive.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the document.
    pub document_bytes: usize,
    /// Lexical tokens of the document.
    pub tokens: usize,
    /// Brackets open at once, of any kind: bounds the parser's stack.
    pub nesting: usize,
    /// Operations in one document.
    pub operations: usize,
    /// Fragment definitions in one document.
    pub fragments: usize,
    /// Fields after expanding every spread, over all operations.
    pub fields: u64,
    /// Fields, spreads and inline fragments after expanding every spread, over all operations.
    pub selections: u64,
    /// Selection sets inside each other after expanding every spread.
    pub selection_nesting: u64,
    /// Aliases after expanding every spread, over all operations.
    pub aliases: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Levels of fields below `__schema` and `__type`; the standard query of GraphiQL needs 15.
    pub introspection_depth: u64,
    /// Root fields of a query or subscription.
    pub root_fields: u64,
    /// Root fields of a mutation.
    pub mutations: u64,
    /// Directives on one node of the document.
    pub directives: usize,
    /// Items of one list in arguments or variables.
    pub list_items: usize,
    /// Largest page a connection gives, and what `first` counts for when it asks for more.
    pub page: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 32 * 1024,
            tokens: 2_000,
            nesting: 60,
            operations: 10,
            fragments: 100,
            fields: 1_000,
            selections: 2_000,
            selection_nesting: 30,
            aliases: 30,
            depth: 12,
            introspection_depth: 16,
            root_fields: 20,
            mutations: 5,
            directives: 8,
            list_items: 100,
            page: 100,
        }
    }
}

/// Cost one operation may have, by who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget(pub u64);

impl Budget {
    /// No token.
    pub const ANONYMOUS: Budget = Budget(1_000);
    /// A person signed in.
    pub const SIGNED_IN: Budget = Budget(1_500);
    /// A member of a creator's team.
    pub const STUDIO: Budget = Budget(2_500);
}

/// Everything needed to weigh a document of one schema; built once at start.
pub struct Rules {
    limits: Limits,
    schema: SchemaMap,
    purpose: fn(&str) -> Purpose,
    parsed: Parsed,
}

impl Rules {
    /// Reads the schema's own SDL once. `purpose` says what a mutation is for.
    ///
    /// # Errors
    /// When the SDL cannot be parsed, which means the library's exporter and parser disagree.
    pub fn new(
        sdl: &str,
        prices: &PriceList,
        limits: Limits,
        purpose: fn(&str) -> Purpose,
    ) -> Result<Self, UnreadableSchema> {
        Ok(Self { limits, schema: SchemaMap::read(sdl, prices)?, purpose, parsed: Parsed::default() })
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Checks text, document and variables and puts the parsed document on the request, so that it is parsed once.
    ///
    /// # Errors
    /// The first limit the request breaks, or the place where it stops being GraphQL.
    pub fn weigh(&self, request: &mut Request) -> Result<Weight, Refusal> {
        let known = self.parsed.find(&request.query);
        let is_new = known.is_none();
        let parsed = match known {
            Some(parsed) => parsed,
            None => {
                scan::scan(&request.query, &self.limits)?;
                Arc::new(scan::parse(&request.query)?)
            }
        };
        let weight = self.weigh_parsed(&parsed, request)?;
        if is_new {
            self.parsed.keep(&request.query, &parsed);
        }
        // The library takes a document apart while it runs it.
        let mut document = Arc::unwrap_or_clone(parsed);
        leave_out(&mut document, &request.variables);
        request.set_parsed_query(document);
        Ok(weight)
    }

    fn weigh_parsed(&self, document: &ExecutableDocument, request: &Request) -> Result<Weight, Refusal> {
        variables::check_lists(&request.variables, &self.limits)?;
        let weight = weigher::Weigher::new(self, document, &request.variables)
            .document(request.operation_name.as_deref())?;
        Ok(weight)
    }
}
