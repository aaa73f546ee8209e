//! Where a list goes on: opaque to callers, so that what is inside can change.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::shares::share::{Share, ShareId};

/// Not one of ours.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("This is not a cursor of this list. Use nextCursor of the page before.")]
pub(super) struct BrokenCursor;

/// The last share of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShareCursor {
    pub(super) created_at: OffsetDateTime,
    pub(super) id: ShareId,
}

impl ShareCursor {
    pub(super) fn after(share: &Share) -> Self {
        Self {
            created_at: share.created_at,
            id: share.id,
        }
    }

    /// Microseconds, because that is what the database keeps.
    pub(super) fn encode(self) -> String {
        let microseconds = self.created_at.unix_timestamp_nanos() / 1000;
        URL_SAFE_NO_PAD.encode(format!("{microseconds} {}", self.id))
    }

    pub(super) fn decode(written: &str) -> Result<Self, BrokenCursor> {
        let read = || {
            let text = decode(written)?;
            let (microseconds, id) = text.split_once(' ')?;
            let nanoseconds = microseconds
                .parse::<i64>()
                .ok()
                .map(|number| i128::from(number) * 1000)?;
            let created_at = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()?;
            // Shares are younger; the database would stumble over the year -5000.
            let id = Uuid::try_parse(id).ok()?.into();
            (created_at.year() >= 1970).then_some(Self { created_at, id })
        };
        read().ok_or(BrokenCursor)
    }
}

/// The last event of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventCursor(pub(super) i64);

impl EventCursor {
    pub(super) fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_string())
    }

    pub(super) fn decode(written: &str) -> Result<Self, BrokenCursor> {
        let id = decode(written).and_then(|text| text.parse().ok());
        id.map(Self).ok_or(BrokenCursor)
    }
}

fn decode(written: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(written).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use time::macros::datetime;

    use super::{BrokenCursor, EventCursor, ShareCursor};
    use crate::shares::share::ShareId;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = ShareCursor {
            created_at: datetime!(2026-11-23 01:54:29.123456 UTC),
            id: ShareId::random(),
        };
        assert_eq!(ShareCursor::decode(&cursor.encode()), Ok(cursor));
        assert_eq!(
            EventCursor::decode(&EventCursor(7).encode()),
            Ok(EventCursor(7))
        );
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let id = ShareId::random();
        for text in [
            String::new(),
            format!("x {id}"),
            format!("-200000000000000000 {id}"),
            format!("{} {id}", i64::MAX),
            "0 not-a-uuid".to_owned(),
        ] {
            let written = URL_SAFE_NO_PAD.encode(&text);
            assert_eq!(ShareCursor::decode(&written), Err(BrokenCursor), "{text}");
        }
        assert_eq!(ShareCursor::decode("a=b"), Err(BrokenCursor));
        assert_eq!(EventCursor::decode("\0"), Err(BrokenCursor));
    }
}
