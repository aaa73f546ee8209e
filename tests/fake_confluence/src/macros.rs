//! What macros put into rendered bodies for whoever looks.
//!
//! Static macros are of other apps: Confluence asks the app in the
//! name of the reader, and the app gets no token for the user of an app. Included pages are there for those who may read
//! them.

use super::people::Standing;
use super::wiki::Seen;

const MACRO: &str = "{macro:";
const END: &str = "{/macro}";
const INCLUDE: &str = "include";

/// Stands in a rendered body where another app's macro puts its output, in which `{viewer}` is the name of whoever looks.
pub fn static_macro(name: &str, output: &str) -> String {
    format!("{MACRO}{name}}}{output}{END}")
}

/// Stands in a rendered body where another page of this title is shown.
pub fn included_page(title: &str) -> String {
    static_macro(INCLUDE, title)
}

/// The body as this reader gets it.
pub(super) fn rendered(wiki: &Seen<'_>, body: &str) -> String {
    let person = wiki.reader.and_then(|name| wiki.person(name));
    let is_person = person.is_some_and(|person| person.standing == Standing::Active);
    with_macros(body, |name, output| match name {
        INCLUDE => included(wiki, output),
        _ if is_person => {
            output.replace("{viewer}", person.map_or("", |person| &person.display_name))
        }
        _ => failed(name),
    })
}

/// As a site has it whose macros are its own: only what is included depends on the reader.
pub(super) fn rendered_at_home(wiki: &Seen<'_>, body: &str) -> String {
    with_macros(body, |name, output| match name {
        INCLUDE => included(wiki, output),
        _ => output.to_owned(),
    })
}

/// For an index of words, which nothing that is included belongs to.
pub(super) fn without_macros(body: &str) -> String {
    with_macros(body, |_, _| String::new())
}

/// What Confluence writes in place of a macro whose app refused.
pub fn failed(name: &str) -> String {
    format!(
        "<div class=\"error\">Error rendering macro '{name}' : Add-on 'com.example.{name}' disallowed to impersonate the \
         user because 'no valid active user exists'</div>"
    )
}

fn included(wiki: &Seen<'_>, title: &str) -> String {
    let mut pages = wiki.all_current().filter(|page| page.title == title);
    match pages.next() {
        Some(page) => page.export_view.clone(),
        None => format!(
            "<div class=\"error\">Error rendering macro 'include' : No link could be created for '{title}'.</div>"
        ),
    }
}

fn with_macros(body: &str, write: impl Fn(&str, &str) -> String) -> String {
    let mut parts = body.split(MACRO);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        let (output, rest) = rest.split_once(END).unwrap();
        text.push_str(&write(name, output));
        text.push_str(rest);
    }
    text
}
