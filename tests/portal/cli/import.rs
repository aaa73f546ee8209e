//! `import`: a space export becomes a connection, or brings one up to date, or leaves nothing behind.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use vestibule::schema::connection;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::export::{id_of, space, zipped};
use crate::support::{Portal, eventually};

#[tokio::test]
async fn the_id_stands_alone_on_standard_output_and_the_report_on_standard_error() {
    let portal = Portal::start().await;
    let export = space(&[(1, "Home", "<p>Welcome</p>"), (2, "Tides", "<p>Low</p>")]);

    let imported = portal.import(&zipped(export), "Notes");

    assert_eq!(db_connections(&portal), [id_of(&imported)]);
    assert!(
        imported.stderr.contains("Imported 2 pages"),
        "{}",
        imported.stderr
    );
}

#[tokio::test]
async fn importing_again_under_the_same_name_brings_everything_up_to_date() {
    let portal = Portal::start().await;
    let link = r#"<p><ac:link><ri:attachment ri:filename="list.txt"/></ac:link></p>"#;
    let before = space(&[
        (1, "Home", &format!("<p>cormorant</p>{link}")),
        (2, "Old", "<p>gone soon</p>"),
    ])
    .file(1, "list.txt", "text/plain", b"the old list".to_vec());
    let after = space(&[
        (1, "Home", &format!("<p>oystercatcher</p>{link}")),
        (3, "New", "<p>just come</p>"),
    ])
    .file(1, "list.txt", "text/plain", b"the new list".to_vec());

    let id = id_of(&portal.import(&zipped(before), "Notes"));
    let path = format!("/content/{}", portal.db_share_of_space(id).id);
    let visitor = portal.visitor();
    assert!(
        visitor
            .get(&format!("{path}/1"))
            .await
            .text()
            .contains("cormorant")
    );
    assert_eq!(visitor.get(&format!("{path}/2")).await.status, 200);
    let old_objects = files_below(&portal.data_dir().join("attachments"));
    assert_eq!(old_objects.len(), 1);
    assert_eq!(id_of(&portal.import(&zipped(after), "Notes")), id);

    eventually("the new text is served", async || {
        visitor
            .get(&format!("{path}/1"))
            .await
            .text()
            .contains("oystercatcher")
    })
    .await;
    assert_eq!(visitor.get(&format!("{path}/2")).await.status, 404);
    assert_eq!(visitor.get(&format!("{path}/3")).await.status, 200);
    for (word, found) in [("oystercatcher", true), ("cormorant", false)] {
        let search = visitor.get(&format!("{path}/search?q={word}")).await;
        let hit = format!("{path}/1");
        let hits = search.attributes("main a", "href");
        assert_eq!(
            hits.iter().any(|href| href.starts_with(&hit)),
            found,
            "{word}: {hits:?}"
        );
    }
    let page = visitor.get(&format!("{path}/1")).await;
    let files = page.attributes(r#"main a[href*="/files/"]"#, "href");
    assert_eq!(
        visitor.get(files.first().unwrap()).await.text(),
        "the new list"
    );
    let new_objects = files_below(&portal.data_dir().join("attachments"));
    assert_eq!(new_objects.len(), 1);
    assert_ne!(new_objects, old_objects);
    assert_no_scratch(&portal);
}

#[tokio::test]
async fn another_space_under_a_name_in_use_is_refused_and_the_old_one_stays() {
    let portal = Portal::start().await;
    let notes = space(&[(1, "Home", "<p>cormorant</p>")]).file(1, "a", "text/plain", b"a".to_vec());
    let other = space(&[(70, "Else", "<p>Else</p>")]).file(70, "b", "text/plain", b"b".to_vec());
    let id = id_of(&portal.import(&zipped(notes), "Notes"));
    let objects = files_below(portal.data_dir());

    let refused = portal.import(&zipped(other), "Notes");

    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
    assert!(
        refused
            .stderr
            .contains("“Notes” holds other pages than this export"),
        "{}",
        refused.stderr
    );
    assert_eq!(files_below(portal.data_dir()), objects);
    let path = format!("/content/{}", portal.db_share_of_space(id).id);
    let visitor = portal.visitor();
    assert_eq!(visitor.get(&format!("{path}/1")).await.status, 200);
    assert_eq!(visitor.get(&format!("{path}/70")).await.status, 404);
}

#[tokio::test]
async fn what_is_no_export_is_refused_with_the_reason_and_leaves_nothing_behind() {
    let portal = Portal::start().await;
    let whole = zipped(space(&[(1, "Home", "<p>Welcome</p>")]));
    let cases: [(&str, Vec<u8>); 6] = [
        (
            "This is not a zip archive",
            b"<html>Please sign in</html>".to_vec(),
        ),
        ("breaks off", whole[..whole.len() / 2].to_vec()),
        ("has no entities.xml", zip_of(&[("readme.txt", "hello")])),
        (
            "a name that no Confluence writes: ../evil",
            zip_of(&[("../evil", "x"), ("entities.xml", "<x/>")]),
        ),
        (
            "declares entities of its own",
            zip_of(&[(
                "entities.xml",
                "<!DOCTYPE x [<!ENTITY a \"b\">]><hibernate-generic>&a;</hibernate-generic>",
            )]),
        ),
        ("cannot be unpacked", with_a_broken_second_file()),
    ];
    for (reason, bytes) in cases {
        let refused = portal.import(&bytes, "Notes");
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
        assert!(
            refused.stderr.contains(reason),
            "{reason}: {}",
            refused.stderr
        );
        assert_eq!(db_connections(&portal), [] as [uuid::Uuid; 0], "{reason}");
        let left = files_below(portal.data_dir());
        assert_eq!(left, [] as [PathBuf; 0], "{reason}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let portal = Portal::start().await;
    let refused = portal.run(&["import", "/nowhere/export.zip", "--name", "Notes"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("/nowhere/export.zip: "),
        "{}",
        refused.stderr
    );
}

/// The first file is stored before the second turns out to be damaged.
fn with_a_broken_second_file() -> Vec<u8> {
    let noise = |seed: u8| -> Vec<u8> {
        (0..2000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 ^ seed)
            .collect()
    };
    let export = space(&[(1, "Home", "<p>Welcome</p>")])
        .file(1, "a.bin", "application/octet-stream", noise(0))
        .file(1, "b.bin", "application/octet-stream", noise(90));
    let mut archive = zipped(export);
    let is_name = |window: &[u8]| window == b"attachments/1/";
    let names: Vec<usize> = (0..archive.len() - 14)
        .filter(|at| is_name(&archive[*at..at + 14]))
        .collect();
    // Local headers come first, each followed by its bytes.
    archive[names[1] + 300] ^= 0xff;
    archive
}

fn zip_of(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn db_connections(portal: &Portal) -> Vec<uuid::Uuid> {
    portal.db(|db| {
        connection::table
            .select(connection::id)
            .load::<uuid::Uuid>(db)
            .unwrap()
    })
}

fn assert_no_scratch(portal: &Portal) {
    let left = files_below(&portal.data_dir().join("scratch"));
    assert_eq!(left, [] as [PathBuf; 0]);
}

/// Files, not folders.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
