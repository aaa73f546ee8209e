//! The note that a framed page gives its script.

use super::samples;
use super::{Html, all, attributes, one, render};
use crate::shares::unlock_token::RefusalCode;
use crate::visitor::views::page::ContentPage;
use crate::visitor::views::password::PasswordPage;
use crate::visitor::views::search::{Outcome, SearchPage};
use crate::web::assets;
use crate::web::frame_status::FrameState;
use crate::web::message::MessagePage;

const META: &str = "head > meta[name=vestibule-frame]";

/// The pages of a share, each with the note of a state.
fn every_page_with(state: Option<FrameState>) -> [Html; 4] {
    let frame = state.map(samples::note);
    [
        render(&ContentPage {
            frame: frame.clone(),
            ..samples::content_page()
        }),
        render(&SearchPage {
            frame: frame.clone(),
            ..samples::search_page("", Outcome::NotAsked)
        }),
        render(&PasswordPage {
            frame: frame.clone(),
            ..samples::password_page(None)
        }),
        render(&MessagePage {
            frame,
            ..samples::message_page()
        }),
    ]
}

#[test]
fn the_note_stands_in_the_head_of_every_page_with_its_script() {
    let locked = FrameState::Locked(Some(RefusalCode::BadSignature));
    for page in every_page_with(Some(locked)) {
        let note = one(&page, META);
        assert_eq!(
            note.attr("data-share"),
            Some("00000000-0000-0000-0000-000000000007")
        );
        assert_eq!(note.attr("data-state"), Some("locked"));
        assert_eq!(note.attr("data-code"), Some("bad_signature"));
        let origins = note.attr("data-origins");
        assert_eq!(origins, Some("https://a.example https://b.example"));
        let scripts = attributes(&page, "script[type=module]", "src");
        assert!(scripts.contains(&assets::url("js/frame.js").as_str()));
    }
}

#[test]
fn a_page_that_was_not_refused_a_token_has_no_code() {
    for page in every_page_with(Some(FrameState::Open)) {
        assert_eq!(one(&page, META).attr("data-code"), None);
    }
}

#[test]
fn a_page_without_a_site_around_it_has_no_note_and_no_script_for_one() {
    for page in every_page_with(None) {
        assert!(all(&page, META).is_empty());
        let scripts = attributes(&page, "script", "src");
        assert!(!scripts.contains(&assets::url("js/frame.js").as_str()));
    }
}
