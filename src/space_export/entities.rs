//! `entities.xml` as a stream of objects: the layout `hibernate-generic`, its damage and its tricks.
//!
//! What a `Page` or an `Attachment` is, is not known here.

use std::io::{BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::error::{ExportError, printable};
use super::limits::Limits;
use super::object::{Keep, Object, ObjectParts};

const ROOT: &str = "hibernate-generic";
const BUFFER_BYTES: usize = 64 << 10;

/// Hands out one object after the other; memory stays at one object.
pub(super) struct Entities<R> {
    xml: Reader<EventLimit<BufReader<R>>>,
    buffer: Vec<u8>,
    parts: ObjectParts,
    text_bytes: u64,
    xml_depth: usize,
}

impl<R: Read> Entities<R> {
    pub(super) fn new(reader: R, keep: &'static Keep, limits: &Limits) -> Self {
        let bytes = BufReader::with_capacity(BUFFER_BYTES, reader);
        let mut xml = Reader::from_reader(EventLimit {
            inner: bytes,
            left: limits.text_bytes,
        });
        xml.config_mut().expand_empty_elements = true;
        Self {
            xml,
            buffer: Vec::new(),
            parts: ObjectParts::new(keep),
            text_bytes: limits.text_bytes,
            xml_depth: limits.xml_depth,
        }
    }

    /// The next object, or `None` after the last byte of an intact file.
    pub(super) fn next_object(&mut self) -> Result<Option<Object>, ExportError> {
        loop {
            // A text can come in many parts, each of them short enough.
            if u64::try_from(self.parts.text_bytes()).is_ok_and(|bytes| bytes > self.text_bytes) {
                return Err(ExportError::TextTooLong {
                    at: self.xml.buffer_position(),
                    limit: self.text_bytes,
                });
            }
            self.buffer.clear();
            self.xml.get_mut().left = self.text_bytes;
            let event = match self.xml.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.refusal(error)),
            };
            let at = self.xml.buffer_position();
            match event {
                Event::Start(tag) if self.parts.depth() == 0 && tag.name().as_ref() != ROOT => {
                    return Err(ExportError::ForeignXml);
                }
                Event::Start(_) if self.parts.depth() >= self.xml_depth => {
                    return Err(ExportError::TooDeep {
                        at,
                        limit: self.xml_depth,
                    });
                }
                Event::Start(tag) => {
                    let (class, name) =
                        (attribute(&tag, "class", at)?, attribute(&tag, "name", at)?);
                    self.parts
                        .open(tag.name().as_ref(), class.as_deref(), name.as_deref())?;
                }
                Event::End(_) => {
                    if let Some(object) = self.parts.close()? {
                        return Ok(Some(object));
                    }
                }
                Event::Text(text) if self.parts.wants_text() => {
                    self.parts.push_text(&text.xml10_content())
                }
                Event::CData(text) if self.parts.wants_text() => {
                    self.parts.push_cdata(&text.xml10_content())
                }
                Event::GeneralRef(reference) => self.parts.push_text(&resolved(&reference, at)?),
                Event::DocType(declaration) if declaration.contains("<!ENTITY") => {
                    return Err(ExportError::EntityDeclaration);
                }
                Event::Eof if !self.parts.has_seen_root() => return Err(ExportError::ForeignXml),
                Event::Eof if self.parts.depth() > 0 => {
                    return Err(broken(at, "the end is missing"));
                }
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn refusal(&self, error: quick_xml::Error) -> ExportError {
        let at = self.xml.buffer_position();
        match error {
            _ if self.xml.get_ref().left == 0 => ExportError::TextTooLong {
                at,
                limit: self.text_bytes,
            },
            quick_xml::Error::Io(error) => ExportError::unreadable_entry(&error),
            error => broken(at, &error.to_string()),
        }
    }
}

fn broken(at: u64, reason: &str) -> ExportError {
    ExportError::BrokenXml {
        at,
        reason: printable(reason),
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str, at: u64) -> Result<Option<String>, ExportError> {
    let found = tag
        .try_get_attribute(name)
        .map_err(|error| broken(at, &error.to_string()))?;
    Ok(found.map(|attribute| attribute.value.into_owned()))
}

/// `&lt;` and `&#8232;`. Anything longer would need a declaration, and those are refused.
fn resolved(reference: &BytesRef<'_>, at: u64) -> Result<String, ExportError> {
    if reference.is_char_ref() {
        // Java writes half of a surrogate pair now and then; the text around it is fine.
        let resolved = reference.resolve_char_ref().ok().flatten();
        return Ok(resolved.unwrap_or(char::REPLACEMENT_CHARACTER).to_string());
    }
    match resolve_xml_entity(reference) {
        Some(text) => Ok(text.to_owned()),
        None => Err(broken(
            at,
            &format!("“&{};” is not defined", reference.as_ref()),
        )),
    }
}

/// Fails when one event needs more bytes than it may, before the parser has them all in memory.
struct EventLimit<R> {
    inner: R,
    left: u64,
}

impl<R: BufRead> Read for EventLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for EventLimit<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.left == 0 {
            return Err(std::io::Error::other("one text is too long"));
        }
        let allowed = usize::try_from(self.left).unwrap_or(usize::MAX);
        let available = self.inner.fill_buf()?;
        Ok(available.get(..allowed).unwrap_or(available))
    }

    fn consume(&mut self, used: usize) {
        self.left = self
            .left
            .saturating_sub(u64::try_from(used).unwrap_or(u64::MAX));
        self.inner.consume(used);
    }
}
