//! What an admin does in a browser: signs in, and sends forms with the token of the page they stand on.

use vestibule::accounts::account::Email;
use vestibule::accounts::store::account as accounts;
use vestibule::password::{self, Password};

use crate::support::{Answer, Portal, Request, Shown, Visitor};

pub(crate) const EMAIL: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A portal with one account, and a browser in which it is signed in.
pub(crate) async fn portal_and_admin() -> (Portal, Visitor) {
    let portal = Portal::start().await;
    db_account(&portal);
    let browser = portal.browser();
    let answer = browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
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

impl Portal {
    /// Somebody new, whose forms prove by the origin alone where they come from.
    pub(crate) fn browser(&self) -> Visitor {
        self.visitor_in(Shown::Unsaid)
    }
}

impl Visitor {
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        let fields = [("email", email), ("password", password)];
        self.submit("/admin/sign-in", &fields).await
    }

    /// Sends fields as they are, from the portal's own origin.
    pub(crate) fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Request<'_> {
        self.post(path, fields).header("origin", &self.url(""))
    }

    /// Sends a form of the page `on`, with that page's token.
    pub(crate) async fn send(&self, on: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(on).await.token();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        self.submit(action, &fields).await
    }
}
