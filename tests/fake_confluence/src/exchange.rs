//! A request as a fake sees it and the reply it gives, without the HTTP server around them.

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;
use serde_json::Value;

use super::files::Bytes;

/// Which of a fake's ports a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// The site; on Cloud also the gateway and the OAuth server.
    Site,
    /// Where Cloud's downloads are redirected to.
    Media,
    /// A host that nobody should send a credential to.
    Stranger,
}

#[derive(Debug)]
pub struct Request {
    pub port: Port,
    /// Who sent it, as the connection says.
    pub peer: IpAddr,
    pub method: String,
    /// Path and query as they were sent.
    pub target: String,
    /// As sent, without the query.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(key, _)| key == name);
        values.next().map(|(_, value)| value.as_str())
    }

    /// All values of a parameter, given again and again or with commas.
    pub fn queries(&self, name: &str) -> Vec<&str> {
        let values = self.query.iter().filter(|(key, _)| key == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The fields of a JSON object or of a form.
    pub fn fields(&self) -> Value {
        let is_json = self
            .header("content-type")
            .is_some_and(|kind| kind.contains("json"));
        if is_json {
            return serde_json::from_slice(&self.body).unwrap_or_default();
        }
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(&self.body).unwrap_or_default();
        pairs
            .into_iter()
            .map(|(key, value)| (key, Value::from(value)))
            .collect()
    }
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub enum Body {
    Whole(Vec<u8>),
    /// A part of a file: the first and last place, both included; nothing if the file is empty.
    File {
        bytes: Bytes,
        first: u64,
        length: u64,
    },
    /// Byte by byte, with a pause of so many milliseconds after each.
    Slow {
        bytes: Vec<u8>,
        pause: u64,
    },
    /// Announces all bytes, sends half of them and closes the connection.
    Cut(Vec<u8>),
    /// So many bytes of a JSON text that never ends; announced by `Content-Length` or not.
    Flood {
        length: u64,
        is_announced: bool,
    },
}

impl Reply {
    pub fn json(status: u16, value: &Value) -> Self {
        Self::text(status, "application/json", &value.to_string())
    }

    pub fn ok(value: &Value) -> Self {
        Self::json(200, value)
    }

    pub fn text(status: u16, content_type: &str, text: &str) -> Self {
        let body = Body::Whole(text.as_bytes().to_vec());
        Self::empty(status)
            .with("Content-Type", content_type)
            .body(body)
    }

    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Whole(Vec::new()),
        }
    }

    pub fn redirect(location: &str) -> Self {
        Self::empty(302).with("Location", location)
    }

    /// A file, or the part that a `Range` header asks for.
    pub fn file(bytes: &Bytes, media_type: &str, range: Option<&str>) -> Self {
        let length = bytes.size();
        let file = |first, length| Body::File {
            bytes: bytes.clone(),
            first,
            length,
        };
        let reply = |status| {
            Self::empty(status)
                .with("Content-Type", media_type)
                .with("Accept-Ranges", "bytes")
        };
        let Some(header) = range else {
            return reply(200).body(file(0, length));
        };
        match super::files::range(header, length) {
            Some((first, last)) => reply(206)
                .with("Content-Range", &format!("bytes {first}-{last}/{length}"))
                .body(file(first, last - first + 1)),
            None => reply(416).with("Content-Range", &format!("bytes */{length}")),
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// The body, if it is in memory.
    pub fn bytes(&self) -> Vec<u8> {
        match &self.body {
            Body::Whole(bytes) => bytes.clone(),
            Body::File {
                bytes,
                first,
                length,
            } => bytes.piece(*first, (*length).min(1 << 16)),
            _ => Vec::new(),
        }
    }
}
