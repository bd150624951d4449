//! Limits that hold across instances and restarts: one row a key, one statement a try (GCRA).
//!
//! A key names who is limited and for what. It is made from the account or the socket's address, never from a text
//! the caller may vary freely, and holds no address in the clear.

use chrono::Duration;
use entity::throttles;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::app::App;
use crate::db;
use crate::kernel::{Code, Detail, Problem, Result, secret};

/// So many at once, then one every so often.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Tries that may come at once.
    pub burst: i64,
    /// Seconds until one more is allowed.
    pub every_seconds: i64,
}

/// Takes one try of `what` for `who`, or refuses with the seconds to wait.
pub async fn take(app: &App, what: &str, who: &str, rate: Rate) -> Result<()> {
    take_several(app, what, who, rate, 1).await
}

/// Takes so many tries at once, or none of them.
pub async fn take_several(app: &App, what: &str, who: &str, rate: Rate, tries: i64) -> Result<()> {
    let key = format!("{what}:{}", secret::digest(&[who]));
    let now = app.now().timestamp_micros();
    let step = rate.every_seconds * 1_000_000;
    let text = "INSERT INTO throttles (key, arrival_micros) VALUES ($1, $2 + $3)
         ON CONFLICT (key) DO UPDATE SET arrival_micros =
             CASE WHEN throttles.arrival_micros < $2 THEN $2 ELSE throttles.arrival_micros END + $3
         WHERE throttles.arrival_micros <= $2 + $4
         RETURNING arrival_micros";
    let ahead = step * (rate.burst - tries);
    let binds = [key.clone().into(), now.into(), (step * tries).into(), ahead.into()];
    let statement = db::sql(app.db.backend(), text, binds);
    if app.db.read().query_one_raw(statement).await?.is_some() {
        return Ok(());
    }
    let row = throttles::Entity::find_by_id(key).one(app.db.read()).await?;
    let free_at = row.map_or(now, |row| row.arrival_micros - ahead);
    Err(wait(Duration::microseconds(free_at - now)).into())
}

fn wait(left: Duration) -> Problem {
    let seconds = u32::try_from(left.num_seconds() + 1).unwrap_or(1).max(1);
    Problem {
        code: Code::RateLimited,
        message: format!("Too many tries. Wait {seconds} seconds, then try again."),
        path: Vec::new(),
        detail: Detail::RetryAfter(seconds),
    }
}

/// Forgets keys that limit nobody any more.
pub async fn prune(app: &App) -> Result<()> {
    let now = app.now().timestamp_micros();
    throttles::Entity::delete_many()
        .filter(throttles::Column::ArrivalMicros.lt(now))
        .exec(app.db.read())
        .await?;
    Ok(())
}
