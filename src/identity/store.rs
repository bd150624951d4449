//! Accounts, proofs, sessions and tokens in the database.

use std::collections::HashMap;

use chrono::Duration;
use entity::{email_proofs, refresh_tokens, sessions, users};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{Db, Tx};
use crate::kernel::{Instant, PublicId, Result, SessionId, UserId};

use super::model::{Account, Alive, Device, Email, ProofPurpose, Session};

/// A new account's facts.
pub struct NewAccount {
    /// Checked address.
    pub email: Email,
    /// Shown to others.
    pub display_name: String,
    /// Argon2id; none = codes only.
    pub password_hash: Option<String>,
    /// BCP 47.
    pub language: String,
    /// IANA name.
    pub time_zone: String,
    /// Consent to news.
    pub marketing_opt_in: bool,
    /// The terms agreed to.
    pub terms_version: String,
}

/// An account with what only identity may read.
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// Argon2id.
    pub password_hash: Option<String>,
}

impl From<users::Model> for Credentials {
    fn from(row: users::Model) -> Self {
        Self { password_hash: row.password_hash.clone(), account: row.into() }
    }
}

/// By folded address.
pub async fn by_email(conn: &impl ConnectionTrait, folded: &str) -> Result<Option<Credentials>> {
    let row = users::Entity::find().filter(users::Column::EmailFolded.eq(folded)).one(conn).await?;
    Ok(row.map(Credentials::from))
}

/// By key.
pub async fn credentials(conn: &impl ConnectionTrait, id: UserId) -> Result<Option<Credentials>> {
    Ok(users::Entity::find_by_id(id.uuid()).one(conn).await?.map(Credentials::from))
}

/// An account, taken until the commit: what one person may do only so often is decided one at a time.
pub async fn lock(tx: &Tx, id: UserId) -> Result<Option<Account>> {
    let row = users::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    Ok(row.map(Account::from))
}

/// Many accounts by key.
pub async fn accounts(app: &App, ids: &[UserId]) -> Result<HashMap<UserId, Account>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = users::Entity::find().filter(users::Column::Id.is_in(keys)).all(app.db.read()).await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), Account::from(row))).collect())
}

/// Adds an account; `None` if the address has one (a race that a query before would not have seen).
pub async fn insert(tx: &Tx, new: NewAccount) -> Result<Option<UserId>> {
    let id = tx.id();
    let row = users::ActiveModel {
        id: Set(id),
        email: Set(new.email.written),
        email_folded: Set(new.email.folded),
        display_name: Set(new.display_name),
        password_hash: Set(new.password_hash),
        email_verified_at: Set(None),
        language: Set(new.language),
        time_zone: Set(new.time_zone),
        avatar_asset_id: Set(None),
        marketing_opt_in: Set(new.marketing_opt_in),
        terms_version: Set(new.terms_version),
        suspended_at: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let inserted = users::Entity::insert(row)
        .on_conflict(OnConflict::column(users::Column::EmailFolded).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok((inserted > 0).then_some(UserId(id)))
}

/// Changes an account; fields left unset stay.
pub async fn update(tx: &Tx, id: UserId, mut change: users::ActiveModel) -> Result<()> {
    change.id = Set(id.uuid());
    change.updated_at = Set(tx.now());
    users::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Keeps a new proof and makes earlier ones for the same purpose worthless.
pub async fn insert_proof(
    tx: &Tx,
    user: UserId,
    purpose: ProofPurpose,
    code_hash: Option<String>,
    token_hash: String,
    lifetime: Duration,
) -> Result<()> {
    email_proofs::Entity::update_many()
        .set(email_proofs::ActiveModel { used_at: Set(Some(tx.now())), ..Default::default() })
        .filter(email_proofs::Column::UserId.eq(user.uuid()))
        .filter(email_proofs::Column::Purpose.eq(purpose.name()))
        .filter(email_proofs::Column::UsedAt.is_null())
        .exec(tx.conn())
        .await?;
    let row = email_proofs::ActiveModel {
        id: Set(tx.id()),
        user_id: Set(user.uuid()),
        purpose: Set(purpose.name().to_owned()),
        code_hash: Set(code_hash),
        token_hash: Set(token_hash),
        attempts: Set(0),
        expires_at: Set(tx.now() + lifetime),
        used_at: Set(None),
        created_at: Set(tx.now()),
    };
    email_proofs::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The unused proof with this link token.
pub async fn proof_by_token(
    conn: &impl ConnectionTrait,
    purpose: ProofPurpose,
    token_hash: &str,
) -> Result<Option<email_proofs::Model>> {
    let proof = email_proofs::Entity::find()
        .filter(email_proofs::Column::TokenHash.eq(token_hash))
        .filter(email_proofs::Column::Purpose.eq(purpose.name()))
        .filter(email_proofs::Column::UsedAt.is_null())
        .one(conn)
        .await?;
    Ok(proof)
}

/// The newest unused proof with a code of this account.
pub async fn latest_code(conn: &impl ConnectionTrait, user: UserId) -> Result<Option<email_proofs::Model>> {
    let proof = email_proofs::Entity::find()
        .filter(email_proofs::Column::UserId.eq(user.uuid()))
        .filter(email_proofs::Column::Purpose.eq(ProofPurpose::Verify.name()))
        .filter(email_proofs::Column::UsedAt.is_null())
        .order_by_desc(email_proofs::Column::CreatedAt)
        .one(conn)
        .await?;
    Ok(proof)
}

/// Counts a wrong code.
pub async fn count_wrong_code(db: &Db, proof: Uuid) -> Result<()> {
    use sea_orm::sea_query::{Expr, ExprTrait};
    email_proofs::Entity::update_many()
        .col_expr(email_proofs::Column::Attempts, Expr::col(email_proofs::Column::Attempts).add(1))
        .filter(email_proofs::Column::Id.eq(proof))
        .exec(db.read())
        .await?;
    Ok(())
}

/// Uses a proof up; false if somebody else just did.
pub async fn use_proof(tx: &Tx, proof: Uuid) -> Result<bool> {
    let used = email_proofs::Entity::update_many()
        .set(email_proofs::ActiveModel { used_at: Set(Some(tx.now())), ..Default::default() })
        .filter(email_proofs::Column::Id.eq(proof))
        .filter(email_proofs::Column::UsedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(used.rows_affected == 1)
}

/// Opens a session.
pub async fn insert_session(tx: &Tx, user: UserId, device: Device, lifetime: Duration) -> Result<SessionId> {
    let id = tx.id();
    let row = sessions::ActiveModel {
        id: Set(id),
        user_id: Set(user.uuid()),
        platform: Set(device.platform.name().to_owned()),
        device_name: Set(device.name.map(|name| name.chars().take(80).collect())),
        created_at: Set(tx.now()),
        last_seen_at: Set(tx.now()),
        expires_at: Set(tx.now() + lifetime),
        revoked_at: Set(None),
    };
    sessions::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(SessionId(id))
}

/// Whose a session is that is alive at `now`: asked with every request of somebody signed in, so in one statement.
pub async fn alive(db: &Db, session: SessionId, now: Instant) -> Result<Option<Alive>> {
    let of_account = sessions::Entity::belongs_to(users::Entity)
        .from(sessions::Column::UserId)
        .to(users::Column::Id)
        .into();
    let found: Option<(Uuid, Option<Instant>, Instant)> = sessions::Entity::find_by_id(session.uuid())
        .join(JoinType::InnerJoin, of_account)
        .filter(sessions::Column::RevokedAt.is_null())
        .filter(sessions::Column::ExpiresAt.gt(now))
        .filter(users::Column::SuspendedAt.is_null())
        .select_only()
        .column(users::Column::Id)
        .column(users::Column::EmailVerifiedAt)
        .column(sessions::Column::ExpiresAt)
        .into_tuple()
        .one(db.read())
        .await?;
    Ok(found.map(|(user, verified_at, until)| Alive {
        user: UserId(user),
        email_verified: verified_at.is_some(),
        until,
    }))
}

/// Whether a session was ended before its time.
pub async fn is_revoked(db: &Db, session: SessionId) -> Result<bool> {
    let found = sessions::Entity::find_by_id(session.uuid()).one(db.read()).await?;
    Ok(found.is_some_and(|row| row.revoked_at.is_some()))
}

/// A person's sessions that are alive, newest first.
pub async fn sessions_of(db: &Db, user: UserId, now: Instant) -> Result<Vec<Session>> {
    let rows = sessions::Entity::find()
        .filter(sessions::Column::UserId.eq(user.uuid()))
        .filter(sessions::Column::RevokedAt.is_null())
        .filter(sessions::Column::ExpiresAt.gt(now))
        .order_by_desc(sessions::Column::CreatedAt)
        .limit(100)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Which of a person's sessions to end.
pub enum Which {
    /// One.
    Only(SessionId),
    /// All but one.
    AllBut(SessionId),
    /// All.
    All,
}

/// Ends sessions; how many.
pub async fn revoke(conn: &impl ConnectionTrait, user: UserId, which: Which, now: Instant) -> Result<u64> {
    let mine = sessions::Entity::update_many()
        .set(sessions::ActiveModel { revoked_at: Set(Some(now)), ..Default::default() })
        .filter(sessions::Column::UserId.eq(user.uuid()))
        .filter(sessions::Column::RevokedAt.is_null());
    let some = match which {
        Which::Only(id) => mine.filter(sessions::Column::Id.eq(id.uuid())),
        Which::AllBut(id) => mine.filter(sessions::Column::Id.ne(id.uuid())),
        Which::All => mine,
    };
    Ok(some.exec(conn).await?.rows_affected)
}

/// Keeps a refresh token's hash.
pub async fn insert_refresh(tx: &Tx, session: SessionId, hash: String, expires_at: Instant) -> Result<()> {
    let row = refresh_tokens::ActiveModel {
        id: Set(tx.id()),
        session_id: Set(session.uuid()),
        token_hash: Set(hash),
        created_at: Set(tx.now()),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    refresh_tokens::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// A refresh token and its session.
pub async fn refresh_token(
    conn: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<(refresh_tokens::Model, sessions::Model)>> {
    let found =
        refresh_tokens::Entity::find().filter(refresh_tokens::Column::TokenHash.eq(hash)).one(conn).await?;
    let Some(token) = found else { return Ok(None) };
    let session = sessions::Entity::find_by_id(token.session_id).one(conn).await?;
    Ok(session.map(|session| (token, session)))
}

/// Uses a refresh token up; false if it was used before.
pub async fn use_refresh(tx: &Tx, token: Uuid) -> Result<bool> {
    let used = refresh_tokens::Entity::update_many()
        .set(refresh_tokens::ActiveModel { used_at: Set(Some(tx.now())), ..Default::default() })
        .filter(refresh_tokens::Column::Id.eq(token))
        .filter(refresh_tokens::Column::UsedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(used.rows_affected == 1)
}

/// Notes that a session was seen.
pub async fn touch(tx: &Tx, session: SessionId) -> Result<()> {
    let seen =
        sessions::ActiveModel { id: Set(session.uuid()), last_seen_at: Set(tx.now()), ..Default::default() };
    sessions::Entity::update(seen).exec(tx.conn()).await?;
    Ok(())
}

/// Forgets proofs and tokens that have been worthless since before `before`.
pub async fn prune(db: &Db, before: Instant) -> Result<()> {
    email_proofs::Entity::delete_many()
        .filter(email_proofs::Column::ExpiresAt.lt(before))
        .exec(db.read())
        .await?;
    refresh_tokens::Entity::delete_many()
        .filter(refresh_tokens::Column::ExpiresAt.lt(before))
        .exec(db.read())
        .await?;
    Ok(())
}
