//! Somebody who looks at a page of the app in Confluence: a browser that shows us in a frame. No test lives here.

use scraper::{Html, Selector};

use super::stage::Stage;
use crate::support::{Answer, Shown, Visitor};

/// The cookie of a session in frames, over plain http.
pub(super) const FRAMED: &str = "vst_framed";

pub(super) struct Frame<'a> {
    pub(super) stage: &'a Stage,
    pub(super) browser: Visitor,
}

impl Stage {
    pub(super) fn frame(&self) -> Frame<'_> {
        Frame {
            stage: self,
            browser: self.portal.visitor_in(Shown::Iframe),
        }
    }

    /// The address by which Confluence opens the dialog of a page.
    pub(super) fn share_path(&self, title: &str) -> String {
        let id = self.id(title);
        format!("/atlassian/share?pageId={id}&spaceKey=DS")
    }

    /// Without scheme and host.
    pub(super) fn target(&self, url: &str) -> String {
        url.strip_prefix(&self.portal.url("")).unwrap().to_owned()
    }

    /// A frame with the dialog of a page, in which this person has come in.
    pub(super) async fn frame_of(&self, username: &str, title: &str) -> Frame<'_> {
        let frame = self.frame();
        let answer = frame.come_in(&self.share_path(title), username).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        frame
    }
}

impl Frame<'_> {
    /// As Confluence opens it, for this person.
    pub(super) async fn come_in(&self, path: &str, username: &str) -> Answer {
        let url = self.stage.fake.framed_url(path, username);
        self.browser.get(&self.stage.target(&url)).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.browser.get(path).await
    }

    /// Sends a form of a page that stands in this frame.
    pub(super) async fn send(&self, on: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(on).await;
        let token = token_of(&page);
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        let request = self.browser.submit(action, &fields);
        request.header("sec-fetch-site", "same-origin").await
    }

    /// The page that the dialog is.
    pub(super) fn dialog(&self, title: &str) -> String {
        format!("/admin/inside/share?page={}&space=DS", self.stage.id(title))
    }

    /// Makes a share in the dialog.
    pub(super) async fn share(&self, title: &str, more: &[(&str, &str)]) -> Answer {
        let page = self.stage.id(title).to_string();
        let mut fields = vec![("page", page.as_str()), ("space", "DS")];
        fields.extend(more);
        self.send(&self.dialog(title), "/admin/inside/share", &fields)
            .await
    }

    pub(super) fn cookie(&self) -> Option<String> {
        let cookies = self.browser.cookies();
        let framed = cookies.iter().find(|cookie| cookie.name() == FRAMED)?;
        Some(framed.value().to_owned())
    }
}

/// The token of the forms on a page.
pub(super) fn token_of(page: &Answer) -> String {
    let selector = Selector::parse("input[name=csrf]").unwrap();
    let document = Html::parse_document(page.text());
    let field = document.select(&selector).next();
    field
        .and_then(|field| field.attr("value"))
        .unwrap_or_default()
        .to_owned()
}

/// Which sites may frame an answer.
pub(super) fn ancestors(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy").unwrap_or_default();
    policy
        .split("frame-ancestors ")
        .nth(1)
        .unwrap_or_default()
        .to_owned()
}
