//! Memory stays at one body, however long `entities.xml` is.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::space_export::assemble::Content;
use crate::space_export::bodies;
use crate::space_export::builder::{ExportBuilder, NewPage};
use crate::space_export::collect::METADATA;
use crate::space_export::entities::Entities;
use crate::space_export::{BodyFormat, ExportedBody, Limits};

use super::built;

const PAGES: u64 = 200;
const BODY_BYTES: usize = 1 << 20;

/// An `entities.xml` of 200 MiB that is made while it is read, and counts what was taken from it.
struct EndlessBodies<'a> {
    next: u64,
    part: io::Cursor<Vec<u8>>,
    given: &'a Cell<u64>,
}

impl Read for EndlessBodies<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        if read == 0 && self.next <= PAGES + 1 {
            self.part = io::Cursor::new(match self.next {
                0 => b"<hibernate-generic>".to_vec(),
                id if id <= PAGES => body(id),
                _ => b"</hibernate-generic>".to_vec(),
            });
            self.next += 1;
            return self.read(buffer);
        }
        self.given.set(self.given.get() + read as u64);
        Ok(read)
    }
}

fn body(id: u64) -> Vec<u8> {
    let text = "x".repeat(BODY_BYTES);
    format!(
        r#"<object class="BodyContent"><id name="id">{id}</id><property name="body"><![CDATA[{text}]]></property>
        <property name="content" class="Page"><id name="id">{id}</id></property></object>"#
    )
    .into_bytes()
}

/// What pass 1 found: the pages of [`EndlessBodies`].
fn content() -> Content {
    let titles: Vec<String> = (1..=PAGES).map(|id| format!("Page {id}")).collect();
    let space = ExportBuilder::new("DOC", "Manual");
    built((1..=PAGES).zip(&titles).fold(space, |space, (id, title)| {
        space.page(NewPage::new(id, title, ""))
    }))
    .content
}

#[test]
fn every_body_is_handed_out_before_the_next_one_is_read() {
    let (content, given) = (content(), Cell::new(0));
    let source = EndlessBodies {
        next: 0,
        part: io::Cursor::default(),
        given: &given,
    };
    let read_ahead = Cell::new(0);
    let check = |ExportedBody { page_id, body, .. }: ExportedBody| {
        assert_eq!(body.len(), BODY_BYTES);
        let one = self::body(100).len() as u64;
        read_ahead.set(
            read_ahead
                .get()
                .max(given.get().saturating_sub(page_id * one)),
        );
        ControlFlow::Continue(())
    };

    bodies::for_each(
        source,
        &content,
        BodyFormat::Storage,
        &Limits::default(),
        check,
    )
    .unwrap();

    assert!(given.get() > PAGES * BODY_BYTES as u64);
    assert!(
        read_ahead.get() <= 128 << 10,
        "{} bytes were read ahead",
        read_ahead.get()
    );
}

#[test]
fn pass_1_keeps_no_body() {
    let given = Cell::new(0);
    let source = EndlessBodies {
        next: 0,
        part: io::Cursor::default(),
        given: &given,
    };
    let mut entities = Entities::new(source, METADATA, &Limits::default());
    let mut held = 0;

    while let Some(object) = entities.next_object().unwrap() {
        held += object.held_bytes();
    }

    assert!(held < 10_000, "{held} bytes were kept");
}
