//! What every question to Cloud is made of: addresses below its second interface, and the answers that many need.

use std::collections::HashMap;

use url::Url;

use super::wire::{Page, Space, is_current};
use crate::confluence::{
    api::Api,
    error::{Need, Problem},
    model::{ContentKind, FoundContent, ListedPage},
    paging::{self, MOST_ITEMS, Part},
    source::Answer,
    v1::with_query,
};

/// As many as the interface gives at once.
pub(super) const MOST_AT_ONCE: &str = "250";
pub(super) const IDS_AT_ONCE: usize = 250;

#[derive(Clone)]
pub(in crate::confluence) struct Cloud(pub Api);

impl Cloud {
    pub(super) fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let url = self.0.site().v2(segments);
        match query {
            [] => url,
            query => with_query(url, query),
        }
    }

    pub(super) async fn one(
        &self,
        id: &str,
        kind: ContentKind,
        query: &[(&str, &str)],
    ) -> Answer<ListedPage> {
        let url = self.url(&[segment(kind), id], query);
        let page: Page = self.0.get(url, Need::Content).await?;
        if !is_current(page.status.as_deref()) {
            return Err(Problem::NotFound.into());
        }
        let space_key = match page.space_key_of_link() {
            Some(key) => key,
            None => self.space_key_of(&page).await?,
        };
        Ok(page.into_node(kind, space_key).page)
    }

    pub(super) async fn space_key_of(&self, page: &Page) -> Answer<String> {
        let ids = page.space_id.iter().map(|id| id.0.clone()).collect();
        let spaces = self.spaces_by_id(ids).await?;
        let found = spaces.into_values().next();
        found
            .map(|space| space.key)
            .ok_or_else(|| Problem::NotFound.into())
    }

    pub(super) async fn spaces_by_id(&self, ids: Vec<String>) -> Answer<HashMap<String, Space>> {
        let mut spaces = HashMap::new();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let query = [("ids", ids.join(",")), ("limit", MOST_AT_ONCE.to_owned())];
            let query = query
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            let url = self.url(&["spaces"], &query);
            let found = paging::all::<Space>(&self.0, url, Need::Spaces, MOST_ITEMS).await?;
            spaces.extend(found.into_iter().map(|space| (space.id.clone(), space)));
        }
        Ok(spaces)
    }

    pub(super) async fn space_by_key(&self, key: &str) -> Answer<Space> {
        let url = self.url(&["spaces"], &[("keys", key)]);
        let found: Part<Space> = self.0.get(url, Need::Spaces).await?;
        let mut found = found.results.into_iter();
        found
            .find(|space| space.key.eq_ignore_ascii_case(key))
            .ok_or_else(|| Problem::NotFound.into())
    }

    pub(super) async fn top_of_space(&self, key: &str) -> Answer<Vec<FoundContent>> {
        let space = self.space_by_key(key).await?;
        let query = [
            ("depth", "root"),
            ("status", "current"),
            ("limit", MOST_AT_ONCE),
        ];
        let url = self.url(&["spaces", &space.id, "pages"], &query);
        let pages = paging::all::<Page>(&self.0, url, Need::Content, MOST_ITEMS).await?;
        let pages = pages.into_iter().map(|page| FoundContent {
            id: page.id,
            kind: ContentKind::Page,
            title: page.title,
            space_key: Some(space.key.clone()),
        });
        Ok(pages.collect())
    }
}

/// Where the interface keeps each kind.
pub(super) fn segment(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Page => "pages",
        ContentKind::BlogPost => "blogposts",
        ContentKind::Folder => "folders",
    }
}
