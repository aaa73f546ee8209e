//! Which pages and files come out, and where in the tree.

use crate::space_export::builder::{ExportBuilder, NewPage};
use crate::space_export::{SkipReason, SpaceStatus};

use super::{built, entities, export_of, open, page, page_xml, parent_xml, skipped, zip_of};

fn status_xml(status: &str) -> String {
    format!(r#"<property name="contentStatus"><![CDATA[{status}]]></property>"#)
}

#[test]
fn only_current_versions_come_out_and_the_rest_is_counted() {
    let original =
        r#"<property name="originalVersion" class="Page"><id name="id">5</id></property>"#;
    let original_id = r#"<property name="originalVersionId">5</property>"#;
    let history = r#"<collection name="historicalVersions"><element class="Page"><id name="id">13</id></element></collection>"#;
    let export = export_of(&[
        page_xml(5, "Now", history),
        page_xml(11, "Then", original),
        page_xml(12, "Then", original_id),
        page_xml(13, "Known by its newest version only", ""),
        page_xml(14, "Draft", &(status_xml("draft") + original)),
        page_xml(15, "Deleted", &status_xml("deleted")),
        page_xml(16, "Archived", &status_xml("archived")),
        page_xml(17, "", ""),
        r#"<object class="Comment"><id name="id">18</id></object><object class="PageTemplate"><id name="id">1</id></object>"#.to_owned(),
        r#"<object class="OutgoingLink"><id name="id">19</id></object><object class="Moonbeam"><id name="id">1</id></object>"#.to_owned(),
    ].concat());

    assert_eq!(
        export
            .pages()
            .iter()
            .map(|page| page.id)
            .collect::<Vec<_>>(),
        [5]
    );
    let counts: Vec<_> = export
        .skipped()
        .iter()
        .map(|skipped| (skipped.reason.clone(), skipped.count))
        .collect();
    let expected = [
        (SkipReason::OldVersion, 3),
        (SkipReason::Draft, 1),
        (SkipReason::Trashed, 1),
        (SkipReason::ArchivedPage, 1),
        (SkipReason::Comment, 1),
        (SkipReason::Template, 1),
        (SkipReason::Unusable, 1),
        (SkipReason::UnknownClass("Moonbeam".to_owned()), 1),
    ];
    assert_eq!(counts, expected);
}

#[test]
fn a_page_whose_parent_is_missing_becomes_a_top_page() {
    let export = export_of(&page_xml(5, "Orphan", &parent_xml(42)));

    assert_eq!(page(&export, 5).parent, None);
    assert_eq!(skipped(&export, &SkipReason::MovedUp), 1);
}

#[test]
fn a_page_in_folders_moves_to_the_page_above_them() {
    let folder = |id: u64, parent: u64| {
        format!(
            r#"<object class="Folder"><id name="id">{id}</id>{}</object>"#,
            parent_xml(parent)
        )
    };
    let export = export_of(
        &[
            page_xml(1, "Home", ""),
            folder(2, 1),
            folder(3, 2),
            page_xml(4, "Inside", &parent_xml(3)),
        ]
        .concat(),
    );

    assert_eq!(page(&export, 4).parent, Some(1));
    assert_eq!(skipped(&export, &SkipReason::OtherContent), 2);
    assert_eq!(skipped(&export, &SkipReason::MovedUp), 1);
}

#[test]
fn a_page_in_a_restricted_folder_is_restricted_itself() {
    let folder = format!(
        r#"<object class="Folder"><id name="id">2</id>{}</object>"#,
        parent_xml(1)
    );
    let set = r#"<object class="ContentPermissionSet"><id name="id">9</id><property name="type">View</property>
        <property name="owningContent" class="Folder"><id name="id">2</id></property></object>"#;
    let export = export_of(
        &[
            page_xml(1, "Home", ""),
            folder,
            set.to_owned(),
            page_xml(4, "Inside", &parent_xml(2)),
        ]
        .concat(),
    );

    assert!(page(&export, 4).view_restricted);
    assert!(!page(&export, 1).view_restricted);
}

#[test]
fn children_of_a_trashed_page_move_up() {
    let trashed = page_xml(2, "Gone", &(status_xml("deleted") + &parent_xml(1)));
    let export = export_of(
        &[
            page_xml(1, "Home", ""),
            trashed,
            page_xml(3, "Child", &parent_xml(2)),
        ]
        .concat(),
    );

    assert_eq!(page(&export, 3).parent, Some(1));
}

#[test]
fn a_circle_of_parents_is_cut_once() {
    let export = export_of(
        &[
            page_xml(1, "A", &parent_xml(3)),
            page_xml(2, "B", &parent_xml(1)),
            page_xml(3, "C", &parent_xml(2)),
            page_xml(4, "Below", &parent_xml(2)),
            page_xml(5, "Its own parent", &parent_xml(5)),
        ]
        .concat(),
    );

    assert_eq!(page(&export, 1).parent, None);
    assert_eq!(page(&export, 2).parent, Some(1));
    assert_eq!(page(&export, 3).parent, Some(2));
    assert_eq!(page(&export, 4).parent, Some(2));
    assert_eq!(page(&export, 5).parent, None);
    assert_eq!(skipped(&export, &SkipReason::CircularParents), 2);
}

#[test]
fn folders_in_a_circle_end_at_the_top() {
    let folder = |id: u64, parent: u64| {
        format!(
            r#"<object class="Folder"><id name="id">{id}</id>{}</object>"#,
            parent_xml(parent)
        )
    };
    let export = export_of(
        &[
            folder(2, 3),
            folder(3, 2),
            page_xml(4, "Inside", &parent_xml(3)),
        ]
        .concat(),
    );

    assert_eq!(page(&export, 4).parent, None);
}

#[test]
fn pages_of_one_title_stay_apart() {
    let export = export_of(&[page_xml(5, "Same", ""), page_xml(6, "Same", "")].concat());

    assert_eq!(export.pages().len(), 2);
}

#[test]
fn an_id_used_twice_means_the_first_page() {
    let export = export_of(&[page_xml(5, "First", ""), page_xml(5, "Second", "")].concat());

    assert_eq!(page(&export, 5).title, "First");
    assert_eq!(skipped(&export, &SkipReason::Unusable), 1);
}

fn two_spaces(descriptor: &str) -> Vec<u8> {
    let xml = entities(&format!(
        r#"<object class="Space"><id name="id">2</id><property name="key">OLD</property><property name="spaceStatus">ARCHIVED</property>
            <property name="homePage" class="Page"><id name="id">404</id></property></object>
        {}<object class="Page"><id name="id">6</id><property name="title">Other</property>
            <property name="space" class="Space"><id name="id">2</id></property>{}</object>
        <object class="Page"><id name="id">7</id><property name="title">Nowhere</property></object>"#,
        page_xml(5, "Mine", ""),
        parent_xml(5),
    ));
    zip_of(&[
        ("entities.xml", xml.as_bytes()),
        ("exportDescriptor.properties", descriptor.as_bytes()),
    ])
}

#[test]
fn an_export_of_a_site_has_all_its_spaces() {
    let export = open(two_spaces("exportType=all\n")).unwrap();

    let spaces: Vec<_> = export
        .spaces()
        .iter()
        .map(|space| (space.key.as_str(), space.status, space.home_page))
        .collect();
    assert_eq!(
        spaces,
        [
            ("DOC", SpaceStatus::Current, None),
            ("OLD", SpaceStatus::Archived, None)
        ]
    );
    assert_eq!(page(&export, 6).space_key, "OLD");
    assert_eq!(
        page(&export, 6).parent,
        None,
        "a parent of another space is no parent"
    );
    assert_eq!(skipped(&export, &SkipReason::WithoutSpace), 1);
}

#[test]
fn an_export_of_a_space_has_no_page_of_another() {
    let export = open(two_spaces("exportType=space\nspaceKey=doc\n")).unwrap();

    assert_eq!(
        export
            .pages()
            .iter()
            .map(|page| page.id)
            .collect::<Vec<_>>(),
        [5]
    );
    assert_eq!(export.spaces().len(), 1);
    assert_eq!(skipped(&export, &SkipReason::OtherSpace), 1);
}

#[test]
fn a_view_restriction_is_the_pages_own_and_an_edit_restriction_is_none() {
    let edit = r#"<object class="ContentPermissionSet"><id name="id">9</id><property name="type">Edit</property>
        <property name="owningContent" class="Page"><id name="id">6</id></property></object>"#;
    let listed = r#"<collection name="contentPermissionSets"><element class="ContentPermissionSet"><id name="id">9</id></element></collection>"#;
    let lost = r#"<collection name="contentPermissionSets"><element class="ContentPermissionSet"><id name="id">10</id></element></collection>"#;
    let export = export_of(
        &[
            page_xml(6, "Edit", listed),
            page_xml(7, "Lost", lost),
            edit.to_owned(),
        ]
        .concat(),
    );
    assert!(!page(&export, 6).view_restricted);
    assert!(
        page(&export, 7).view_restricted,
        "better hidden than leaked"
    );

    let secret = NewPage {
        view_restricted_to: Some("u"),
        ..NewPage::new(1, "Secret", "")
    };
    let below = NewPage {
        parent: Some(1),
        ..NewPage::new(2, "Below", "")
    };
    let export = built(ExportBuilder::new("DOC", "Manual").page(secret).page(below));
    assert!(page(&export, 1).view_restricted);
    assert!(!page(&export, 2).view_restricted);
}

#[test]
fn a_view_restriction_is_known_without_the_page_naming_it() {
    let view = r#"<object class="ContentPermissionSet"><id name="id">9</id><property name="type">View</property>
        <property name="owningContent" class="Page"><id name="id">6</id></property></object>"#;
    let export = export_of(&(page_xml(6, "Secret", "") + view));

    assert!(page(&export, 6).view_restricted);
}

#[test]
fn a_page_that_names_itself_as_its_original_is_current() {
    let original =
        r#"<property name="originalVersion" class="Page"><id name="id">5</id></property>"#;

    assert_eq!(export_of(&page_xml(5, "P", original)).pages().len(), 1);
}

#[test]
fn personal_labels_are_left_out() {
    let export = export_of(&format!(
        r#"{}<object class="Label"><id name="id">1</id><property name="name">howto</property><property name="namespace">global</property></object>
        <object class="Label"><id name="id">2</id><property name="name">favourite</property><property name="namespace">my</property></object>
        <object class="Labelling"><id name="id">1</id><property name="label" class="Label"><id name="id">1</id></property><property name="labelableId">5</property></object>
        <object class="Labelling"><id name="id">2</id><property name="label" class="Label"><id name="id">2</id></property>
            <property name="content" class="Page"><id name="id">5</id></property></object>"#,
        page_xml(5, "P", "")
    ));

    assert_eq!(page(&export, 5).labels, ["howto"]);
}

#[test]
fn only_the_newest_file_of_a_name_on_a_current_page_comes_out() {
    let attachment = |id: u64, page: u64, more: &str| {
        format!(
            r#"<object class="Attachment"><id name="id">{id}</id><property name="title">a.txt</property>{more}
            <property name="containerContent" class="Page"><id name="id">{page}</id></property></object>"#
        )
    };
    let original = r#"<property name="version">1</property><property name="originalVersion" class="Attachment"><id name="id">7</id></property>"#;
    let version = r#"<property name="version">3</property>"#;
    let export = export_of(
        &[
            page_xml(5, "P", ""),
            attachment(7, 5, version),
            attachment(8, 5, original),
            attachment(9, 5, ""),
            attachment(10, 5, &status_xml("deleted")),
            attachment(11, 404, ""),
        ]
        .concat(),
    );

    assert_eq!(
        export
            .files()
            .iter()
            .map(|file| file.id)
            .collect::<Vec<_>>(),
        [7]
    );
    assert_eq!(skipped(&export, &SkipReason::OldVersion), 2);
    assert_eq!(skipped(&export, &SkipReason::Trashed), 1);
    assert_eq!(skipped(&export, &SkipReason::FileWithoutPage), 1);
}

#[test]
fn an_archive_without_a_space_is_refused() {
    let xml = "<hibernate-generic></hibernate-generic>";
    assert!(
        open(zip_of(&[("entities.xml", xml.as_bytes())]))
            .err()
            .unwrap()
            .to_string()
            .contains("holds no space")
    );
}
