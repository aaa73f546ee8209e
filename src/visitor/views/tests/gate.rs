//! The password form, the messages and the start page.

use super::samples::{self, HOSTILE};
use super::{all, attributes, one, render, text, texts};
use crate::shares::unlock_token::RefusalCode;
use crate::visitor::views::password::{NoticeKind, PasswordPage};
use crate::visitor::views::start::StartPage;
use crate::web::message::Context;
use crate::web::message::MessagePage;

#[test]
fn the_password_form_posts_the_password_and_the_way_back() {
    let page = render(&samples::password_page(None));

    one(&page, "form[method=post][action='/content/s/session']");
    one(
        &page,
        "input[type=hidden][name=next][value='/content/s/start']",
    );
    one(&page, "input[name=password][autocomplete=current-password]");
}

#[test]
fn the_password_field_is_never_filled_or_cut() {
    let page = render(&samples::password_page(None));

    let field = one(&page, "input[name=password]");

    assert_eq!(field.attr("value"), None);
    assert_eq!(field.attr("maxlength"), None);
}

#[test]
fn a_password_manager_can_tell_two_shares_apart() {
    let page = render(&samples::password_page(None));

    let accounts = attributes(&page, "input[autocomplete=username][hidden]", "value");

    assert_eq!(accounts, ["/content/s"]);
}

#[test]
fn a_wrong_password_is_said_and_tied_to_the_field() {
    let notice = (NoticeKind::WrongPassword, "Not right.");

    let page = render(&samples::password_page(Some(notice)));

    let field = one(&page, "input[name=password][aria-invalid=true]");
    let described = field.attr("aria-describedby").expect("a description");
    assert_eq!(text(one(&page, &format!("#{described}"))), "Not right.");
}

#[test]
fn an_expired_link_is_said_without_blaming_the_field() {
    let refused = NoticeKind::TokenRefused(RefusalCode::Expired);
    let notice = (refused, "The link has expired.");

    let page = render(&samples::password_page(Some(notice)));

    one(&page, "input[aria-describedby=notice]:not([aria-invalid])");
}

#[test]
fn the_share_is_named_before_unlocking_only_when_allowed() {
    let hidden = render(&samples::password_page(None));
    let named = render(&PasswordPage {
        share_name: Some(HOSTILE.to_owned()),
        ..samples::password_page(None)
    });

    assert!(all(&hidden, ".card-over").is_empty());
    assert_eq!(text(one(&named, ".card-over")), HOSTILE);
}

#[test]
fn only_a_page_of_its_own_takes_the_focus() {
    let framed = render(&PasswordPage {
        context: Context::Framed,
        ..samples::password_page(None)
    });

    one(&render(&samples::password_page(None)), "[autofocus]");
    assert!(all(&framed, "[autofocus]").is_empty());
}

#[test]
fn the_show_button_waits_for_its_script() {
    let page = render(&samples::password_page(None));

    one(&page, "button[type=button][data-show-password][hidden]");
}

#[test]
fn a_message_offers_its_one_way_on_and_the_request_id() {
    let page = render(&samples::message_page());

    assert_eq!(text(one(&page, "a.button[href='/content/s']")), "Try again");
    assert_eq!(text(one(&page, ".request-id code")), "0193f2c8");
}

#[test]
fn a_message_shows_the_right_form_of_an_address() {
    let page = render(&MessagePage {
        example: Some("https://portal.example/content/…".to_owned()),
        action: None,
        request_id: None,
        ..samples::message_page()
    });

    let example = texts(&page, ".example code");
    assert_eq!(example, ["https://portal.example/content/…"]);
    assert!(all(&page, "a.button, .request-id").is_empty());
}

#[test]
fn the_start_page_leads_admins_to_their_sign_in() {
    let page = render(&StartPage {
        sign_in_url: "/admin/session/new".to_owned(),
    });

    assert_eq!(text(one(&page, "a[href='/admin/session/new']")), "Sign in");
}
