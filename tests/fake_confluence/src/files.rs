//! Bytes of attachments and of answers: in memory, or made while they are sent so that 5 GB cost nothing.

/// Contents of a file.
#[derive(Clone, Debug)]
pub enum Bytes {
    Given(Vec<u8>),
    /// So many bytes, each the lowest eight bits of its place.
    Generated(u64),
}

impl Bytes {
    pub fn text(text: &str) -> Self {
        Self::Given(text.as_bytes().to_vec())
    }

    pub fn size(&self) -> u64 {
        match self {
            Self::Given(bytes) => bytes.len() as u64,
            Self::Generated(length) => *length,
        }
    }

    /// At most `most` bytes from a place; none at the end.
    pub fn piece(&self, from: u64, most: u64) -> Vec<u8> {
        let until = self.size().min(from.saturating_add(most));
        match self {
            Self::Given(bytes) => bytes[from as usize..until as usize].to_vec(),
            Self::Generated(_) => (from..until).map(|place| place as u8).collect(),
        }
    }
}

/// The first and the last place that a `Range` header asks for, if it can be had.
pub fn range(header: &str, length: u64) -> Option<(u64, u64)> {
    let wanted = http_range::HttpRange::parse(header, length).ok()?;
    let first = wanted.first()?;
    Some((first.start, first.start + first.length - 1))
}
