//! Tests of the reader of exports, on archives made here.

mod contents;
mod hostile;
mod hostile_xml;
mod pages;
mod properties;
mod streaming;

use std::io::{Cursor, Read, Write};
use std::ops::ControlFlow;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::builder::ExportBuilder;
use super::{
    ExportError, ExportedBody, ExportedFile, ExportedPage, Limits, SkipReason, SpaceExport,
};

type Export = SpaceExport<Cursor<Vec<u8>>>;

const SPACE: &str = r#"<object class="Space"><id name="id">1</id>
    <property name="key">DOC</property><property name="name">Docs</property></object>"#;

fn built(builder: ExportBuilder) -> Export {
    open(built_bytes(builder)).unwrap()
}

fn built_bytes(builder: ExportBuilder) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    builder.write(&mut out).unwrap();
    out.into_inner()
}

fn open(bytes: Vec<u8>) -> Result<Export, ExportError> {
    SpaceExport::open(Cursor::new(bytes), &Limits::default())
}

/// The message that an admin would see.
fn refusal(bytes: Vec<u8>) -> String {
    refusal_with(bytes, &Limits::default())
}

fn refusal_with(bytes: Vec<u8>, limits: &Limits) -> String {
    match SpaceExport::open(Cursor::new(bytes), limits) {
        Ok(_) => panic!("the archive was accepted"),
        Err(error) => error.to_string(),
    }
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An `entities.xml` of the space `DOC` with id 1 and these objects.
fn entities(objects: &str) -> String {
    format!("<hibernate-generic>{SPACE}{objects}</hibernate-generic>")
}

fn export_of(objects: &str) -> Export {
    open(zip_of(&[("entities.xml", entities(objects).as_bytes())])).unwrap()
}

/// A current page of the space `DOC`, with more properties.
fn page_xml(id: u64, title: &str, more: &str) -> String {
    format!(
        r#"<object class="Page"><id name="id">{id}</id><property name="title"><![CDATA[{title}]]></property>
        <property name="space" class="Space"><id name="id">1</id></property>{more}</object>"#
    )
}

fn parent_xml(id: u64) -> String {
    format!(r#"<property name="parent" class="Page"><id name="id">{id}</id></property>"#)
}

fn page(export: &Export, id: u64) -> &ExportedPage {
    export.pages().iter().find(|page| page.id == id).unwrap()
}

fn file<'a>(export: &'a Export, file_name: &str) -> &'a ExportedFile {
    export
        .files()
        .iter()
        .find(|file| file.file_name == file_name)
        .unwrap()
}

fn bytes_of(export: &mut Export, file_name: &str) -> std::io::Result<Vec<u8>> {
    let file = file(export, file_name).clone();
    let mut bytes = Vec::new();
    export.open_file(&file).unwrap().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn bodies(export: &mut Export) -> Vec<ExportedBody> {
    let mut bodies = Vec::new();
    export
        .for_each_body(|body| {
            bodies.push(body);
            ControlFlow::Continue(())
        })
        .unwrap();
    bodies
}

fn skipped(export: &Export, reason: &SkipReason) -> usize {
    export
        .skipped()
        .iter()
        .find(|skipped| skipped.reason == *reason)
        .map_or(0, |skipped| skipped.count)
}
