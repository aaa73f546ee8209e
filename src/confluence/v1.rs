//! The first interface, `/rest/api`: all of Data Center, and on Cloud what only it can do. Its words, its search, and view
//! restrictions, which both products tell in the same way.

pub(super) mod content;

use std::collections::HashMap;

use serde_json::Value;
use url::Url;

use super::{
    api::Api,
    cql,
    error::{Need, Problem},
    model::FoundContent,
    paging,
    source::Answer,
};
use content::is_restricted;
pub(super) use content::{Content, Facts};

const RESTRICTIONS: &str =
    "restrictions.read.restrictions.user,restrictions.read.restrictions.group";

/// As many as Cloud gives at once with such additions; it may give fewer.
const FACTS_AT_ONCE: usize = 200;

/// Ids in one question, so that its URL stays short.
const IDS_AT_ONCE: usize = 100;

pub(super) fn with_query(mut url: Url, pairs: &[(&str, &str)]) -> Url {
    url.query_pairs_mut().extend_pairs(pairs);
    url
}

fn search_url(api: &Api, cql: &str, expand: &str, limit: usize) -> Url {
    let limit = limit.to_string();
    let url = api.site().v1(&["content", "search"]);
    let mut url = with_query(url, &[("cql", cql), ("limit", &limit)]);
    if !expand.is_empty() {
        url.query_pairs_mut().append_pair("expand", expand);
    }
    url
}

/// One hidden ancestor can make Cloud refuse a whole search with additions; then it is asked without.
pub(super) async fn search(api: &Api, cql: &str, limit: usize) -> Answer<Vec<FoundContent>> {
    let limit = limit.clamp(1, 100);
    let url = |expand| search_url(api, cql, expand, limit);
    let mut found = paging::all::<Content>(api, url("space"), Need::Search, limit).await;
    if matches!(&found, Err(error) if is_about_additions(&error.problem)) {
        found = paging::all(api, url(""), Need::Search, limit).await;
    }
    let found = found?.into_iter();
    Ok(found.filter_map(Content::into_found).collect())
}

/// Restrictions and labels of all pages that a search finds, in as few requests as the site allows. What it refuses to tell
/// in bulk is `None`.
pub(super) async fn facts(api: &Api, cql: &str) -> Answer<HashMap<String, Facts>> {
    let everything = format!("metadata.labels,{RESTRICTIONS}");
    for expand in [everything.as_str(), "metadata.labels"] {
        let url = search_url(api, cql, expand, FACTS_AT_ONCE);
        let found = paging::all::<Content>(api, url, Need::Search, paging::MOST_ITEMS).await;
        match found {
            Ok(found) => {
                let facts = |content: Content| (content.id.clone(), content.facts());
                return Ok(found.into_iter().map(facts).collect());
            }
            Err(error) if error.problem.is_about_the_question() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(HashMap::new())
}

pub(super) async fn view_restrictions(api: &Api, ids: &[String]) -> Answer<HashMap<String, bool>> {
    let mut known = HashMap::new();
    for ids in ids.chunks(IDS_AT_ONCE) {
        let told = facts(api, &cql::ids(ids)).await?;
        for id in ids {
            let told = told.get(id).and_then(|facts| facts.view_restricted);
            let restricted = match told {
                Some(told) => Some(told),
                None => view_restriction(api, id).await?,
            };
            known.extend(restricted.map(|restricted| (id.clone(), restricted)));
        }
    }
    Ok(known)
}

/// Asks about one page. `None` if it is not there, or the site does not say.
async fn view_restriction(api: &Api, id: &str) -> Answer<Option<bool>> {
    let url = api
        .site()
        .v1(&["content", id, "restriction", "byOperation", "read"]);
    let url = with_query(url, &[("expand", "restrictions.user,restrictions.group")]);
    match api.get::<Value>(url, Need::Restrictions).await {
        Ok(answer) => Ok(answer.get("restrictions").and_then(is_restricted)),
        // Without the scope it is the same for all pages, and somebody has to hear of it.
        Err(error) if matches!(error.problem, Problem::ScopeMissing { .. }) => Err(error),
        Err(error) if error.problem.is_about_the_question() => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_about_additions(problem: &Problem) -> bool {
    let is_parse_error = matches!(problem, Problem::Rejected { .. });
    problem.is_about_the_question() && !is_parse_error
}
