//! `exportDescriptor.properties`: what kind of export this is, and which Confluence wrote it.

/// Builds of Confluence 3 are numbered below this; its bodies are wiki markup and do not say so.
const FIRST_STORAGE_BUILD: u32 = 3000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportType {
    /// One space.
    Space,
    /// The whole site, with all its spaces.
    Site,
    /// The descriptor is missing or does not say.
    #[default]
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    Cloud,
    /// Server or Data Center; old ones do not say.
    #[default]
    Server,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Descriptor {
    pub export_type: ExportType,
    /// Only exports of one space have it.
    pub space_key: Option<String>,
    pub source: Source,
    /// Of the Confluence that wrote the export, such as `8.5.4`; absent before 5.10.
    pub version: Option<String>,
    pub build_number: Option<u32>,
}

impl Descriptor {
    /// Reads Java properties; lines that make no sense are passed over.
    pub(super) fn parse(properties: &str) -> Self {
        let mut descriptor = Self::default();
        for line in properties
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with(['#', '!']))
        {
            let Some((name, value)) = line.split_once(['=', ':']) else {
                continue;
            };
            let value = unescape(value.trim());
            match name.trim() {
                "exportType" if value == "space" => descriptor.export_type = ExportType::Space,
                "exportType" if matches!(value.as_str(), "all" | "site") => {
                    descriptor.export_type = ExportType::Site
                }
                "spaceKey" => descriptor.space_key = Some(value),
                "source" if value == "cloud" => descriptor.source = Source::Cloud,
                "createdByVersionNumber" => descriptor.version = Some(value),
                "versionNumber" => descriptor.version = descriptor.version.or(Some(value)),
                "createdByBuildNumber" => descriptor.build_number = value.parse().ok(),
                "buildNumber" => {
                    descriptor.build_number = descriptor.build_number.or(value.parse().ok())
                }
                _ => {}
            }
        }
        descriptor
    }

    pub(super) fn is_before_storage_format(&self) -> bool {
        self.build_number
            .is_some_and(|build| build < FIRST_STORAGE_BUILD)
    }
}

/// `\:` and `\u00e9` of Java properties.
fn unescape(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('u') => {
                    let digits: String = rest.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&digits, 16).ok();
                    plain.push(
                        code.and_then(char::from_u32)
                            .unwrap_or(char::REPLACEMENT_CHARACTER),
                    );
                }
                escaped => plain.extend(escaped),
            },
            other => plain.push(other),
        }
    }
    plain
}
