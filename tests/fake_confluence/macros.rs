//! Static macros of other apps in rendered bodies. Confluence asks the app for the output in the name of whoever looks,
//! and the app gets no token for the user of an app.

use super::people::Standing;
use super::wiki::Seen;

const START: &str = "{static:";
const END: &str = "{/static}";

/// Stands in a rendered body where another app's macro puts its output.
pub(crate) fn static_macro(name: &str, output: &str) -> String {
    format!("{START}{name}}}{output}{END}")
}

/// The body with the output of its macros, or with what a reader gets for whom there is none.
pub(super) fn rendered(wiki: &Seen<'_>, body: &str) -> String {
    let person = wiki.reader.and_then(|name| wiki.person(name));
    let is_person = person.is_some_and(|person| person.standing == Standing::Active);
    with_macros(body, |name, output| match is_person {
        true => output.to_owned(),
        false => failed(name),
    })
}

/// With the output, whoever looks.
pub(super) fn filled(body: &str) -> String {
    with_macros(body, |_, output| output.to_owned())
}

/// What Confluence writes in place of a macro whose app refused.
pub(crate) fn failed(name: &str) -> String {
    format!(
        "<div class=\"error\">Error rendering macro '{name}' : Add-on 'com.example.{name}' disallowed to impersonate the \
         user because 'no valid active user exists'</div>"
    )
}

fn with_macros(body: &str, write: impl Fn(&str, &str) -> String) -> String {
    let mut parts = body.split(START);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        let (output, rest) = rest.split_once(END).unwrap();
        text.push_str(&write(name, output));
        text.push_str(rest);
    }
    text
}
