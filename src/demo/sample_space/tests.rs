//! The sample holds together: every link, picture, person and anchor it names is in it.

use std::collections::{BTreeSet, HashMap};
use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::*;

/// An element of a body, with the elements around it, outermost first.
struct Element {
    name: String,
    attributes: HashMap<String, String>,
    ancestors: Vec<String>,
    text: String,
    /// The title of the `ri:page` directly inside, if there is one.
    inner_page: Option<String>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

fn element(start: &BytesStart<'_>, ancestors: &[usize], all: &[Element]) -> Element {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let name = attribute.key.as_ref().to_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap();
        (name, value.into_owned())
    });
    Element {
        name: start.name().as_ref().to_owned(),
        attributes: attributes.collect(),
        ancestors: ancestors.iter().map(|&i| all[i].name.clone()).collect(),
        text: String::new(),
        inner_page: None,
    }
}

/// Reads a storage-format body strictly; a body that is not well-formed fails the test.
fn elements(body: &str) -> Vec<Element> {
    let body = format!("<body>{body}</body>");
    let mut reader = Reader::from_str(&body);
    let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                all.push(element(&start, &open, &all));
                open.push(all.len() - 1);
            }
            Event::Empty(start) => {
                let found = element(&start, &open, &all);
                if found.name == "ri:page" {
                    let around = *open.last().unwrap();
                    all[around].inner_page = found.attribute("ri:content-title").map(str::to_owned);
                }
                all.push(found);
            }
            Event::Text(text) => {
                let around = *open.last().unwrap();
                all[around].text.push_str(&text);
            }
            Event::End(_) => drop(open.pop()),
            Event::Eof => return all,
            _ => {}
        }
    }
}

fn storage_entries() -> impl Iterator<Item = &'static Entry> {
    static RESTRICTED: Entry = RESTRICTED_PAGE;
    static BLOG: [Entry; 2] = BLOG_POSTS;
    static TREE: [Entry; 31] = PAGES;
    TREE.iter().chain(&BLOG).chain([&RESTRICTED])
}

/// Every element of every body, with its page.
fn all_elements() -> Vec<(&'static Entry, Element)> {
    storage_entries()
        .flat_map(|entry| elements(entry.body).into_iter().map(move |e| (entry, e)))
        .collect()
}

fn entry_titled(title: &str) -> Option<&'static Entry> {
    storage_entries().find(|entry| entry.title == title)
}

fn macros_shown() -> BTreeSet<String> {
    all_elements()
        .iter()
        .filter(|(_, e)| e.name == "ac:structured-macro")
        .map(|(_, e)| e.attribute("ac:name").unwrap().to_owned())
        .collect()
}

#[test]
fn every_page_it_links_to_is_in_it() {
    let missing: Vec<_> = all_elements()
        .into_iter()
        .filter(|(_, e)| e.name == "ri:page" || e.name == "ri:blog-post")
        .filter(|(_, e)| e.attribute("ri:space-key").is_none())
        .filter(|(_, e)| entry_titled(e.attribute("ri:content-title").unwrap()).is_none())
        .map(|(entry, e)| (entry.title, e.attributes))
        .collect();

    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_file_it_shows_is_on_the_page_it_names() {
    let missing: Vec<_> = all_elements()
        .into_iter()
        .filter(|(_, e)| e.name == "ri:attachment")
        .filter(|(entry, e)| {
            let owner = match &e.inner_page {
                Some(title) => entry_titled(title).unwrap().id,
                None => entry.id,
            };
            let name = e.attribute("ri:filename").unwrap();
            !FILES
                .iter()
                .any(|file| file.page == owner && file.name == name)
        })
        .map(|(entry, e)| (entry.title, e.attributes))
        .collect();

    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_file_is_used_by_a_page() {
    let bodies: String = storage_entries().map(|entry| entry.body).collect();

    let unused: Vec<_> = FILES
        .iter()
        .filter(|file| !bodies.contains(file.name))
        .collect();

    assert!(unused.is_empty());
}

#[test]
fn every_person_it_mentions_is_in_it() {
    let known: BTreeSet<&str> = USERS.iter().map(|(key, ..)| *key).collect();

    let mentioned: Vec<_> = all_elements()
        .iter()
        .filter_map(|(_, e)| e.attribute("ri:userkey").map(str::to_owned))
        .collect();

    assert!(!mentioned.is_empty());
    assert!(mentioned.iter().all(|key| known.contains(key.as_str())));
}

#[test]
fn every_anchor_it_links_to_is_an_anchor_or_a_heading() {
    let targets: BTreeSet<(u64, String)> = all_elements()
        .into_iter()
        .filter(|(_, e)| {
            let heading = e.name.len() == 2 && e.name.starts_with('h');
            heading || (e.name == "ac:parameter" && e.attribute("ac:name") == Some(""))
        })
        .map(|(entry, e)| (entry.id, e.text))
        .collect();

    let missing: Vec<_> = all_elements()
        .into_iter()
        .filter_map(|(entry, e)| {
            let page = e
                .inner_page
                .as_deref()
                .and_then(entry_titled)
                .unwrap_or(entry);
            Some((page.id, e.attribute("ac:anchor")?.to_owned()))
        })
        .filter(|link| !targets.contains(link))
        .collect();

    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn it_shows_every_macro_that_is_rendered_and_some_that_are_not() {
    let expected = [
        "anchor",
        "attachments",
        "children",
        "code",
        "column",
        "contentbylabel",
        "details",
        "detailssummary",
        "excerpt",
        "excerpt-include",
        "expand",
        "gallery",
        "include",
        "info",
        "jira",
        "multimedia",
        "noformat",
        "note",
        "pagetree",
        "panel",
        "section",
        "status",
        "tidewatch-live-map",
        "tip",
        "toc",
        "view-file",
        "warning",
    ];

    assert_eq!(macros_shown(), expected.map(str::to_owned).into());
}

#[test]
fn it_shows_every_other_element_of_the_storage_format() {
    let shown: BTreeSet<String> = all_elements().into_iter().map(|(_, e)| e.name).collect();

    let missing: Vec<_> = [
        "ac:adf-extension",
        "ac:adf-fallback",
        "ac:caption",
        "ac:emoticon",
        "ac:image",
        "ac:layout",
        "ac:link",
        "ac:task-list",
        "blockquote",
        "col",
        "del",
        "hr",
        "ol",
        "ri:attachment",
        "ri:blog-post",
        "ri:page",
        "ri:user",
        "sub",
        "table",
        "thead",
        "time",
        "u",
        "ul",
    ]
    .into_iter()
    .filter(|name| !shown.contains(*name))
    .collect();

    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn lists_tasks_and_macros_stand_inside_each_other() {
    let nested = |name: &str| {
        all_elements()
            .iter()
            .any(|(_, e)| e.name == name && e.ancestors.iter().any(|around| around == name))
    };

    assert!(nested("ul") && nested("ol"));
    assert!(nested("ac:task-list") && nested("ac:structured-macro"));
}

#[test]
fn its_tree_is_six_levels_deep_and_parents_come_first() {
    let mut levels: HashMap<u64, u32> = HashMap::new();
    for entry in &PAGES {
        let level = entry.parent.map_or(0, |parent| levels[&parent]) + 1;
        levels.insert(entry.id, level);
    }

    assert_eq!(levels.values().max(), Some(&6));
    assert_eq!(levels.len(), PAGES.len(), "no id twice");
}

#[test]
fn the_export_is_a_zip_with_every_page_and_file() {
    let mut bytes = Cursor::new(Vec::new());

    write_sample_space(&mut bytes).unwrap();

    let mut zip = zip::ZipArchive::new(bytes).unwrap();
    let mut entities = String::new();
    let mut entry = zip.by_name("entities.xml").unwrap();
    entry.read_to_string(&mut entities).unwrap();
    drop(entry);
    assert_eq!(entities.matches("<object class=\"Page\"").count(), 33);
    assert_eq!(entities.matches("<object class=\"BlogPost\"").count(), 2);
    assert_eq!(
        zip.file_names()
            .filter(|name| name.as_ref().unwrap().starts_with("attachments/"))
            .count(),
        FILES.len()
    );
}

#[test]
fn it_is_small_enough_to_live_in_the_program() {
    let files: usize = FILES.iter().map(|file| file.bytes.len()).sum();

    assert!(files < 1_500_000, "{files}");
}
