//! As much of HTTP/1.1 as a reverse proxy and a small site need. One request per connection.

use std::io::{self, BufRead};

/// Lines `Name: value`, as they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    fn read(input: &mut impl BufRead) -> io::Result<Self> {
        let mut headers = Vec::new();
        loop {
            let line = read_line(input)?;
            if line.is_empty() {
                return Ok(Self(headers));
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    /// The first of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    fn without<'a>(&'a self, hop: &'a [&str]) -> impl Iterator<Item = &'a (String, String)> {
        self.0
            .iter()
            .filter(move |(name, _)| !hop.iter().any(|hop| hop.eq_ignore_ascii_case(name)))
    }
}

/// What a browser asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn read(input: &mut impl BufRead) -> io::Result<Self> {
        let line = read_line(input)?;
        let mut words = line.split(' ');
        let (method, target) = (words.next(), words.next());
        let (Some(method), Some(target)) = (method, target) else {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        };
        let headers = Headers::read(input)?;
        let length = headers.get("content-length").unwrap_or("0");
        let length: usize = length.parse().map_err(io::Error::other)?;
        let mut body = vec![0; length];
        input.read_exact(&mut body)?;
        Ok(Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body,
        })
    }

    /// Without the port.
    pub(crate) fn host(&self) -> &str {
        let host = self.headers.get("host").unwrap_or_default();
        host.split(':').next().unwrap_or_default()
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// What a reverse proxy sends on.
    pub(crate) fn forwarded(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        let hop = ["connection", "x-forwarded-for", "x-forwarded-proto"];
        for (name, value) in self.headers.without(&hop) {
            head += &format!("{name}: {value}\r\n");
        }
        head +=
            "Connection: close\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// An answer up to its body.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
}

impl Head {
    pub(crate) fn read(input: &mut impl BufRead) -> io::Result<Self> {
        let line = read_line(input)?;
        let status = line.split(' ').nth(1).unwrap_or_default();
        Ok(Self {
            status: status.parse().map_err(io::Error::other)?,
            headers: Headers::read(input)?,
        })
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Recorded\r\n", self.status);
        for (name, value) in &self.headers.0 {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        head.into_bytes()
    }
}

/// The answer of a page that a test wrote.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    pub(crate) fn html(body: impl Into<String>) -> Self {
        Self::of(200, "text/html; charset=utf-8", body)
    }

    pub(crate) fn json(body: impl Into<String>) -> Self {
        Self::of(200, "application/json", body)
    }

    pub(crate) fn redirect(to: impl Into<String>) -> Self {
        Self::of(302, "text/plain", "").with("Location", to)
    }

    pub(crate) fn not_found() -> Self {
        Self::of(404, "text/plain", "nothing here")
    }

    fn of(status: u16, kind: &str, body: impl Into<String>) -> Self {
        let plain = Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        };
        plain.with("Content-Type", kind)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Never cached: every page of a client carries tokens of one minute.
    pub(crate) fn split(self) -> (Head, Vec<u8>) {
        let length = self.body.len().to_string();
        let whole = self
            .with("Content-Length", length)
            .with("Cache-Control", "no-store")
            .with("Connection", "close");
        let head = Head {
            status: whole.status,
            headers: Headers(whole.headers),
        };
        (head, whole.body.into_bytes())
    }
}

fn read_line(input: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}
