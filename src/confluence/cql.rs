//! Questions in Confluence's query language. Whatever somebody typed stands in quotes, where nothing of it can act as
//! language.

use std::fmt::Write;

/// Pages with these words in title or text.
pub(super) fn words(text: &str, space_key: Option<&str>) -> String {
    let quoted = quote(text);
    let mut cql = format!("type in (page, blogpost) and (title ~ {quoted} or text ~ {quoted})");
    add_space(&mut cql, space_key);
    cql
}

/// Pages with these words in their title.
pub(super) fn title(text: &str, space_key: Option<&str>) -> String {
    let mut cql = format!("type in (page, blogpost) and title ~ {}", quote(text));
    add_space(&mut cql, space_key);
    cql
}

pub(super) fn space(key: &str) -> String {
    format!("space = {} and type in (page, blogpost)", quote(key))
}

/// A page and all pages below it.
pub(super) fn tree(id: &str) -> String {
    let id = quote(id);
    format!("(ancestor = {id} or id = {id}) and type = page")
}

pub(super) fn ids(ids: &[String]) -> String {
    let quoted: Vec<_> = ids.iter().map(|id| quote(id)).collect();
    format!("id in ({})", quoted.join(", "))
}

fn add_space(cql: &mut String, space_key: Option<&str>) {
    if let Some(key) = space_key {
        // Writing to a String cannot fail.
        let _written = write!(cql, " and space = {}", quote(key));
    }
}

/// Control characters, which no text search needs, become spaces.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            _ if letter.is_control() => quoted.push(' '),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{ids, quote, tree, words};

    #[test]
    fn what_was_typed_stays_inside_its_quotes() {
        assert_eq!(quote(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(quote("a\nb"), "\"a b\"");
        assert_eq!(
            words("\" or space = X", Some("~ada")),
            r#"type in (page, blogpost) and (title ~ "\" or space = X" or text ~ "\" or space = X") and space = "~ada""#
        );
    }

    #[test]
    fn trees_and_lists_are_asked_by_id() {
        assert_eq!(tree("7"), r#"(ancestor = "7" or id = "7") and type = page"#);
        assert_eq!(
            ids(&["7".to_owned(), "8".to_owned()]),
            r#"id in ("7", "8")"#
        );
    }

    proptest! {
        #[test]
        fn no_quote_inside_goes_without_its_backslash(text in any::<String>()) {
            let quoted = quote(&text);
            let inner = &quoted[1..quoted.len() - 1];
            let mut letters = inner.chars();
            let mut read = String::new();
            while let Some(letter) = letters.next() {
                prop_assert!(letter != '"');
                match letter {
                    '\\' => read.push(letters.next().unwrap()),
                    other => read.push(other),
                }
            }
            let expected: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
