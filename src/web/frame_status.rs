//! What a page of a share says of itself to the site around its frame: a `<meta>` that `static/js/frame.js` reads and
//! passes on. The other end is `static/embed/embed.js`.

use actix_web::http::StatusCode;

use super::headers::Shell;
use crate::shares::access::Destination;
use crate::shares::share::ShareId;
use crate::shares::unlock_token::RefusalCode;

/// What one page says. It may stand in a page that is kept for several visitors, so it holds nothing of any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameStatus {
    pub share: ShareId,
    pub state: FrameState,
    /// The origins that may frame the share, separated by spaces, or `*`. The script speaks to no other.
    pub origins: String,
}

/// What the frame shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameState {
    /// A page of the share.
    Open,
    /// The way in, where a fresh unlock token helps; with the code of the token that was refused, if there was one.
    Locked(Option<RefusalCode>),
    /// A page that cannot be shown, with or without a token.
    Error,
}

impl FrameStatus {
    /// `None` where no site is around, or none may be. A browser that does not say where it shows a page gets it
    /// as well: the script sees whether there is a frame.
    pub fn of(destination: Destination, shell: &Shell, state: FrameState) -> Option<Self> {
        match shell {
            Shell::Share { id, origins, .. }
                if shell.is_embeddable()
                    && matches!(destination, Destination::Frame | Destination::Unknown) =>
            {
                Some(Self {
                    share: *id,
                    state,
                    origins: origins.frame_ancestors(),
                })
            }
            Shell::Share { .. } | Shell::Plain => None,
        }
    }

    /// The word for the state.
    pub fn state(&self) -> &'static str {
        match self.state {
            FrameState::Open => "open",
            FrameState::Locked(_) => "locked",
            FrameState::Error => "error",
        }
    }

    /// Why an unlock token was refused.
    pub fn code(&self) -> Option<&'static str> {
        match self.state {
            FrameState::Locked(code) => code.map(RefusalCode::as_str),
            FrameState::Open | FrameState::Error => None,
        }
    }
}

impl FrameState {
    /// Of a page that only says something: 401 asks for a way in, everything else is the end of it.
    pub fn of_message(status: StatusCode) -> Self {
        if status == StatusCode::UNAUTHORIZED {
            Self::Locked(None)
        } else {
            Self::Error
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;

    use super::{FrameState, FrameStatus};
    use crate::shares::access::Destination;
    use crate::shares::embed_origins::EmbedOrigins;
    use crate::shares::share::ShareId;
    use crate::shares::unlock_token::RefusalCode;
    use crate::web::headers::Shell;

    fn share() -> ShareId {
        uuid::Uuid::from_u128(7).into()
    }

    fn shell(entries: &[&str]) -> Shell {
        let origins = EmbedOrigins::parse(entries.iter().copied()).expect("valid origins");
        Shell::new(share(), origins)
    }

    fn status(destination: Destination, shell: &Shell) -> Option<FrameStatus> {
        FrameStatus::of(destination, shell, FrameState::Open)
    }

    #[test]
    fn a_framed_page_names_its_share_and_the_sites_around_it() {
        let listed = ["https://a.example", "https://b.example:8443"];
        let expected = FrameStatus {
            share: share(),
            state: FrameState::Open,
            origins: "https://a.example https://b.example:8443".to_owned(),
        };
        assert_eq!(status(Destination::Frame, &shell(&listed)), Some(expected));
        let any = status(Destination::Frame, &shell(&["*"]));
        assert_eq!(any.map(|status| status.origins).as_deref(), Some("*"));
    }

    #[test]
    fn a_page_of_its_own_and_one_that_nobody_may_frame_say_nothing() {
        assert_eq!(status(Destination::Tab, &shell(&["*"])), None);
        assert_eq!(status(Destination::Frame, &shell(&[])), None);
        assert_eq!(status(Destination::Frame, &Shell::Plain), None);
    }

    #[test]
    fn a_browser_that_does_not_say_where_it_shows_the_page_is_told_as_well() {
        assert!(status(Destination::Unknown, &shell(&["*"])).is_some());
    }

    #[test]
    fn each_state_has_its_word_and_only_a_refused_token_a_code() {
        let said = |state| {
            let status = FrameStatus {
                share: share(),
                state,
                origins: "*".to_owned(),
            };
            (status.state(), status.code())
        };
        assert_eq!(said(FrameState::Open), ("open", None));
        assert_eq!(said(FrameState::Error), ("error", None));
        assert_eq!(said(FrameState::Locked(None)), ("locked", None));
        assert_eq!(
            said(FrameState::Locked(Some(RefusalCode::Expired))),
            ("locked", Some("expired"))
        );
    }

    #[test]
    fn only_a_message_that_asks_for_a_way_in_is_locked() {
        let of = FrameState::of_message;
        assert_eq!(of(StatusCode::UNAUTHORIZED), FrameState::Locked(None));
        assert_eq!(of(StatusCode::FORBIDDEN), FrameState::Error);
        assert_eq!(of(StatusCode::NOT_FOUND), FrameState::Error);
    }
}
