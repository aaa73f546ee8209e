//! The stylesheets and the class vocabulary belong together.

use super::super::classes;

const STYLES: &str = concat!(
    include_str!("../../../static/css/content.css"),
    include_str!("../../../static/css/code.css")
);

/// Classes that carry meaning or state but need no rule of their own.
const WITHOUT_RULE: [&str; 5] = ["layouts", "included", "file", "task-group", "diagram"];

#[test]
fn every_class_of_the_vocabulary_has_a_rule() {
    let unstyled: Vec<&str> = classes::all()
        .filter(|class| !WITHOUT_RULE.contains(class))
        .filter(|class| {
            !STYLES.split('.').skip(1).any(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                rest.get(..end.unwrap_or(rest.len())) == Some(*class)
            })
        })
        .collect();
    assert_eq!(unstyled, Vec::<&str>::new());
}

#[test]
fn the_stylesheets_load_nothing() {
    assert!(!STYLES.contains("url(") && !STYLES.contains("@import"));
}
