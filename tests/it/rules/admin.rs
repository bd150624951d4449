//! Every root field of the admin endpoint, tried by everybody who may not, and by every role.

use std::collections::BTreeSet;

use atelier::graphql::admin::sdl;
use atelier::operators::access::ROOT_FIELDS;
use atelier::operators::advice;
use atelier::operators::model::Role;

use super::access::Shapes;
use super::tree::sources;
use crate::support::{Answer, Person, story};

/// What became of a try.
async fn outcome(person: &Person, shapes: &Shapes, field: &str) -> String {
    let (document, variables) = shapes.document(field);
    let Answer { body, .. } = person.asks_admin(&document, variables).await;
    if let Some(code) = body["errors"][0]["extensions"]["code"].as_str() {
        assert!(code != "INTERNAL" && code != "VALIDATION_FAILED", "{field}: {body:#}");
        return code.to_owned();
    }
    let value = &body["data"][field];
    match value["userErrors"][0]["code"].as_str() {
        Some(code) => code.to_owned(),
        None if value.is_null() => "null".to_owned(),
        None => "done".to_owned(),
    }
}

story! {
    async fn nobody_but_staff_gets_in(market) {
        let shapes = Shapes::of(sdl());
        let (nobody, owner) = (market.stranger("Nobody"), market.person("Mira").await);
        for (field, _) in ROOT_FIELDS {
            assert_eq!(outcome(&nobody, &shapes, field).await, "UNAUTHENTICATED", "{field}");
            let found = outcome(&owner, &shapes, field).await;
            assert!(["null", "NOT_FOUND"].contains(&found.as_str()), "{field}: {found}");
        }
    }

    async fn each_role_gets_as_far_as_the_table_says(market) {
        let shapes = Shapes::of(sdl());
        let mut wrong = Vec::new();
        for role in Role::ALL {
            let person = market.operator(role.name(), role).await;
            for (field, roles) in ROOT_FIELDS {
                let found = outcome(&person, &shapes, field).await;
                if (found == "FORBIDDEN") == roles.contains(&role) {
                    wrong.push(format!("{field} as {role:?}: {found}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn the_handbook_speaks_of_every_kind_of_case() {
    let handbook = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md");
    let handbook = std::fs::read_to_string(handbook).unwrap();
    let missing: Vec<_> = advice::kinds().filter(|kind| !handbook.contains(&format!("`{kind}`"))).collect();
    assert!(missing.is_empty(), "docs/operations.md does not say what to do about {missing:?}");
}

/// Every kind that the code opens a case of: the first word in capitals behind each `open_case(`.
fn opened() -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for (_, text) in sources("src") {
        for call in text.split("open_case(").skip(1) {
            let arguments: String = call.chars().take(160).collect();
            let words = arguments.split('"').skip(1).step_by(2);
            let is_kind = |word: &&str| {
                word.len() > 5 && word.chars().all(|sign| sign == '_' || sign.is_ascii_uppercase())
            };
            kinds.extend(words.filter(is_kind).take(1).map(str::to_owned));
        }
    }
    kinds
}

#[test]
fn every_kind_of_case_that_is_opened_has_its_advice() {
    let opened = opened();
    assert!(opened.len() > 20, "only {opened:?} were found");
    let missing: Vec<_> = opened.iter().filter(|kind| advice::kinds().all(|known| known != *kind)).collect();
    assert!(missing.is_empty(), "src/operators/advice.rs does not say what to do about {missing:?}");
}
