//! Every query on API tokens. What a token is, is `accounts::api_token`.

use diesel::prelude::*;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::accounts::api_token::{
    ApiToken, NewApiToken, NoRandomness, PlainToken, TokenHash, TokenScope,
};
use crate::db::DbError;
use crate::schema::api_token;

/// The last use is kept to this precision, so that a busy client does not write with every call.
const USE_PRECISION: Duration = Duration::MINUTE;

/// Why a token could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum TokenStoreError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A row that the database's own checks should have refused.
    #[error("API token {id} is stored with an unknown scope")]
    UnknownScope { id: Uuid },
}

impl From<diesel::result::Error> for TokenStoreError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_token, check_for_backend(diesel::pg::Pg))]
struct TokenRow {
    id: Uuid,
    name: String,
    scope: String,
    created_by: String,
    created_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
    last_used_at: Option<OffsetDateTime>,
}

impl TryFrom<TokenRow> for ApiToken {
    type Error = TokenStoreError;

    fn try_from(row: TokenRow) -> Result<Self, TokenStoreError> {
        let scope =
            TokenScope::parse(&row.scope).ok_or(TokenStoreError::UnknownScope { id: row.id })?;
        Ok(Self {
            id: row.id,
            name: row.name,
            scope,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        })
    }
}

/// Makes a token. The plain one is handed out here and never again.
pub fn insert_token(
    db: &mut PgConnection,
    new: &NewApiToken,
    now: OffsetDateTime,
) -> Result<(ApiToken, PlainToken), TokenStoreError> {
    let plain = PlainToken::generate()?;
    let row = diesel::insert_into(api_token::table)
        .values((
            api_token::id.eq(Uuid::new_v4()),
            api_token::name.eq(new.name.as_str()),
            api_token::token_sha256.eq(plain.hash().as_bytes()),
            api_token::scope.eq(new.scope.as_str()),
            api_token::created_by.eq(&new.created_by),
            api_token::created_at.eq(now),
            api_token::expires_at.eq(new.expires_at),
        ))
        .returning(TokenRow::as_returning())
        .get_result(db)?;
    Ok((row.try_into()?, plain))
}

/// The token that somebody presents, unless it is unknown, deleted or expired: nobody learns which.
pub fn find_token(
    db: &mut PgConnection,
    presented: &str,
    now: OffsetDateTime,
) -> Result<Option<ApiToken>, TokenStoreError> {
    let row = api_token::table
        .filter(api_token::token_sha256.eq(TokenHash::of(presented).as_bytes()))
        .select(TokenRow::as_select())
        .first(db)
        .optional()?;
    let token = row.map(ApiToken::try_from).transpose()?;
    Ok(token.filter(|token| !token.is_expired(now)))
}

/// Records that a token was used, at most once a minute.
pub fn record_use(
    db: &mut PgConnection,
    token: &ApiToken,
    now: OffsetDateTime,
) -> Result<(), TokenStoreError> {
    let long_ago = now - USE_PRECISION;
    if token.last_used_at.is_some_and(|used_at| used_at > long_ago) {
        return Ok(());
    }
    diesel::update(api_token::table.find(token.id))
        .set(api_token::last_used_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// All tokens, newest first; expired ones, too.
pub fn list_tokens(db: &mut PgConnection) -> Result<Vec<ApiToken>, TokenStoreError> {
    let rows = api_token::table
        .order((api_token::created_at.desc(), api_token::id))
        .select(TokenRow::as_select())
        .load(db)?;
    rows.into_iter().map(ApiToken::try_from).collect()
}

/// Takes a token away, and answers with what it was; `None` when there was none.
pub fn delete_token(db: &mut PgConnection, id: Uuid) -> Result<Option<ApiToken>, TokenStoreError> {
    let row = diesel::delete(api_token::table.find(id))
        .returning(TokenRow::as_returning())
        .get_result(db)
        .optional()?;
    row.map(ApiToken::try_from).transpose()
}
