//! Tests of the asset URLs and of what the handler answers.

use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};

use super::{ASSETS, Asset, BUNDLES, Files, find, serve, serve_embed, url};

const STYLES: &str = "css/visitor.css";

/// Answers `request` as the server would: status, headers, body.
async fn answer(request: TestRequest) -> (StatusCode, header::HeaderMap, Vec<u8>) {
    let place = web::resource("/static/{hash}/{path:.*}")
        .route(web::get().to(serve))
        .route(web::head().to(serve));
    let stable = web::resource("/embed{kind}").route(web::get().to(serve_embed));
    let app = init_service(App::new().service(place).service(stable)).await;
    let response = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, read_body(response).await.to_vec())
}

fn styles() -> TestRequest {
    TestRequest::with_uri(&url(STYLES))
}

fn text(headers: &header::HeaderMap, name: header::HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

#[test]
fn a_url_names_the_content_by_its_hash() {
    let first = Asset::new("a.css", b"a{}");
    let second = Asset::new("a.css", b"b{}");

    assert_eq!(first.hash.len(), 16);
    assert_ne!(first.hash, second.hash);
    let hash = &find(STYLES).expect("the bundle exists").hash;
    assert_eq!(url(STYLES), format!("/static/{hash}/{STYLES}"));
}

#[test]
fn a_bundle_is_its_parts_in_order_and_every_part_exists() {
    for (path, parts) in BUNDLES {
        let joined = parts
            .iter()
            .flat_map(|part| Files::get(part).expect(part).data.into_owned())
            .collect::<Vec<_>>();
        assert_eq!(ASSETS.0[*path].bytes, joined);
        assert!(Files::get(path).is_none(), "{path} is also a file");
    }
}

#[actix_web::test]
async fn an_asset_may_be_kept_for_ever_and_used_by_any_frame() {
    let (status, headers, body) = answer(styles()).await;

    assert_eq!(status, StatusCode::OK);
    let caching = text(&headers, header::CACHE_CONTROL);
    assert_eq!(
        caching.as_deref(),
        Some("public, max-age=31536000, immutable")
    );
    let policy = text(&headers, header::CROSS_ORIGIN_RESOURCE_POLICY);
    assert_eq!(policy.as_deref(), Some("cross-origin"));
    let readers = text(&headers, header::ACCESS_CONTROL_ALLOW_ORIGIN);
    assert_eq!(readers.as_deref(), Some("*"));
    let sniffing = text(&headers, header::X_CONTENT_TYPE_OPTIONS);
    assert_eq!(sniffing.as_deref(), Some("nosniff"));
    let kind = text(&headers, header::CONTENT_TYPE);
    assert_eq!(kind.as_deref(), Some("text/css; charset=utf-8"));
    assert_eq!(body, ASSETS.0[STYLES].bytes);
}

#[actix_web::test]
async fn brotli_is_preferred_and_unpacks_to_the_same_bytes() {
    let request = styles().insert_header((header::ACCEPT_ENCODING, "gzip, deflate, br"));

    let (_, headers, body) = answer(request).await;

    let coding = text(&headers, header::CONTENT_ENCODING);
    assert_eq!(coding.as_deref(), Some("br"));
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut body.as_slice(), &mut plain).expect("valid brotli");
    assert_eq!(plain, ASSETS.0[STYLES].bytes);
}

#[actix_web::test]
async fn gzip_is_sent_to_a_client_that_refuses_brotli() {
    let request = styles().insert_header((header::ACCEPT_ENCODING, "gzip, br;q=0"));

    let (_, headers, body) = answer(request).await;

    let coding = text(&headers, header::CONTENT_ENCODING);
    assert_eq!(coding.as_deref(), Some("gzip"));
    let mut plain = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(body.as_slice());
    std::io::copy(&mut reader, &mut plain).expect("valid gzip");
    assert_eq!(plain, ASSETS.0[STYLES].bytes);
}

#[actix_web::test]
async fn a_known_tag_is_answered_without_a_body() {
    let (_, headers, _) = answer(styles()).await;
    let tag = text(&headers, header::ETAG).expect("an ETag");

    let (status, headers, body) =
        answer(styles().insert_header((header::IF_NONE_MATCH, tag.clone()))).await;

    assert_eq!(status, StatusCode::NOT_MODIFIED);
    assert_eq!(text(&headers, header::ETAG), Some(tag));
    assert!(body.is_empty());
}

#[actix_web::test]
async fn an_unknown_tag_is_answered_with_the_content() {
    let request = styles().insert_header((header::IF_NONE_MATCH, "\"other\""));

    let (status, _, body) = answer(request).await;

    assert_eq!(status, StatusCode::OK);
    assert!(!body.is_empty());
}

#[actix_web::test]
async fn another_versions_hash_is_answered_but_not_kept() {
    let request = TestRequest::with_uri("/static/0000000000000000/css/visitor.css");

    let (status, headers, _) = answer(request).await;

    assert_eq!(status, StatusCode::OK);
    let caching = text(&headers, header::CACHE_CONTROL);
    assert_eq!(caching.as_deref(), Some("no-cache"));
}

#[actix_web::test]
async fn head_is_answered_like_get() {
    let (status, headers, _) = answer(styles().method(Method::HEAD)).await;

    assert_eq!(status, StatusCode::OK);
    assert!(headers.contains_key(header::ETAG));
}

#[actix_web::test]
async fn a_path_that_is_no_asset_is_not_found() {
    let (status, _, _) = answer(TestRequest::with_uri("/static/0/../Cargo.toml")).await;

    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn what_client_sites_name_keeps_its_address_and_is_asked_about_every_hour() {
    let kinds = [
        ("/embed.js", "text/javascript; charset=utf-8"),
        ("/embed.mjs", "text/javascript; charset=utf-8"),
        ("/embed.d.ts", "text/plain; charset=utf-8"),
    ];
    for (address, kind) in kinds {
        let (status, headers, body) = answer(TestRequest::with_uri(address)).await;

        assert_eq!(status, StatusCode::OK, "{address}");
        assert_eq!(body, ASSETS.0[&format!("embed{address}")].bytes);
        assert_eq!(text(&headers, header::CONTENT_TYPE).as_deref(), Some(kind));
        let caching = text(&headers, header::CACHE_CONTROL);
        assert_eq!(caching.as_deref(), Some("public, max-age=3600"));
        assert!(headers.contains_key(header::ETAG));
        let policy = text(&headers, header::CROSS_ORIGIN_RESOURCE_POLICY);
        assert_eq!(policy.as_deref(), Some("cross-origin"));
        let readers = text(&headers, header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(readers.as_deref(), Some("*"));
    }
}

#[test]
fn the_script_of_client_sites_is_under_4_kilobytes_as_it_is_sent() {
    let script = find("embed/embed.js").expect("the script exists");
    for packed in [&script.brotli, &script.gzip] {
        let size = packed.as_ref().expect("it is compressed").len();
        assert!(size < 4000, "{size}");
    }
}
