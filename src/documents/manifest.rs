//! What build tools write: a file of documents with their numbers.
//!
//! Three forms are read: an object from number to text (Relay's `queryMap.json`, graphql-codegen's
//! `persisted-documents.json`), Apollo's persisted query manifest, and a file that is one document.

use async_graphql::parser::parse_query;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::{Document, LONGEST, number_of, parse};

/// Why a file cannot be registered.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Unregistrable {
    /// Not one of the three forms.
    #[error(
        "it is neither a document nor a manifest: a JSON object from SHA-256 to text, or Apollo's persisted query manifest"
    )]
    Form,
    /// A number is not the text's.
    #[error(
        "{given} is not the SHA-256 of its text, which is {right}. Tell the build tool to hash with sha256."
    )]
    Number {
        /// As the file has it.
        given: String,
        /// What it should be.
        right: String,
    },
    /// Not GraphQL.
    #[error("the document {id} is not GraphQL: {why}")]
    Text {
        /// Its number.
        id: String,
        /// What the parser says.
        why: String,
    },
    /// Longer than any document may be.
    #[error("the document {0} is longer than {LONGEST} bytes")]
    TooLong(String),
}

#[derive(Deserialize)]
struct Apollo {
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

/// The documents of a file, each with its right number.
pub fn read(file: &str) -> Result<Vec<Document>, Unregistrable> {
    let Ok(json) = serde_json::from_str::<Value>(file) else {
        return Ok(vec![checked(None, file)?]);
    };
    if let Ok(Apollo { operations }) = Apollo::deserialize(&json) {
        return operations.iter().map(|one| checked(Some(&one.id), &one.body)).collect();
    }
    let Value::Object(all) = json else { return Err(Unregistrable::Form) };
    let texts = all.iter().map(|(id, text)| Some((id, text.as_str()?))).collect::<Option<Vec<_>>>();
    texts.ok_or(Unregistrable::Form)?.into_iter().map(|(id, text)| checked(Some(id), text)).collect()
}

fn checked(given: Option<&str>, text: &str) -> Result<Document, Unregistrable> {
    let id = number_of(text);
    if let Some(given) = given.filter(|given| parse(given).as_ref() != Some(&id)) {
        return Err(Unregistrable::Number { given: given.to_owned(), right: id });
    }
    if text.len() > LONGEST {
        return Err(Unregistrable::TooLong(id));
    }
    match parse_query(text) {
        Ok(_) => Ok(Document { id, text: text.to_owned() }),
        Err(why) => Err(Unregistrable::Text { id, why: why.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "query Niches { niches { slug } }";

    #[test]
    fn three_forms_are_read() {
        let id = number_of(TEXT);
        let one = vec![Document { id: id.clone(), text: TEXT.to_owned() }];
        let map = json!({ (format!("sha256:{id}")): TEXT }).to_string();
        let apollo = json!({ "format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [{ "id": id, "name": "Niches", "type": "query", "body": TEXT }] });
        for file in [TEXT.to_owned(), map, apollo.to_string()] {
            assert_eq!(read(&file).as_ref(), Ok(&one), "{file}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = json!({ "0cc175b9c0f1b6a831c399e269772661": TEXT }).to_string();
        assert!(matches!(read(&wrong), Err(Unregistrable::Number { .. })));
        assert!(matches!(read("hello"), Err(Unregistrable::Text { .. })));
        assert_eq!(read("[1]"), Err(Unregistrable::Form));
        assert_eq!(read("{\"a\": 1}"), Err(Unregistrable::Form));
        let long = format!("query {{ {} }}", "niches { slug } ".repeat(3_000));
        assert!(matches!(read(&long), Err(Unregistrable::TooLong(_))));
    }

    #[test]
    fn numbers_come_with_and_without_their_kind() {
        let id = number_of(TEXT);
        assert_eq!(parse(&format!("sha256:{}", id.to_uppercase())), Some(id.clone()));
        assert_eq!(parse(&id), Some(id));
        assert_eq!(parse("sha256:abc"), None);
        assert_eq!(parse("md5:0cc175b9c0f1b6a831c399e269772661"), None);
    }
}
