//! What every product is asked for. `client` passes its calls on to one of these; callers outside the room see only that.

use super::{
    error::ConfluenceError,
    model::{
        ChildrenOf, ContentKind, Detail, FoundContent, ListedComment, ListedFile, ListedPage,
        ListedSpace, Listing, Person, Root,
    },
};

pub(super) type Answer<T> = Result<T, ConfluenceError>;

/// The documentation of each call is at the method of the same name of [`super::Client`].
pub(super) trait Source {
    async fn list(&self, root: Root<'_>, detail: Detail) -> Answer<Listing>;
    async fn page(&self, id: &str, kind: ContentKind) -> Answer<ListedPage>;
    async fn source_of(&self, id: &str, kind: ContentKind) -> Answer<ListedPage>;
    async fn export_view(&self, id: &str, kind: ContentKind) -> Answer<String>;
    async fn attachments(&self, id: &str, kind: ContentKind) -> Answer<Vec<ListedFile>>;
    async fn attachment(&self, id: &str) -> Answer<ListedFile>;
    async fn footer_comments(&self, id: &str, kind: ContentKind) -> Answer<Vec<ListedComment>>;
    async fn people(&self, ids: &[String]) -> Answer<Vec<Person>>;
    async fn all_spaces(&self) -> Answer<Vec<ListedSpace>>;
    async fn space(&self, key: &str) -> Answer<ListedSpace>;
    async fn children(&self, parent: ChildrenOf<'_>) -> Answer<Vec<FoundContent>>;
    async fn find_by_id(&self, id: &str) -> Answer<Option<ListedPage>>;
    async fn find_many(&self, kind: ContentKind, ids: &[String]) -> Answer<Vec<FoundContent>>;
    async fn find_by_title(&self, space_key: &str, title: &str) -> Answer<Option<ListedPage>>;
}
