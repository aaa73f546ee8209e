//! The only room that speaks to Confluence: it knows sites, credentials and answers, but no database, share or page of ours.
//!
//! Whoever asks gets plain values ([`model`]) or a typed failure ([`error`]).
//!
//! - [`http`] and [`addresses`]: the one HTTP client, and which addresses it may reach.
//! - [`site`] and [`authorization`]: where a site's interfaces are, and who we are there.
//! - [`pace`]: how fast we may ask, and when not at all.
//! - `api`: one request from permit to parsed answer. `paging`: the next part of a long answer.
//! - [`Product`] and [`AuthKind`]: the products, and what the house has to know of each.
//! - [`client`]: everything that can be asked, for all products.
//! - `cloud`, `data_center`: what each product is asked. `v1`: the words that both understand.
//! - [`rights`]: what people may do there.
//! - [`connect`], [`forge`], [`forge_event`]: our app inside Confluence Cloud, how it is called and how it calls.
//! - `signed_token`: the signed tokens of both, with [`public_key`].
//! - [`single_sign_on`]: whose cookies a visitor of Data Center brought.
//! - [`oauth`]: access tokens. [`check`]: the test of a connection. [`webhook`]: what a site tells us unasked.
//!
//! A third product is a value of [`Product`] with its properties, a folder beside `cloud` whose type implements
//! `source::Source` (the compiler names what is missing), one arm in [`client`], its credentials in [`AuthKind`], and in
//! [`site`] and [`oauth`] where its interfaces and tokens are. What is read into [`model`] stays the same. Outside of this
//! room only what people write changes: the form in `admin::connections::access_form` with its template, the words in
//! `api::connection_answer`, `connection_body` and `test_answer`, the option of `cli::connection`; and
//! `connections::credentials`, where it has a kind of credentials of its own.

pub mod addresses;
mod api;
mod auth_kind;
pub mod authorization;
pub mod check;
pub mod client;
mod cloud;
pub mod connect;
mod cql;
mod data_center;
pub mod download;
pub mod error;
pub mod forge;
pub mod forge_event;
pub mod http;
pub mod model;
pub mod oauth;
pub mod pace;
mod paging;
mod product;
pub mod public_key;
pub mod rights;
pub mod secret;
mod signed_token;
pub mod single_sign_on;
pub mod site;
mod source;
mod tree;
mod v1;
pub mod webhook;

pub use addresses::OutboundRules;
pub use auth_kind::AuthKind;
pub use authorization::Authorization;
pub use check::TestReport;
pub use client::Client;
pub use download::Download;
pub use error::answer::NO_ACTIVE_PERSON;
pub use error::{ConfluenceError, Problem};
pub use http::Http;
pub use pace::Pace;
pub use product::Product;
pub use secret::Secret;
pub use site::Site;

#[cfg(test)]
mod tests;
