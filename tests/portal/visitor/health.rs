//! Probes, and what visitors notice of a database that is away for a while.

use std::time::Instant;

use crate::support::{Portal, eventually, path};

#[tokio::test]
async fn a_portal_with_its_database_is_ready() {
    let portal = Portal::start().await;
    let visitor = portal.visitor();
    let running = visitor.get("/healthz").await;
    let ready = visitor.get("/readyz").await;
    assert_eq!((running.status, running.text()), (200, "ok"));
    assert_eq!((ready.status, ready.text()), (200, "ok"));
    assert_eq!(ready.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn without_its_database_pages_in_memory_are_served_and_the_rest_waits_until_it_is_back() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    let other_page = format!("{}/1310740", path(&share));
    assert_eq!(visitor.get(&path(&share)).await.status, 200);

    portal.db_lose();
    let in_memory = visitor.get(&path(&share)).await;
    let asked = Instant::now();
    let other = visitor.get(&other_page).await;
    let waited = asked.elapsed();
    let still_in_memory = visitor.get(&path(&share)).await;
    let running = visitor.get("/healthz").await;
    let ready = visitor.get("/readyz").await;

    assert_eq!((in_memory.status, still_in_memory.status), (200, 200));
    assert_eq!(in_memory.texts("h1"), ["Tern 22 manual"]);
    assert_eq!(other.status, 503);
    assert_eq!(other.texts("h1"), ["The portal is busy"]);
    assert!(other.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert!(waited.as_secs() < 10, "{waited:?}");
    assert_eq!((running.status, ready.status), (200, 503));

    portal.db_find_again();
    eventually("the page is served again", async || {
        visitor.get(&other_page).await.status == 200
    })
    .await;
    assert_eq!(visitor.get("/readyz").await.status, 200);
}
