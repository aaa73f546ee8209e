//! How much an export may ask of this machine. Everything above is refused before it costs memory or disk.

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

#[derive(Debug, Clone)]
pub struct Limits {
    /// Files and folders in the archive.
    pub entries: usize,
    /// Bytes of all files together, unpacked.
    pub total_bytes: u64,
    /// Bytes of `entities.xml`, unpacked.
    pub entities_bytes: u64,
    /// Bytes of any other file, unpacked.
    pub file_bytes: u64,
    /// How many times its packed size the archive may unpack to; asked of archives above [`Limits::ratio_from_bytes`].
    pub ratio: u64,
    /// Small archives of blank pictures pack better than any bomb and do no harm.
    pub ratio_from_bytes: u64,
    /// Bytes of one text in `entities.xml`; the longest are page bodies.
    pub text_bytes: u64,
    /// Elements inside each other in `entities.xml`; real exports need six.
    pub xml_depth: usize,
    /// Bytes that all titles, names and relations may take up in memory.
    pub metadata_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 250_000,
            total_bytes: 64 * GIB,
            entities_bytes: 16 * GIB,
            file_bytes: 4 * GIB,
            ratio: 200,
            ratio_from_bytes: 64 * MIB,
            text_bytes: 32 * MIB,
            xml_depth: 32,
            metadata_bytes: 512 * MIB,
        }
    }
}
