//! Signing in by the single sign-on of a Data Center whose Crowd checks addresses, and staying in.

use diesel::prelude::*;
use time::Duration;
use vestibule::accounts::account::Role;
use vestibule::accounts::person::PersonCredentials;
use vestibule::clock;
use vestibule::config::SingleSignOnArgs;
use vestibule::confluence::Product;
use vestibule::connections::create::NewConnection;
use vestibule::connections::credentials::Credentials;
use vestibule::connections::store::live::LiveSettings;
use vestibule::schema::{account, identity, person_credentials};
use vestibule::seal::Sealer;

use crate::support::{Answer, Portal, Setup, Visitor, everything_logged};
use fake_confluence::credentials::PERSONAL_ACCESS_TOKEN;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::fault::{Fault, On};

pub(super) const ME: &str = "/rest/api/user/current";
/// Where Alice signed in at Confluence.
pub(super) const ALICE: &str = "203.0.113.7";
pub(super) const ADMINS: &str = "confluence-administrators";
/// The way in.
pub(super) const SINGLE: &str = "/admin/sign-in/single";
/// Leads on to the admin pages.
const IN: u16 = 303;

pub(super) struct Stage {
    // The portal ends first.
    pub(super) portal: Portal,
    pub(super) fake: FakeConfluence,
}

impl Stage {
    /// The portal stands behind a proxy at 127.0.0.1, and Crowd trusts the portal, which has the same address.
    pub(super) async fn new() -> Self {
        let stage = Self::with("127.0.0.1", None).await;
        stage.fake.trust_proxy("127.0.0.1");
        stage
    }

    pub(super) async fn with(trusted_proxies: &'static str, cookie_domain: Option<&str>) -> Self {
        let fake = FakeConfluence::data_center().start();
        fake.wiki(|wiki| wiki.join("alice", ADMINS));
        let portal = Portal::start_with(Setup {
            trusted_proxies,
            single_sign_on: SingleSignOnArgs {
                sso_url: Some(format!("{}/", fake.base_url())),
                sso_sharer_groups: "portal-sharers".to_owned(),
                sso_cookie_domain: cookie_domain.map(str::to_owned),
                ..SingleSignOnArgs::default()
            },
            ..Setup::default()
        })
        .await;
        let new = NewConnection {
            name: "Wiki".to_owned(),
            product: Product::DataCenter,
            address: fake.base_url(),
            credentials: Credentials::PersonalAccessToken {
                token: PERSONAL_ACCESS_TOKEN.to_owned(),
            },
            settings: LiveSettings::default(),
        };
        portal.connect(new).await;
        Self { portal, fake }
    }

    /// A browser that is signed in at Confluence.
    pub(super) fn browser(&self, person: &str) -> Browser {
        let token = self.fake.log_in(person, ALICE);
        let visitor = self.portal.visitor();
        visitor.hold("crowd.token_key", &token, "/");
        Browser { visitor, token }
    }

    pub(super) async fn signed_in(&self, person: &str) -> Browser {
        let browser = self.browser(person);
        let answer = browser.come_in().await;
        assert_eq!(answer.status, IN, "{}", answer.text());
        browser
    }

    /// As if Confluence had been asked so long ago.
    pub(super) fn age(&self, by: Duration) {
        let then = clock::now() - by;
        self.portal.db(|db| {
            diesel::update(person_credentials::table)
                .set(person_credentials::checked_at.eq(then))
                .execute(db)
                .unwrap()
        });
    }

    pub(super) fn asked(&self) -> usize {
        self.fake.count("GET", ME)
    }

    fn role(&self) -> String {
        self.portal
            .db(|db| account::table.select(account::role).first(db).unwrap())
    }

    pub(super) fn jars(&self) -> i64 {
        self.portal
            .db(|db| person_credentials::table.count().get_result(db).unwrap())
    }
}

pub(super) struct Browser {
    pub(super) visitor: Visitor,
    pub(super) token: String,
}

impl Browser {
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.get_from(path, ALICE).await
    }

    /// As the proxy in front of the portal says.
    pub(super) async fn get_from(&self, path: &str, forwarded_for: &str) -> Answer {
        let request = self.visitor.get(path);
        match forwarded_for {
            "" => request.await,
            address => request.header("x-forwarded-for", address).await,
        }
    }

    /// Presses the button of the sign-in page.
    pub(super) async fn come_in(&self) -> Answer {
        self.come_in_from(ALICE).await
    }

    pub(super) async fn come_in_from(&self, forwarded_for: &str) -> Answer {
        let request = self.visitor.post(SINGLE, &[("next", "/admin/shares/new")]);
        match forwarded_for {
            "" => request.await,
            address => request.header("x-forwarded-for", address).await,
        }
    }

    pub(super) async fn sign_out(&self) -> Answer {
        let token = self.form_token().await;
        self.sign_out_with(&token).await
    }

    pub(super) async fn form_token(&self) -> String {
        let page = self.get("/admin").await;
        page.attributes("input[name=csrf]", "value").remove(0)
    }

    pub(super) async fn sign_out_with(&self, token: &str) -> Answer {
        self.visitor
            .post("/admin/sign-out", &[("csrf", token)])
            .header("x-forwarded-for", ALICE)
            .await
    }

    pub(super) fn holds(&self, name: &str, value: &str) {
        self.visitor.hold(name, value, "/");
    }
}

pub(super) fn refusal(answer: &Answer) -> String {
    answer.texts("#refusal").concat()
}

#[tokio::test]
async fn whoever_is_signed_in_at_confluence_is_let_in_by_groups() {
    let stage = Stage::new().await;
    stage.fake.wiki(|wiki| wiki.join("bob", "portal-sharers"));

    let alice = stage.browser("alice");
    let answer = alice.come_in().await;

    assert_eq!(
        (answer.status, answer.location()),
        (IN, "/admin/shares/new")
    );
    assert_eq!(alice.get("/admin").await.status, 200);
    assert_eq!(stage.role(), Role::Admin.as_str());
    let page = alice.get("/admin/account").await;
    assert!(
        page.texts("p.vouched")
            .concat()
            .starts_with("Wiki says who you are")
    );
    assert!(page.texts("#current").is_empty());
    let bob = stage.signed_in("bob").await;
    assert_eq!(bob.get("/admin").await.status, 200);
    let roles: Vec<String> = stage.portal.db(|db| {
        let roles = account::table.order(account::role).select(account::role);
        roles.load(db).unwrap()
    });
    assert_eq!(roles, ["admin", "sharer"]);
}

#[tokio::test]
async fn confluence_gets_its_own_cookies_and_the_visitors_address_and_nothing_else() {
    let stage = Stage::new().await;
    let browser = stage.browser("alice");
    for (name, value) in [
        ("vst_admin", "ours"),
        ("tracking", "x"),
        ("crowd.token_key2", "y"),
    ] {
        browser.holds(name, value);
    }

    browser.come_in().await;

    let requests = stage.fake.requests();
    let mine: Vec<_> = requests
        .iter()
        .filter(|request| request.cookie.is_some())
        .collect();
    assert_eq!(
        mine.len(),
        stage.asked() + stage.fake.count("GET", "/rest/api/user/memberof")
    );
    for request in mine {
        assert_eq!(request.header("x-forwarded-for"), Some(ALICE));
        let cookies = request.cookie.clone().unwrap();
        let names = cookies
            .split("; ")
            .map(|pair| pair.split_once('=').unwrap().0);
        for name in names {
            let known = ["crowd.token_key", "JSESSIONID", "atlassian.xsrf.token"];
            assert!(known.contains(&name), "{cookies}");
        }
    }
}

#[tokio::test]
async fn a_sign_in_is_good_at_the_address_where_it_was_given() {
    // Proxies that the portal trusts, what the request says, whether Crowd trusts the portal, what Confluence is told, in?
    let table = [
        ("127.0.0.1", ALICE, true, ALICE, true),
        ("127.0.0.1", "203.0.113.8", true, "203.0.113.8", false),
        // What a visitor makes up stands left of what the proxy adds.
        (
            "127.0.0.1",
            "203.0.113.7, 203.0.113.8",
            true,
            "203.0.113.8",
            false,
        ),
        ("127.0.0.1", "203.0.113.8, 203.0.113.7", true, ALICE, true),
        // Nobody in front of the portal is trusted, so the header is a visitor's own.
        ("", ALICE, true, "127.0.0.1", false),
        ("10.0.0.0/8", ALICE, true, "127.0.0.1", false),
        // Crowd does not believe the portal.
        ("127.0.0.1", ALICE, false, ALICE, false),
    ];
    for (proxies, forwarded_for, is_trusted, told, is_in) in table {
        let stage = Stage::with(proxies, None).await;
        if is_trusted {
            stage.fake.trust_proxy("127.0.0.1");
        }
        let browser = stage.browser("alice");

        let answer = browser.come_in_from(forwarded_for).await;

        let case = format!("{proxies:?} {forwarded_for:?} {is_trusted}");
        assert_eq!(answer.status == IN, is_in, "{case}: {}", answer.text());
        let requests = stage.fake.requests();
        let asked = requests
            .iter()
            .find(|request| request.is("GET", ME))
            .unwrap();
        assert_eq!(asked.header("x-forwarded-for"), Some(told), "{case}");
        let admin = browser.get_from("/admin", forwarded_for).await;
        assert_eq!(admin.status == 200, is_in, "{case}");
    }
}

#[tokio::test]
async fn an_address_does_not_matter_where_crowd_does_not_ask_for_it() {
    let stage = Stage::with("", None).await;
    stage.fake.accept_any_address();
    let browser = stage.browser("alice");
    assert_eq!(browser.come_in_from("").await.status, IN);
}

#[tokio::test]
async fn wrong_validation_factors_are_told_with_both_remedies_and_their_risks() {
    for is_anonymous_allowed in [false, true] {
        let stage = Stage::with("127.0.0.1", None).await;
        if is_anonymous_allowed {
            stage.fake.allow_anonymous();
        }

        let answer = stage.browser("alice").come_in().await;

        assert_eq!(answer.status, 401, "{is_anonymous_allowed}");
        assert!(
            refusal(&answer).contains("does not accept"),
            "{}",
            answer.text()
        );
        let more = answer.texts(".more").join(" ");
        for words in [
            ALICE,
            "VESTIBULE_TRUSTED_PROXIES",
            "Crowd's trusted proxies",
            "nothing else may send requests",
            "Require consistent client IP address",
            "works from anywhere",
        ] {
            assert!(more.contains(words), "{words}: {more}");
        }
        assert_eq!(stage.jars(), 0);
    }
}

#[tokio::test]
async fn without_a_cookie_the_page_leads_to_confluence_and_names_what_keeps_cookies_away() {
    let stage = Stage::new().await;
    let visitor = stage.portal.visitor();
    let answer = visitor.post(SINGLE, &[]).await;
    assert_eq!((answer.status, stage.asked()), (401, 0));
    let link = answer.attributes(".card a[target]", "href");
    assert!(
        link[0].ends_with("/confluence/login.action?os_destination=%2F"),
        "{link:?}"
    );
    // This portal is at localhost and the site at an address.
    assert!(
        answer
            .texts(".more")
            .concat()
            .contains("no parent domain in common")
    );
}

#[tokio::test]
async fn who_is_in_no_group_reads_which_would_do() {
    let stage = Stage::new().await;
    let answer = stage.browser("bob").come_in().await;
    assert_eq!(answer.status, 403);
    let refusal = refusal(&answer);
    assert!(
        refusal.contains("“confluence-administrators” or “portal-sharers”"),
        "{refusal}"
    );
    assert!(!refusal.contains("confluence-users"), "{refusal}");
    let accounts: i64 = stage
        .portal
        .db(|db| identity::table.count().get_result(db).unwrap());
    assert_eq!((accounts, stage.jars()), (0, 0));
}

#[tokio::test]
async fn confluence_is_asked_again_after_five_minutes_and_the_role_follows() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;
    stage.age(Duration::seconds(290));
    assert_eq!(browser.get("/admin").await.status, 200);
    assert_eq!(stage.asked(), 1);

    stage.age(Duration::seconds(301));
    stage.fake.wiki(|wiki| {
        wiki.leave("alice", ADMINS);
        wiki.join("alice", "portal-sharers");
    });
    assert_eq!(browser.get("/admin").await.status, 200);

    assert_eq!((stage.asked(), stage.role().as_str()), (2, "sharer"));
    // The session that Confluence opened is kept, so that Crowd is not asked for the address again.
    let again = stage.fake.requests();
    let again = again.iter().rfind(|request| request.is("GET", ME)).unwrap();
    assert!(
        again
            .cookie
            .as_ref()
            .unwrap()
            .contains("JSESSIONID=fake-sso-session")
    );
}

#[tokio::test]
async fn ten_requests_at_once_ask_once() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;
    stage.age(Duration::minutes(6));
    let requests = (0..10).map(|_| browser.get("/admin"));
    let answers = futures_util::future::join_all(requests).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(stage.asked(), 2);
}

#[tokio::test]
async fn lost_groups_a_lost_sign_on_and_another_person_end_the_session() {
    type Lose = fn(&Stage, &Browser);
    let lost: [(&str, u16, &str, Lose); 3] = [
        ("groups", 403, "none of your groups", |stage, _| {
            stage.fake.wiki(|wiki| wiki.leave("alice", ADMINS));
        }),
        ("sign-on", 401, "does not accept", |stage, _| {
            stage.fake.expire_crowd_tokens();
        }),
        ("person", 403, "Somebody else", |stage, browser| {
            stage.fake.wiki(|wiki| wiki.join("bob", ADMINS));
            browser.holds("crowd.token_key", &stage.fake.log_in("bob", ALICE));
        }),
    ];
    for (what, status, words, lose) in lost {
        let stage = Stage::new().await;
        let browser = stage.signed_in("alice").await;
        lose(&stage, &browser);
        stage.age(Duration::minutes(6));

        let answer = browser.get("/admin").await;

        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        assert!(
            refusal(&answer).contains(words),
            "{what}: {}",
            answer.text()
        );
        let next = browser.get("/admin").await;
        assert_eq!((next.status, stage.jars()), (303, 0), "{what}");
    }
}

#[tokio::test]
async fn an_outage_is_bridged_for_a_quarter_of_an_hour_and_ends_no_session() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;
    stage.fake.fail(On::path(ME), Fault::Unavailable(None));
    stage.age(Duration::minutes(14));
    assert_eq!(browser.get("/admin").await.status, 200);
    // Not asked with every click.
    let asked = stage.asked();
    assert_eq!(browser.get("/admin").await.status, 200);
    assert_eq!(stage.asked(), asked);

    stage.age(Duration::minutes(16));
    let answer = browser.get("/admin").await;

    assert_eq!(answer.status, 503);
    assert_eq!(answer.texts("h1"), ["Confluence does not answer"]);
    assert_eq!(browser.get("/admin").await.status, 503);
}

#[tokio::test]
async fn signing_out_ends_the_single_sign_on_and_takes_its_cookie_away() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;

    let answer = browser.sign_out().await;

    assert_eq!(answer.status, 200);
    assert!(
        answer.text().contains("no longer accepts"),
        "{}",
        answer.text()
    );
    assert!(!stage.fake.is_logged_in(&browser.token));
    assert_eq!(stage.jars(), 0);
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[tokio::test]
async fn with_a_known_domain_signing_out_takes_crowds_cookie_out_of_the_browser() {
    let stage = Stage::with("127.0.0.1", Some("acme.example")).await;
    stage.fake.trust_proxy("127.0.0.1");
    let browser = stage.signed_in("alice").await;

    let answer = browser.sign_out().await;

    let cookies = answer.cookies();
    let gone = cookies
        .iter()
        .find(|cookie| cookie.name() == "crowd.token_key")
        .unwrap();
    assert_eq!((gone.value(), gone.domain()), ("", Some("acme.example")));
    assert_eq!(gone.max_age(), Some(Duration::ZERO));
}

#[tokio::test]
async fn a_sign_out_that_confluence_does_not_hear_says_so() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;
    stage
        .fake
        .fail(On::path("/logout.action"), Fault::Unavailable(None));

    let answer = browser.sign_out().await;

    assert!(
        answer.text().contains("could not be told"),
        "{}",
        answer.text()
    );
    let link = answer.attributes(".card a.button", "href");
    assert!(link[0].ends_with("/confluence/logout.action"), "{link:?}");
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[tokio::test]
async fn cookies_are_kept_sealed_and_reach_no_log_line() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;
    let (account_id, connection_id, sealed): (uuid::Uuid, uuid::Uuid, Vec<u8>) =
        stage.portal.db(|db| {
            person_credentials::table
                .select((
                    person_credentials::account_id,
                    person_credentials::connection_id,
                    person_credentials::credentials,
                ))
                .first(db)
                .unwrap()
        });

    let token = browser.token.as_bytes();
    assert!(!sealed.windows(token.len()).any(|part| part == token));
    let sealer = Sealer::new(&stage.portal.seal_key(), None);
    let opened = PersonCredentials::open(&sealer, &sealed, account_id, connection_id).unwrap();
    let PersonCredentials::Cookies { cookies } = opened else {
        panic!("no cookies");
    };
    let names: Vec<_> = cookies.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["crowd.token_key", "JSESSIONID", "atlassian.xsrf.token"]
    );
    let logged = everything_logged();
    for (name, value) in &cookies {
        assert!(!logged.contains(value.as_str()), "{name} is in the log");
    }
}

#[tokio::test]
async fn without_a_connection_to_the_site_the_page_says_who_makes_one() {
    let portal = Portal::start_with(Setup {
        single_sign_on: SingleSignOnArgs {
            sso_url: Some("https://wiki.acme.example/confluence".to_owned()),
            ..SingleSignOnArgs::default()
        },
        ..Setup::default()
    })
    .await;
    let visitor = portal.visitor();
    let page = visitor.get("/admin/sign-in?next=/admin/account").await;
    assert_eq!(
        page.texts(".sign-in-ways button"),
        ["Sign in with Confluence"]
    );
    let answer = visitor.post(SINGLE, &[]).await;
    assert_eq!(answer.status, 503);
    assert!(
        refusal(&answer).contains("no live connection to https://wiki.acme.example/confluence")
    );
}
