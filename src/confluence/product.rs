//! The products, and what other rooms have to know of each. Whoever asks for a property here needs no product's name.

/// They share concepts and little else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    Cloud,
    DataCenter,
}

impl Product {
    pub const ALL: [Self; 2] = [Self::Cloud, Self::DataCenter];

    /// The word in the database, in forms and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::DataCenter => "data_center",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|product| product.as_str() == word)
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Cloud => "Cloud",
            Self::DataCenter => "Data Center",
        }
    }

    /// Whether every webhook of its sites is signed. Of the others the secret in the address is all there is.
    pub fn signs_webhooks(self) -> bool {
        self == Self::DataCenter
    }

    /// Whether a site may vouch for people by the cookies of its single sign-on.
    pub fn has_single_sign_on(self) -> bool {
        self == Self::DataCenter
    }

    /// Whether a first listing brings every page's storage format along, but no export view.
    pub fn lists_storage_only(self) -> bool {
        self == Self::Cloud
    }

    /// The id of a file by the interface, from the number that a rendered page shows.
    pub fn attachment_id(self, shown: &str) -> String {
        match self {
            Self::Cloud => format!("att{shown}"),
            Self::DataCenter => shown.to_owned(),
        }
    }
}
