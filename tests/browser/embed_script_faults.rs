//! What embed.js and its other end, js/frame.js, must not do: loop, listen to strangers, speak to strangers, go on after
//! their frame. The frames of some tests are pages of a small site that a test can make as it likes.

use std::time::Duration;

use serde_json::json;

use crate::browser::Browser;
use crate::client_page::{ClientPage, hears, settled_height, share_for};
use crate::demo::Demo;
use crate::small_site::{Answer, serve};

const SHARE: &str = "00000000-0000-4000-8000-000000000007";
/// Longer than the script waits for a frame to answer.
const SILENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_stale_token_is_tried_twice_and_no_more() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let share = client.share(demo).await;
    let address = share["url"].as_str().unwrap();
    client.answer_with(&format!("{address}?unlock=a.b.c"));
    let browser = Browser::chromium().await;

    let element = "<vestibule-share unlock-url='/unlock'></vestibule-share>";
    client.open(&browser, demo, element).await;

    let code = "malformed";
    hears(
        &browser,
        json!([
            ["locked", "", code],
            ["locked", "", code],
            ["error", "", "renewal_refused"]
        ]),
    )
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(client.times_asked(), 2);

    // The reader may still type the password; a wrong one asks for nothing.
    browser.enter_frame("iframe").await;
    let field = browser.find("#password").await;
    field.send_keys("wrong").await.unwrap();
    browser.click_through("form button[type=submit]").await;
    browser.client.enter_parent_frame().await.unwrap();
    browser.until("return heard.length === 4").await;
    let last = browser.run("return heard[3]").await;
    assert_eq!(last, json!(["locked", "", null]));
    assert_eq!(client.times_asked(), 2);
    browser.close().await;
}

#[tokio::test]
async fn six_fresh_unlock_urls_in_five_minutes_are_enough() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let share = client.share(demo).await;
    client.answer_with_fresh_token(demo, &share).await;
    let browser = Browser::chromium().await;
    let element = "<vestibule-share unlock-url='/unlock'></vestibule-share>";
    client.open(&browser, demo, element).await;

    for times in 1..7 {
        let ready = format!("return heard.length === {times} && heard.at(-1)[0] === 'ready'");
        browser.until(&ready).await;
        browser
            .run("document.querySelector('vestibule-share').renew()")
            .await;
    }

    browser
        .until("return heard.at(-1)[2] === 'too_many_renewals'")
        .await;
    assert_eq!(client.times_asked(), 6);
    browser.close().await;
}

#[tokio::test]
async fn an_unlock_url_of_another_share_or_portal_or_no_url_at_all_opens_nothing() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let share = client.share(demo).await;
    let other = client.share(demo).await;
    let address = share["url"].as_str().unwrap();
    let browser = Browser::chromium().await;
    let of_other_share = demo.unlock_link(&other).await;
    let elsewhere = address.replace("localhost", "elsewhere.localhost");
    let wrong = [of_other_share, elsewhere, "javascript:alert(1)".to_owned()];
    for wrong in wrong {
        client.answer_with(&wrong);
        let body =
            format!("<vestibule-share src='{address}' unlock-url='/unlock'></vestibule-share>");
        client.open(&browser, demo, &body).await;

        hears(&browser, json!([["error", "", "unlock_url"]])).await;
        let src = browser
            .run("return document.querySelector('iframe').getAttribute('src')")
            .await;
        assert_eq!(src, json!(null), "{wrong}");
    }
    browser.close().await;
}

async fn an_unlisted_site_hears_nothing(browser: Browser) {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let elsewhere = ["https://intranet.example.com".to_owned()];
    let share = share_for(demo, &elsewhere).await;
    let link = demo.unlock_link(&share).await;
    let frame = format!("<iframe data-vestibule src='{link}'></iframe>");

    client.open(&browser, demo, &frame).await;

    hears(&browser, json!([["error", null, "no_answer"]])).await;
    assert_eq!(browser.run("return messages").await, json!([]));
    browser.close().await;
}

#[tokio::test]
async fn a_site_that_is_not_listed_hears_nothing_but_that_there_is_no_answer_in_chromium() {
    an_unlisted_site_hears_nothing(Browser::chromium().await).await;
}

#[tokio::test]
async fn a_site_that_is_not_listed_hears_nothing_but_that_there_is_no_answer_in_firefox() {
    an_unlisted_site_hears_nothing(Browser::firefox().await).await;
}

#[tokio::test]
async fn a_frame_that_is_gone_says_nothing_any_more() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let share = share_for(demo, &["https://intranet.example.com".to_owned()]).await;
    let link = demo.unlock_link(&share).await;
    let browser = Browser::chromium().await;
    let body = format!(
        "<iframe data-vestibule src='{link}'></iframe><vestibule-share src='{link}'></vestibule-share>"
    );
    client.open(&browser, demo, &body).await;
    // Both wait for an answer that will not come.
    browser.until("return frames.length === 2").await;

    let gone = "const gone = [...document.querySelectorAll('body > iframe, vestibule-share')]
        for (const element of gone) {
          element.remove()
          element.addEventListener('vestibule:error', () => heard.push('from beyond'))
        }
        return gone.length";
    assert_eq!(browser.run(gone).await, 2);
    tokio::time::sleep(SILENCE).await;

    assert_eq!(browser.run("return heard").await, json!([]));
    assert_eq!(browser.run("return frames.length").await, 0);
    browser.close().await;
}

/// A page like one of a framed share, at its own site, 345 pixels high, or 777 as page 8; `origins` is its list,
/// `headers` are more lines of its answer.
fn page_like_a_share(demo: &Demo, origins: &str, headers: &'static str) -> String {
    let html = format!(
        "<!doctype html><title>Page</title>
         <meta name=vestibule-frame data-share={SHARE} data-state=open data-origins='{origins}'>
         <script type=module src='{0}/static/0/js/frame.js'></script>
         <link rel=stylesheet href='{0}/static/0/css/visitor.css'>
         <body class='share top'><main></main>",
        demo.portal
    );
    let port = serve(move |asked| {
        let height = if asked.path.contains("/8?") { 777 } else { 345 };
        let main = format!("<main style='height: {height}px'>");
        Answer {
            headers,
            html: html.replace("<main>", &main),
        }
    });
    format!("http://portal.localhost:{port}/e/a-key/content/{SHARE}/7?a=b&unlock=t&h=p&c=d")
}

#[tokio::test]
async fn the_frame_tells_when_the_pass_runs_out_and_never_what_opens_it() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let page = page_like_a_share(demo, &client.origin(), "Server-Timing: pass;dur=1500\r\n");
    let browser = Browser::chromium().await;
    let frame = format!("<iframe data-vestibule data-unlock-url='/unlock' src='{page}'></iframe>");
    // The same page with a fresh token: the frame is led back to where it was.
    client.answer_with(&page.replace("/e/a-key/", "/").replace("/7?a=b&", "?"));

    client.open(&browser, demo, &frame).await;

    let path = "/7?a=b&c=d";
    browser.until("return heard.length >= 3").await;
    let heard = browser.run("return heard.slice(0, 3)").await;
    assert_eq!(
        heard,
        json!([
            ["ready", path, null],
            ["expired", path, null],
            ["ready", path, null]
        ])
    );
    assert!(client.times_asked() >= 1);
    let told = browser.run("return JSON.stringify(messages)").await;
    let told = told.as_str().unwrap();
    assert!(
        !told.contains("unlock") && !told.contains("a-key"),
        "{told}"
    );
    browser.close().await;
}

#[tokio::test]
async fn the_frame_answers_a_greeting_of_a_listed_site_only() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let browser = Browser::chromium().await;
    let lists = [
        ("https://intranet.example.com", false),
        ("https://*.example.com http://127.0.0.2:*", false),
        ("http://*.0.0.1:1", false),
        ("*", true),
    ];
    for (list, is_listed) in lists {
        let page = page_like_a_share(demo, list, "");
        let frame = format!("<iframe data-vestibule src='{page}'></iframe>");

        client.open(&browser, demo, &frame).await;
        browser.enter_frame("iframe").await;
        browser.find("main").await;
        browser.client.enter_parent_frame().await.unwrap();
        tokio::time::sleep(Duration::from_millis(1000)).await;

        let told = browser.run("return messages.length > 0").await;
        assert_eq!(told, is_listed, "{list}");
    }
    browser.close().await;
}

/// A browser that does not say where it shows a page gets the one for a tab, which fills the window.
#[tokio::test]
async fn a_page_made_for_a_tab_gives_up_the_height_of_the_window() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let page = page_like_a_share(demo, &client.origin(), "");
    let browser = Browser::chromium().await;
    let frame = format!("<iframe data-vestibule src='{page}' height=800></iframe>");

    client.open(&browser, demo, &frame).await;

    browser
        .until("return document.querySelector('iframe').clientHeight === 345")
        .await;
    assert_eq!(settled_height(&browser, "iframe").await, 345.0);
    browser.close().await;
}

#[tokio::test]
async fn two_frames_of_one_portal_do_not_hear_each_other() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let page = page_like_a_share(demo, &client.origin(), "");
    let other = page.replace("/7?", "/8?");
    let browser = Browser::chromium().await;
    let frames = format!(
        "<iframe data-vestibule src='{page}'></iframe><iframe data-vestibule src='{other}'></iframe>"
    );

    client.open(&browser, demo, &frames).await;

    browser.until("return heard.length === 2").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let heights =
        "return [...document.querySelectorAll('iframe')].map(frame => frame.clientHeight)";
    assert_eq!(browser.run(heights).await, json!([345, 777]));
    browser.close().await;
}

#[tokio::test]
async fn strangers_messages_change_nothing() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let share = client.share(demo).await;
    let link = demo.unlock_link(&share).await;
    let browser = Browser::chromium().await;
    let port = serve(|_| {
        Answer {
        headers: "",
        html: "<script>
            for (const type of ['size', 'expired', 'locked', 'error'])
              parent.postMessage({ type: `vestibule:${type}`, v: 1, id: 1, height: 5, path: '/' }, '*')
          </script>"
            .to_owned(),
    }
    });
    let stranger = format!("http://stranger.localhost:{port}/");
    let frame = format!("<iframe data-vestibule data-unlock-url='/unlock' src='{link}'></iframe>");
    client.open(&browser, demo, &frame).await;
    hears(&browser, json!([["ready", "", null]])).await;
    let height = settled_height(&browser, "iframe").await;

    // From the page itself, from another frame, and from another site in the same frame.
    let script = "postMessage({ type: 'vestibule:expired', v: 1, id: 1, path: '/' }, '*')
        const other = document.createElement('iframe')
        other.src = arguments[0]
        document.body.append(other)
        document.querySelector('iframe').contentWindow.location = arguments[0]";
    browser.run_with(script, vec![json!(stranger)]).await;
    let arrived = "return messages.filter(message => message.height === 5).length === 8";
    browser.until(arrived).await;
    tokio::time::sleep(Duration::from_millis(500)).await;

    assert_eq!(
        browser.run("return heard").await,
        json!([["ready", "", null]])
    );
    let after = browser
        .run("return document.querySelector('iframe').clientHeight")
        .await;
    assert_eq!(after, height);
    assert_eq!(client.times_asked(), 0);
    browser.close().await;
}

async fn works_without_an_origin(browser: Browser) {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let share = client.share(demo).await;
    let link = demo.unlock_link(&share).await;
    let frame = format!(
        "<iframe data-vestibule sandbox='allow-scripts allow-forms' src='{link}'></iframe>"
    );

    client.open(&browser, demo, &frame).await;

    hears(&browser, json!([["ready", "", null]])).await;
    settled_height(&browser, "iframe").await;
    browser.close().await;
}

#[tokio::test]
async fn a_sandbox_without_an_origin_speaks_as_well_in_chromium() {
    works_without_an_origin(Browser::chromium().await).await;
}

#[tokio::test]
async fn a_sandbox_without_an_origin_speaks_as_well_in_firefox() {
    works_without_an_origin(Browser::firefox().await).await;
}
