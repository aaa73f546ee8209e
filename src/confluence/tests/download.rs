//! Files: where their bytes are fetched, and with whose credentials.

use futures_util::TryStreamExt;

use super::server::{Asked, Reply, TestServer};
use crate::confluence::{ConfluenceError, Problem, model::ListedFile, product::Product};

fn file(download_path: Option<&str>) -> ListedFile {
    ListedFile {
        id: "att9".to_owned(),
        content_id: "7".to_owned(),
        name: "plan.png".to_owned(),
        size_bytes: Some(10),
        media_type: None,
        version: 3,
        comment: None,
        modified_at: None,
        download_path: download_path.map(str::to_owned),
    }
}

async fn bytes(
    server: &TestServer,
    product: Product,
    file: &ListedFile,
    range: Option<std::ops::Range<u64>>,
) -> Result<(u64, String), ConfluenceError> {
    let download = server.client(product).download(file, range).await?;
    let starts_at = download.starts_at;
    let parts: Vec<_> = download.stream.try_collect().await?;
    Ok((starts_at, String::from_utf8(parts.concat()).unwrap()))
}

fn media(asked: &Asked) -> Reply {
    match asked.headers.contains("range: bytes=5-9") {
        true => Reply::new(206, &[("Content-Range", "bytes 5-9/10")], "56789"),
        false => Reply::new(200, &[], "0123456789"),
    }
}

#[tokio::test]
async fn clouds_media_store_gets_no_credentials() {
    let store = TestServer::start(media).await;
    let signed = format!("{}/file/d04b/binary?token=signed", store.origin);
    let server =
        TestServer::start(move |_asked| Reply::new(302, &[("Location", &signed)], "")).await;
    let whole = bytes(&server, Product::Cloud, &file(None), None)
        .await
        .unwrap();
    assert_eq!(whole, (0, "0123456789".to_owned()));
    let part = bytes(&server, Product::Cloud, &file(None), Some(5..10))
        .await
        .unwrap();
    assert_eq!(part, (5, "56789".to_owned()));
    let asked = server.asked();
    assert_eq!(
        asked[0].target,
        "/wiki/rest/api/content/7/child/attachment/att9/download?version=3"
    );
    assert!(asked[0].headers.contains("authorization:"));
    let stored = store.asked();
    assert_eq!(stored[0].target, "/file/d04b/binary?token=signed");
    assert!(
        stored
            .iter()
            .all(|asked| !asked.headers.contains("authorization"))
    );
}

#[tokio::test]
async fn a_refusal_of_the_media_store_does_not_stop_the_connection() {
    let store = TestServer::start(|_asked| Reply::new(401, &[], "")).await;
    let signed = store.origin.clone();
    let server =
        TestServer::start(move |_asked| Reply::new(302, &[("Location", &signed)], "")).await;
    let error = bytes(&server, Product::Cloud, &file(None), None)
        .await
        .unwrap_err();
    assert!(matches!(error.problem, Problem::Forbidden { .. }));
}

#[tokio::test]
async fn redirects_of_files_go_to_allowed_addresses_and_end() {
    for target in [
        "http://10.1.2.3/x",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
    ] {
        let server =
            TestServer::start(move |_asked| Reply::new(302, &[("Location", target)], "")).await;
        let error = bytes(&server, Product::Cloud, &file(None), None)
            .await
            .unwrap_err();
        assert!(
            matches!(error.problem, Problem::Blocked { .. }),
            "{target} {error}"
        );
    }
    let server = TestServer::start(|_asked| Reply::new(302, &[("Location", "/again")], "")).await;
    assert!(
        bytes(&server, Product::Cloud, &file(None), None)
            .await
            .is_err()
    );
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn data_center_gives_files_to_our_credentials_below_its_own_address() {
    let server = TestServer::start(media).await;
    for link in [
        "/download/attachments/7/plan.png?version=3",
        "/wiki/download/attachments/7/plan.png?version=3",
    ] {
        let whole = bytes(&server, Product::DataCenter, &file(Some(link)), None)
            .await
            .unwrap();
        assert_eq!(whole, (0, "0123456789".to_owned()));
    }
    for asked in server.asked() {
        assert_eq!(
            asked.target,
            "/wiki/download/attachments/7/plan.png?version=3"
        );
        assert!(asked.headers.contains("authorization:"));
    }
}

#[tokio::test]
async fn data_center_cannot_send_us_elsewhere() {
    let other = TestServer::start(media).await;
    let there = other.origin.clone();
    let server =
        TestServer::start(move |_asked| Reply::new(302, &[("Location", &there)], "")).await;
    let link = file(Some("/download/attachments/7/plan.png"));
    let error = bytes(&server, Product::DataCenter, &link, None)
        .await
        .unwrap_err();
    assert!(matches!(error.problem, Problem::WrongHost { .. }));
    for path in [
        other.origin.as_str(),
        "//evil.example/x",
        "/../../admin",
        "x",
        "",
    ] {
        let refused = bytes(&server, Product::DataCenter, &file(Some(path)), None).await;
        assert!(refused.is_err(), "{path}");
    }
    assert!(other.asked().is_empty());
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_file_that_breaks_off_is_an_error() {
    let server =
        TestServer::start(|_asked| Reply::raw(200, &[("Content-Length", "100")], "0123")).await;
    let link = file(Some("/download/attachments/7/plan.png"));
    let error = bytes(&server, Product::DataCenter, &link, None)
        .await
        .unwrap_err();
    assert!(matches!(error.problem, Problem::Unreachable { .. }));
}
