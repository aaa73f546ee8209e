//! Runs a query of `cql` over what one reader may see. Knows the fields that an external portal may need.

use time::format_description::FormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::cql::{Operator, Query, parse};
use super::macros::without_macros;
use super::wiki::{Attachment, Content, Kind, Seen};

const MINUTE: &[FormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]");
const DAY: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]");

#[derive(Clone, Copy)]
pub(crate) enum Hit<'a> {
    Content(&'a Content),
    Attachment(&'a Attachment),
}

impl<'a> Hit<'a> {
    pub(crate) fn title(&self) -> &'a str {
        match self {
            Self::Content(content) => &content.title,
            Self::Attachment(file) => &file.title,
        }
    }

    /// The page itself, or the page that a file is on.
    pub(crate) fn content(&self, wiki: &Seen<'a>) -> &'a Content {
        match self {
            Self::Content(content) => content,
            Self::Attachment(file) => &wiki.wiki.contents[&file.page],
        }
    }
}

/// In the order of ids. The error is a sentence about the query.
pub(crate) fn search<'a>(wiki: &Seen<'a>, cql: &str) -> Result<Vec<Hit<'a>>, String> {
    let query = parse(cql)?;
    let mut hits = Vec::new();
    for content in wiki.all_current() {
        hits.push(Hit::Content(content));
        hits.extend(
            wiki.files_of_seen(content.id)
                .into_iter()
                .map(Hit::Attachment),
        );
    }
    let mut found = Vec::new();
    for hit in hits {
        if holds(&query, wiki, hit)? {
            found.push(hit);
        }
    }
    Ok(found)
}

impl<'a> Seen<'a> {
    fn files_of_seen(&self, page: u64) -> Vec<&'a Attachment> {
        self.wiki.files_of(page)
    }
}

fn holds(query: &Query, wiki: &Seen<'_>, hit: Hit<'_>) -> Result<bool, String> {
    match query {
        // Every part is looked at, so that nonsense is refused wherever it stands.
        Query::And(parts) => {
            let answers: Result<Vec<bool>, String> =
                parts.iter().map(|part| holds(part, wiki, hit)).collect();
            Ok(answers?.into_iter().all(|answer| answer))
        }
        Query::Or(parts) => {
            let answers: Result<Vec<bool>, String> =
                parts.iter().map(|part| holds(part, wiki, hit)).collect();
            Ok(answers?.into_iter().any(|answer| answer))
        }
        Query::Not(inner) => Ok(!holds(inner, wiki, hit)?),
        Query::Clause {
            field,
            operator,
            values,
        } => clause(field, *operator, values, wiki, hit),
    }
}

fn clause(
    field: &str,
    operator: Operator,
    values: &[String],
    wiki: &Seen<'_>,
    hit: Hit<'_>,
) -> Result<bool, String> {
    let content = hit.content(wiki);
    let facts = match field {
        "id" | "content" => vec![match hit {
            Hit::Content(content) => content.id.to_string(),
            Hit::Attachment(file) => file.id.to_string(),
        }],
        "type" => vec![type_of(hit).to_owned()],
        "space" | "space.key" => vec![wiki.space_of(content).key.clone()],
        "ancestor" => wiki
            .ancestors(content)
            .iter()
            .map(|page| page.id.to_string())
            .collect(),
        "parent" => content.parent.iter().map(u64::to_string).collect(),
        "container" => match hit {
            Hit::Content(_) => Vec::new(),
            Hit::Attachment(file) => vec![file.page.to_string()],
        },
        "label" => content.labels.clone(),
        "title" => vec![hit.title().to_owned()],
        "text" | "sitesearch" => return text(field, operator, values, hit),
        "lastmodified" | "created" => return date(field, operator, values, content),
        _ => return Err(format!("No field exists with name: {field}")),
    };
    let is_one = values
        .iter()
        .any(|value| facts.iter().any(|fact| is_equal(fact, value)));
    match operator {
        Operator::OneOf => Ok(is_one),
        Operator::NoneOf => Ok(!is_one),
        Operator::Contains if field == "title" => Ok(has_words(hit.title(), values)),
        Operator::ContainsNot if field == "title" => Ok(!has_words(hit.title(), values)),
        _ => Err(unsupported(operator, field)),
    }
}

/// Ids of files are written with and without their prefix; titles and types in any case.
fn is_equal(fact: &str, value: &str) -> bool {
    fact.eq_ignore_ascii_case(value.strip_prefix("att").unwrap_or(value))
        || fact.eq_ignore_ascii_case(value)
}

pub(crate) fn type_of(hit: Hit<'_>) -> &'static str {
    match hit {
        Hit::Attachment(_) => "attachment",
        Hit::Content(content) => match content.kind {
            Kind::Page => "page",
            Kind::BlogPost => "blogpost",
            Kind::Folder => "folder",
        },
    }
}

fn text(field: &str, operator: Operator, values: &[String], hit: Hit<'_>) -> Result<bool, String> {
    let all = match hit {
        Hit::Content(content) => format!("{} {}", content.title, plain(&content.storage)),
        Hit::Attachment(file) => file.title.clone(),
    };
    match operator {
        Operator::Contains => Ok(has_words(&all, values)),
        Operator::ContainsNot => Ok(!has_words(&all, values)),
        _ => Err(unsupported(operator, field)),
    }
}

fn date(
    field: &str,
    operator: Operator,
    values: &[String],
    content: &Content,
) -> Result<bool, String> {
    let is_created = field == "created";
    let fact = if is_created {
        content.created
    } else {
        content.edited
    };
    let wanted = moment(&values[0]).ok_or_else(|| format!("'{}' is not a date", values[0]))?;
    match operator {
        Operator::Before => Ok(fact < wanted),
        Operator::BeforeOrAt => Ok(fact <= wanted),
        Operator::After => Ok(fact > wanted),
        Operator::AfterOrAt => Ok(fact >= wanted),
        _ => Err(unsupported(operator, field)),
    }
}

fn moment(text: &str) -> Option<OffsetDateTime> {
    let text = text.replace('/', "-");
    let minute = PrimitiveDateTime::parse(&text, MINUTE).ok();
    let day = || {
        Some(PrimitiveDateTime::new(
            Date::parse(&text, DAY).ok()?,
            Time::MIDNIGHT,
        ))
    };
    minute.or_else(day).map(PrimitiveDateTime::assume_utc)
}

fn unsupported(operator: Operator, field: &str) -> String {
    format!("Operator {operator:?} is not supported for {field}")
}

/// Whether each word stands there; with a `*` at its end the beginning of one is enough.
fn has_words(text: &str, values: &[String]) -> bool {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        let words = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '*');
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let there = words(text);
    let wanted = words(&values.join(" "));
    let is_there = |term: &String| match term.strip_suffix('*') {
        Some(start) => there.iter().any(|word| word.starts_with(start)),
        None => there.contains(term),
    };
    !wanted.is_empty() && wanted.iter().all(is_there)
}

/// Without markup.
pub(crate) fn plain(markup: &str) -> String {
    let mut text = String::new();
    for part in without_macros(markup).split('<') {
        let after = part.split_once('>').map_or(part, |(_, after)| after);
        text.push_str(after);
        text.push(' ');
    }
    text.trim().to_owned()
}
