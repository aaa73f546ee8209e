//! One `<object>` of `entities.xml`, put together from its parts.

use std::borrow::Cow;
use std::mem;

use super::error::ExportError;

/// More relations than any page has older versions, labels and permissions together.
const MAX_ELEMENTS: usize = 1 << 20;
const MAX_RELATION_BYTES: u64 = 8 << 20;
const MAX_NAME_CHARS: usize = 200;

/// Which properties of an object a pass is interested in; the rest costs nothing.
pub(super) struct Keep {
    pub(super) names: &'static [&'static str],
    /// Longer texts are cut.
    pub(super) text_bytes: usize,
}

#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) class: String,
    id: String,
    members: Vec<(String, Member)>,
}

#[derive(Debug)]
enum Member {
    Text(String),
    Reference { class: String, id: String },
    Elements(Vec<u64>),
}

impl Object {
    pub(super) fn id(&self) -> Option<u64> {
        self.id.trim().parse().ok()
    }

    /// The id of an object that is not counted, such as a user.
    pub(super) fn key(&self) -> &str {
        self.id.trim()
    }

    /// A property's text; an empty one is as good as none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.member(name)? {
            Member::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    pub(super) fn take_text(&mut self, name: &str) -> Option<String> {
        let found = self.members.iter_mut().find(|(member, _)| member == name)?;
        match &mut found.1 {
            Member::Text(text) => Some(mem::take(text)),
            _ => None,
        }
    }

    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.text(name)?.trim().parse().ok()
    }

    /// The id that a property refers to.
    pub(super) fn reference(&self, name: &str) -> Option<u64> {
        self.reference_key(name)?.parse().ok()
    }

    pub(super) fn reference_key(&self, name: &str) -> Option<&str> {
        match self.member(name)? {
            Member::Reference { id, .. } => Some(id.trim()),
            _ => None,
        }
    }

    pub(super) fn reference_class(&self, name: &str) -> Option<&str> {
        match self.member(name)? {
            Member::Reference { class, .. } => Some(class),
            _ => None,
        }
    }

    pub(super) fn elements(&self, name: &str) -> &[u64] {
        match self.member(name) {
            Some(Member::Elements(ids)) => ids,
            _ => &[],
        }
    }

    /// What its texts and lists take up in memory.
    pub(super) fn held_bytes(&self) -> usize {
        let of_member = |member: &Member| match member {
            Member::Text(text) => text.len(),
            Member::Reference { id, .. } => id.len(),
            Member::Elements(ids) => size_of_val(ids.as_slice()),
        };
        self.members
            .iter()
            .map(|(_, member)| of_member(member))
            .sum()
    }

    fn member(&self, name: &str) -> Option<&Member> {
        self.members
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Root,
    Object,
    Id,
    Property,
    Collection,
    Element,
    Other,
}

/// The parts of the object that is being read, and where in it the reader stands.
pub(super) struct ObjectParts {
    keep: &'static Keep,
    path: Vec<Tag>,
    has_seen_root: bool,
    object: Object,
    text: String,
    /// The property or collection around the current place: its name, class and contents.
    name: String,
    class: String,
    reference: Option<String>,
    elements: Vec<u64>,
}

impl ObjectParts {
    pub(super) fn new(keep: &'static Keep) -> Self {
        Self {
            keep,
            path: Vec::new(),
            has_seen_root: false,
            object: Object::default(),
            text: String::new(),
            name: String::new(),
            class: String::new(),
            reference: None,
            elements: Vec::new(),
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }

    pub(super) fn has_seen_root(&self) -> bool {
        self.has_seen_root
    }

    /// Whether text at this place is part of an object that somebody wants.
    pub(super) fn wants_text(&self) -> bool {
        match self.path.last() {
            Some(Tag::Id) => true,
            Some(Tag::Property) => self.is_kept(),
            _ => false,
        }
    }

    pub(super) fn open(
        &mut self,
        tag: &str,
        class: Option<&str>,
        name: Option<&str>,
    ) -> Result<(), ExportError> {
        let (class, name) = (class.unwrap_or_default(), name.unwrap_or_default());
        let tag = match (self.path.last(), tag) {
            (None, _) => Tag::Root,
            (Some(Tag::Root), "object") => Tag::Object,
            (Some(Tag::Object | Tag::Property | Tag::Element), "id") => Tag::Id,
            (Some(Tag::Object), "property") => Tag::Property,
            (Some(Tag::Object), "collection") => Tag::Collection,
            (Some(Tag::Collection), "element") => Tag::Element,
            _ => Tag::Other,
        };
        match tag {
            Tag::Root => self.has_seen_root = true,
            Tag::Object => {
                self.object = Object {
                    class: short(class),
                    ..Object::default()
                }
            }
            Tag::Property | Tag::Collection => {
                self.name = short(name);
                self.class = short(class);
                self.reference = None;
                self.elements = Vec::new();
            }
            _ => {}
        }
        self.text.clear();
        self.path.push(tag);
        Ok(())
    }

    /// Bytes of the text so far.
    pub(super) fn text_bytes(&self) -> usize {
        self.text.len()
    }

    pub(super) fn push_text(&mut self, text: &str) {
        if !self.wants_text() {
            return;
        }
        // Control characters are illegal in XML 1.0, yet Confluence writes those that people pasted.
        let fits = self.text.len().saturating_add(text.len()) <= self.keep.text_bytes;
        if fits && text.chars().all(is_xml_character) {
            return self.text.push_str(text);
        }
        for c in text.chars().filter(|&c| is_xml_character(c)) {
            if self.text.len() >= self.keep.text_bytes {
                return;
            }
            self.text.push(c);
        }
    }

    pub(super) fn push_cdata(&mut self, text: &str) {
        self.push_text(&without_cdata_guard(text));
    }

    pub(super) fn close(&mut self) -> Result<Option<Object>, ExportError> {
        let closed = self.path.pop();
        match (closed, self.path.last()) {
            (Some(Tag::Id), Some(Tag::Object)) => self.object.id = mem::take(&mut self.text),
            (Some(Tag::Id), Some(Tag::Property)) => {
                self.reference = Some(mem::take(&mut self.text))
            }
            (Some(Tag::Id), Some(Tag::Element)) => self.add_element()?,
            (Some(Tag::Property), _) => self.add_property(),
            (Some(Tag::Collection), _) => {
                let elements = Member::Elements(mem::take(&mut self.elements));
                self.add_member(elements);
            }
            (Some(Tag::Object), _) => return Ok(Some(mem::take(&mut self.object))),
            _ => {}
        }
        Ok(None)
    }

    fn add_property(&mut self) {
        let class = mem::take(&mut self.class);
        let member = match self.reference.take() {
            Some(id) => Member::Reference { class, id },
            None => Member::Text(mem::take(&mut self.text)),
        };
        self.add_member(member);
    }

    fn add_element(&mut self) -> Result<(), ExportError> {
        let id = self.text.trim().parse::<u64>();
        if let (true, Ok(id)) = (self.is_kept(), id) {
            if self.elements.len() >= MAX_ELEMENTS {
                return Err(ExportError::TooMuch {
                    limit: MAX_RELATION_BYTES,
                });
            }
            self.elements.push(id);
        }
        Ok(())
    }

    /// A property comes once; of more the first one counts.
    fn add_member(&mut self, member: Member) {
        if self.is_kept() && self.object.member(&self.name).is_none() {
            self.object
                .members
                .push((mem::take(&mut self.name), member));
        }
    }

    fn is_kept(&self) -> bool {
        self.keep.names.contains(&self.name.as_str())
    }
}

/// Confluence writes a space after every `]]`, so that no text can end its CDATA section.
///
/// Some versions did so only before a `>`; they are told apart by a `]]` without the space.
fn without_cdata_guard(text: &str) -> Cow<'_, str> {
    if !text.contains("]] ") {
        return Cow::Borrowed(text);
    }
    let guarded = |(at, found): (usize, &str)| {
        text.get(at + found.len()..)
            .is_some_and(|rest| rest.starts_with(' '))
    };
    if text.match_indices("]]").all(guarded) {
        Cow::Owned(text.replace("]] ", "]]"))
    } else {
        Cow::Owned(text.replace("]] >", "]]>"))
    }
}

fn is_xml_character(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn short(name: &str) -> String {
    name.chars().take(MAX_NAME_CHARS).collect()
}
