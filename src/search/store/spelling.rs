//! Which words there are, and what may have been meant by one that is not there. Words of titles, names and bylines alone;
//! they stay when what they came from goes: a word that leads to nothing tells nobody anything.

use std::collections::{BTreeMap, BTreeSet};

use entity::search_spellings::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::Tx;
use crate::kernel::Result;
use crate::search::model::{Question, is_slip, spelled, spellings};

/// What may have been meant by one word, at most.
const MOST_MEANT: usize = 5;
/// Two values a row, of which SQLite takes 32,766 in a statement.
const ROWS_AT_ONCE: usize = 2_000;
const WORDS_AT_ONCE: usize = 5_000;

/// Learns words that were not known, in one order for everybody, so that nobody waits in a circle.
pub(super) async fn learn(tx: &Tx, words: impl Iterator<Item = String>) -> Result<()> {
    let words: Vec<String> =
        words.filter(|word| spelled(word)).collect::<BTreeSet<_>>().into_iter().collect();
    for some in words.chunks(WORDS_AT_ONCE) {
        let known = known(tx.conn(), some).await?;
        let new = some.iter().filter(|word| !known.contains(*word));
        let rows: Vec<ActiveModel> = new
            .flat_map(|word| spellings(word).into_iter().map(move |spelling| (spelling, word.clone())))
            .map(|(spelling, word)| ActiveModel { spelling: Set(spelling), word: Set(word) })
            .collect();
        for rows in rows.chunks(ROWS_AT_ONCE) {
            Entity::insert_many(rows.to_vec())
                .on_conflict(OnConflict::columns([Column::Spelling, Column::Word]).do_nothing().to_owned())
                .exec_without_returning(tx.conn())
                .await?;
        }
    }
    Ok(())
}

async fn known(conn: &impl ConnectionTrait, words: &[String]) -> Result<BTreeSet<String>> {
    let found: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Word)
        .filter(Column::Spelling.is_in(words))
        .filter(Expr::col(Column::Spelling).eq(Expr::col(Column::Word)))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// The question with what may have been meant by each word that is not known; none if there is nothing.
pub async fn meant(conn: &impl ConnectionTrait, question: &Question) -> Result<Option<Question>> {
    let typed = question.parts().map(|(typed, _)| typed).filter(|word| spelled(word));
    let wanted: BTreeSet<String> = typed.flat_map(spellings).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let near: Vec<String> = Entity::find()
        .select_only()
        .distinct()
        .column(Column::Word)
        .filter(Column::Spelling.is_in(wanted))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(question.meaning(|typed| close(typed, &near)))
}

/// Nothing for a word that is known; else those one slip away that begin alike first.
fn close(typed: &str, near: &[String]) -> Vec<String> {
    if near.iter().any(|word| word == typed) {
        return Vec::new();
    }
    let alike = |word: &str| word.chars().zip(typed.chars()).take_while(|(one, other)| one == other).count();
    let slips = near.iter().filter(|word| is_slip(typed, word));
    let ordered: BTreeMap<_, _> =
        slips.map(|word| ((std::cmp::Reverse(alike(word)), word.clone()), word.clone())).collect();
    ordered.into_values().take(MOST_MEANT).collect()
}
