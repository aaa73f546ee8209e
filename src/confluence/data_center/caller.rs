//! What every question to Data Center is made of: addresses below its interface, and what is expanded in answers.

use url::Url;

use crate::confluence::{
    api::Api,
    error::{Need, Problem},
    model::{ContentKind, ListedPage},
    source::Answer,
    v1::{Content, with_query},
};

pub(super) const OUTLINE: &str = "version,history,ancestors,space,metadata.labels,\
    restrictions.read.restrictions.user,restrictions.read.restrictions.group";

/// The server may give fewer, and names the next part either way.
pub(super) const MOST_AT_ONCE: &str = "200";

#[derive(Clone)]
pub(in crate::confluence) struct DataCenter(pub Api);

/// Which bodies to expand.
#[derive(Clone, Copy)]
pub(super) enum With {
    NoBody,
    Storage,
    BothBodies,
}

impl DataCenter {
    pub(super) fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        with_query(self.0.site().v1(segments), query)
    }

    pub(super) async fn one(&self, id: &str, with: With) -> Answer<ListedPage> {
        let url = self.url(&["content", id], &[("expand", &expand(with))]);
        let content: Content = self.0.get(url, Need::Content).await?;
        // Ids are one row of numbers for all content; files and comments are not found as pages.
        let node = content.into_node();
        node.map(|node| node.page)
            .ok_or_else(|| Problem::NotFound.into())
    }
}

pub(super) fn expand(with: With) -> String {
    let bodies = match with {
        With::NoBody => "",
        With::Storage => ",body.storage",
        With::BothBodies => ",body.storage,body.export_view",
    };
    format!("{OUTLINE}{bodies}")
}

pub(super) fn of_kind(page: ListedPage, kind: ContentKind) -> Answer<ListedPage> {
    match page.kind == kind {
        true => Ok(page),
        false => Err(Problem::NotFound.into()),
    }
}
