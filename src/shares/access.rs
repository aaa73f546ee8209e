//! The access decision: may this visitor read this share now, and here? Pure; what the browser gets to see is
//! `visitor`'s subject.

use time::OffsetDateTime;

use super::pass::{Pass, PassContext, WayIn};
use super::share::{Availability, Share};

/// Where the answer to a request will be shown, as the browser says: what Fetch Metadata calls the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    /// A tab or a window of its own.
    Tab,
    /// A frame of another page.
    Frame,
    /// A part of a page that is shown already: a picture, a video, a request of a script. The browser does not say
    /// where that page is; the passes that come along do, because a frame has its own.
    Part,
    /// The browser does not say: it is old, or no browser.
    Unknown,
}

/// The answer to a request for a page, a file or a search.
#[derive(Debug, PartialEq, Eq)]
pub enum Access {
    /// No password is set: whoever has the link may read.
    Open,
    /// The visitor holds this live pass.
    ByPass(Pass),
    /// The password page comes first.
    Locked,
    /// The share opens only inside its sites, where the visitor is; but no token has let them in.
    TokenNeeded,
    /// The share opens only inside its sites, and this is no such place. No pass and no token changes that.
    OnlyInItsSites,
    /// Nobody gets in at the moment.
    Unavailable(Availability),
}

/// `passes` are those with a right signature, whatever they say.
pub fn decide(
    share: &Share,
    passes: &[Pass],
    destination: Destination,
    now: OffsetDateTime,
) -> Access {
    match share.availability(now) {
        Availability::Open => {}
        closed => return Access::Unavailable(closed),
    }
    let mut live = passes.iter().filter(|pass| is_live(pass, share, now));
    if share.embed_only {
        return match destination {
            Destination::Tab | Destination::Unknown => Access::OnlyInItsSites,
            Destination::Frame | Destination::Part => live
                .find(|pass| pass.way_in == WayIn::Token && pass.context == PassContext::Framed)
                .map_or(Access::TokenNeeded, |pass| Access::ByPass(*pass)),
        };
    }
    if share.password_hash.is_none() {
        return Access::Open;
    }
    live.next()
        .map_or(Access::Locked, |pass| Access::ByPass(*pass))
}

fn is_live(pass: &Pass, share: &Share, now: OffsetDateTime) -> bool {
    let now = now.unix_timestamp();
    pass.share == share.id && pass.epoch == share.epoch && now < pass.expires
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::{Access, Destination, decide};
    use crate::password::PasswordHash;
    use crate::shares::embed_origins::EmbedOrigins;
    use crate::shares::labels::Labels;
    use crate::shares::pass::{Pass, PassContext, WayIn};
    use crate::shares::share::{
        Creator, ExternalLinks, PassLifetime, RestrictedPages, Scope, Share,
    };
    use crate::shares::unlock_secret::UnlockSecret;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);
    const DESTINATIONS: [Destination; 4] = [
        Destination::Tab,
        Destination::Frame,
        Destination::Part,
        Destination::Unknown,
    ];

    fn share(with_password: bool, embed_only: bool) -> Share {
        Share {
            id: uuid::Uuid::from_u128(7).into(),
            connection_id: uuid::Uuid::nil(),
            name: String::new(),
            description: String::new(),
            space_key: String::new(),
            scope: Scope::Space { home: None },
            password_hash: with_password.then(|| PasswordHash::from_stored(String::new())),
            epoch: 3,
            enabled: true,
            starts_at: None,
            expires_at: None,
            pass_lifetime: PassLifetime::DEFAULT,
            embed_origins: EmbedOrigins::Any,
            embed_only,
            external_links: ExternalLinks::PlainText,
            restricted_pages: RestrictedPages::None,
            include_labels: Labels::default(),
            exclude_labels: Labels::default(),
            show_comments: false,
            unlock_secret: UnlockSecret::generate().unwrap(),
            previous_unlock_secret: None,
            created_at: NOW,
            updated_at: NOW,
            created_by: String::new(),
            creator: Creator::default(),
            withdrawn_from: None,
        }
    }

    /// One word per decision.
    fn word(access: &Access) -> &'static str {
        match access {
            Access::Open => "open",
            Access::ByPass(_) => "in",
            Access::Locked => "password",
            Access::TokenNeeded => "token",
            Access::OnlyInItsSites => "elsewhere",
            Access::Unavailable(_) => "closed",
        }
    }

    /// The decisions in [`DESTINATIONS`].
    fn decisions(share: &Share, passes: &[Pass]) -> String {
        DESTINATIONS
            .map(|destination| word(&decide(share, passes, destination, NOW)))
            .join(" ")
    }

    /// A row for each kind of share, with the decisions for no pass and for each kind of pass.
    #[test]
    fn who_gets_in_where() {
        let top = PassContext::TopLevel;
        let framed = PassContext::Framed;
        for (with_password, embed_only, pass, expected) in [
            (false, false, None, "open open open open"),
            (true, false, None, "password password password password"),
            (true, false, Some((WayIn::Password, top)), "in in in in"),
            (true, false, Some((WayIn::Password, framed)), "in in in in"),
            (true, false, Some((WayIn::Token, top)), "in in in in"),
            (true, false, Some((WayIn::Token, framed)), "in in in in"),
            (false, true, None, ELSEWHERE),
            (false, true, Some((WayIn::Password, top)), ELSEWHERE),
            (false, true, Some((WayIn::Password, framed)), ELSEWHERE),
            (false, true, Some((WayIn::Token, top)), ELSEWHERE),
            (false, true, Some((WayIn::Token, framed)), INSIDE),
            (true, true, None, ELSEWHERE),
            (true, true, Some((WayIn::Password, top)), ELSEWHERE),
            (true, true, Some((WayIn::Password, framed)), ELSEWHERE),
            (true, true, Some((WayIn::Token, top)), ELSEWHERE),
            (true, true, Some((WayIn::Token, framed)), INSIDE),
        ] {
            let share = share(with_password, embed_only);
            let pass = pass.map(|(way_in, context)| Pass::issue(&share, way_in, context, NOW));
            let passes: Vec<Pass> = pass.into_iter().collect();
            assert_eq!(
                decisions(&share, &passes),
                expected,
                "password: {with_password}, only in its sites: {embed_only}, {passes:?}"
            );
        }
    }

    const ELSEWHERE: &str = "elsewhere token token elsewhere";
    const INSIDE: &str = "elsewhere in in elsewhere";

    #[test]
    fn the_pass_that_counts_is_found_among_others() {
        let share = share(true, true);
        let passes = [
            (WayIn::Password, PassContext::Framed),
            (WayIn::Token, PassContext::TopLevel),
            (WayIn::Token, PassContext::Framed),
        ]
        .map(|(way_in, context)| Pass::issue(&share, way_in, context, NOW));
        assert_eq!(
            decide(&share, &passes, Destination::Frame, NOW),
            Access::ByPass(passes[2])
        );
    }

    #[test]
    fn a_pass_that_is_not_live_counts_nowhere() {
        for embed_only in [false, true] {
            let share = share(true, embed_only);
            let live = Pass::issue(&share, WayIn::Token, PassContext::Framed, NOW);
            let dead = [
                Pass {
                    epoch: share.epoch - 1,
                    ..live
                },
                Pass {
                    share: uuid::Uuid::from_u128(8).into(),
                    ..live
                },
                Pass {
                    expires: NOW.unix_timestamp(),
                    ..live
                },
            ];
            let without = decisions(&share, &[]);
            for pass in dead {
                assert_eq!(decisions(&share, &[pass]), without, "{pass:?}");
            }
        }
    }

    #[test]
    fn a_share_of_an_uninstalled_app_stays_open_until_its_grace_ends() {
        let ending = |from| Share {
            withdrawn_from: Some(from),
            ..share(false, false)
        };
        let before = decisions(&ending(NOW + time::Duration::SECOND), &[]);
        assert_eq!(before, "open open open open");
        assert_eq!(decisions(&ending(NOW), &[]), "closed closed closed closed");
    }

    #[test]
    fn a_closed_share_is_closed_everywhere() {
        let closed = Share {
            enabled: false,
            ..share(true, true)
        };
        let pass = Pass::issue(&closed, WayIn::Token, PassContext::Framed, NOW);
        assert_eq!(decisions(&closed, &[pass]), "closed closed closed closed");
    }
}
