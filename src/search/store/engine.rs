//! How each database finds words: the one file of this room that knows SQLite's FTS5 from PostgreSQL's `tsvector`.
//!
//! Words come from `model::words` and hold letters and digits alone, so that nothing in them is an operator; they are
//! still written in quotes, since `near` and `or` are words.

use sea_orm::DbBackend;

use crate::search::model::Question;

/// How a word is written in a question.
type Spelled = fn(&str) -> String;

/// The condition on a document `d` that it fits the question bound at `place`.
pub(super) fn fits(backend: DbBackend, place: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("d.words @@ CAST(CAST({place} AS TEXT) AS TSQUERY)"),
        _ => format!("d.number IN (SELECT rowid FROM search_index WHERE search_index MATCH {place})"),
    }
}

/// A question in the database's own language of questions.
pub(super) fn said(backend: DbBackend, question: &Question) -> String {
    let (beginning, whole, or, and): (Spelled, Spelled, _, _) = match backend {
        DbBackend::Postgres => (|w| format!("'{w}':*"), |w| format!("'{w}'"), " | ", " & "),
        _ => (|w| format!("\"{w}\" *"), |w| format!("\"{w}\""), " OR ", " AND "),
    };
    let part = |(typed, meant): (&str, &[String])| {
        let first = if Question::is_beginning(typed) { beginning(typed) } else { whole(typed) };
        let all: Vec<String> = std::iter::once(first).chain(meant.iter().map(|word| whole(word))).collect();
        format!("({})", all.join(or))
    };
    question.parts().map(part).collect::<Vec<_>>().join(and)
}

/// The condition that a text holds another.
pub(super) fn holds(backend: DbBackend, text: &str, part: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("strpos({text}, {part}) > 0"),
        _ => format!("instr({text}, {part}) > 0"),
    }
}

/// What lets changes of one creator's documents come one after the other, without keeping anybody from referring to the
/// creator. SQLite has one writer anyway.
pub(super) fn one_after_the_other(backend: DbBackend) -> Option<&'static str> {
    (backend == DbBackend::Postgres).then_some("SELECT id FROM creators WHERE id = $1 FOR NO KEY UPDATE")
}
