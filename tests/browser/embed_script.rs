//! embed.js in a client's page: the element and the iframe, the events in their order, the height, and the way back in.
//! What it must not do is the subject of `embed_script_faults`.

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client_page::{ClientPage, hears, settled_height, share_for};
use crate::demo::Demo;

const FRAME: &str = "iframe";
const ELEMENT: &str =
    "<vestibule-share unlock-url='/unlock' title='Our manual' lang='en-GB'></vestibule-share>";
/// "Getting started", the root of the share; "What is in the box" and "Key cards and phones", two pages of it.
const BOX: &str = "/1310731";

/// A demo, a client's page and a share for it.
async fn start() -> (&'static Demo, ClientPage, Value) {
    let demo = Demo::shared();
    let client = ClientPage::start();
    let share = client.share(demo).await;
    (demo, client, share)
}

/// Follows a link in the frame and comes back to the client's page.
async fn follow_in_frame(browser: &Browser, title: &str) {
    browser.enter_frame(FRAME).await;
    let open =
        "for (const fold of document.querySelectorAll('.share-tree details')) fold.open = true";
    browser.run(open).await;
    let link = browser.find_by(Locator::LinkText(title)).await;
    link.click().await.unwrap();
    browser.client.enter_parent_frame().await.unwrap();
}

async fn title_in_frame(browser: &Browser) -> String {
    browser.enter_frame(FRAME).await;
    let title = browser.text("h1").await;
    browser.client.enter_parent_frame().await.unwrap();
    title
}

async fn the_element_opens_and_follows(browser: Browser) {
    let (demo, client, share) = start().await;
    client.answer_with_fresh_token(demo, &share).await;

    client.open(&browser, demo, ELEMENT).await;
    hears(&browser, json!([["ready", "", null]])).await;
    assert_eq!(title_in_frame(&browser).await, "Getting started");
    follow_in_frame(&browser, "What is in the box").await;

    hears(
        &browser,
        json!([
            ["ready", "", null],
            ["ready", BOX, null],
            ["navigated", BOX, null]
        ]),
    )
    .await;
    assert_eq!(client.times_asked(), 1);
    browser.close().await;
}

#[tokio::test]
async fn the_element_opens_by_its_unlock_url_and_tells_where_the_reader_goes_in_chromium() {
    the_element_opens_and_follows(Browser::chromium().await).await;
}

#[tokio::test]
async fn the_element_opens_by_its_unlock_url_and_tells_where_the_reader_goes_in_firefox() {
    the_element_opens_and_follows(Browser::firefox().await).await;
}

#[tokio::test]
async fn the_element_makes_a_frame_with_the_right_attributes() {
    let (demo, client, share) = start().await;
    client.answer_with_fresh_token(demo, &share).await;
    let browser = Browser::chromium().await;

    client.open(&browser, demo, ELEMENT).await;
    hears(&browser, json!([["ready", "", null]])).await;

    let script = "const names = ['title', 'lang', 'loading', 'referrerpolicy', 'allow', 'sandbox']
        return names.map(name => document.querySelector('iframe').getAttribute(name))";
    let attributes = browser.run(script).await;
    let sandbox = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";
    assert_eq!(
        attributes,
        json!([
            "Our manual",
            "en-GB",
            "eager",
            "strict-origin",
            "fullscreen",
            sandbox
        ])
    );
    browser
        .run("document.querySelector('vestibule-share').title = 'Manual'")
        .await;
    let title = "return document.querySelector('iframe').title";
    assert_eq!(browser.run(title).await, "Manual");
    browser.close().await;
}

#[tokio::test]
async fn a_plain_iframe_is_found_also_when_it_comes_later() {
    let (demo, client, share) = start().await;
    let link = demo.unlock_link(&share).await;
    let browser = Browser::chromium().await;
    client.open(&browser, demo, "").await;

    browser
        .run_with(
            "const frame = document.createElement('iframe')
             frame.dataset.vestibule = ''
             frame.src = arguments[0]
             document.body.append(frame)",
            vec![json!(link)],
        )
        .await;

    hears(&browser, json!([["ready", "", null]])).await;
    settled_height(&browser, FRAME).await;
    let title = browser
        .run("return document.querySelector('iframe').title")
        .await;
    assert_eq!(title, "Getting started · Manual");
    browser.close().await;
}

#[tokio::test]
async fn the_script_greets_frames_that_were_there_before_it() {
    let demo = Demo::shared();
    let client = ClientPage::start();
    // With this list the frame knows nobody before it is greeted.
    let share = share_for(demo, &["*".to_owned()]).await;
    let link = demo.unlock_link(&share).await;
    let browser = Browser::chromium().await;
    let frame = format!("<iframe data-vestibule src='{link}'></iframe>");
    client.open_bare(&browser, &frame).await;
    assert_eq!(title_in_frame(&browser).await, "Getting started");
    assert_eq!(browser.run("return messages").await, json!([]));

    let add = "const script = document.createElement('script')
        script.src = arguments[0]
        document.body.append(script)";
    let script = format!("{}/embed.js", demo.portal);
    browser.run_with(add, vec![json!(script)]).await;

    hears(&browser, json!([["ready", "", null]])).await;
    settled_height(&browser, FRAME).await;
    browser.close().await;
}

#[tokio::test]
async fn the_module_connects_a_frame() {
    let (demo, client, share) = start().await;
    let link = demo.unlock_link(&share).await;
    let browser = Browser::chromium().await;
    let body = format!(
        "<iframe src='{link}'></iframe><script type=module>
           import {{ connect }} from '{}/embed.mjs'
           window.connection = connect(document.querySelector('iframe'), {{ maxHeight: 321 }})
         </script>",
        demo.portal
    );

    client.open_bare(&browser, &body).await;

    hears(&browser, json!([["ready", "", null]])).await;
    browser
        .until("return document.querySelector('iframe').clientHeight === 321")
        .await;
    browser.close().await;
}

async fn the_height_follows(browser: Browser) {
    let (demo, client, share) = start().await;
    let link = demo.unlock_link(&share).await;
    // Wide enough for the tree to stand beside the page, where its height depended on the window's.
    let frame = format!("<iframe data-vestibule src='{link}' style='width: 1100px'></iframe>");
    client.open(&browser, demo, &frame).await;
    hears(&browser, json!([["ready", "", null]])).await;
    let first = settled_height(&browser, FRAME).await;

    let grow = "document.querySelector('main').insertAdjacentHTML('beforeend', '<p id=more>')
        document.querySelector('#more').style.height = '3000px'";
    in_frame(&browser, grow).await;
    browser
        .until("return document.querySelector('iframe').clientHeight > 3000")
        .await;
    let grown = settled_height(&browser, FRAME).await;
    in_frame(&browser, "document.querySelector('#more').remove()").await;
    browser
        .until("return document.querySelector('iframe').clientHeight < 3000")
        .await;
    let shrunk = settled_height(&browser, FRAME).await;

    assert!(grown >= first + 3000.0, "{first}, {grown}");
    assert_eq!(shrunk, first);
    in_frame(
        &browser,
        "document.querySelector('main').style.height = '50000px'",
    )
    .await;
    browser
        .until("return document.querySelector('iframe').clientHeight === 20000")
        .await;
    browser.close().await;
}

async fn in_frame(browser: &Browser, script: &str) {
    browser.enter_frame(FRAME).await;
    browser.run(script).await;
    browser.client.enter_parent_frame().await.unwrap();
}

#[tokio::test]
async fn the_height_follows_the_content_up_and_down_in_chromium() {
    the_height_follows(Browser::chromium().await).await;
}

#[tokio::test]
async fn the_height_follows_the_content_up_and_down_in_firefox() {
    the_height_follows(Browser::firefox().await).await;
}

#[tokio::test]
async fn the_next_page_begins_at_its_top() {
    let (demo, client, share) = start().await;
    let link = demo.unlock_link(&share).await;
    let browser = Browser::chromium().await;
    let frame = format!("<iframe data-vestibule src='{link}'></iframe><p style='height: 3000px'>");
    client.open(&browser, demo, &frame).await;
    hears(&browser, json!([["ready", "", null]])).await;
    settled_height(&browser, FRAME).await;

    browser.run("scrollTo(0, 2000)").await;
    in_frame(&browser, "document.querySelector('.pager-next').click()").await;
    browser.until("return heard.length === 3").await;

    let at_top =
        "return Math.abs(document.querySelector('iframe').getBoundingClientRect().top) < 1";
    browser.until(at_top).await;
    browser.close().await;
}

#[tokio::test]
async fn a_locked_frame_is_opened_again_at_the_page_it_was_asked_for() {
    let (demo, client, share) = start().await;
    client.answer_with_fresh_token(demo, &share).await;
    let browser = Browser::chromium().await;
    let page = format!("{}{BOX}?from=mail", share["url"].as_str().unwrap());
    let frame = format!("<iframe data-vestibule data-unlock-url='/unlock' src='{page}'></iframe>");

    client.open(&browser, demo, &frame).await;

    let asked = format!("{BOX}?from=mail");
    hears(
        &browser,
        json!([["locked", asked, null], ["ready", asked, null]]),
    )
    .await;
    assert_eq!(title_in_frame(&browser).await, "What is in the box");

    // Everybody is signed out, and the reader goes on reading.
    client.answer_with_fresh_token(demo, &share).await;
    let other = json!({ "password": "another harbour" });
    demo.change_share(&share, other).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    follow_in_frame(&browser, "Key cards and phones").await;

    let cards = "/1310733";
    let title = "return document.querySelector('h1')?.innerText === 'Key cards and phones'";
    browser.until("return heard.length === 5").await;
    browser.enter_frame(FRAME).await;
    browser.until(title).await;
    browser.client.enter_parent_frame().await.unwrap();
    let last = browser.run("return heard.slice(2)").await;
    assert_eq!(
        last,
        json!([
            ["locked", cards, null],
            ["ready", cards, null],
            ["navigated", cards, null]
        ])
    );
    assert_eq!(client.times_asked(), 2);
    // The password page is not where "back" leads.
    browser.go_back().await;
    browser.until("return heard.length === 7").await;
    assert_eq!(title_in_frame(&browser).await, "What is in the box");
    browser.close().await;
}

#[tokio::test]
async fn a_function_gives_the_unlock_url_and_a_deep_link_is_kept_on_the_first_load() {
    let (demo, client, share) = start().await;
    let link = demo.unlock_link(&share).await;
    let browser = Browser::chromium().await;
    let page = format!("{}{BOX}", share["url"].as_str().unwrap());
    let body = format!(
        "<vestibule-share src='{page}'></vestibule-share><script>
           const element = document.querySelector('vestibule-share')
           element.getUnlockUrl = ({{ share, path, reason }}) => {{
             window.request = {{ share, path: below(path), reason }}
             return new URL('{link}')
           }}
         </script>"
    );
    // The function is there before the script, as in a page that loads it late.
    let script = format!("<script src='{}/embed.js'></script>", demo.portal);

    client.open_bare(&browser, &format!("{body}{script}")).await;

    hears(&browser, json!([["ready", BOX, null]])).await;
    let request = browser.run("return window.request").await;
    assert_eq!(
        request,
        json!({ "share": share["id"], "path": BOX, "reason": "load" })
    );
    assert_eq!(title_in_frame(&browser).await, "What is in the box");
    browser.close().await;
}
