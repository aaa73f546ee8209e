//! Writes a space export as Confluence does: for the sample space of the demo, and for tests.
//!
//! Only what a reader of exports needs is written: one space, current versions, no permissions but view restrictions.

mod xml;

use std::io::{self, Seek, Write};

use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::{datetime, format_description};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::model::{BodyFormat, PageKind};
use xml::Object;

/// Object ids that the builder gives away itself begin here, above those of any page.
const FIRST_OWN_ID: u64 = 5_000_000_000;
const SPACE_ID: u64 = FIRST_OWN_ID - 1;

/// When everything was written of which nothing else is said.
const WRITTEN_AT: OffsetDateTime = datetime!(2024-01-15 09:30 UTC);

const TIMESTAMP: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:3]");

/// Collects a space; [`ExportBuilder::write`] then writes the same bytes for the same calls, always.
pub struct ExportBuilder {
    space_key: String,
    space_name: String,
    home_page: Option<u64>,
    next_id: u64,
    blog_posts: Vec<u64>,
    /// The objects of `entities.xml` so far.
    objects: String,
    files: Vec<(String, Vec<u8>)>,
}

/// A page or blog post to write; [`NewPage::new`] fills in what most pages share.
#[derive(Debug, Clone)]
pub struct NewPage<'a> {
    pub id: u64,
    pub kind: PageKind,
    pub title: &'a str,
    pub parent: Option<u64>,
    pub position: Option<i32>,
    pub body: &'a str,
    pub format: BodyFormat,
    pub version: u32,
    /// Creator and last modifier.
    pub author_key: Option<&'a str>,
    /// Also the posting day of a blog post.
    pub created_at: OffsetDateTime,
    pub modified_at: OffsetDateTime,
    pub labels: &'a [&'a str],
    /// The key of the only user who may see the page.
    pub view_restricted_to: Option<&'a str>,
}

impl<'a> NewPage<'a> {
    /// A top page in storage format, version 1, without author.
    pub fn new(id: u64, title: &'a str, body: &'a str) -> Self {
        Self {
            id,
            kind: PageKind::Page,
            title,
            parent: None,
            position: None,
            body,
            format: BodyFormat::Storage,
            version: 1,
            author_key: None,
            created_at: WRITTEN_AT,
            modified_at: WRITTEN_AT,
            labels: &[],
            view_restricted_to: None,
        }
    }
}

impl ExportBuilder {
    pub fn new(space_key: &str, space_name: &str) -> Self {
        Self {
            space_key: space_key.to_owned(),
            space_name: space_name.to_owned(),
            home_page: None,
            next_id: FIRST_OWN_ID,
            blog_posts: Vec::new(),
            objects: String::new(),
            files: Vec::new(),
        }
    }

    pub fn user(mut self, key: &str, username: &str, display_name: &str) -> Self {
        let user = Object::new("ConfluenceUserImpl", "user")
            .key(key)
            .text("name", username)
            .text("lowerName", &username.to_lowercase())
            .text("displayName", display_name);
        self.add(user);
        self
    }

    pub fn page(mut self, page: NewPage<'_>) -> Self {
        let class = class_of(page.kind);
        let labellings = self.add_labels(class, &page);
        let permission_sets = self.add_view_restriction(class, &page);
        self.add_body(class, &page);
        if page.kind == PageKind::BlogPost {
            self.blog_posts.push(page.id);
        }
        let mut object = Object::new(class, "pages")
            .id(page.id)
            .value("hibernateVersion", page.version)
            .text("title", page.title)
            .text("lowerTitle", &page.title.to_lowercase())
            .collection("bodyContents", "BodyContent", "core", &[page.id])
            .collection("labellings", "Labelling", "labels", &labellings)
            .collection(
                "contentPermissionSets",
                "ContentPermissionSet",
                "security",
                &permission_sets,
            )
            .value("version", page.version)
            .user("creator", page.author_key)
            .value("creationDate", timestamp(page.created_at))
            .user("lastModifier", page.author_key)
            .value("lastModificationDate", timestamp(page.modified_at))
            .text("versionComment", "")
            .text("contentStatus", "current")
            .reference("space", "Space", "spaces", SPACE_ID);
        if let Some(position) = page.position {
            object = object.value("position", position);
        }
        if let Some(parent) = page.parent {
            object = object.reference("parent", "Page", "pages", parent);
        }
        self.add(object);
        self
    }

    pub fn home_page(mut self, id: u64) -> Self {
        self.home_page = Some(id);
        self
    }

    /// Attaches a file to a page or blog post that was added before.
    pub fn file(mut self, page_id: u64, file_name: &str, media_type: &str, bytes: Vec<u8>) -> Self {
        let (id, type_id, size_id) = (self.new_id(), self.new_id(), self.new_id());
        let property = |id, name| {
            Object::new("ContentProperty", "content")
                .id(id)
                .text("name", name)
        };
        self.add(property(type_id, "MEDIA_TYPE").text("stringValue", media_type));
        self.add(property(size_id, "FILESIZE").value("longValue", bytes.len()));
        let written_at = timestamp(WRITTEN_AT);
        let container = if self.blog_posts.contains(&page_id) {
            PageKind::BlogPost
        } else {
            PageKind::Page
        };
        let attachment = Object::new("Attachment", "pages")
            .id(id)
            .text("title", file_name)
            .text("lowerTitle", &file_name.to_lowercase())
            .collection(
                "contentProperties",
                "ContentProperty",
                "content",
                &[type_id, size_id],
            )
            .value("version", 1)
            .value("creationDate", &written_at)
            .value("lastModificationDate", &written_at)
            .text("versionComment", "")
            .value("originalVersionId", "")
            .text("contentStatus", "current")
            .reference("containerContent", class_of(container), "pages", page_id)
            .reference("space", "Space", "spaces", SPACE_ID);
        self.add(attachment);
        self.files
            .push((format!("attachments/{page_id}/{id}/1"), bytes));
        self
    }

    /// # Errors
    /// What `out` answers, and names or sizes that a zip archive cannot hold.
    pub fn write(self, out: impl Write + Seek) -> io::Result<()> {
        let entities = self.entities();
        let mut zip = ZipWriter::new(out);
        zip.start_file("entities.xml", entry_options())?;
        zip.write_all(entities.as_bytes())?;
        zip.start_file("exportDescriptor.properties", entry_options())?;
        zip.write_all(descriptor(&self.space_key).as_bytes())?;
        for (name, bytes) in &self.files {
            zip.start_file(name, entry_options())?;
            zip.write_all(bytes)?;
        }
        zip.finish()?;
        Ok(())
    }

    fn entities(&self) -> String {
        let mut space = Object::new("Space", "spaces")
            .id(SPACE_ID)
            .text("name", &self.space_name)
            .text("key", &self.space_key)
            .text("lowerKey", &self.space_key.to_lowercase())
            .value("spaceType", "global")
            .enumeration("spaceStatus", "SpaceStatus", "spaces", "CURRENT");
        if let Some(id) = self.home_page {
            space = space.reference("homePage", "Page", "pages", id);
        }
        let (objects, space) = (&self.objects, space.finish());
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <hibernate-generic datetime=\"2024-01-15 09:30:00.000\">\n{objects}{space}</hibernate-generic>\n"
        )
    }

    fn add_body(&mut self, class: &str, page: &NewPage<'_>) {
        let body_type = match page.format {
            BodyFormat::WikiMarkup => 0,
            BodyFormat::Storage => 2,
        };
        // Ids are unique within a class only, and a reader must not mix them up: the body takes the page's id.
        let body = Object::new("BodyContent", "core")
            .id(page.id)
            .text("body", page.body)
            .reference("content", class, "pages", page.id)
            .value("bodyType", body_type);
        self.add(body);
    }

    fn add_labels(&mut self, class: &str, page: &NewPage<'_>) -> Vec<u64> {
        let mut labellings = Vec::new();
        for label in page.labels {
            let (label_id, id) = (self.new_id(), self.new_id());
            let object = Object::new("Label", "labels").id(label_id);
            self.add(object.text("name", label).text("namespace", "global"));
            let labelling = Object::new("Labelling", "labels")
                .id(id)
                .reference("label", "Label", "labels", label_id)
                .reference("content", class, "pages", page.id);
            self.add(labelling);
            labellings.push(id);
        }
        labellings
    }

    fn add_view_restriction(&mut self, class: &str, page: &NewPage<'_>) -> Vec<u64> {
        let Some(reader) = page.view_restricted_to else {
            return Vec::new();
        };
        let (set_id, id) = (self.new_id(), self.new_id());
        let permission = Object::new("ContentPermission", "security")
            .id(id)
            .text("type", "View")
            .user("userSubject", Some(reader))
            .reference("owningSet", "ContentPermissionSet", "security", set_id);
        self.add(permission);
        let set = Object::new("ContentPermissionSet", "security")
            .id(set_id)
            .text("type", "View")
            .collection("contentPermissions", "ContentPermission", "security", &[id])
            .reference("owningContent", class, "pages", page.id);
        self.add(set);
        vec![set_id]
    }

    fn add(&mut self, object: Object) {
        self.objects.push_str(&object.finish());
    }

    fn new_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

fn class_of(kind: PageKind) -> &'static str {
    match kind {
        PageKind::Page => "Page",
        PageKind::BlogPost => "BlogPost",
    }
}

fn timestamp(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .format(TIMESTAMP)
        .unwrap_or_default()
}

fn entry_options() -> SimpleFileOptions {
    // The default time of an entry could be today's, and the same space must give the same bytes.
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
}

fn descriptor(space_key: &str) -> String {
    format!(
        "#Mon Jan 15 09:30:00 UTC 2024\n\
         exportType=space\n\
         spaceKey={space_key}\n\
         source=server\n\
         versionNumber=8.5.4\n\
         buildNumber=9012\n\
         createdByVersionNumber=8.5.4\n\
         createdByBuildNumber=9012\n\
         timezoneId=UTC\n\
         backupAttachments=true\n"
    )
}
