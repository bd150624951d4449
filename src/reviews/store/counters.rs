//! The stars an offering and its creator are shown with, changed in the transaction of a review.
//!
//! Always the review first, then the offering, then the creator: two reviews never wait for each other in a ring.

use sea_orm::{ConnectionTrait, Value};

use crate::db::{self, Tx};
use crate::kernel::{PublicId, Result};
use crate::reviews::model::Review;

const TALLY: &str = "rating_count = rating_count + $2, rating_sum = rating_sum + $3,
     ratings_1 = ratings_1 + $4, ratings_2 = ratings_2 + $5, ratings_3 = ratings_3 + $6,
     ratings_4 = ratings_4 + $7, ratings_5 = ratings_5 + $8";

/// Counts the stars a review gives now instead of those it gave; none: it gives or gave none.
pub async fn count(tx: &Tx, review: &Review, gave: Option<i32>, gives: Option<i32>) -> Result<()> {
    if gave == gives {
        return Ok(());
    }
    let by = |stars: i32| i32::from(gives == Some(stars)) - i32::from(gave == Some(stars));
    let number = i32::from(gives.is_some()) - i32::from(gave.is_some());
    let sum = i64::from(gives.unwrap_or(0) - gave.unwrap_or(0));
    let binds = |id: uuid::Uuid| {
        let first: [Value; 3] = [id.into(), number.into(), sum.into()];
        first.into_iter().chain((1..=5).map(|stars| by(stars).into()))
    };
    let offerings = format!("UPDATE offerings SET {TALLY} WHERE id = $1");
    // The databases read all columns as they were before.
    let creators = format!(
        "UPDATE creators SET {TALLY}, rating_milli = CAST(CASE WHEN rating_count + $2 = 0 THEN 0
             ELSE (rating_sum + $3) * 1000 / (rating_count + $2) END AS INT) WHERE id = $1"
    );
    let backend = tx.conn().get_database_backend();
    tx.conn().execute_raw(db::sql(backend, &offerings, binds(review.offering.uuid()))).await?;
    tx.conn().execute_raw(db::sql(backend, &creators, binds(review.creator.uuid()))).await?;
    Ok(())
}
