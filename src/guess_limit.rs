//! How often a password may be guessed: buckets in PostgreSQL, so that nodes and parallel requests share one count.
//! Knows neither shares nor accounts; they name the buckets.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use time::{Duration, OffsetDateTime};

use crate::db::{DbError, escape_like};
use crate::schema::guess_bucket;

/// A bucket that holds `burst` guesses and gets one back each `refill`.
pub struct GuessLimit {
    pub bucket: String,
    pub burst: i32,
    pub refill: Duration,
}

/// Whether a guess may be made.
#[derive(Debug, PartialEq, Eq)]
pub enum Charge {
    Granted,
    /// Not before this much time has passed.
    Wait(Duration),
}

/// Takes one guess out of every bucket, or out of none. One statement per bucket decides, under its row lock:
/// parallel guesses cannot overtake each other.
pub fn charge(
    db: &mut PgConnection,
    limits: &[GuessLimit],
    now: OffsetDateTime,
) -> Result<Charge, DbError> {
    enum Stop {
        Wait(Duration),
        Db(DieselError),
    }
    impl From<DieselError> for Stop {
        fn from(error: DieselError) -> Self {
            Self::Db(error)
        }
    }
    use diesel::result::Error as DieselError;

    let outcome = db.transaction(|db| {
        for limit in limits {
            if !charge_one(db, limit, now)? {
                return Err(Stop::Wait(time_until_next(db, limit, now)?));
            }
        }
        Ok(())
    });
    match outcome {
        Ok(()) => Ok(Charge::Granted),
        Err(Stop::Wait(wait)) => Ok(Charge::Wait(wait)),
        Err(Stop::Db(error)) => Err(error.into()),
    }
}

/// The generic cell rate algorithm: a bucket is one time, when it will be full again.
fn charge_one(db: &mut PgConnection, limit: &GuessLimit, now: OffsetDateTime) -> QueryResult<bool> {
    let latest = now + limit.refill * limit.burst;
    let charged = diesel::sql_query(
        "insert into guess_bucket (bucket, full_again_at) values ($1, $2 + $3 * interval '1 second')
         on conflict (bucket) do update
           set full_again_at = greatest(guess_bucket.full_again_at, $2) + $3 * interval '1 second'
           where greatest(guess_bucket.full_again_at, $2) + $3 * interval '1 second' <= $4",
    )
    .bind::<Text, _>(&limit.bucket)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit.refill.whole_seconds())
    .bind::<Timestamptz, _>(latest)
    .execute(db)?;
    Ok(charged > 0)
}

fn time_until_next(
    db: &mut PgConnection,
    limit: &GuessLimit,
    now: OffsetDateTime,
) -> QueryResult<Duration> {
    let full_again: OffsetDateTime = guess_bucket::table
        .find(&limit.bucket)
        .select(guess_bucket::full_again_at)
        .first(db)?;
    Ok((full_again + limit.refill - limit.refill * limit.burst - now).max(Duration::SECOND))
}

/// Gives a guess back: the password was right.
pub fn give_back(db: &mut PgConnection, limits: &[GuessLimit]) -> Result<(), DbError> {
    for limit in limits {
        diesel::sql_query(
            "update guess_bucket set full_again_at = full_again_at - $2 * interval '1 second' where bucket = $1",
        )
        .bind::<Text, _>(&limit.bucket)
        .bind::<BigInt, _>(limit.refill.whole_seconds())
        .execute(db)?;
    }
    Ok(())
}

/// Buckets below `prefix` that have no guess left, with the time at which the next one comes.
/// All buckets of one prefix have the same `burst` and `refill`.
pub fn locked(
    db: &mut PgConnection,
    prefix: &str,
    burst: i32,
    refill: Duration,
    now: OffsetDateTime,
) -> Result<Vec<(String, OffsetDateTime)>, DbError> {
    let locked_above = now + refill * (burst - 1);
    let rows = guess_bucket::table
        .filter(guess_bucket::bucket.like(format!("{}%", escape_like(prefix))))
        .filter(guess_bucket::full_again_at.gt(locked_above))
        .order(guess_bucket::full_again_at.desc())
        .limit(100)
        .load::<(String, OffsetDateTime)>(db)?;
    Ok(rows
        .into_iter()
        .map(|(bucket, full)| (bucket, full - refill * (burst - 1)))
        .collect())
}

/// Empties all buckets below `prefix` of what was held against them.
pub fn clear(db: &mut PgConnection, prefix: &str) -> Result<usize, DbError> {
    let rows = diesel::delete(
        guess_bucket::table.filter(guess_bucket::bucket.like(format!("{}%", escape_like(prefix)))),
    );
    Ok(rows.execute(db)?)
}

/// Removes buckets that are full again and so say nothing any more.
pub fn forget_full(db: &mut PgConnection, now: OffsetDateTime) -> Result<usize, DbError> {
    Ok(
        diesel::delete(guess_bucket::table.filter(guess_bucket::full_again_at.lt(now)))
            .execute(db)?,
    )
}
