//! Every form that Confluence is known to render, and what readers see of it.

use serde::Deserialize;

use super::super::tidy;
use super::render_with;

/// Forms of Cloud and Data Center, shortened, with made-up names.
const FORMS: &str = include_str!("../../../../tests/fixtures/confluence/rendered_forms.json");

#[derive(Debug, Deserialize)]
struct Form {
    form: String,
    view: String,
    storage: Option<String>,
    shows: String,
    findings: Vec<String>,
}

fn forms() -> Vec<Form> {
    serde_json::from_str(FORMS).unwrap()
}

#[test]
fn every_known_form_is_shown_as_expected() {
    let wanted: Vec<_> = forms()
        .into_iter()
        .map(|form| (form.form, form.shows, form.findings))
        .collect();
    let shown: Vec<_> = forms()
        .into_iter()
        .map(|form| {
            let rendered = render_with(&form.view, form.storage.as_deref());
            let findings = rendered.findings.iter();
            let findings: Vec<_> = findings.map(|finding| finding.kind.sentence()).collect();
            (form.form, tidy(rendered.html.as_str()), findings)
        })
        .collect();
    assert_eq!(shown, wanted);
}

#[test]
fn no_form_tells_where_the_wiki_is_or_who_somebody_is_there() {
    let telling: Vec<_> = forms()
        .into_iter()
        .map(|form| {
            render_with(&form.view, form.storage.as_deref())
                .html
                .into_string()
        })
        .filter(|html| {
            let words = [
                "atlassian.net",
                "acme.example",
                "data-",
                "557058",
                "jdoe",
                "5da80c30",
                "/wiki/",
                "/confluence/",
                "JQL",
                "CQL",
            ];
            words.iter().any(|word| html.contains(word))
        })
        .collect();
    assert_eq!(telling, Vec::<String>::new());
}
