//! What the portal answered: status, headers, and its body as bytes, text, a document or JSON.

use bytes::Bytes;
use cookie::Cookie;
use reqwest::Response;
use reqwest::header::HeaderMap;
use scraper::{Html, Selector};
use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body, where it is JSON.
    pub(crate) json: Value,
}

impl Answer {
    pub(super) async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.bytes().await.unwrap();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        Self {
            status,
            headers,
            body,
            json,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Where a redirect leads; nothing when this is none.
    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    /// What it sets, whole.
    pub(crate) fn cookies(&self) -> Vec<Cookie<'static>> {
        let set = self.headers.get_all("set-cookie");
        set.iter()
            .map(|value| Cookie::parse(value.to_str().unwrap().to_owned()).unwrap())
            .collect()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn dom(&self) -> Html {
        Html::parse_document(self.text())
    }

    /// The texts of all elements that a CSS selector names, white space collapsed.
    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        let dom = self.dom();
        let selector = Selector::parse(css).unwrap();
        let elements = dom.select(&selector);
        let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        elements
            .map(|element| words(element.text().collect()))
            .collect()
    }

    /// An attribute of all elements that a CSS selector names, where they have it.
    pub(crate) fn attributes(&self, css: &str, attribute: &str) -> Vec<String> {
        let dom = self.dom();
        let selector = Selector::parse(css).unwrap();
        let elements = dom.select(&selector);
        elements
            .filter_map(|element| element.attr(attribute).map(str::to_owned))
            .collect()
    }

    /// The text of the first element that a CSS selector names, or nothing.
    pub(crate) fn text_of(&self, css: &str) -> String {
        self.texts(css).into_iter().next().unwrap_or_default()
    }

    /// An attribute of the first element that a CSS selector names.
    pub(crate) fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let dom = self.dom();
        let selector = Selector::parse(css).unwrap();
        let element = dom.select(&selector).next()?;
        element.attr(name).map(str::to_owned)
    }

    /// The value of a field, by its id.
    pub(crate) fn value(&self, id: &str) -> String {
        self.attribute(&format!("#{id}"), "value")
            .unwrap_or_default()
    }

    /// The hidden field that every form of a signed-in person carries.
    pub(crate) fn token(&self) -> String {
        self.attribute("input[name=csrf]", "value")
            .unwrap_or_default()
    }

    /// The fields that a problem names, or the list on top of a form, in its order.
    pub(crate) fn wrong_fields(&self) -> Vec<String> {
        let Some(errors) = self.json["errors"].as_array() else {
            let links = self.attributes(".problems a", "href");
            return links
                .iter()
                .map(|link| link.trim_start_matches('#').to_owned())
                .collect();
        };
        let fields = errors.iter().filter_map(|error| error["field"].as_str());
        fields.map(str::to_owned).collect()
    }
}
