//! What the browsers asked for and what they were told, in the order of the answers: the only witness of a test.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::http::{Asked, Head};

/// A request and the head of its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) asked: Asked,
    pub(crate) answered: Head,
}

/// Shared by the server that writes it and the test that reads it.
#[derive(Clone, Default)]
pub(crate) struct Record(Arc<Mutex<Vec<Exchange>>>);

impl Record {
    pub(super) fn add(&self, asked: Asked, answered: Head) {
        let mut exchanges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        exchanges.push(Exchange { asked, answered });
    }

    pub(crate) fn all(&self) -> Vec<Exchange> {
        let exchanges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        exchanges.clone()
    }

    /// What follows the exchanges that are there now is [`Record::since`] this.
    pub(crate) fn mark(&self) -> usize {
        self.all().len()
    }

    pub(crate) fn since(&self, mark: usize) -> Vec<Exchange> {
        self.all().split_off(mark)
    }
}

/// For whoever has to find out why a test failed.
impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, answered } = self;
        let said = |name: &str| asked.headers.get(name).unwrap_or("-").to_owned();
        let (site, dest) = (said("sec-fetch-site"), said("sec-fetch-dest"));
        let (method, host, target) = (&asked.method, asked.host(), &asked.target);
        let status = answered.status;
        write!(f, "{method} {host}{target} ({site} {dest}): {status}")?;
        let location = answered.headers.get("location");
        location.map_or(Ok(()), |location| write!(f, " to {location}"))
    }
}

impl Exchange {
    pub(crate) fn is_of(&self, host: &str) -> bool {
        self.asked.host() == host
    }

    /// What the answer is for, as the browser says.
    pub(crate) fn is_for(&self, destination: &str) -> bool {
        self.asked.headers.get("sec-fetch-dest") == Some(destination)
    }

    /// The value of a parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.asked.target.split_once('?')?;
        parameter(query, name)
    }
}

/// The value of a parameter of a query, as it is written.
pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(other, _)| *other == name)?;
    Some(value)
}
