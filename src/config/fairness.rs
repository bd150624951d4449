//! What strangers may take: units over time, and connections of their own to the database.

use crate::fairness::Allowances;

use super::Secret;
use super::reading::Reader;

/// How visitors' public questions reach the database.
#[derive(Clone, Debug)]
pub struct VisitorSettings {
    /// A copy of the database that may lag behind (a read replica of PostgreSQL); none = the database itself.
    pub url: Option<Secret>,
    /// Connections for them alone.
    pub connections: u32,
}

pub(super) fn visitors(read: &mut Reader<'_>) -> VisitorSettings {
    let url = read.secret("DATABASE_VISITOR_URL");
    let is_postgres =
        |url: &Secret| ["postgres://", "postgresql://"].iter().any(|s| url.reveal().starts_with(s));
    if url.as_ref().is_some_and(|url| !is_postgres(url)) {
        read.wrong("DATABASE_VISITOR_URL", "must begin with postgres:// (a read replica of DATABASE_URL)");
    }
    let is_sqlite = !read.secret("DATABASE_URL").is_some_and(|url| is_postgres(&url));
    if url.is_some() && is_sqlite {
        read.wrong("DATABASE_VISITOR_URL", "needs a DATABASE_URL of PostgreSQL: SQLite has no replicas");
    }
    VisitorSettings { url, connections: read.number("DATABASE_VISITOR_CONNECTIONS", 5, 1..=200) as u32 }
}

pub(super) fn allowances(read: &mut Reader<'_>) -> Allowances {
    let mut number = |name, default| read.number(name, default, 0..=1_000_000) as u32;
    Allowances {
        visitor_units_per_second: number("VISITOR_UNITS_PER_SECOND", 5_000),
        member_units_per_second: number("MEMBER_UNITS_PER_SECOND", 2_000),
        sign_ins_per_minute: number("SIGN_INS_PER_MINUTE", 300),
        payments_per_minute: number("PAYMENTS_PER_MINUTE", 120),
    }
}
