//! The sample space: the manual of an invented product, as the zip that Confluence would export.
//!
//! Here is what the pages are and how they hang together; their bodies are in `sample/pages`, their
//! files in `sample/files`. Between them they show every macro that Vestibule renders, one that
//! nobody can (`tidewatch-live-map`), one page in the old wiki markup, and one page that only its
//! author may see, so that an import has something to leave out.

#[cfg(test)]
mod tests;

use std::io::{self, Seek, Write};

use time::macros::{date, time};
use time::{Date, OffsetDateTime};

use crate::space_export::builder::{ExportBuilder, NewPage};
use crate::space_export::{BodyFormat, PageKind};

/// The sample's space.
pub const SPACE_KEY: &str = "TERN";
/// The sample's first page, the root of everything but the blog posts.
pub const HOME: u64 = 1_310_721;
/// A branch of its own, three levels deep, for a share of a page tree.
pub const INSTALLATION: u64 = 1_310_740;
/// A small branch that makes sense alone, for a share that a client's site embeds.
pub const GETTING_STARTED: u64 = 1_310_730;

const SAFETY: u64 = 1_310_722;
const IN_THE_BOX: u64 = 1_310_731;
const FIRST_CHARGE: u64 = 1_310_732;
const KEY_CARDS: u64 = 1_310_733;
const PLACE: u64 = 1_310_741;
const ELECTRICAL: u64 = 1_310_742;
const CABLES: u64 = 1_310_743;
const EARTHING: u64 = 1_310_744;
const FLOATING: u64 = 1_310_745;
const COMMISSIONING: u64 = 1_310_746;
const NETWORK: u64 = 1_310_750;
const API: u64 = 1_310_751;
const BOOKING: u64 = 1_310_752;
const FIRMWARE: u64 = 1_310_753;
const CARE: u64 = 1_310_760;
const FAULTS: u64 = 1_310_761;
const SEASON: u64 = 1_310_762;
const PARTS: u64 = 1_310_763;
const CONTACTOR: u64 = 1_310_764;
const CABLE: u64 = 1_310_765;
const DISPLAY: u64 = 1_310_766;
const LANGUAGES: u64 = 1_310_770;
const JAPANESE: u64 = 1_310_771;
const ARABIC: u64 = 1_310_772;
const GREEK: u64 = 1_310_773;
const HINDI: u64 = 1_310_774;
const DOWNLOADS: u64 = 1_310_780;
const GLOSSARY: u64 = 1_310_781;
const PILOT: u64 = 1_310_790;
const PRICES: u64 = 1_310_791;
const NEWS_EASTWICK: u64 = 1_310_801;
const NEWS_FIRMWARE: u64 = 1_310_802;

const INGRID: &str = "8a7f80817c3d41a0017c3d5be2f40001";
const MAREK: &str = "8a7f80817c3d41a0017c3d5be2f40002";
const AMINA: &str = "8a7f80817c3d41a0017c3d5be2f40003";
const KEN: &str = "8a7f80817c3d41a0017c3d5be2f40004";

/// Key, user name, display name.
const USERS: [(&str, &str, &str); 4] = [
    (INGRID, "ingrid", "Ingrid Solheim"),
    (MAREK, "marek", "Marek Dvořák"),
    (AMINA, "amina", "Amina Haddad"),
    (KEN, "ken", "佐藤 健"),
];

struct Entry {
    id: u64,
    parent: Option<u64>,
    title: &'static str,
    body: &'static str,
    labels: &'static [&'static str],
    author: &'static str,
    created: Date,
    modified: Date,
}

macro_rules! body {
    ($file:literal) => {
        include_str!(concat!("sample/pages/", $file))
    };
}

struct File {
    page: u64,
    media_type: &'static str,
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! file {
    ($page:expr, $media_type:literal, $name:literal) => {
        File {
            page: $page,
            media_type: $media_type,
            name: $name,
            bytes: include_bytes!(concat!("sample/files/", $name)),
        }
    };
}

/// One row of the tables below; the arguments are its columns.
#[expect(clippy::too_many_arguments, reason = "they are the columns of a table")]
const fn row(
    id: u64,
    parent: Option<u64>,
    title: &'static str,
    body: &'static str,
    labels: &'static [&'static str],
    author: &'static str,
    created: Date,
    modified: Date,
) -> Entry {
    Entry {
        id,
        parent,
        title,
        body,
        labels,
        author,
        created,
        modified,
    }
}

/// In the order of the page tree: siblings keep the order they have here.
#[rustfmt::skip]
const PAGES: [Entry; 31] = [
    row(HOME,            None,                  "Tern 22 manual",                body!("manual.xml"),          &["manual"],                  INGRID, date!(2023-03-01), date!(2026-04-14)),
    row(SAFETY,          Some(HOME),            "Safety",                        body!("safety.xml"),          &["safety"],                  MAREK,  date!(2023-03-01), date!(2026-01-20)),
    row(GETTING_STARTED, Some(HOME),            "Getting started",               body!("getting-started.xml"), &["owner"],                   INGRID, date!(2023-03-01), date!(2026-04-02)),
    row(IN_THE_BOX,      Some(GETTING_STARTED), "What is in the box",            body!("in-the-box.xml"),      &["owner"],                   INGRID, date!(2023-03-02), date!(2025-06-11)),
    row(FIRST_CHARGE,    Some(GETTING_STARTED), "Your first charge",             body!("first-charge.xml"),    &["owner"],                   INGRID, date!(2023-03-02), date!(2026-04-14)),
    row(KEY_CARDS,       Some(GETTING_STARTED), "Key cards and phones",          body!("key-cards.xml"),       &["owner"],                   AMINA,  date!(2023-05-17), date!(2026-02-09)),
    row(INSTALLATION,    Some(HOME),            "Installation",                  body!("installation.xml"),    &["installer"],               MAREK,  date!(2023-03-06), date!(2026-03-02)),
    row(PLACE,           Some(INSTALLATION),    "Choosing the place",            body!("place.xml"),           &["installer"],               MAREK,  date!(2023-03-06), date!(2025-08-30)),
    row(ELECTRICAL,      Some(INSTALLATION),    "Electrical connection",         body!("electrical.xml"),      &["installer", "safety"],     MAREK,  date!(2023-03-07), date!(2026-01-20)),
    row(CABLES,          Some(ELECTRICAL),      "Cables and terminals",          body!("cables.xml"),          &["installer"],               MAREK,  date!(2023-03-07), date!(2025-11-18)),
    row(EARTHING,        Some(CABLES),          "Earthing",                      body!("earthing.xml"),        &["installer", "safety"],     MAREK,  date!(2023-03-08), date!(2025-10-21)),
    row(FLOATING,        Some(EARTHING),        "Earthing on floating pontoons", body!("floating.xml"),        &["installer", "safety"],     MAREK,  date!(2025-10-21), date!(2025-10-21)),
    row(COMMISSIONING,   Some(INSTALLATION),    "Commissioning",                 body!("commissioning.xml"),   &["installer"],               MAREK,  date!(2023-03-09), date!(2026-03-02)),
    row(NETWORK,         Some(HOME),            "Network and software",          body!("network.xml"),         &["software"],                AMINA,  date!(2023-04-11), date!(2025-12-01)),
    row(API,             Some(NETWORK),         "Local web API",                 body!("api.xml"),             &["software"],                AMINA,  date!(2023-04-11), date!(2026-04-14)),
    row(BOOKING,         Some(NETWORK),         "Booking systems",               body!("booking.xml"),         &["software"],                AMINA,  date!(2024-02-19), date!(2025-12-01)),
    row(FIRMWARE,        Some(NETWORK),         "Installing firmware",           body!("firmware.xml"),        &["software"],                AMINA,  date!(2023-04-12), date!(2026-04-14)),
    row(CARE,            Some(HOME),            "Care and faults",               body!("care.xml"),            &["owner"],                   INGRID, date!(2023-03-03), date!(2025-09-15)),
    row(FAULTS,          Some(CARE),            "Fault codes",                   body!("faults.xml"),          &["owner", "installer"],      AMINA,  date!(2023-03-03), date!(2026-04-14)),
    row(SEASON,          Some(CARE),            "Season checklist",              body!("season.xml"),          &["owner"],                   INGRID, date!(2023-10-02), date!(2026-04-01)),
    row(PARTS,           Some(CARE),            "Spare parts",                   body!("spare-parts.xml"),     &["installer"],               AMINA,  date!(2024-01-08), date!(2026-02-26)),
    row(CONTACTOR,       Some(PARTS),           "Contactor module",              body!("part-contactor.xml"),  &["installer", "spare-part"], MAREK,  date!(2024-01-08), date!(2026-02-26)),
    row(CABLE,           Some(PARTS),           "Charging cable",                body!("part-cable.xml"),      &["installer", "spare-part"], MAREK,  date!(2024-01-08), date!(2026-02-26)),
    row(DISPLAY,         Some(PARTS),           "Display module",                body!("part-display.xml"),    &["installer", "spare-part"], MAREK,  date!(2024-01-09), date!(2026-02-26)),
    row(LANGUAGES,       Some(HOME),            "Quick guides",                  body!("languages.xml"),       &["owner", "translation"],    INGRID, date!(2024-06-03), date!(2026-04-14)),
    row(JAPANESE,        Some(LANGUAGES),       "クイックガイド（日本語）",              body!("ja.xml"),              &["translation"],             KEN,    date!(2024-06-03), date!(2025-05-08)),
    row(ARABIC,          Some(LANGUAGES),       "دليل سريع (العربية)",           body!("ar.xml"),              &["translation"],             AMINA,  date!(2024-06-04), date!(2025-05-08)),
    row(GREEK,           Some(LANGUAGES),       "Σύντομος οδηγός (Ελληνικά)",    body!("el.xml"),              &["translation"],             INGRID, date!(2026-04-13), date!(2026-04-13)),
    row(HINDI,           Some(LANGUAGES),       "त्वरित मार्गदर्शिका (हिन्दी)",          body!("hi.xml"),              &["translation"],             INGRID, date!(2026-04-13), date!(2026-04-13)),
    row(DOWNLOADS,       Some(HOME),            "Downloads",                     body!("downloads.xml"),       &["manual"],                  INGRID, date!(2023-03-01), date!(2026-04-14)),
    row(GLOSSARY,        Some(HOME),            "Glossary",                      body!("glossary.xml"),        &["manual"],                  INGRID, date!(2023-03-10), date!(2025-02-03)),
];

#[rustfmt::skip]
const WIKI_MARKUP_PAGE: Entry =
    row(PILOT,           Some(HOME),            "Notes from the pilot pontoon",  body!("pilot.wiki"),          &["history"],                 MAREK,  date!(2014-09-22), date!(2014-09-22));

/// Only its author may see it.
#[rustfmt::skip]
const RESTRICTED_PAGE: Entry =
    row(PRICES,          Some(HOME),            "Dealer prices",                 body!("dealer-prices.xml"),   &["internal"],                AMINA,  date!(2024-01-15), date!(2026-01-07));

#[rustfmt::skip]
const BLOG_POSTS: [Entry; 2] = [
    row(NEWS_EASTWICK, None, "What a season at Eastwick taught us", body!("news-eastwick.xml"), &["news"], INGRID, date!(2025-10-20), date!(2025-10-20)),
    row(NEWS_FIRMWARE, None, "Firmware 3.2: quieter nights",        body!("news-firmware.xml"), &["news"], INGRID, date!(2026-04-14), date!(2026-04-14)),
];

#[rustfmt::skip]
const FILES: [File; 18] = [
    file!(HOME,            "image/png",       "tern-22-on-the-pontoon.png"),
    file!(GETTING_STARTED, "image/png",       "light-ring.png"),
    file!(GETTING_STARTED, "video/mp4",       "light-ring.mp4"),
    file!(FIRST_CHARGE,    "audio/mpeg",      "ready-chime.mp3"),
    file!(IN_THE_BOX,      "image/png",       "box-charger.png"),
    file!(IN_THE_BOX,      "image/png",       "box-cable.png"),
    file!(IN_THE_BOX,      "image/png",       "box-anchors.png"),
    file!(IN_THE_BOX,      "image/png",       "box-key-cards.png"),
    file!(IN_THE_BOX,      "image/svg+xml",   "tern-22-parts.svg"),
    file!(PLACE,           "image/png",       "placement-on-a-pontoon.png"),
    file!(ELECTRICAL,      "image/png",       "wiring-of-one-charger.png"),
    file!(FLOATING,        "image/png",       "earthing-on-a-floating-pontoon.png"),
    file!(NETWORK,         "image/png",       "network-overview.png"),
    file!(CARE,            "image/png",       "season-2025.png"),
    file!(DOWNLOADS,       "application/pdf", "tern-22-data-sheet.pdf"),
    file!(DOWNLOADS,       "text/csv",        "tern-22-registers.csv"),
    file!(DOWNLOADS,       "text/plain",      "release-notes-3.2.txt"),
    file!(DOWNLOADS,       "application/zip", "mounting-template.zip"),
];

/// Writes the space export; the same bytes each time.
///
/// # Errors
/// Only what `out` answers.
pub fn write_sample_space(out: impl Write + Seek) -> io::Result<()> {
    let mut export = ExportBuilder::new(SPACE_KEY, "Tern 22 manual").home_page(HOME);
    for (key, user_name, display_name) in USERS {
        export = export.user(key, user_name, display_name);
    }
    for (position, entry) in (0..).zip(&PAGES) {
        export = export.page(NewPage {
            position: Some(position),
            ..entry.page()
        });
    }
    export = export.page(NewPage {
        format: BodyFormat::WikiMarkup,
        ..WIKI_MARKUP_PAGE.page()
    });
    export = export.page(NewPage {
        view_restricted_to: Some(RESTRICTED_PAGE.author),
        ..RESTRICTED_PAGE.page()
    });
    for entry in &BLOG_POSTS {
        export = export.page(NewPage {
            kind: PageKind::BlogPost,
            ..entry.page()
        });
    }
    for file in FILES {
        export = export.file(file.page, file.name, file.media_type, file.bytes.to_vec());
    }
    export.write(out)
}

impl Entry {
    fn page(&self) -> NewPage<'static> {
        NewPage {
            parent: self.parent,
            author_key: Some(self.author),
            created_at: in_the_morning(self.created),
            modified_at: in_the_morning(self.modified),
            labels: self.labels,
            ..NewPage::new(self.id, self.title, self.body)
        }
    }
}

fn in_the_morning(day: Date) -> OffsetDateTime {
    day.with_time(time!(8:30)).assume_utc()
}
