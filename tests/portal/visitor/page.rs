//! A page as HTTP sees it: compression, `ETag`, methods and request ids.

use std::io::Read as _;

use reqwest::Method;

use crate::support::{Portal, Shown, path};

#[tokio::test]
async fn a_page_comes_in_the_form_the_browser_reads() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let visitor = portal.visitor();
    let ask = async |accept: &str| {
        let request = visitor.get(&path(&share));
        request.header("accept-encoding", accept).await
    };

    let plain = ask("identity").await;
    let gzip = ask("gzip, deflate").await;
    let brotli = ask("gzip, deflate, br").await;

    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    let mut unzipped = Vec::new();
    flate2::read::GzDecoder::new(&gzip.body[..])
        .read_to_end(&mut unzipped)
        .unwrap();
    let mut unpacked = Vec::new();
    brotli::Decompressor::new(&brotli.body[..], 4096)
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unzipped, plain.body);
    assert_eq!(unpacked, plain.body);
    assert!(brotli.body.len() < gzip.body.len() && gzip.body.len() < plain.body.len());
}

#[tokio::test]
async fn a_browser_that_has_the_page_is_told_so_in_its_own_encoding_only() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    let ask = |etag: &str, accept: &str| {
        visitor
            .get(&path(&share))
            .header("accept-encoding", accept)
            .header("if-none-match", etag)
    };
    let page = ask("\"old\"", "br").await;
    let etag = page.header("etag").unwrap().to_owned();

    let known = ask(&etag, "br").await;
    let weak = ask(&format!("\"x\", W/{etag}"), "br").await;
    let in_gzip = ask(&etag, "gzip").await;

    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), Some("private, no-cache"));
    assert!(page.header("vary").unwrap().contains("Cookie"));
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(known.header("etag"), Some(etag.as_str()));
    assert_eq!(weak.status, 304);
    assert_eq!(in_gzip.status, 200);
}

#[tokio::test]
async fn what_a_browser_has_does_not_open_the_share() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    let etag = visitor.get(&path(&share)).await;
    let etag = etag.header("etag").unwrap();

    let stranger = portal.visitor();
    let answer = stranger
        .get(&path(&share))
        .header("if-none-match", etag)
        .await;

    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_framed_page_is_another_page() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let top = portal.visitor_in(Shown::Document).get(&path(&share)).await;
    let framed = portal.visitor_in(Shown::Iframe).get(&path(&share)).await;
    assert_eq!(top.attributes("body", "class"), ["share top"]);
    assert_eq!(framed.attributes("body", "class"), ["share framed"]);
    assert_ne!(top.header("etag"), framed.header("etag"));
    assert!(top.header("vary").unwrap().contains("Sec-Fetch-Dest"));
}

#[tokio::test]
async fn methods_that_an_address_does_not_know_are_named_with_those_it_does() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    for (method, below, allowed) in [
        (Method::DELETE, "", "GET, HEAD"),
        (Method::POST, "/1310740", "GET, HEAD"),
        (Method::PUT, "/session", "GET, HEAD, POST"),
    ] {
        let answer = visitor
            .request(method, &format!("{}{below}", path(&share)))
            .await;
        assert_eq!(answer.status, 405, "{below}");
        assert_eq!(answer.header("allow"), Some(allowed), "{below}");
    }
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let portal = Portal::with_sample().await;
    let visitor = portal.visitor();
    let mut ids = Vec::new();
    for address in ["/", "/nothing", "/healthz", "/content/nonsense"] {
        let answer = visitor.get(address).await;
        ids.push(answer.header("x-request-id").unwrap().to_owned());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn a_page_asks_for_nothing_but_our_own_files_and_all_are_there() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let visitor = portal.visitor();
    let page = visitor.get(&path(&share)).await;
    let mut addresses = page.attributes("link", "href");
    addresses.extend(page.attributes("[src]", "src"));
    assert!(addresses.len() > 3);
    for address in addresses {
        assert!(
            address.starts_with('/') && !address.starts_with("//"),
            "{address}"
        );
        assert_eq!(visitor.get(&address).await.status, 200, "{address}");
    }
}
