//! Finding: one statement a page, one for the number of hits.
//!
//! The database's index finds; the score is ours and the same for both: where a word stands counts, whole words more than
//! beginnings, the title more than what is below it. It depends on the document and the question alone, unlike BM25, whose
//! scores move whenever anybody publishes: pages by key would have gaps.

use sea_orm::{ConnectionTrait, DbBackend, Value};
use uuid::Uuid;

use crate::db;
use crate::kernel::{Fault, Instant, Result};
use crate::search::model::{Filter, Hit, Kind, Question};

use super::engine;

/// A whole word of the title.
const TITLE: i32 = 12;
/// The beginning of one.
const TITLE_BEGINNING: i32 = 8;
/// A whole word below the title.
const BYLINE: i32 = 5;
/// The beginning of one.
const BYLINE_BEGINNING: i32 = 3;
/// Anywhere else.
const BODY: i32 = 1;
/// All words stand side by side in the title.
const TOGETHER: i32 = 10;
/// They are the whole title.
const NAMED_SO: i32 = 20;

/// A statement in the making, and what is bound in it.
struct Statement {
    backend: DbBackend,
    binds: Vec<Value>,
}

impl Statement {
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.binds.push(value.into());
        format!("${}", self.binds.len())
    }

    fn holds(&mut self, column: &str, part: &str) -> String {
        let place = self.bind(part);
        engine::holds(self.backend, column, &place)
    }

    /// The condition that one of these is in a column that holds each of its parts between blanks.
    fn holds_one_of(&mut self, column: &str, parts: &[impl AsRef<str>]) -> String {
        let each: Vec<String> =
            parts.iter().map(|part| self.holds(column, &format!(" {} ", part.as_ref()))).collect();
        if each.is_empty() { "1 = 0".to_owned() } else { format!("({})", each.join(" OR ")) }
    }
}

/// Hits behind `after` (a score and a key), best first; of equals the newest first.
pub async fn find(
    conn: &impl ConnectionTrait,
    question: &Question,
    filter: &Filter,
    (after, limit): (Option<(i64, Uuid)>, u64),
    now: Instant,
) -> Result<Vec<Hit>> {
    let mut statement = Statement { backend: conn.get_database_backend(), binds: Vec::new() };
    let wanted = wanted(&mut statement, question, filter, now);
    let score = score(&mut statement, question);
    let beyond = match after {
        None => "1 = 1".to_owned(),
        Some((score, id)) => {
            format!("(f.score, f.id) < ({}, {})", statement.bind(score), statement.bind(id))
        }
    };
    let text = format!(
        "SELECT f.id, f.kind, f.score
         FROM (SELECT d.id, d.kind, CAST({score} AS BIGINT) AS score FROM search_documents d WHERE {wanted}) f
         WHERE {beyond} ORDER BY f.score DESC, f.id DESC LIMIT {limit}"
    );
    let rows = conn.query_all_raw(db::sql(statement.backend, &text, statement.binds)).await?;
    let hit = |row: sea_orm::QueryResult| {
        let kind: String = row.try_get("", "kind")?;
        let kind = Kind::of(&kind).ok_or_else(|| Fault::new("reading what was found", &kind))?;
        Ok(Hit { id: row.try_get("", "id")?, kind, score: row.try_get("", "score")? })
    };
    rows.into_iter().map(hit).collect()
}

/// How many there are, counted up to `most`.
pub async fn count(
    conn: &impl ConnectionTrait,
    question: &Question,
    filter: &Filter,
    most: u64,
    now: Instant,
) -> Result<i64> {
    let mut statement = Statement { backend: conn.get_database_backend(), binds: Vec::new() };
    let wanted = wanted(&mut statement, question, filter, now);
    let text = format!(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM search_documents d WHERE {wanted} LIMIT {most}) f"
    );
    let row = conn.query_one_raw(db::sql(statement.backend, &text, statement.binds)).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
}

fn wanted(statement: &mut Statement, question: &Question, filter: &Filter, now: Instant) -> String {
    let said = engine::said(statement.backend, question);
    let place = statement.bind(said);
    let mut all = vec![engine::fits(statement.backend, &place)];
    if let Some(kinds) = &filter.kinds {
        let each: Vec<String> =
            kinds.iter().map(|kind| format!("d.kind = {}", statement.bind(kind.name()))).collect();
        all.push(if each.is_empty() { "1 = 0".to_owned() } else { format!("({})", each.join(" OR ")) });
    }
    if let Some(slugs) = &filter.niche_slugs {
        all.push(statement.holds_one_of("d.niches", slugs));
    }
    if let Some(tag) = &filter.language {
        all.push(statement.holds_one_of("d.languages", &[tag.to_ascii_lowercase()]));
    }
    if filter.free_only {
        all.push(priced(statement, "p.kind = 'FREE'", now));
    }
    if let Some(most) = filter.price_max {
        let (currency, minor) = (statement.bind(most.currency.code()), statement.bind(most.minor));
        let fits = format!("(p.kind = 'FREE' OR (p.currency = {currency} AND p.amount_minor <= {minor}))");
        all.push(priced(statement, &fits, now));
    }
    all.join(" AND ")
}

/// The condition that an offering has such a price now. Prices change by the clock, too, and are looked at as they are.
fn priced(statement: &mut Statement, such: &str, now: Instant) -> String {
    let now = statement.bind(now);
    format!(
        "EXISTS (SELECT 1 FROM prices p WHERE p.offering_id = d.id AND p.archived_at IS NULL
                 AND (p.available_until IS NULL OR p.available_until > {now}) AND {such})"
    )
}

fn score(statement: &mut Statement, question: &Question) -> String {
    let mut parts: Vec<String> =
        question.parts().map(|(typed, meant)| score_of_word(statement, typed, meant)).collect();
    let typed: Vec<&str> = question.parts().map(|(typed, _)| typed).collect();
    let together = format!(" {} ", typed.join(" "));
    if typed.len() > 1 {
        let holds = statement.holds("d.title", &together);
        parts.push(format!("CASE WHEN {holds} THEN {TOGETHER} ELSE 0 END"));
    }
    let place = statement.bind(together);
    parts.push(format!("CASE WHEN d.title = {place} THEN {NAMED_SO} ELSE 0 END"));
    format!("({})", parts.join(" + "))
}

fn score_of_word(statement: &mut Statement, typed: &str, meant: &[String]) -> String {
    let mut cases = String::new();
    for (column, whole, beginning) in
        [("d.title", TITLE, TITLE_BEGINNING), ("d.byline", BYLINE, BYLINE_BEGINNING)]
    {
        let all: Vec<&str> = std::iter::once(typed).chain(meant.iter().map(String::as_str)).collect();
        let holds = statement.holds_one_of(column, &all);
        cases += &format!(" WHEN {holds} THEN {whole}");
        if Question::is_beginning(typed) {
            let begins = statement.holds(column, &format!(" {typed}"));
            cases += &format!(" WHEN {begins} THEN {beginning}");
        }
    }
    format!("CASE{cases} ELSE {BODY} END")
}
