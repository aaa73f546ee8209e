//! The bytes of a file. Keeping them, and bounding their number, is the caller's.
//!
//! Data Center gives them below its own address, to our credentials. Cloud answers with a redirect to a signed address of its
//! media store, which is fetched without credentials and is told to nobody: it opens the file.

use std::{ops::Range, pin::Pin};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::{
    Method, Response, StatusCode,
    header::{CONTENT_RANGE, LOCATION, RANGE},
};
use url::Url;

use super::{
    addresses::Reach,
    api::{self, Api},
    error::{ConfluenceError, Need, Problem, answer},
    http,
    model::ListedFile,
    product::Product,
    source::Answer,
};

const MOST_REDIRECTS: usize = 3;

/// A file on its way. Its length is told by the site and not checked; a connection that breaks off ends the stream with an
/// error.
pub struct Download {
    /// Of what comes now, not of the whole file.
    pub length: Option<u64>,
    /// Where in the file the bytes begin: the start of the range that was asked for, or 0 if the site ignored it.
    pub starts_at: u64,
    pub stream: Pin<Box<dyn Stream<Item = Result<Bytes, ConfluenceError>> + Send>>,
}

pub(super) async fn open(
    api: &Api,
    file: &ListedFile,
    range: Option<Range<u64>>,
) -> Answer<Download> {
    let range = range.as_ref().map(range_header);
    let url = url_of(api, file)?;
    let response = api.open(&url, range.as_deref(), Need::Attachments).await?;
    let response = match api.site().product() {
        Product::Cloud => follow_to_media(api, response, &url, range.as_deref()).await?,
        Product::DataCenter => follow_on_site(api, response, &url, range.as_deref()).await?,
    };
    let starts_at = match response.status() {
        StatusCode::PARTIAL_CONTENT => start_of(&response)?,
        _ => 0,
    };
    let trace_id = answer::trace_id(response.headers());
    Ok(Download {
        length: response.content_length(),
        starts_at,
        stream: Box::pin(response.bytes_stream().map(move |bytes| {
            bytes.map_err(|error| ConfluenceError {
                problem: http::problem_of(error),
                trace_id: trace_id.clone(),
            })
        })),
    })
}

/// On Cloud the version is pinned by number; Data Center's links carry theirs.
fn url_of(api: &Api, file: &ListedFile) -> Answer<Url> {
    let site = api.site();
    if site.product() == Product::Cloud {
        let path = [
            "content",
            &file.content_id,
            "child",
            "attachment",
            &file.id,
            "download",
        ];
        let mut url = site.v1(&path);
        if file.version > 0 {
            url.query_pairs_mut()
                .append_pair("version", &file.version.to_string());
        }
        return Ok(url);
    }
    let link = file.download_path.as_deref().unwrap_or_default();
    let base = site.base_url();
    let joined = match link.strip_prefix('/') {
        Some(rest) if !rest.starts_with('/') && !link.starts_with("/\\") => {
            let context = base.path().trim_end_matches('/');
            let is_whole = !context.is_empty() && link.starts_with(&format!("{context}/"));
            match is_whole {
                true => base.join(link),
                false => base.join(&format!("{context}{link}")),
            }
        }
        _ => Url::parse(link),
    };
    match joined {
        Ok(url) if site.is_below_api(&url) => Ok(url),
        Ok(url) => Err(Problem::WrongHost {
            to: http::origin_of(&url),
        }
        .into()),
        Err(_) => Err(Problem::NotUnderstood {
            what: "a file without a link to it".to_owned(),
        }
        .into()),
    }
}

/// `bytes=5-9` for 5..10. Ranges without an end are asked for by `u64::MAX`.
fn range_header(range: &Range<u64>) -> String {
    match range.end {
        u64::MAX => format!("bytes={}-", range.start),
        end => format!("bytes={}-{}", range.start, end.saturating_sub(1)),
    }
}

/// From here on there are no credentials, and each address is checked as if a stranger had written it.
async fn follow_to_media(
    api: &Api,
    mut response: Response,
    asked: &Url,
    range: Option<&str>,
) -> Answer<Response> {
    let mut url = asked.clone();
    for _ in 0..MOST_REDIRECTS {
        if !response.status().is_redirection() {
            break;
        }
        url = location(&response, &url)?;
        let reach = Reach::of(Product::Cloud, &url);
        let mut request = api.http().request(Method::GET, url.clone(), reach)?;
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        response = request.send().await.map_err(http::problem_of)?;
    }
    if response.status().is_success() {
        return Ok(response);
    }
    let error = api::failure(response, Need::Attachments).await;
    Err(match error.problem {
        // The signed address has run out, which says nothing about our credentials.
        Problem::Unauthorized | Problem::Captcha | Problem::ScopeMissing { .. } => {
            Problem::Forbidden {
                detail: "the media store refused the file".to_owned(),
            }
            .into()
        }
        _ => error,
    })
}

/// Within the site, where our credentials belong.
async fn follow_on_site(
    api: &Api,
    mut response: Response,
    asked: &Url,
    range: Option<&str>,
) -> Answer<Response> {
    let mut url = asked.clone();
    for _ in 0..MOST_REDIRECTS {
        if !response.status().is_redirection() {
            break;
        }
        let next = location(&response, &url)?;
        let is_login = next.path().contains("/login");
        if is_login || !api.site().is_below_api(&next) {
            return Err(api::failure(response, Need::Attachments).await);
        }
        url = next;
        response = api.open(&url, range, Need::Attachments).await?;
    }
    match response.status().is_success() {
        true => Ok(response),
        false => Err(api::failure(response, Need::Attachments).await),
    }
}

fn location(response: &Response, asked: &Url) -> Answer<Url> {
    response
        .headers()
        .get(LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| asked.join(location).ok())
        .ok_or_else(|| {
            Problem::NotUnderstood {
                what: "a redirect to nowhere".to_owned(),
            }
            .into()
        })
}

/// 5 of `bytes 5-9/100`.
fn start_of(response: &Response) -> Answer<u64> {
    response
        .headers()
        .get(CONTENT_RANGE)
        .and_then(|range| range.to_str().ok()?.strip_prefix("bytes "))
        .and_then(|range| range.split('-').next()?.parse().ok())
        .ok_or_else(|| {
            Problem::NotUnderstood {
                what: "a part of a file that does not say which".to_owned(),
            }
            .into()
        })
}
