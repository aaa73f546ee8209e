//! What this product is asked.

use super::{
    api::Api,
    error::Problem,
    model::{
        ChildrenOf, ContentKind, Detail, FoundContent, ListedComment, ListedFile, ListedPage,
        ListedSpace, Listing, Person, Root,
    },
    source::{Answer, Source},
};

#[derive(Clone)]
pub(super) struct DataCenter(pub Api);

impl Source for DataCenter {
    async fn list(&self, _root: Root<'_>, _detail: Detail) -> Answer<Listing> {
        Err(Problem::Gone.into())
    }
    async fn page(&self, _id: &str, _kind: ContentKind) -> Answer<ListedPage> {
        Err(Problem::Gone.into())
    }
    async fn export_view(&self, _id: &str, _kind: ContentKind) -> Answer<String> {
        Err(Problem::Gone.into())
    }
    async fn attachments(&self, _id: &str, _kind: ContentKind) -> Answer<Vec<ListedFile>> {
        Err(Problem::Gone.into())
    }
    async fn attachment(&self, _id: &str) -> Answer<ListedFile> {
        Err(Problem::Gone.into())
    }
    async fn footer_comments(&self, _id: &str, _kind: ContentKind) -> Answer<Vec<ListedComment>> {
        Err(Problem::Gone.into())
    }
    async fn people(&self, _ids: &[String]) -> Answer<Vec<Person>> {
        Err(Problem::Gone.into())
    }
    async fn all_spaces(&self) -> Answer<Vec<ListedSpace>> {
        Err(Problem::Gone.into())
    }
    async fn space(&self, _key: &str) -> Answer<ListedSpace> {
        Err(Problem::Gone.into())
    }
    async fn children(&self, _parent: ChildrenOf<'_>) -> Answer<Vec<FoundContent>> {
        Err(Problem::Gone.into())
    }
    async fn find_by_id(&self, _id: &str) -> Answer<Option<ListedPage>> {
        Err(Problem::Gone.into())
    }
    async fn find_by_title(&self, _space_key: &str, _title: &str) -> Answer<Option<ListedPage>> {
        Err(Problem::Gone.into())
    }
}
