//! From a frame to a tab, and a token in the body of a form.

use serde_json::Value;
use vestibule::demo::sample_space::INSTALLATION;
use vestibule::shares::share::Share;

use crate::support::{Portal, Shown, Visitor, path, token};

/// The ticket that a script of a framed page gets.
async fn ticket(frame: &Visitor, base: &str) -> (String, String) {
    let offer = frame
        .post(&format!("{base}/open"), &[])
        .header("accept", "application/json")
        .header("sec-fetch-dest", "empty")
        .header("sec-fetch-site", "same-origin")
        .await;
    assert_eq!(offer.status, 200);
    assert!(offer.header("cache-control").unwrap().contains("no-store"));
    let offer: Value = serde_json::from_slice(&offer.body).unwrap();
    let text = |name: &str| offer[name].as_str().unwrap().to_owned();
    (text("action"), text("ticket"))
}

async fn framed(portal: &Portal, share: &Share) -> Visitor {
    let visitor = portal.visitor_in(Shown::Iframe);
    visitor.unlock(share).await;
    visitor
}

#[tokio::test]
async fn a_framed_page_offers_a_tab_that_needs_no_password() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let frame = framed(&portal, &share).await;
    let address = format!("{}/{INSTALLATION}", path(&share));
    let page = frame.get(&address).await;
    let next = page.attributes("form[data-open-tab] input[name=next]", "value");
    assert_eq!(next, [address.as_str()]);
    let action = page.attributes("form[data-open-tab]", "action");

    let step = frame.post(&action[0], &[("next", &address)]).await;

    assert_eq!(step.status, 200);
    assert_eq!(step.attributes("form", "target"), ["_blank"]);
    let ticket = step.attributes("input[name=ticket]", "value");
    let next = step.attributes("input[name=next]", "value");
    let action = step.attributes("form", "action");
    let tab = portal.visitor();
    let opened = tab
        .post(&action[0], &[("ticket", &ticket[0]), ("next", &next[0])])
        .await;
    assert_eq!((opened.status, opened.location()), (303, &*address));
    assert_eq!(opened.cookies()[0].name(), "__Secure-vst");
    assert_eq!(tab.get(&address).await.status, 200);
}

#[tokio::test]
async fn a_ticket_is_used_once_and_only_for_its_share() {
    let portal = Portal::with_sample().await;
    let (share, other) = (portal.db_share(|_| {}), portal.db_share(|_| {}));
    let frame = framed(&portal, &share).await;
    let (action, ticket) = ticket(&frame, &path(&share)).await;
    assert_eq!(action, format!("{}/open", path(&share)));
    let form = [("ticket", &*ticket)];

    let foreign = portal
        .visitor()
        .post(&format!("{}/open", path(&other)), &form)
        .await;
    let first = portal.visitor().post(&action, &form).await;
    let second = portal.visitor().post(&action, &form).await;
    let forged = portal
        .visitor()
        .post(&action, &[("ticket", "forged")])
        .await;

    assert_eq!(first.cookies().len(), 1);
    for refused in [foreign, second, forged] {
        assert_eq!(refused.status, 303);
        assert_eq!(refused.cookies().len(), 0);
    }
}

#[tokio::test]
async fn a_visitor_without_cookies_gets_a_ticket_by_his_key() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let frame = portal.visitor_in(Shown::Iframe);
    let start = frame.unlock_without_cookies(&share).await;

    let (action, ticket) = ticket(&frame, &start).await;

    assert_eq!(action, format!("{}/open", path(&share)));
    let opened = portal.visitor().post(&action, &[("ticket", &ticket)]).await;
    assert_eq!(opened.cookies().len(), 1);
    let step = frame
        .post(&format!("{start}/open"), &[("next", &start)])
        .await;
    assert_eq!(step.attributes("input[name=next]", "value"), [path(&share)]);
    assert_eq!(step.attributes("main a", "href"), [start]);
}

#[tokio::test]
async fn whoever_is_not_in_gets_no_ticket() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let asked = portal
        .visitor_in(Shown::Iframe)
        .post(&format!("{}/open", path(&share)), &[])
        .header("accept", "application/json")
        .await;
    assert_eq!(asked.status, 401);
}

#[tokio::test]
async fn the_framed_password_page_leads_to_a_tab() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let framed = portal.visitor_in(Shown::Iframe).get(&path(&share)).await;
    let in_a_tab = portal.visitor().get(&path(&share)).await;
    assert_eq!(
        framed.attributes("a[target=_blank]", "href"),
        [path(&share)]
    );
    assert_eq!(in_a_tab.attributes("a[target=_blank]", "href").len(), 0);
}

#[tokio::test]
async fn a_framed_page_tells_its_script_how_long_the_pass_lasts() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let milliseconds = |answer: &crate::support::Answer| {
        let timing = answer.header("server-timing")?.strip_prefix("pass;dur=")?;
        timing.parse::<i64>().ok()
    };
    let frame = framed(&portal, &share).await;
    let page = frame.get(&path(&share)).await;
    assert!((43_100_000..=43_200_000).contains(&milliseconds(&page).unwrap()));

    let start = frame.unlock_without_cookies(&share).await;
    let by_key = frame.get(&start).await;
    assert!((1_700_000..=1_800_000).contains(&milliseconds(&by_key).unwrap()));

    let tab = portal.visitor();
    tab.unlock(&share).await;
    assert_eq!(milliseconds(&tab.get(&path(&share)).await), None);
}

#[tokio::test]
async fn a_token_in_the_body_of_a_form_does_what_one_in_the_address_does() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let unlock = format!("{}/unlock", path(&share));
    let deep = format!("{}/{INSTALLATION}", path(&share));
    let good = token(&share);

    let frame = portal.visitor_in(Shown::Iframe);
    let framed = frame
        .post(&unlock, &[("unlock", &good), ("next", &deep)])
        .await;
    let tab = portal.visitor();
    let opened = tab.post(&unlock, &[("token", &good)]).await;
    let refused = portal.visitor().post(&unlock, &[("unlock", "x")]).await;
    let outside = portal
        .visitor()
        .post(
            &unlock,
            &[("unlock", &*good), ("next", "https://evil.example/")],
        )
        .await;

    assert!(framed.location().starts_with(&format!("{deep}?h=")));
    assert_eq!(frame.get(framed.location()).await.location(), deep);
    assert_eq!((opened.status, opened.location()), (303, &*path(&share)));
    assert_eq!(tab.get(&path(&share)).await.status, 200);
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("vestibule-unlock"), Some("malformed"));
    assert_eq!(outside.location(), path(&share));
    let read = portal.visitor().get(&unlock).await;
    assert_eq!((read.status, read.location()), (303, &*path(&share)));
}
