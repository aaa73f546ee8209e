//! `visitor/guide.html`: how a client's site embeds a share.

use askama::Template;

use crate::client_kit::frame::Framed;
use crate::client_kit::{CLIENT_SITES, ClientSite, SAMPLE_SHARE};

/// With this portal's address in every snippet, and zeros for the share's id.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/guide.html")]
pub struct GuidePage {
    pub portal: String,
    pub share: &'static str,
    pub plain: String,
    pub with_script: String,
    pub element: String,
    pub form: String,
    pub sites: &'static [ClientSite],
}

impl GuidePage {
    pub fn of(portal: &str) -> Self {
        let framed = Framed {
            portal,
            share: SAMPLE_SHARE,
            title: "Manual",
        };
        Self {
            share: SAMPLE_SHARE,
            plain: framed.plain(),
            with_script: framed.with_script(),
            element: framed.element(),
            form: framed.form(),
            sites: &CLIENT_SITES,
            portal: portal.to_owned(),
        }
    }
}
