//! What only a real browser can tell: cookies inside frames, scripts that must not run, layout on a phone, the
//! keyboard, the clipboard. One demo serves them all, and every test has a browser of its own.
//!
//! Chromium is driven by chromedriver, Firefox by geckodriver; `script/test` installs them. HTTP alone is the subject
//! of `tests/portal`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up stops there"
)]

mod accessibility;
mod admin_pages;
mod attacks;
mod browser;
mod client_page;
mod demo;
mod embed_health;
mod embed_script;
mod embed_script_faults;
mod embedding;
mod files;
mod hostile_pages;
mod isolated_site;
mod keyboard;
mod only_in_sites;
mod sample_pages;
mod small_site;
mod third_party_cookies;
mod watch;
mod without_scripts;
