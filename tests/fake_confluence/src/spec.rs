//! Holds requests against the official OpenAPI documents, in the extract that `extract_spec.py` makes of them: paths,
//! methods, parameters with types, choices and limits, scopes. Answers are not checked.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::exchange::Request;
use super::pattern::matches;

const EXTRACT: &str = include_str!("../../fixtures/confluence/spec.json");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    Cloud,
    DataCenter,
}

#[derive(Deserialize)]
struct Extract {
    cloud: BTreeMap<String, Operation>,
    data_center: BTreeMap<String, Operation>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Operation {
    parameters: BTreeMap<String, Parameter>,
    /// Of these sets a token needs one.
    #[serde(default)]
    pub scopes: Vec<Vec<String>>,
    /// Which scope a Connect app needs.
    #[serde(default = "read")]
    pub connect: String,
    /// Content types of the body.
    #[serde(default)]
    body: Vec<String>,
}

fn read() -> String {
    "READ".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
struct Parameter {
    #[serde(rename = "in")]
    place: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    list: bool,
    #[serde(default)]
    required: bool,
    min: Option<i64>,
    max: Option<i64>,
    #[serde(rename = "enum", default)]
    choices: Vec<String>,
}

pub(crate) struct Spec {
    operations: BTreeMap<String, Operation>,
}

impl Spec {
    pub(crate) fn of(product: Product) -> Self {
        let extract: Extract = serde_json::from_str(EXTRACT).unwrap();
        let operations = match product {
            Product::Cloud => extract.cloud,
            Product::DataCenter => extract.data_center,
        };
        Self { operations }
    }

    /// What the documents know at this path; of several the one with the most fixed segments.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<(&str, &Operation)> {
        let mut fitting: Vec<_> = self
            .operations
            .iter()
            .filter(|(name, _)| {
                let known = name.split_once(' ');
                known.is_some_and(|(verb, pattern)| verb == method && matches(pattern, path))
            })
            .collect();
        fitting.sort_by_key(|(name, _)| name.matches('{').count());
        let (name, operation) = fitting.first()?;
        Some((name.as_str(), operation))
    }

    /// Everything about a request that the documents do not allow.
    pub(crate) fn problems(&self, request: &Request, path: &str) -> Vec<String> {
        let method = request.method.as_str();
        let mut problems = Vec::new();
        if method == "GET" && !request.body.is_empty() {
            problems.push("a GET with a body".to_owned());
        }
        if method == "GET" && request.header("content-type").is_some() {
            problems.push("a GET with a Content-Type".to_owned());
        }
        let Some((name, operation)) = self.operation(method, path) else {
            problems.push("not in the specification".to_owned());
            return problems;
        };
        operation.check_path(name, path, &mut problems);
        operation.check_query(request, &mut problems);
        if let Some(wanted) = operation.body.first() {
            let given = request.header("content-type").unwrap_or("none");
            if !given.starts_with(wanted.as_str()) {
                problems.push(format!("the body is {given}, not {wanted}"));
            }
        }
        problems
    }
}

impl Operation {
    fn check_path(&self, name: &str, path: &str, problems: &mut Vec<String>) {
        let (_, pattern) = name.split_once(' ').unwrap();
        for (segment, value) in pattern.split('/').zip(path.split('/')) {
            let name = segment.trim_start_matches('{').trim_end_matches('}');
            if name != segment
                && let Some(parameter) = self.parameters.get(name)
            {
                let value = super::serve::decoded(value);
                problems.extend(parameter.problem(name, &value));
            }
        }
    }

    fn check_query(&self, request: &Request, problems: &mut Vec<String>) {
        let mut seen = Vec::new();
        for (name, value) in &request.query {
            match self.parameters.get(name).filter(|one| one.place == "query") {
                Some(parameter) if parameter.list => {
                    problems.extend(
                        value
                            .split(',')
                            .filter_map(|one| parameter.problem(name, one)),
                    );
                }
                Some(_) if seen.contains(&name) => problems.push(format!("{name} is given twice")),
                Some(parameter) => problems.extend(parameter.problem(name, value)),
                None => problems.push(format!("the parameter {name} does not exist")),
            }
            seen.push(name);
        }
        for (name, parameter) in &self.parameters {
            if parameter.required && request.query(name).is_none() {
                problems.push(format!("the parameter {name} is missing"));
            }
        }
    }
}

impl Parameter {
    fn problem(&self, name: &str, value: &str) -> Option<String> {
        let is_fine = match self.kind.as_str() {
            "integer" => value.parse().is_ok_and(|number: i64| {
                self.min.is_none_or(|min| min <= number) && self.max.is_none_or(|max| number <= max)
            }),
            "boolean" => ["true", "false"].contains(&value),
            _ => self.choices.is_empty() || self.choices.iter().any(|choice| choice == value),
        };
        (!is_fine).then(|| format!("{name} cannot be {value:?}"))
    }
}
