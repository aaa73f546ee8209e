//! Data Center with Crowd: whose cookie is good at which address, sessions, groups, and signing out.

use std::net::IpAddr;

use super::Got;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::macros::{included_page, static_macro};
use fake_confluence::people::Standing;

const ME: &str = "/rest/api/user/current";
/// Where Alice signed in.
const ALICE: &str = "203.0.113.7";
const PORTAL: &str = "127.0.0.2";

/// A request from an address of this machine, with cookies and `X-Forwarded-For`.
async fn ask(fake: &FakeConfluence, path: &str, from: &str, cookies: &str, via: &str) -> Got {
    let from: IpAddr = from.parse().unwrap();
    let client = reqwest::Client::builder()
        .local_address(from)
        .redirect(reqwest::redirect::Policy::none());
    let url = format!("{}{path}", fake.base_url());
    let mut request = client.build().unwrap().get(url).header("Cookie", cookies);
    if !via.is_empty() {
        request = request.header("X-Forwarded-For", via);
    }
    let answer = request.send().await.unwrap();
    Got {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        body: answer.bytes().await.unwrap().to_vec(),
    }
}

/// The right way: through the portal, which names the visitor's address.
async fn get(fake: &FakeConfluence, path: &str, cookies: &str) -> Got {
    ask(fake, path, PORTAL, cookies, ALICE).await
}

fn cookies(answer: &Got) -> Vec<String> {
    let all = answer.headers.get_all("set-cookie").iter();
    all.map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

fn cookie(answer: &Got, name: &str) -> String {
    let all = cookies(answer);
    let one = all.iter().find(|cookie| cookie.starts_with(name)).unwrap();
    one.split(';').next().unwrap().to_owned()
}

/// A site that trusts the portal's address, and Alice's cookie there.
fn signed_in() -> (FakeConfluence, String) {
    let fake = FakeConfluence::data_center().start();
    fake.trust_proxy(PORTAL);
    let token = fake.log_in("alice", ALICE);
    (fake, format!("crowd.token_key={token}"))
}

#[tokio::test]
async fn a_token_is_good_at_the_address_where_it_was_given() {
    let (fake, token) = signed_in();
    let local = format!("crowd.token_key={}", fake.log_in("bob", "127.0.0.3"));
    let at_portal = format!("crowd.token_key={}", fake.log_in("bob", PORTAL));
    let check = async |from: &str, cookies: &str, via: &str, status: u16| {
        let answer = ask(&fake, ME, from, cookies, via).await;
        assert_eq!(answer.status, status, "{from} for {via:?} with {cookies}");
    };

    // The visitor himself, without and with a header that he made up.
    check("127.0.0.3", &local, "", 200).await;
    check("127.0.0.3", &local, ALICE, 200).await;
    check("127.0.0.3", &token, "", 401).await;
    check("127.0.0.3", &token, ALICE, 401).await;
    // A proxy that Crowd trusts, which names the visitor, another one, nobody, or repeats what he made up.
    check(PORTAL, &token, ALICE, 200).await;
    check(PORTAL, &token, "203.0.113.8", 401).await;
    check(PORTAL, &token, "", 401).await;
    check(PORTAL, &token, &format!("203.0.113.8, {ALICE}"), 200).await;
    check(PORTAL, &token, &format!("{ALICE}, 203.0.113.8"), 401).await;
    check(PORTAL, &token, "unknown", 401).await;
    // Through two proxies of which Crowd trusts one, and then both.
    check(PORTAL, &token, &format!("{ALICE}, 127.0.0.4"), 401).await;
    fake.trust_proxy("127.0.0.4");
    check(PORTAL, &token, &format!("{ALICE}, 127.0.0.4"), 200).await;
    // A token that belongs to the proxy's own address is not good for its visitors.
    check(PORTAL, &at_portal, ALICE, 401).await;
    check(PORTAL, &at_portal, "", 200).await;
}

#[tokio::test]
async fn an_address_does_not_matter_where_crowd_does_not_ask_for_it() {
    let fake = FakeConfluence::data_center().start();
    let token = format!("crowd.token_key={}", fake.log_in("alice", ALICE));

    let before = get(&fake, ME, &token).await;
    fake.accept_any_address();

    assert_eq!(before.status, 401);
    assert_eq!(get(&fake, ME, &token).await.status, 200);
}

#[tokio::test]
async fn a_wrong_address_makes_an_anonymous_reader_and_takes_the_cookie_away() {
    let (fake, token) = signed_in();
    fake.allow_anonymous();

    let answer = ask(&fake, ME, PORTAL, &token, "203.0.113.8").await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["type"], "anonymous");
    assert_eq!(cookie(&answer, "crowd.token_key"), "crowd.token_key=\"\"");
}

#[tokio::test]
async fn a_right_token_opens_a_session_that_is_good_alone() {
    let (fake, token) = signed_in();

    let answer = get(&fake, ME, &token).await;

    let me = answer.json();
    assert_eq!(
        (&me["type"], &me["username"]),
        (&"known".into(), &"alice".into())
    );
    assert_eq!(me["displayName"], "Alice Example");
    assert!(cookie(&answer, "atlassian.xsrf.token").len() > 25);
    let session = cookie(&answer, "JSESSIONID");
    let again = ask(&fake, ME, "127.0.0.9", &session, "").await;
    assert_eq!(again.json()["username"], "alice");
    assert_eq!(cookies(&again), [] as [&str; 0]);
    fake.expire_sessions();
    assert_eq!(get(&fake, ME, &session).await.status, 401);
    assert_eq!(get(&fake, ME, &token).await.status, 200);
}

#[tokio::test]
async fn a_session_does_not_carry_the_token_of_somebody_else() {
    let (fake, token) = signed_in();
    let session = cookie(&get(&fake, ME, &token).await, "JSESSIONID");
    let bob = fake.log_in("bob", ALICE);

    let answer = get(&fake, ME, &format!("{session}; crowd.token_key={bob}")).await;

    assert_eq!(answer.json()["username"], "bob");
}

#[tokio::test]
async fn the_cookie_may_have_another_name() {
    let (fake, token) = signed_in();
    fake.set_crowd_cookie("sso.acme");

    let renamed = token.replace("crowd.token_key", "sso.acme");

    assert_eq!(get(&fake, ME, &token).await.status, 401);
    assert_eq!(get(&fake, ME, &renamed).await.status, 200);
}

#[tokio::test]
async fn a_person_sees_what_he_may_see() {
    let (fake, alice) = signed_in();
    let bob = format!("crowd.token_key={}", fake.log_in("bob", ALICE));
    let minutes = fake.wiki(|wiki| {
        wiki.restrict_space("HR", &["alice"]);
        wiki.id_of("Board Minutes")
    });
    let page = format!("/rest/api/content/{minutes}");
    let search = "/rest/api/search?cql=title%20%3D%20%22Board%20Minutes%22";

    assert_eq!(get(&fake, &page, &alice).await.status, 200);
    assert_eq!(get(&fake, &page, &bob).await.status, 404);
    assert_eq!(get(&fake, search, &alice).await.json()["size"], 1);
    assert_eq!(get(&fake, search, &bob).await.json()["size"], 0);
    assert_eq!(get(&fake, "/rest/api/space/HR", &alice).await.status, 200);
    assert_eq!(get(&fake, "/rest/api/space/HR", &bob).await.status, 404);
    assert_eq!(get(&fake, "/rest/api/space", &bob).await.json()["size"], 1);
}

#[tokio::test]
async fn groups_change_and_people_are_deactivated_at_once() {
    let (fake, token) = signed_in();
    let session = cookie(&get(&fake, ME, &token).await, "JSESSIONID");
    let groups = "/rest/api/user/memberof?username=alice";
    fake.wiki(|wiki| wiki.join("alice", "portal-admins"));

    let joined = get(&fake, groups, &session).await.json();
    fake.wiki(|wiki| wiki.leave("alice", "portal-admins"));
    let left = get(&fake, groups, &session).await.json();
    fake.wiki(|wiki| wiki.set_standing("alice", Standing::Deactivated));

    assert_eq!(
        (&joined["size"], &joined["results"][1]["name"]),
        (&2.into(), &"portal-admins".into())
    );
    assert_eq!(left["size"], 1);
    assert_eq!(get(&fake, ME, &session).await.status, 401);
    assert_eq!(get(&fake, ME, &token).await.status, 401);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_the_token() {
    let (fake, token) = signed_in();
    let session = cookie(&get(&fake, ME, &token).await, "JSESSIONID");

    let forged = get(&fake, "/logout.action?atl_token=guess", &session).await;
    let known = fake.is_logged_in(token.split_once('=').unwrap().1);
    let answer = get(&fake, "/logout.action", &session).await;

    assert_eq!((forged.status, known), (403, true));
    assert_eq!(answer.status, 302);
    assert!(
        answer
            .header("location")
            .ends_with("/confluence/login.action?logout=true")
    );
    assert_eq!(cookie(&answer, "crowd.token_key"), "crowd.token_key=\"\"");
    assert_eq!(get(&fake, ME, &session).await.status, 401);
    assert_eq!(get(&fake, ME, &token).await.status, 401);
    assert!(!fake.is_logged_in(token.split_once('=').unwrap().1));
}

#[tokio::test]
async fn signing_out_with_the_token_alone_works_too() {
    let (fake, token) = signed_in();
    let xsrf = cookie(&get(&fake, ME, &token).await, "atlassian.xsrf.token");
    let session = cookie(&get(&fake, ME, &token).await, "JSESSIONID");

    get(&fake, "/logout.action", &token).await;

    assert!(xsrf.starts_with("atlassian.xsrf.token=fake-xsrf-"));
    assert_eq!(get(&fake, ME, &session).await.status, 401);
}

#[tokio::test]
async fn everybody_can_be_signed_out_of_crowd() {
    let (fake, token) = signed_in();
    let session = cookie(&get(&fake, ME, &token).await, "JSESSIONID");

    fake.expire_crowd_tokens();

    assert_eq!(get(&fake, ME, &session).await.status, 401);
}

#[tokio::test]
async fn the_address_that_was_named_is_written_down() {
    let (fake, token) = signed_in();

    get(&fake, ME, &token).await;

    let request = fake.requests().pop().unwrap();
    assert_eq!(request.header("x-forwarded-for"), Some(ALICE));
    assert_eq!(request.cookie.as_deref(), Some(token.as_str()));
}

#[tokio::test]
async fn macros_of_data_center_are_its_own_and_includes_are_for_their_readers() {
    let (fake, alice) = signed_in();
    let bob = format!("crowd.token_key={}", fake.log_in("bob", ALICE));
    let page = fake.wiki(|wiki| {
        let home = wiki.home("DS");
        let body = static_macro("drawings", "<i>drawn</i>") + &included_page("Board Minutes");
        wiki.add_page(home, "Summary", &body)
    });
    let path = format!("/rest/api/content/{page}?expand=body.export_view");
    let shown = async |cookies: &str| {
        let answer = get(&fake, &path, cookies).await.json();
        let value = answer["body"]["export_view"]["value"].as_str();
        value.unwrap().to_owned()
    };

    assert_eq!(shown(&alice).await, "<i>drawn</i><p>Nobody may know.</p>");
    assert!(
        shown(&bob)
            .await
            .starts_with("<i>drawn</i><div class=\"error\">")
    );
}
