//! Whatever the bytes are, there is an answer: no panic, and never a tree without an end.

use std::collections::{HashMap, HashSet};

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use crate::space_export::builder::{ExportBuilder, NewPage};
use crate::space_export::tree::{Containers, settle};
use crate::space_export::{ExportedPage, PageKind};

use super::{bodies, built, built_bytes, entities, open, zip_of};

/// Text as people write it: no control characters but line feeds, often with what CDATA trips over.
fn text() -> impl Strategy<Value = String> {
    vec(
        proptest::prop_oneof!["[^\\p{C}]{0,20}", "\\]{1,4} {0,2}>?", "<!\\[CDATA\\[", "\n"],
        1..6,
    )
    .prop_map(|parts| parts.concat().replace(['\u{fffe}', '\u{ffff}'], ""))
}

/// Reads everything there is to read, as an import does.
fn exercise(bytes: Vec<u8>) {
    let Ok(mut export) = open(bytes) else { return };
    let _damaged_bodies = export.for_each_body(|_| std::ops::ControlFlow::Continue(()));
    for file in export.files().to_vec() {
        if let Ok(mut reader) = export.open_file(&file) {
            let _damaged_file = std::io::copy(&mut reader, &mut std::io::sink());
        }
    }
}

fn page(id: u64, parent: u64, kind: PageKind) -> ExportedPage {
    ExportedPage {
        id,
        kind,
        title: String::new(),
        space_key: (id % 5 / 4).to_string(),
        parent: Some(parent),
        position: None,
        version: 1,
        created_at: None,
        modified_at: None,
        creator_key: None,
        modifier_key: None,
        labels: Vec::new(),
        posting_day: None,
        view_restricted: false,
    }
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in vec(any::<u8>(), 0..2_000)) {
        exercise(bytes.clone());
        exercise(zip_of(&[("entities.xml", &bytes)]));
    }

    #[test]
    fn any_damage_to_an_export_has_an_answer(damage in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = built_bytes(
            ExportBuilder::new("DOC", "Manual").page(NewPage::new(1, "Page", "<p>x</p>")).file(1, "a", "b/c", vec![7; 50]),
        );
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        exercise(bytes);
    }

    #[test]
    fn any_objects_have_an_answer(parts in vec(proptest::sample::select(vec![
        "<object class=\"Page\">", "<object class=\"BodyContent\">", "</object>", "<id name=\"id\">", "7", "</id>",
        "<property name=\"title\">", "<property name=\"parent\" class=\"Page\">", "<property name=\"body\">", "</property>",
        "<collection name=\"bodyContents\">", "</collection>", "<element>", "</element>", "<![CDATA[]] ]]>", "&amp;", "&#0;",
    ]), 0..30)) {
        exercise(zip_of(&[("entities.xml", entities(&parts.concat()).as_bytes())]));
    }

    #[test]
    fn what_the_builder_writes_is_read_back(title in text(), body in text(), file_name in text()) {
        let title = format!("T{title}");
        let builder = ExportBuilder::new("DOC", "Manual")
            .page(NewPage::new(1, &title, &body))
            .file(1, &format!("F{file_name}"), "a/b", vec![1]);
        let mut export = built(builder);

        prop_assert_eq!(&export.pages()[0].title, &title);
        prop_assert_eq!(&export.files()[0].file_name, &format!("F{file_name}"));
        prop_assert_eq!(&bodies(&mut export)[0].body, &body);
    }

    #[test]
    fn every_page_is_under_a_page_of_its_space_and_reaches_the_top(
        parents in vec((0..40_u64, any::<bool>()), 1..30),
        folders in proptest::collection::hash_map(30..45_u64, proptest::option::of(0..45_u64), 0..12),
    ) {
        let mut pages: Vec<_> = (0..).zip(parents).map(|(id, (parent, is_page))| {
            page(id, parent, if is_page { PageKind::Page } else { PageKind::BlogPost })
        }).collect();

        settle(&mut pages, &Containers { parents: &folders, view_restricted: &HashSet::new() });

        let by_id: HashMap<u64, &ExportedPage> = pages.iter().map(|page| (page.id, page)).collect();
        for page in &pages {
            let (mut at, mut steps) = (page, 0);
            while let Some(parent) = at.parent {
                prop_assert_eq!(by_id[&parent].kind, PageKind::Page);
                prop_assert_eq!(&by_id[&parent].space_key, &page.space_key);
                at = by_id[&parent];
                steps += 1;
                prop_assert!(steps <= pages.len(), "a circle is left");
            }
        }
    }
}
