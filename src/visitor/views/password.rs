//! `visitor/password.html`: the password form, shown in place of the page that was asked for.

use askama::Template;

use crate::shares::unlock_token::RefusalCode;
use crate::web::frame_status::FrameStatus;
use crate::web::message::Context;

/// The password form. What was typed is never part of it.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/password.html")]
pub struct PasswordPage {
    pub context: Context,
    pub frame: Option<FrameStatus>,
    /// Given only when the share's name may be seen from outside.
    pub share_name: Option<String>,
    /// `/content/{share}/session`.
    pub session_url: String,
    /// Where to go after the right password.
    pub next: String,
    /// Why the form is here (again).
    pub notice: Option<Notice>,
}

impl PasswordPage {
    /// What a password manager files the password under, so that the passwords of two shares do not overwrite each
    /// other. The server ignores it.
    fn account(&self) -> &str {
        self.session_url.trim_end_matches("/session")
    }
}

/// One plain sentence above the field.
#[derive(Debug, Clone)]
pub struct Notice {
    pub kind: NoticeKind,
    pub text: String,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something before the form did not work, such as an expired link (401).
    Info,
    /// The address held an unlock token that does not open the share (401).
    TokenRefused(RefusalCode),
    /// The password was wrong (422).
    WrongPassword,
    /// Too many guesses; the text says how long to wait (429).
    Wait,
}

impl Notice {
    fn class(&self) -> &'static str {
        match self.kind {
            NoticeKind::Info | NoticeKind::TokenRefused(_) => "notice",
            NoticeKind::WrongPassword => "notice notice-error",
            NoticeKind::Wait => "notice notice-wait",
        }
    }

    /// Why the unlock token was refused, if that is what the notice is about.
    pub fn refusal_code(&self) -> Option<RefusalCode> {
        match self.kind {
            NoticeKind::TokenRefused(code) => Some(code),
            NoticeKind::Info | NoticeKind::WrongPassword | NoticeKind::Wait => None,
        }
    }

    fn is_wrong_password(&self) -> bool {
        self.kind == NoticeKind::WrongPassword
    }
}
