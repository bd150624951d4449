//! Reviews as they are shown: pages of an offering's, a creator's best. However many lists a request asks for, they are one
//! statement: each is read by its own index, with its authors and with whether they still have what they paid for.

use std::collections::HashMap;

use entity::{reviews, users};
use sea_orm::{DbErr, FromQueryResult, IdenStatic, Iterable, QueryResult, Statement, Value};
use uuid::Uuid;

use crate::app::App;
use crate::db;
use crate::identity::model::Account;
use crate::kernel::{CreatorId, OfferingId, PublicId, Result, ReviewId};
use crate::reviews::model::{Order, Place, Review, Shown};

/// Of whose reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Of one offering.
    Offering(OfferingId),
    /// Good words on what a creator has published.
    Praise(CreatorId),
}

/// Which reviews are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    /// Of whose.
    pub of: Scope,
    /// Which first.
    pub order: Order,
    /// Behind which place.
    pub after: Option<Place>,
    /// At most so many.
    pub most: u64,
}

/// What every list reads, and from where.
const JOINED: &str = "LEFT JOIN users u ON u.id = r.author_id
     LEFT JOIN enrollments e ON e.id = r.enrollment_id LEFT JOIN seats p ON p.id = r.seat_id";
/// Whose right was taken back, or whose seat went, keeps the review without the mark.
const VERIFIED: &str = "CASE WHEN r.is_paid AND (e.state <> 'REVOKED' OR p.state = 'SEATED')
     THEN TRUE ELSE FALSE END AS is_verified";
/// How the author's columns are told from the review's.
const AUTHOR: &str = "u_";
/// Lists read in one statement; SQLite puts at most 500 together.
const AT_ONCE: usize = 100;

struct Row {
    ask: i32,
    review: reviews::Model,
    author: Option<users::Model>,
    is_verified: bool,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> std::result::Result<Self, DbErr> {
        let is_known = row.try_get::<Option<Uuid>>(AUTHOR, "id")?.is_some();
        let author = is_known.then(|| users::Model::from_query_result(row, AUTHOR)).transpose()?;
        Ok(Self {
            ask: row.try_get("", "ask")?,
            review: reviews::Model::from_query_result(row, "")?,
            author,
            is_verified: row.try_get("", "is_verified")?,
        })
    }
}

impl From<Row> for Shown {
    fn from(row: Row) -> Self {
        let author = row.author.map(Account::from);
        Self { review: Review::from(row.review), author, is_verified: row.is_verified }
    }
}

fn columns(ask: usize) -> String {
    let own = reviews::Column::iter().map(|column| format!("r.{}", column.as_str()));
    let theirs = users::Column::iter().map(|column| format!("u.{0} AS {AUTHOR}{0}", column.as_str()));
    let named: Vec<String> = own.chain(theirs).collect();
    format!("{ask} AS ask, {VERIFIED}, {}", named.join(", "))
}

/// What each list has, in its order.
pub async fn pages(app: &App, asks: &[Ask]) -> Result<HashMap<Ask, Vec<Shown>>> {
    let mut found: HashMap<Ask, Vec<Shown>> = HashMap::new();
    for some in asks.chunks(AT_ONCE) {
        let statement = statement(app, some);
        for row in Row::find_by_statement(statement).all(app.db.read()).await? {
            let ask = usize::try_from(row.ask).ok().and_then(|place| some.get(place));
            found.entry(*ask.unwrap_or(&some[0])).or_default().push(row.into());
        }
    }
    // Put together, lists keep their order on neither database by promise.
    for (ask, rows) in &mut found {
        rows.sort_by(|a, b| {
            let (a, b) = (ask.order.place(&a.review), ask.order.place(&b.review));
            let by_value =
                if ask.order == Order::Lowest { a.value.cmp(&b.value) } else { b.value.cmp(&a.value) };
            by_value.then(b.id.cmp(&a.id))
        });
    }
    Ok(found)
}

fn statement(app: &App, asks: &[Ask]) -> Statement {
    let mut binds: Vec<Value> = Vec::new();
    let parts: Vec<String> =
        asks.iter().enumerate().map(|(place, ask)| part(place, ask, &mut binds)).collect();
    db::sql(app.db.backend(), &parts.join(" UNION ALL "), binds)
}

/// One list, with its binds behind those of the others.
fn part(place: usize, ask: &Ask, binds: &mut Vec<Value>) -> String {
    let mut bind = |value: Value| {
        binds.push(value);
        format!("${}", binds.len())
    };
    let (published, of) = match ask.of {
        Scope::Offering(offering) => ("", format!("r.offering_id = {}", bind(offering.uuid().into()))),
        Scope::Praise(creator) => (
            "JOIN offerings o ON o.id = r.offering_id AND o.status = 'PUBLISHED'",
            format!(
                "r.creator_id = {} AND r.rating >= 4 AND r.body_markdown <> ''",
                bind(creator.uuid().into())
            ),
        ),
    };
    let (column, compares, falls) = match ask.order {
        Order::Helpful => (Some("r.helpful_count"), "<", "DESC"),
        Order::Highest => (Some("r.rating"), "<", "DESC"),
        Order::Lowest => (Some("r.rating"), ">", "ASC"),
        Order::Newest => (None, "", ""),
    };
    let beyond = ask.after.map(|after| {
        let id = bind(after.id.into());
        match column {
            None => format!("AND r.id < {id}"),
            Some(column) => {
                let value = bind(after.value.into());
                format!("AND ({column} {compares} {value} OR ({column} = {value} AND r.id < {id}))")
            }
        }
    });
    let first = column.map(|column| format!("{column} {falls}, ")).unwrap_or_default();
    format!(
        "SELECT * FROM (SELECT {} FROM reviews r {published} {JOINED} WHERE {of} AND r.hidden_at IS NULL {}
             ORDER BY {first}r.id DESC LIMIT {}) AS list_{place}",
        columns(place),
        beyond.unwrap_or_default(),
        ask.most,
    )
}

/// Reviews by key, also those that were taken down.
pub async fn by_ids(app: &App, ids: &[ReviewId]) -> Result<HashMap<ReviewId, Shown>> {
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let text = format!("SELECT {} FROM reviews r {JOINED} WHERE r.id IN ({})", columns(0), places.join(", "));
    let conn = app.db.read();
    let binds = ids.iter().map(|id| id.uuid().into());
    let rows = Row::find_by_statement(db::sql(conn.get_database_backend(), &text, binds)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (ReviewId(row.review.id), row.into())).collect())
}
