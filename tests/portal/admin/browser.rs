//! An admin's browser: it keeps cookies, follows no redirect, and sends forms with the token of the page they stand on.

use reqwest::header::{HeaderMap, LOCATION, ORIGIN};
use reqwest::{Client, RequestBuilder, StatusCode};
use scraper::{Html, Selector};
use vestibule::accounts::account::Email;
use vestibule::accounts::store::account as accounts;
use vestibule::password::{self, Password};

use crate::support::Portal;

pub(crate) const EMAIL: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct Browser {
    pub(crate) http: Client,
    pub(crate) origin: String,
}

/// What came back.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

/// A portal with one account, and a browser in which it is signed in.
pub(crate) async fn portal_and_admin() -> (Portal, Browser) {
    let portal = Portal::start().await;
    db_account(&portal);
    let browser = Browser::new(&portal);
    let answer = browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.status, 303, "{}", answer.html);
    (portal, browser)
}

/// Adds the account of [`EMAIL`].
pub(crate) fn db_account(portal: &Portal) {
    let hash = password::hash(&Password::new(PASSWORD).unwrap()).unwrap();
    let email = Email::parse(EMAIL).unwrap();
    let now = vestibule::clock::now();
    portal
        .db(|db| accounts::insert_account(db, &email, &hash, now))
        .unwrap();
}

impl Browser {
    pub(crate) fn new(portal: &Portal) -> Self {
        let http = Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            http,
            origin: portal.url(""),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        Page::of(self.http.get(self.url(path))).await
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Page {
        self.post(
            "/admin/sign-in",
            &[("email", email), ("password", password)],
        )
        .await
    }

    /// Sends fields as they are, from the portal's own origin.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        Page::of(
            self.http
                .post(self.url(path))
                .header(ORIGIN, &self.origin)
                .form(fields),
        )
        .await
    }

    /// Sends a form of the page `on`, with that page's token.
    pub(crate) async fn send(&self, on: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get(on).await.token();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        self.post(action, &fields).await
    }
}

impl Page {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            html: response.text().await.unwrap(),
        }
    }

    pub(crate) fn location(&self) -> &str {
        self.headers
            .get(LOCATION)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the hidden field that every form carries.
    pub(crate) fn token(&self) -> String {
        self.attribute("input[name=csrf]", "value")
            .unwrap_or_default()
    }

    /// Texts of all elements that fit, white space folded.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        let document = Html::parse_document(&self.html);
        let fold = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        document
            .select(&selector)
            .map(|element| fold(element.text().collect()))
            .collect()
    }

    /// The text of the first element that fits, or nothing.
    pub(crate) fn text(&self, selector: &str) -> String {
        self.texts(selector).into_iter().next().unwrap_or_default()
    }

    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let selector = Selector::parse(selector).unwrap();
        let document = Html::parse_document(&self.html);
        let element = document.select(&selector).next()?;
        element.value().attr(name).map(str::to_owned)
    }

    /// The value of a field, by its id.
    pub(crate) fn value(&self, id: &str) -> String {
        self.attribute(&format!("#{id}"), "value")
            .unwrap_or_default()
    }

    /// Ids of the fields that the list on top names, in its order.
    pub(crate) fn wrong_fields(&self) -> Vec<String> {
        let selector = Selector::parse(".problems a").unwrap();
        let document = Html::parse_document(&self.html);
        let links = document
            .select(&selector)
            .filter_map(|link| link.value().attr("href"));
        links
            .map(|href| href.trim_start_matches('#').to_owned())
            .collect()
    }
}
