//! Signing in at a real OpenID provider.

use serde_json::{Value, json};
use url::Url;
use vestibule::accounts::account::{Account, Role};
use vestibule::accounts::store::account as accounts;
use vestibule::accounts::store::identity::{Vouched, admit};
use vestibule::clock;

use crate::support::{
    Answer, OpenIdProvider, Portal, ProviderSetup, Setup, Visitor, everything_logged, openid_args,
};

/// A portal and the provider that it names.
struct Stage {
    // The portal ends first.
    portal: Portal,
    provider: Option<OpenIdProvider>,
    port: u16,
}

fn people() -> Value {
    json!({ "ada": ["it", "staff"], "bob": ["staff"], "eve": ["guests"] })
}

impl Stage {
    async fn new() -> Self {
        Self::with(ProviderSetup::default()).await
    }

    async fn with(setup: ProviderSetup) -> Self {
        // Each has to know the other's address before it starts.
        let provider = OpenIdProvider::listen(0);
        let portal = Portal::start_with(Setup {
            // An issuer is compared as a text: this one has no slash at its end.
            openid: openid_args(provider.issuer.as_str().trim_end_matches('/')),
            ..Setup::default()
        })
        .await;
        let mut stage = Self {
            portal,
            port: provider.port(),
            provider: Some(provider),
        };
        stage.serve(setup, &people());
        stage
    }

    fn serve(&mut self, setup: ProviderSetup, people: &Value) {
        let back = self.portal.url("/admin/sign-in/openid/back");
        self.provider.as_mut().unwrap().serve(setup, &back, people);
    }

    /// With other keys and people, at the same address.
    fn replace_provider(&mut self, people: &Value) {
        self.stop_provider();
        self.provider = Some(OpenIdProvider::listen(self.port));
        let setup = ProviderSetup {
            kid: "second",
            ..ProviderSetup::default()
        };
        self.serve(setup, people);
    }

    fn stop_provider(&mut self) {
        drop(self.provider.take());
    }

    fn browser(&self) -> Visitor {
        self.portal.browser()
    }

    fn account(&self, name: &str) -> Option<Account> {
        use diesel::prelude::*;
        use vestibule::schema::identity;
        self.portal.db(|db| {
            let id = identity::table
                .filter(identity::subject.eq(name))
                .select(identity::account_id)
                .first(db)
                .optional()
                .unwrap()?;
            accounts::find_account(db, id).unwrap()
        })
    }
}

/// Where the portal leads to.
async fn begin(browser: &Visitor) -> Url {
    let answer = browser
        .get("/admin/sign-in/openid?next=%2Fadmin%2Ftokens")
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location().parse().unwrap()
}

/// The path below the portal that the provider leads to.
async fn go_there(browser: &Visitor, person: &str) -> String {
    let authorize = begin(browser).await;
    path_of(&OpenIdProvider::sign_in(authorize, person).await)
}

fn path_of(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap())
}

async fn sign_in(browser: &Visitor, person: &str) -> Answer {
    let back = go_there(browser, person).await;
    browser.get(&back).await
}

fn with_parameter(address: &Url, name: &str, value: &str) -> Url {
    let mut changed = address.clone();
    let kept = address.query_pairs().filter(|(key, _)| key != name);
    changed.query_pairs_mut().clear().extend_pairs(kept);
    changed.query_pairs_mut().append_pair(name, value);
    changed
}

#[actix_web::test]
async fn people_sign_in_with_the_role_of_their_groups_and_go_on_where_they_were() {
    for groups_in in ["idToken", "userinfo"] {
        let stage = Stage::with(ProviderSetup {
            groups_in,
            ..ProviderSetup::default()
        })
        .await;
        for (person, role) in [("ada", Role::Admin), ("bob", Role::Sharer)] {
            let browser = stage.browser();
            let page = sign_in(&browser, person).await;
            let onward = page.attribute(".card a.button", "href");
            assert_eq!(
                (page.status, onward.as_deref()),
                (200, Some("/admin/tokens")),
                "{groups_in} {person}: {}",
                page.text()
            );
            let account = stage.account(person).unwrap();
            assert_eq!(account.role, role, "{groups_in} {person}");
            assert!(account.display_name.unwrap().ends_with(" Example"));
            assert!(account.password_hash.is_none());
            let shares = browser.get("/admin").await;
            let next = shares.text_of(".empty h2");
            let expected = match role {
                Role::Admin => "Bring in some content first",
                Role::Sharer => "No wiki is connected yet",
            };
            assert_eq!((shares.status, &*next), (200, expected));
        }
    }
}

#[actix_web::test]
async fn elliptic_signatures_are_taken() {
    let stage = Stage::with(ProviderSetup {
        algorithm: "ES256",
        ..ProviderSetup::default()
    })
    .await;
    let browser = stage.browser();
    assert_eq!(sign_in(&browser, "ada").await.status, 200);
    assert_eq!(browser.get("/admin").await.status, 200);
}

#[actix_web::test]
async fn the_sign_in_page_offers_the_provider_beside_the_form() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    sign_in(&browser, "ada").await;
    let page = stage
        .browser()
        .get("/admin/sign-in?next=/admin/tokens")
        .await;
    assert_eq!(page.texts(".sign-in-ways a"), ["Sign in with Acme ID"]);
    assert_eq!(
        page.attribute(".sign-in-ways a", "href").as_deref(),
        Some("/admin/sign-in/openid?next=%2Fadmin%2Ftokens")
    );
    assert_eq!(page.texts("form button[type=submit]"), ["Sign in"]);
}

#[actix_web::test]
async fn the_question_has_pkce_state_and_nonce_and_the_cookie_is_sealed() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let answer = browser.get("/admin/sign-in/openid").await;
    let url: Url = answer.location().parse().unwrap();
    let parameter = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    assert_eq!(parameter("response_type"), "code");
    assert_eq!(parameter("code_challenge_method"), "S256");
    assert_eq!(parameter("scope"), "openid email profile groups");
    assert!(parameter("state").len() >= 22 && parameter("nonce").len() >= 22);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for attribute in [
        "vst_openid=",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=600",
    ] {
        assert!(cookie.contains(attribute), "{attribute}: {cookie}");
    }
    assert!(!cookie.contains(&parameter("state")), "{cookie}");
}

#[actix_web::test]
async fn nobody_signs_in_with_an_answer_to_somebody_elses_question() {
    let stage = Stage::new().await;
    let attacker = stage.browser();
    let back = go_there(&attacker, "bob").await;
    // One who asked for nothing, and one who is on his own way.
    let bystander = stage.browser();
    let victim = stage.browser();
    begin(&victim).await;
    for browser in [&bystander, &victim] {
        let page = browser.get(&back).await;
        assert_eq!(page.status, 400);
        assert!(
            page.text_of("#refusal")
                .contains("not begun in this browser")
        );
        assert_eq!(browser.get("/admin").await.status, 303);
    }
}

#[actix_web::test]
async fn a_code_is_good_once() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let begun = browser.get("/admin/sign-in/openid").await;
    let cookie = begun.headers["set-cookie"].to_str().unwrap().to_owned();
    let cookie = cookie.split(';').next().unwrap();
    let authorize = begun.location().parse().unwrap();
    let back = path_of(&OpenIdProvider::sign_in(authorize, "ada").await);
    assert_eq!(browser.get(&back).await.status, 200);
    // The cookie is gone, and reloading brings nothing.
    assert_eq!(browser.get(&back).await.status, 400);
    // Somebody who has kept it meets the provider's own refusal.
    let thief = stage.browser();
    let page = thief.get(&back).header("cookie", cookie).await;
    assert_eq!(page.status, 400);
    assert!(
        page.text_of("#refusal").contains("a second time"),
        "{}",
        page.text()
    );
    assert_eq!(thief.get("/admin").await.status, 303);
}

#[actix_web::test]
async fn what_does_not_fit_the_question_is_refused() {
    let stage = Stage::new().await;
    // Changed on the way to the provider: status and words of the refusal.
    let on_the_way = [
        (
            "nonce",
            "another-nonce-another-nonce",
            503,
            "cannot be trusted",
        ),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            400,
            "did not accept",
        ),
    ];
    for (name, value, status, words) in on_the_way {
        let browser = stage.browser();
        let authorize = with_parameter(&begin(&browser).await, name, value);
        let back = OpenIdProvider::sign_in(authorize, "ada").await;
        let page = browser.get(&path_of(&back)).await;
        assert_eq!(page.status, status, "{name}: {}", page.text());
        assert!(
            page.text_of("#refusal").contains(words),
            "{name}: {}",
            page.text()
        );
        assert_eq!(browser.get("/admin").await.status, 303, "{name}");
    }
    // Changed on the way back. oidc-provider names itself in every answer, and says that it does.
    for (name, value) in [
        ("state", "another"),
        ("iss", "https://evil.example"),
        ("iss", ""),
    ] {
        let browser = stage.browser();
        let authorize = begin(&browser).await;
        let back = OpenIdProvider::sign_in(authorize, "ada").await;
        let page = browser
            .get(&path_of(&with_parameter(&back, name, value)))
            .await;
        assert_eq!(page.status, 400, "{name}={value}: {}", page.text());
        assert_eq!(browser.get("/admin").await.status, 303, "{name}={value}");
    }
}

#[actix_web::test]
async fn who_is_in_no_group_reads_which_would_do() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let page = sign_in(&browser, "eve").await;
    assert_eq!(page.status, 403);
    let refusal = page.text_of("#refusal");
    assert!(refusal.contains("“it” or “staff”"), "{refusal}");
    assert!(!refusal.contains("guests"), "{refusal}");
    assert!(stage.account("eve").is_none());
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[actix_web::test]
async fn a_group_that_was_lost_counts_at_the_next_sign_in_and_ends_older_sessions() {
    let mut stage = Stage::new().await;
    let before = stage.browser();
    sign_in(&before, "ada").await;
    assert_eq!(before.get("/admin").await.status, 200);
    stage.replace_provider(&json!({ "ada": ["guests"] }));
    let after = stage.browser();
    assert_eq!(sign_in(&after, "ada").await.status, 403);
    assert_eq!(before.get("/admin").await.status, 303);
}

#[actix_web::test]
async fn new_keys_of_the_provider_are_found() {
    let mut stage = Stage::new().await;
    assert_eq!(sign_in(&stage.browser(), "ada").await.status, 200);
    stage.replace_provider(&people());
    assert_eq!(sign_in(&stage.browser(), "ada").await.status, 200);
}

#[actix_web::test]
async fn a_provider_that_is_down_is_named_and_the_form_still_works() {
    let mut stage = Stage::new().await;
    super::browser::db_account(&stage.portal);
    stage.stop_provider();
    let browser = stage.browser();
    let page = browser.get("/admin/sign-in/openid").await;
    assert_eq!(page.status, 503);
    assert!(
        page.text_of("#refusal")
            .contains("Acme ID cannot be reached"),
        "{}",
        page.text()
    );
    let answer = browser
        .sign_in(super::browser::EMAIL, super::browser::PASSWORD)
        .await;
    assert_eq!(answer.status, 303);
}

#[actix_web::test]
async fn a_refusal_at_the_provider_is_told() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let authorize = begin(&browser).await;
    let back = OpenIdProvider::cancel(authorize).await;
    let page = browser.get(&path_of(&back)).await;
    assert_eq!(page.status, 403);
    assert!(
        page.text_of("#refusal").contains("refused at Acme ID"),
        "{}",
        page.text()
    );
}

#[actix_web::test]
async fn signing_out_offers_the_way_out_at_the_provider() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    sign_in(&browser, "ada").await;
    let page = browser.send("/admin", "/admin/sign-out", &[]).await;
    assert_eq!(page.status, 200);
    let link: Url = page
        .attribute(".card a.button", "href")
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(link.path(), "/session/end");
    // The provider takes it.
    let there = reqwest::get(link).await.unwrap();
    assert_eq!(there.status(), 200);
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[actix_web::test]
async fn an_account_without_a_password_has_no_form_for_one_and_cannot_use_the_form() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    sign_in(&browser, "ada").await;
    let page = browser.get("/admin/account").await;
    assert_eq!(page.status, 200);
    assert!(page.texts("#current").is_empty() && !page.text().contains("name=\"fresh\""));
    assert!(
        page.text_of(".vouched").contains("Acme ID"),
        "{}",
        page.text()
    );
    let fields = [
        ("current", "any"),
        ("fresh", "a new and long password"),
        ("again", "a new and long password"),
    ];
    let answer = browser
        .send("/admin/account", "/admin/account/password", &fields)
        .await;
    assert_eq!(answer.status, 403);
    let form = stage.browser().sign_in("ada@example.com", "any").await;
    assert_eq!(form.status, 422);
}

#[actix_web::test]
async fn no_secret_of_a_sign_in_reaches_the_log() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let back = go_there(&browser, "ada").await;
    browser.get(&back).await;
    let url = Url::parse(&stage.portal.url(&back)).unwrap();
    let logged = everything_logged();
    for (name, value) in url.query_pairs().filter(|(name, _)| name != "iss") {
        let mut lines = logged.lines().filter(|line| line.contains(&*value));
        // The test itself reads the provider's page.
        let line = lines.find(|line| !line.contains("\"html5ever::"));
        assert_eq!(line, None, "{name}");
    }
    assert!(!logged.contains("swordfish-swordfish"));
}

#[actix_web::test]
async fn answers_of_the_provider_that_lead_nowhere_are_limited() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    sign_in(&browser, "ada").await;
    let back = "/admin/sign-in/openid/back?code=made-up&state=made-up";
    for _try in 0..30 {
        begin(&browser).await;
        assert_eq!(browser.get(back).await.status, 400);
    }
    begin(&browser).await;
    assert_eq!(browser.get(back).await.status, 429);
    // Without a question there is nothing to ask about.
    assert_eq!(stage.browser().get(back).await.status, 400);
}

#[actix_web::test]
async fn a_person_with_a_long_id_and_no_name_gets_an_account() {
    let portal = Portal::start().await;
    let vouched = Vouched {
        issuer: "https://id.acme.example",
        subject: &"s".repeat(255),
        display_name: " ",
        role: Role::Sharer,
    };
    let admitted = portal.db(|db| admit(db, &vouched, clock::now()).unwrap());
    assert_eq!(admitted.account.display_name.unwrap(), "s".repeat(254));
}
