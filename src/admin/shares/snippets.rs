//! What a client's developer copies, filled in for one share: the frame, and a client site in each language. Never the
//! unlock secret.

use crate::client_kit::CLIENT_SITES;
use crate::client_kit::frame::Framed;
use crate::config::BaseUrl;
use crate::shares::share::Share;

/// About what a field shows beside its Copy button where there is room; on phones it scrolls.
const CHARACTERS_OF_A_ROW: usize = 62;

/// The part of the share's page below the list of sites.
pub struct SnippetsView {
    pub frames: Vec<FrameView>,
    pub sites: Vec<SiteView>,
}

/// HTML for the client's page.
pub struct FrameView {
    pub id: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub text: String,
    pub rows: usize,
}

/// A client's whole site.
pub struct SiteView {
    pub id: String,
    pub language: &'static str,
    pub file: &'static str,
    pub install: Option<&'static str>,
    pub run: &'static str,
    pub is_tested: bool,
    pub text: String,
}

impl SnippetsView {
    pub fn of(share: &Share, base_url: &BaseUrl) -> Self {
        let portal = base_url.origin();
        let id = share.id.to_string();
        let framed = Framed {
            portal: &portal,
            share: &id,
            title: &share.name,
        };
        Self {
            frames: frames(&framed),
            sites: CLIENT_SITES
                .iter()
                .map(|site| SiteView {
                    id: format!("site-{}", site.folder),
                    language: site.language,
                    file: site.file,
                    install: site.install,
                    run: site.run,
                    is_tested: site.is_tested,
                    text: site.source(&portal, &id),
                })
                .collect(),
        }
    }
}

fn frames(framed: &Framed<'_>) -> Vec<FrameView> {
    let view = |id, label, hint, text: String| FrameView {
        id,
        label,
        hint,
        rows: text
            .lines()
            .map(|line| line.len() / CHARACTERS_OF_A_ROW + 1)
            .sum(),
        text,
    };
    vec![
        view(
            "snippet",
            "Frame alone",
            "Works without a script.",
            framed.plain(),
        ),
        view(
            "snippet-script",
            "Frame with embed.js",
            "The frame grows with its page, and asks /unlock-url of the client’s site for a new token when the pass has run out. The client’s server puts a new token in the place of TOKEN.",
            framed.with_script(),
        ),
        view(
            "snippet-element",
            "Element with embed.js",
            "The same in one element. It asks /unlock-url for the first token, too, so the page around it may be cached.",
            framed.element(),
        ),
    ]
}
