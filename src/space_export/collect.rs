//! Pass 1: sorts the objects of `entities.xml` into rows, and forgets everything no reader of pages needs.
//!
//! Rows still point to each other by id; [`super::assemble`] puts them together.

use std::collections::{BTreeMap, HashMap, HashSet};

use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::error::ExportError;
use super::limits::Limits;
use super::model::{PageKind, SkipReason, SpaceStatus};
use super::object::{Keep, Object};
use super::people::People;
use super::rows::{FileProperty, FileRow, PageRow, SpaceRow};

#[rustfmt::skip]
pub(super) const METADATA: &Keep = &Keep {
    names: &[
        "attachmentVersion", "bodyContents", "bodyType", "comment", "containerContent", "content",
        "contentPermissionSets", "contentProperties", "contentStatus", "contentType", "creationDate",
        "creator", "creatorName", "displayName", "fileName", "fileSize", "fullName", "historicalVersions",
        "homePage", "key", "label", "labelableId", "lastModificationDate", "lastModifier",
        "lastModifierName", "longValue", "name", "namespace", "originalVersion", "originalVersionId",
        "owningContent", "parent", "pluginModuleKey", "position", "space", "spaceStatus", "stringValue", "title", "type",
        "user", "username", "version", "versionComment",
    ],
    // Confluence itself allows 255 characters in titles and names.
    text_bytes: 2_000,
};

/// Objects of Confluence that say nothing about what a page shows.
#[rustfmt::skip]
const WITHOUT_INTEREST: &[&str] = &[
    "AliasedKey", "ApplicationImpl", "AuditRecord", "BucketPropertySetItem", "ConfluenceBandanaRecord",
    "ConfluenceRememberMeToken", "DefaultHibernateGroup", "Content2ContentRelationEntity", "ContentPermission", "DirectoryImpl",
    "DirectoryMapping", "FollowConnection", "GlobalDescription", "HibernateMembership", "InternalGroup",
    "InternalGroupAttribute", "InternalUserAttribute", "LikeEntity", "LinkPermission", "Notification",
    "OutgoingLink", "ReferralLink", "SchedulerClusteredJob", "SchedulerRunDetails", "SpaceDescription",
    "SpacePermission", "TrackbackLink", "TrustedApplication", "User2ContentRelationEntity", "UserLoginInfo",
];

/// What a row takes up beside its texts.
const ROW_BYTES: usize = 200;
const CONTAINER_BYTES: usize = 48;
/// A hostile file could invent a class per object.
const MAX_UNKNOWN_CLASSES: usize = 50;

#[derive(Default)]
pub(super) struct Collected {
    pub(super) spaces: BTreeMap<u64, SpaceRow>,
    pub(super) pages: BTreeMap<u64, PageRow>,
    pub(super) files: BTreeMap<u64, FileRow>,
    pub(super) people: People,
    pub(super) labels: HashMap<u64, String>,
    /// Content and label.
    pub(super) labellings: Vec<(u64, u64)>,
    /// Permission sets, and whether they restrict viewing.
    pub(super) permission_sets: HashMap<u64, bool>,
    /// Content that has a list of readers.
    pub(super) view_restricted: HashSet<u64>,
    pub(super) file_properties: HashMap<u64, FileProperty>,
    /// What stands between pages without being one of them, and what that is under.
    pub(super) containers: HashMap<u64, Option<u64>>,
    pub(super) old_versions: HashSet<u64>,
    /// Content whose body is in a format of its own.
    pub(super) unreadable_bodies: Vec<u64>,
    pub(super) skipped: BTreeMap<SkipReason, usize>,
    kept_bytes: usize,
}

impl Collected {
    pub(super) fn add(&mut self, mut object: Object, limits: &Limits) -> Result<(), ExportError> {
        let bytes = ROW_BYTES + object.held_bytes();
        let is_kept = match object.class.as_str() {
            "Page" => self.add_page(PageKind::Page, &mut object),
            "BlogPost" => self.add_page(PageKind::BlogPost, &mut object),
            "Attachment" => self.add_file(&mut object),
            "Space" => self.add_space(&mut object),
            "Label" => self.add_label(&mut object),
            "Labelling" => self.add_labelling(&object),
            "ContentPermissionSet" => self.add_permission_set(&object),
            "ContentProperty" => self.add_file_property(&mut object),
            "BodyContent" => self.note_unreadable_body(&object),
            "ConfluenceUserImpl" => self.people.add_account(&mut object),
            "InternalUser" | "DefaultHibernateUser" => self.people.add_directory_user(&mut object),
            "PersonalInformation" => self.people.add_profile(&mut object),
            class => self.leave_out(class, &object),
        };
        if is_kept {
            self.kept_bytes += bytes;
        }
        let held = self.kept_bytes + self.containers.len() * CONTAINER_BYTES;
        if u64::try_from(held).is_ok_and(|held| held > limits.metadata_bytes) {
            return Err(ExportError::TooMuch {
                limit: limits.metadata_bytes,
            });
        }
        Ok(())
    }

    /// Always answers that nothing was kept.
    fn skip(&mut self, reason: SkipReason) -> bool {
        self.skip_many(reason, 1);
        false
    }

    pub(super) fn skip_many(&mut self, reason: SkipReason, count: usize) {
        if count > 0 {
            *self.skipped.entry(reason).or_default() += count;
        }
    }

    fn add_page(&mut self, kind: PageKind, object: &mut Object) -> bool {
        let Some(id) = object.id() else {
            return self.skip(SkipReason::Unusable);
        };
        if let Some(reason) = why_not_current(object, SkipReason::ArchivedPage) {
            // Only an older version is known by an id that no child can have as its parent.
            if reason != SkipReason::OldVersion {
                self.containers.insert(id, object.reference("parent"));
            }
            return self.skip(reason);
        }
        let Some(title) = object
            .take_text("title")
            .filter(|title| !title.trim().is_empty())
        else {
            self.containers.insert(id, object.reference("parent"));
            return self.skip(SkipReason::Unusable);
        };
        if self.pages.contains_key(&id) {
            return self.skip(SkipReason::Unusable);
        }
        self.old_versions.extend(
            object
                .elements("historicalVersions")
                .iter()
                .filter(|&&version| version != id),
        );
        let row = PageRow {
            kind,
            title,
            space: object.reference("space"),
            parent: object.reference("parent"),
            position: object.number("position"),
            version: object.number("version").unwrap_or(1),
            created_at: date(object, "creationDate"),
            modified_at: date(object, "lastModificationDate"),
            creator_key: user_key(object, "creator", "creatorName"),
            modifier_key: user_key(object, "lastModifier", "lastModifierName"),
            bodies: object.elements("bodyContents").to_vec(),
            permission_sets: object.elements("contentPermissionSets").to_vec(),
        };
        self.pages.insert(id, row);
        true
    }

    fn add_file(&mut self, object: &mut Object) -> bool {
        if let Some(reason) = why_not_current(object, SkipReason::Trashed) {
            return self.skip(reason);
        }
        let file_name = object
            .take_text("title")
            .filter(|name| !name.is_empty())
            .or_else(|| object.take_text("fileName"));
        let (Some(id), Some(file_name)) = (object.id(), file_name) else {
            return self.skip(SkipReason::Unusable);
        };
        self.old_versions.extend(
            object
                .elements("historicalVersions")
                .iter()
                .filter(|&&version| version != id),
        );
        let row = FileRow {
            page: object
                .reference("containerContent")
                .or_else(|| object.reference("content")),
            file_name,
            media_type: object.take_text("contentType"),
            size: object.number("fileSize"),
            version: object
                .number("version")
                .or_else(|| object.number("attachmentVersion"))
                .unwrap_or(1),
            comment: object
                .text("comment")
                .or_else(|| object.text("versionComment"))
                .unwrap_or_default()
                .to_owned(),
            modified_at: date(object, "lastModificationDate"),
            properties: object.elements("contentProperties").to_vec(),
        };
        self.files.entry(id).or_insert(row);
        true
    }

    fn add_space(&mut self, object: &mut Object) -> bool {
        let (Some(id), Some(key)) = (object.id(), object.take_text("key")) else {
            return self.skip(SkipReason::Unusable);
        };
        let status = match object.text("spaceStatus") {
            Some("ARCHIVED") => SpaceStatus::Archived,
            _ => SpaceStatus::Current,
        };
        let name = object
            .take_text("name")
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| key.clone());
        let home_page = object.reference("homePage");
        self.spaces.entry(id).or_insert(SpaceRow {
            key,
            name,
            home_page,
            status,
        });
        true
    }

    /// Labels of the namespaces `my` and `team` are how people sort their own lists.
    fn add_label(&mut self, object: &mut Object) -> bool {
        let is_global = object
            .text("namespace")
            .is_none_or(|namespace| namespace == "global");
        if let (true, Some(id), Some(name)) = (is_global, object.id(), object.take_text("name")) {
            self.labels.insert(id, name);
            return true;
        }
        false
    }

    fn add_labelling(&mut self, object: &Object) -> bool {
        let content = object
            .reference("content")
            .or_else(|| object.number("labelableId"));
        if let (Some(content), Some(label)) = (content, object.reference("label")) {
            self.labellings.push((content, label));
        }
        true
    }

    fn add_permission_set(&mut self, object: &Object) -> bool {
        let Some(id) = object.id() else { return false };
        let restricts_viewing = object.text("type") != Some("Edit");
        self.permission_sets.insert(id, restricts_viewing);
        if let (true, Some(content)) = (restricts_viewing, object.reference("owningContent")) {
            self.view_restricted.insert(content);
        }
        true
    }

    fn add_file_property(&mut self, object: &mut Object) -> bool {
        let property = match object.text("name") {
            Some("MEDIA_TYPE") => object.take_text("stringValue").map(FileProperty::MediaType),
            Some("FILESIZE") => object.number("longValue").map(FileProperty::Size),
            _ => None,
        };
        let (Some(id), Some(property)) = (object.id(), property) else {
            return false;
        };
        self.file_properties.insert(id, property);
        true
    }

    fn note_unreadable_body(&mut self, object: &Object) -> bool {
        let is_readable = matches!(object.text("bodyType"), None | Some("0" | "2"));
        let content = object
            .reference("content")
            .filter(|_| !is_readable && is_page(object));
        self.unreadable_bodies.extend(content);
        content.is_some()
    }

    fn leave_out(&mut self, class: &str, object: &Object) -> bool {
        let reason = match class {
            "Comment" => SkipReason::Comment,
            "PageTemplate" => SkipReason::Template,
            "Draft" => SkipReason::Draft,
            class if WITHOUT_INTEREST.contains(&class) || is_property_of_an_app(object) => {
                return false;
            }
            "CustomContentEntityObject" | "Folder" | "Whiteboard" | "Database" | "Embed" => {
                SkipReason::OtherContent
            }
            class => SkipReason::UnknownClass(class.to_owned()),
        };
        if let (Some(id), Some(parent)) = (
            object.id(),
            object
                .reference("parent")
                .or_else(|| object.reference("containerContent")),
        ) {
            self.containers.insert(id, Some(parent));
        }
        if self.skipped.len() < MAX_UNKNOWN_CLASSES || self.skipped.contains_key(&reason) {
            self.skip(reason);
        }
        false
    }
}

/// Apps on Cloud store their settings as content; nobody would miss it.
fn is_property_of_an_app(object: &Object) -> bool {
    object
        .text("pluginModuleKey")
        .is_some_and(|key| key.contains("content-property"))
}

/// Whether a body's `content` is something that has pages' ids.
pub(super) fn is_page(body: &Object) -> bool {
    matches!(
        body.reference_class("content"),
        None | Some("" | "Page" | "BlogPost" | "ContentEntityObject")
    )
}

fn why_not_current(object: &Object, if_archived: SkipReason) -> Option<SkipReason> {
    let original = object
        .reference("originalVersion")
        .or_else(|| object.number("originalVersionId"));
    let is_old = original.is_some() && original != object.id();
    match object.text("contentStatus") {
        Some("draft") => Some(SkipReason::Draft),
        _ if is_old => Some(SkipReason::OldVersion),
        None | Some("current") => None,
        Some("archived") => Some(if_archived),
        Some("historical") => Some(SkipReason::OldVersion),
        Some(_) => Some(SkipReason::Trashed),
    }
}

/// A user key since 5.2, a user name before.
fn user_key(object: &Object, reference: &str, name: &str) -> Option<String> {
    let key = object
        .reference_key(reference)
        .or_else(|| object.text(name))?;
    (!key.is_empty()).then(|| key.to_owned())
}

/// Exports write dates without zone; all but the oldest mean UTC.
fn date(object: &Object, name: &str) -> Option<OffsetDateTime> {
    let format = format_description!(
        version = 2,
        "[year]-[month]-[day] [hour]:[minute]:[second][optional [.[subsecond]]]"
    );
    PrimitiveDateTime::parse(object.text(name)?.trim(), format)
        .ok()
        .map(PrimitiveDateTime::assume_utc)
}
