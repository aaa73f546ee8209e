//! Damaged and malicious archives: each is refused, and the admin is told why.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::space_export::Limits;
use crate::space_export::builder::{ExportBuilder, NewPage};

use super::{built_bytes, bytes_of, entities, open, page_xml, refusal, refusal_with, zip_of};

const STORED: SimpleFileOptions =
    SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);

#[track_caller]
pub(super) fn assert_says(message: &str, words: &str) {
    assert!(
        message.contains(words),
        "“{message}” does not say “{words}”"
    );
}

pub(super) fn xml_refusal(xml: impl AsRef<[u8]>) -> String {
    refusal(zip_of(&[("entities.xml", xml.as_ref())]))
}

/// The archive with every occurrence of some bytes replaced by others of the same length.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<_> = (0..bytes.len() - from.len())
        .filter(|&at| bytes[at..].starts_with(from))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

/// An archive of entries that are stored as they are, so that tests can change their bytes.
fn stored_zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, STORED).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn with_file() -> Vec<u8> {
    let xml = entities(&format!(
        r#"{}<object class="Attachment"><id name="id">7</id><property name="title">a.txt</property>
        <property name="containerContent" class="Page"><id name="id">5</id></property></object>"#,
        page_xml(5, "P", "")
    ));
    stored_zip(&[
        ("entities.xml", xml.as_bytes()),
        ("attachments/5/7/1", b"the attachment's bytes"),
    ])
}

#[test]
fn what_is_no_zip_archive_is_refused() {
    assert_says(&refusal(Vec::new()), "This is not a zip archive");
    assert_says(
        &refusal(b"%PDF-1.7 and so on".to_vec()),
        "This is not a zip archive",
    );
}

#[test]
fn a_download_that_was_cut_is_told_from_another_file() {
    let mut bytes =
        built_bytes(ExportBuilder::new("DOC", "Manual").page(NewPage::new(1, "P", "text")));
    bytes.truncate(bytes.len() / 2);

    assert_says(&refusal(bytes), "its end is missing");
}

#[test]
fn other_kinds_of_export_are_recognized() {
    assert_says(
        &refusal(zip_of(&[("DOC/index.html", b"<html>")])),
        "This is an HTML export",
    );
    assert_says(
        &refusal(zip_of(&[("DOC-export.zip", b"PK")])),
        "another zip archive inside this one",
    );
    assert_says(
        &refusal(zip_of(&[("readme.txt", b"hi")])),
        "it has no entities.xml",
    );
    assert_says(&refusal(zip_of(&[])), "it has no entities.xml");
}

#[test]
fn names_that_leave_their_folder_are_refused() {
    let xml = entities("");
    let refusal_of =
        |name: &str| refusal(zip_of(&[("entities.xml", xml.as_bytes()), (name, b"x")]));

    assert_says(&refusal_of("../../etc/passwd"), "../../etc/passwd");
    assert_says(
        &refusal_of("attachments/../../x"),
        "a name that no Confluence writes",
    );
    assert_says(
        &refusal(patched(
            zip_of(&[("entities.xml", xml.as_bytes()), ("Xetc/x", b"x")]),
            b"Xetc/x",
            b"/etc/x",
        )),
        "no Confluence writes: /etc/x",
    );
    assert_says(
        &refusal(patched(
            zip_of(&[("entities.xml", xml.as_bytes()), ("aXbXc", b"x")]),
            b"aXbXc",
            b"a\\b\\c",
        )),
        "no Confluence writes",
    );
    assert_says(
        &refusal(patched(
            zip_of(&[("entities.xml", xml.as_bytes()), ("CX/x", b"x")]),
            b"CX/x",
            b"C:/x",
        )),
        "no Confluence writes: C:/x",
    );
    assert_says(
        &refusal(patched(
            zip_of(&[("entities.xml", xml.as_bytes()), ("aXb", b"x")]),
            b"aXb",
            b"a\x1bb",
        )),
        r"no Confluence writes: a\u{1b}b",
    );
}

#[test]
fn links_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("entities.xml", STORED).unwrap();
    zip.write_all(entities("").as_bytes()).unwrap();
    zip.add_symlink("attachments/1/1/1", "/etc/shadow", STORED)
        .unwrap();

    assert_says(
        &refusal(zip.finish().unwrap().into_inner()),
        "a link instead of a file: attachments/1/1/1",
    );
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let xml = entities("");
    let bytes = zip_of(&[("entities.xml", xml.as_bytes()), ("entitiesXxml", b"other")]);

    assert_says(
        &refusal(patched(bytes, b"entitiesXxml", b"entities.xml")),
        "two files of one name",
    );
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("entities.xml", STORED).unwrap();
    zip.write_all(entities("").as_bytes()).unwrap();
    zip.shallow_copy_file("entities.xml", "attachments/1/1/1")
        .unwrap();

    assert_says(&refusal(zip.finish().unwrap().into_inner()), "in one place");
}

#[test]
fn an_encrypted_archive_is_refused() {
    let mut bytes = stored_zip(&[("entities.xml", entities("").as_bytes())]);
    let directory = bytes
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    bytes[6] |= 1;
    bytes[directory + 8] |= 1;

    assert_says(&refusal(bytes), "The archive is encrypted (entities.xml)");
}

#[test]
fn an_unusual_compression_is_refused() {
    const DEFLATE64: u8 = 9;
    let mut bytes = stored_zip(&[("entities.xml", entities("").as_bytes())]);
    let directory = bytes
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    bytes[8] = DEFLATE64;
    bytes[directory + 10] = DEFLATE64;

    assert_says(
        &refusal(bytes),
        "compressed in a way that Confluence does not use",
    );
}

#[test]
fn too_many_entries_are_refused() {
    let names: Vec<String> = (0..40)
        .map(|number| format!("attachments/1/{number}/1"))
        .collect();
    let entries: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), b"".as_slice()))
        .collect();
    let limits = Limits {
        entries: 39,
        ..Limits::default()
    };

    assert_says(
        &refusal_with(zip_of(&entries), &limits),
        "more than 39 files",
    );
}

#[test]
fn a_directory_of_millions_is_not_even_read() {
    let long = "x".repeat(60_000);
    let names: Vec<String> = (0..40).map(|number| format!("{number}{long}")).collect();
    let entries: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), b"".as_slice()))
        .collect();
    let limits = Limits {
        entries: 100,
        ..Limits::default()
    };

    assert_says(
        &refusal_with(zip_of(&entries), &limits),
        "more than 100 files",
    );
}

#[test]
fn bombs_are_refused_by_what_they_declare() {
    let zeros = vec![0; 3 << 20];
    let bytes = || {
        zip_of(&[
            ("entities.xml", entities("").as_bytes()),
            ("attachments/1/1/1", &zeros),
        ])
    };
    let default = Limits::default();

    let file = Limits {
        file_bytes: 1 << 20,
        ..default.clone()
    };
    assert_says(
        &refusal_with(bytes(), &file),
        "attachments/1/1/1 would unpack to more than 1 MiB",
    );
    let total = Limits {
        total_bytes: 1 << 20,
        ..default.clone()
    };
    assert_says(
        &refusal_with(bytes(), &total),
        "The archive would unpack to more than 1 MiB",
    );
    let ratio = Limits {
        ratio_from_bytes: 1 << 20,
        ..default.clone()
    };
    assert_says(
        &refusal_with(bytes(), &ratio),
        "more than 200 times its size",
    );
    let entities = Limits {
        entities_bytes: 20,
        ..default
    };
    assert_says(
        &refusal_with(bytes(), &entities),
        "entities.xml would unpack to more than 20 bytes",
    );
}

#[test]
fn an_entry_that_unpacks_to_more_than_it_declares_is_cut_off() {
    let xml = entities(&"<!-- padding -->".repeat(1000));
    let mut bytes = zip_of(&[("entities.xml", xml.as_bytes())]);
    let directory = bytes
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&100_u32.to_le_bytes());

    assert_says(
        &refusal(bytes),
        "entities.xml cannot be unpacked (File is larger than its declared",
    );
}

#[test]
fn a_wrong_checksum_of_entities_is_refused() {
    let bytes = stored_zip(&[(
        "entities.xml",
        entities(&page_xml(5, "Title", "")).as_bytes(),
    )]);

    assert_says(
        &refusal(patched(bytes, b"Title", b"Tutle")),
        "entities.xml cannot be unpacked (Invalid checksum)",
    );
}

#[test]
fn a_wrong_checksum_of_a_file_is_an_error_at_its_end() {
    let mut export = open(patched(with_file(), b"attachment's", b"Attachment's")).unwrap();

    let error = bytes_of(&mut export, "a.txt").unwrap_err().to_string();

    assert_says(
        &error,
        "attachments/5/7/1 cannot be unpacked (Invalid checksum)",
    );
    assert_says(&error, "download the export again");
}

#[test]
fn an_intact_file_is_read_to_its_end() {
    assert_eq!(
        bytes_of(&mut open(with_file()).unwrap(), "a.txt").unwrap(),
        b"the attachment's bytes"
    );
}

#[test]
fn damaged_deflate_streams_are_refused() {
    let xml = entities(&page_xml(
        5,
        "Title",
        &"<property name=\"x\">y</property>".repeat(500),
    ));
    let mut bytes = zip_of(&[("entities.xml", xml.as_bytes())]);
    bytes[60..80].fill(0xff);

    assert_says(&refusal(bytes), "entities.xml cannot be unpacked");
}
