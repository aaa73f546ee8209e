//! Everything a site can be asked, for both products. Nothing is cached here.
//!
//! Each call is paced, retried for short faults, bounded in size, and fails with a [`ConfluenceError`]. Answers hold what
//! the connection's account may see.

use std::{collections::HashMap, ops::Range, sync::Arc};

use super::{
    api::Api,
    authorization::Authorization,
    cloud::Cloud,
    cql,
    data_center::DataCenter,
    download::{self, Download},
    error::{ConfluenceError, Problem},
    http::Http,
    model::{
        ChildrenOf, ContentKind, Detail, FoundContent, ListedComment, ListedFile, ListedPage,
        ListedSpace, Listing, Person, Root,
    },
    pace::Pace,
    product::Product,
    site::Site,
    source::{Answer, Source},
    v1,
};

/// A site as one account sees it. Cheap to clone; made anew when credentials change.
#[derive(Clone)]
pub struct Client {
    pub(super) api: Api,
    product: ProductClient,
}

#[derive(Clone)]
enum ProductClient {
    Cloud(Cloud),
    DataCenter(DataCenter),
}

/// Passes a call on to the product's own code.
macro_rules! ask {
    ($client:expr, $call:ident($($argument:expr),*)) => {
        match &$client.product {
            ProductClient::Cloud(cloud) => cloud.$call($($argument),*).await,
            ProductClient::DataCenter(data_center) => data_center.$call($($argument),*).await,
        }
    };
}

impl Client {
    pub fn new(http: &Http, site: Site, authorization: Authorization, pace: Arc<Pace>) -> Self {
        Self::of(Api::new(http.clone(), site, authorization, pace, false))
    }

    /// A client in the name of a person: what the site refuses them says nothing about the connection, which goes on.
    pub fn of_person(
        http: &Http,
        site: Site,
        authorization: Authorization,
        pace: Arc<Pace>,
    ) -> Self {
        Self::of(Api::new(http.clone(), site, authorization, pace, true))
    }

    fn of(api: Api) -> Self {
        let product = match api.site().product() {
            Product::Cloud => ProductClient::Cloud(Cloud(api.clone())),
            Product::DataCenter => ProductClient::DataCenter(DataCenter(api.clone())),
        };
        Self { api, product }
    }

    pub fn site(&self) -> &Site {
        self.api.site()
    }

    /// The root and everything below it in one go: the number of requests grows with the pages' number divided by
    /// hundreds. What the site did not tell in bulk is `None`.
    pub async fn list(&self, root: Root<'_>, detail: Detail) -> Result<Listing, ConfluenceError> {
        ask!(self, list(root, detail))
    }

    /// One page with both bodies, labels and restrictions. If only the export view or the restrictions cannot be had, they
    /// are `None`; the rest still comes.
    pub async fn page(&self, id: &str, kind: ContentKind) -> Result<ListedPage, ConfluenceError> {
        let page = ask!(self, page(id, kind))?;
        self.with_restriction(page).await
    }

    /// The same without the export view, for sites that render pages in people's names.
    pub async fn source_of(&self, id: &str, kind: ContentKind) -> Answer<ListedPage> {
        let page = ask!(self, source_of(id, kind))?;
        self.with_restriction(page).await
    }

    async fn with_restriction(&self, mut page: ListedPage) -> Answer<ListedPage> {
        if page.view_restricted.is_none() {
            match self.view_restrictions(&[page.id.clone()]).await {
                Ok(mut told) => page.view_restricted = told.remove(&page.id),
                Err(error) if error.problem.is_about_the_question() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }

    pub async fn export_view(&self, id: &str, kind: ContentKind) -> Answer<String> {
        ask!(self, export_view(id, kind))
    }

    /// The newest versions of all files of a page or blog post.
    pub async fn attachments(&self, id: &str, kind: ContentKind) -> Answer<Vec<ListedFile>> {
        ask!(self, attachments(id, kind))
    }

    pub async fn attachment(&self, id: &str) -> Result<ListedFile, ConfluenceError> {
        ask!(self, attachment(id))
    }

    /// The bytes of a file, or those of `range`. The site may answer with the whole file all the same: see
    /// [`Download::starts_at`].
    pub async fn download(
        &self,
        file: &ListedFile,
        range: Option<Range<u64>>,
    ) -> Result<Download, ConfluenceError> {
        download::open(&self.api, file, range).await
    }

    pub async fn footer_comments(&self, id: &str, kind: ContentKind) -> Answer<Vec<ListedComment>> {
        ask!(self, footer_comments(id, kind))
    }

    /// Those of the people that the site knows and shows, in no certain order.
    pub async fn people(&self, ids: &[String]) -> Result<Vec<Person>, ConfluenceError> {
        ask!(self, people(ids))
    }

    /// Spaces whose name or key contains `query`, at most `limit`. The sites have no search for it that needs no further
    /// scope, so that all spaces are read, up to some thousands.
    pub async fn spaces(&self, query: &str, limit: usize) -> Answer<Vec<ListedSpace>> {
        let query = query.trim().to_lowercase();
        let mut spaces = ask!(self, all_spaces())?;
        spaces.retain(|space| {
            space.name.to_lowercase().contains(&query) || space.key.to_lowercase().contains(&query)
        });
        spaces.truncate(limit);
        Ok(spaces)
    }

    pub async fn space(&self, key: &str) -> Result<ListedSpace, ConfluenceError> {
        ask!(self, space(key))
    }

    pub async fn children(&self, parent: ChildrenOf<'_>) -> Answer<Vec<FoundContent>> {
        ask!(self, children(parent))
    }

    /// Pages and blog posts with these words in title or text, best first.
    pub async fn search_pages(
        &self,
        text: &str,
        space_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<FoundContent>, ConfluenceError> {
        let everything = v1::search(&self.api, &cql::words(text, space_key), limit).await;
        match everything {
            // Some words mean something in a search of texts that they do not mean in one of titles.
            Err(error) if matches!(error.problem, Problem::Rejected { .. }) => {
                v1::search(&self.api, &cql::title(text, space_key), limit).await
            }
            other => other,
        }
    }

    /// The page or blog post with this id, without bodies; `None` if there is none that we may see.
    pub async fn find_by_id(&self, id: &str) -> Result<Option<ListedPage>, ConfluenceError> {
        ask!(self, find_by_id(id))
    }

    /// Titles and spaces of many at once, as far as we may see them; what is missing is not in the answer.
    pub async fn find_many(&self, kind: ContentKind, ids: &[String]) -> Answer<Vec<FoundContent>> {
        ask!(self, find_many(kind, ids))
    }

    /// The same by its title, which is unique in a space; a page goes before a blog post.
    pub async fn find_by_title(
        &self,
        space_key: &str,
        title: &str,
    ) -> Result<Option<ListedPage>, ConfluenceError> {
        ask!(self, find_by_title(space_key, title))
    }

    /// Whether each page itself has a view restriction. Pages that could not be asked about are not in the map: treat them
    /// as restricted.
    pub async fn view_restrictions(&self, ids: &[String]) -> Answer<HashMap<String, bool>> {
        v1::view_restrictions(&self.api, ids).await
    }
}
