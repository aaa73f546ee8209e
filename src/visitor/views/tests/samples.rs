//! Believable pages for the tests, hostile text included where a reader or an author could have typed it.

use crate::visitor::views::page::{
    ContentPage, FileRow, LastChange, NodeState, TocEntry, TreeGroup, TreeNode,
};
use crate::visitor::views::password::{Notice, NoticeKind, PasswordPage};
use crate::visitor::views::search::{Found, Hit, HitKind, Outcome, SearchPage, Segment};
use crate::visitor::views::{Moment, ShareHeader, TrustedHtml};
use crate::web::frame_status::{FrameState, FrameStatus};
use crate::web::message::MessagePage;
use crate::web::message::{Context, Link};

pub(super) const HOSTILE: &str = "<script>alert(1)</script>\"'&";

pub(super) const BODY: &str = "<p>The box holds a station.</p><h2 id=\"c-unpack\">Unpack</h2>\
    <h3 id=\"c-seal\">Check the seal</h3><p>It must be dry.</p>";

pub(super) fn link(title: &str, url: &str) -> Link {
    Link {
        title: title.to_owned(),
        url: url.to_owned(),
    }
}

pub(super) fn share() -> ShareHeader {
    ShareHeader {
        name: "Tern manual".to_owned(),
        home_url: "/content/s".to_owned(),
        search_url: Some("/content/s/search".to_owned()),
        sign_out_url: Some("/content/s/session/end".to_owned()),
        new_tab: None,
    }
}

pub(super) fn node(title: &str, state: NodeState, children: Vec<TreeNode>) -> TreeNode {
    TreeNode {
        title: title.to_owned(),
        url: format!("/content/s/{}", title.to_lowercase()),
        state,
        children,
        more: false,
    }
}

pub(super) fn note(state: FrameState) -> FrameStatus {
    FrameStatus {
        share: uuid::Uuid::from_u128(7).into(),
        state,
        origins: "https://a.example https://b.example".to_owned(),
    }
}

pub(super) fn content_page() -> ContentPage<'static> {
    let moment = Moment {
        label: "3 June 2026".to_owned(),
        iso: "2026-06-03T10:00:00Z".to_owned(),
    };
    ContentPage {
        context: Context::Top,
        frame: None,
        share: share(),
        title: "Getting started".to_owned(),
        breadcrumbs: vec![link("Manual", "/content/s/manual")],
        tree: tree(),
        toc: vec![
            toc_entry(2, "c-unpack", "Unpack"),
            toc_entry(3, "c-seal", "Check the seal"),
        ],
        body: TrustedHtml::unchecked(BODY),
        files: vec![FileRow {
            name: "Quick start.pdf".to_owned(),
            url: "/content/s/files/1".to_owned(),
            kind_label: "PDF".to_owned(),
            size_label: "1.2 MB".to_owned(),
        }],
        labels: vec!["hardware".to_owned()],
        published: None,
        last_change: Some(LastChange {
            when: moment,
            by: Some("Ada Lindqvist".to_owned()),
        }),
        note: None,
        comments: Vec::new(),
        previous: Some(link("Overview", "/content/s/overview")),
        next: Some(link("Networks", "/content/s/networks")),
    }
}

pub(super) fn toc_entry(level: u8, id: &str, text: &str) -> TocEntry {
    TocEntry {
        level,
        id: id.to_owned(),
        text: text.to_owned(),
    }
}

fn tree() -> Vec<TreeGroup> {
    let current = node("Start", NodeState::Current, Vec::new());
    let elsewhere = node(
        "Mount",
        NodeState::Closed,
        vec![node("Poles", NodeState::Closed, Vec::new())],
    );
    let unloaded = TreeNode {
        more: true,
        ..node("Configure", NodeState::Closed, Vec::new())
    };
    let pages = TreeGroup {
        label: None,
        nodes: vec![node(
            "Manual",
            NodeState::Open,
            vec![current, elsewhere, unloaded],
        )],
    };
    let posts = TreeGroup {
        label: Some("Blog posts".to_owned()),
        nodes: vec![node("Firmware", NodeState::Closed, Vec::new())],
    };
    vec![pages, posts]
}

pub(super) fn password_page(notice: Option<(NoticeKind, &str)>) -> PasswordPage {
    PasswordPage {
        context: Context::Top,
        frame: None,
        share_name: None,
        session_url: "/content/s/session".to_owned(),
        next: "/content/s/start".to_owned(),
        notice: notice.map(|(kind, text)| Notice {
            kind,
            text: text.to_owned(),
        }),
    }
}

pub(super) fn search_page(query: &str, outcome: Outcome) -> SearchPage {
    SearchPage {
        context: Context::Top,
        frame: None,
        share: share(),
        query: query.to_owned(),
        outcome,
    }
}

pub(super) fn found() -> Outcome {
    let plain = |text: &str| Segment {
        text: text.to_owned(),
        hit: false,
    };
    let hit = |text: &str| Segment {
        text: text.to_owned(),
        hit: true,
    };
    let page = Hit {
        kind: HitKind::Page,
        url: "/content/s/mount".to_owned(),
        title: vec![plain("Mount the "), hit("bracket")],
        breadcrumbs: vec!["Manual".to_owned(), "Install".to_owned()],
        excerpt: vec![plain(HOSTILE), hit("bracket"), plain(" fits.")],
    };
    let file = Hit {
        kind: HitKind::File("PDF".to_owned()),
        url: "/content/s/files/2".to_owned(),
        title: vec![hit("bracket"), plain(".pdf")],
        excerpt: Vec::new(),
        ..page.clone()
    };
    Outcome::Found(Found {
        total: 34,
        first: 11,
        last: 12,
        hits: vec![page, file],
        previous_url: Some("/content/s/search?q=bracket".to_owned()),
        next_url: Some("/content/s/search?q=bracket&page=3".to_owned()),
    })
}

pub(super) fn message_page() -> MessagePage {
    MessagePage {
        context: Context::Top,
        frame: None,
        title: "Something went wrong on our side".to_owned(),
        sentences: vec!["Try again in a moment.".to_owned()],
        example: None,
        action: Some(link("Try again", "/content/s")),
        request_id: Some("0193f2c8".to_owned()),
    }
}
