//! Which sites may frame a share: a list of origins. Headers are made from this in `web`.

mod origin;

pub use self::origin::{Origin, OriginError, is_loopback};
use crate::config::EmbedWildcards;

/// The origins that may frame a share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum EmbedOrigins {
    /// No site may.
    #[default]
    None,
    /// Every site may: the admin wrote a single `*`.
    Any,
    Listed(Vec<Origin>),
}

impl EmbedOrigins {
    /// More would make the header longer than proxies accept.
    pub const MAX: usize = origin::MOST;

    /// Reads a list without wildcards.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<OriginError>> {
        Self::parse_with(entries, EmbedWildcards::Refuse)
    }

    /// Reads a list as typed; empty entries are skipped, doubles dropped. Every wrong entry is reported.
    pub fn parse_with<'a>(
        entries: impl IntoIterator<Item = &'a str>,
        wildcards: EmbedWildcards,
    ) -> Result<Self, Vec<OriginError>> {
        let entries: Vec<&str> = entries
            .into_iter()
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .collect();
        if entries.contains(&"*") {
            let alone = entries.iter().all(|entry| *entry == "*");
            return if alone {
                Ok(Self::Any)
            } else {
                Err(vec![OriginError::AnyBesideOthers])
            };
        }
        let mut origins = Vec::new();
        let mut errors = Vec::new();
        for entry in entries {
            match Origin::parse_with(entry, wildcards) {
                Ok(origin) if origins.contains(&origin) => {}
                Ok(origin) => origins.push(origin),
                Err(error) => errors.push(error),
            }
        }
        if origins.len() > Self::MAX {
            errors.push(OriginError::TooMany);
        }
        match (errors.is_empty(), origins.is_empty()) {
            (false, _) => Err(errors),
            (true, true) => Ok(Self::None),
            (true, false) => Ok(Self::Listed(origins)),
        }
    }

    /// One entry each, as stored and as shown: `*` alone for any.
    pub fn entries(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::Any => vec!["*"],
            Self::Listed(origins) => origins.iter().map(Origin::as_str).collect(),
        }
    }

    /// The value of the CSP directive `frame-ancestors`.
    pub fn frame_ancestors(&self) -> String {
        match self {
            Self::None => "'none'".to_owned(),
            Self::Any => "*".to_owned(),
            Self::Listed(_) => self.entries().join(" "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{EmbedOrigins, OriginError};
    use crate::config::EmbedWildcards;

    #[test]
    fn a_list_reports_every_wrong_entry_and_drops_doubles() {
        let errors = EmbedOrigins::parse(["https://ok.example", "nope", "http://plain.example"])
            .unwrap_err();
        assert_eq!(errors.len(), 2);
        let list = EmbedOrigins::parse([
            " https://a.example ",
            "",
            "https://A.example/",
            "https://b.example",
        ])
        .unwrap();
        assert_eq!(
            list.frame_ancestors(),
            "https://a.example https://b.example"
        );
    }

    #[test]
    fn none_and_any_are_their_own_cases() {
        assert_eq!(EmbedOrigins::parse([]).unwrap().frame_ancestors(), "'none'");
        assert_eq!(EmbedOrigins::parse(["*"]).unwrap().frame_ancestors(), "*");
        assert_eq!(
            EmbedOrigins::parse(["*", "https://a.example"]).unwrap_err(),
            [OriginError::AnyBesideOthers]
        );
    }

    #[test]
    fn wildcards_need_the_operators_word() {
        let entries = ["https://*.example.com", "https://www.example.org"];
        let refused = EmbedOrigins::parse(entries).unwrap_err();
        assert_eq!(refused.len(), 1);
        assert!(
            refused[0].to_string().contains("VESTIBULE_EMBED_WILDCARDS"),
            "{}",
            refused[0]
        );
        let allowed = EmbedOrigins::parse_with(entries, EmbedWildcards::Allow).unwrap();
        assert_eq!(allowed.entries(), entries);
        assert_eq!(
            allowed.frame_ancestors(),
            "https://*.example.com https://www.example.org"
        );
    }
}
