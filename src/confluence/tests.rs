//! The client against small servers that say what each test wants. Fakes of whole sites are in the portal's tests.

mod check;
mod cloud;
mod connect;
mod data_center;
mod download;
mod faults;
mod forge;
pub(super) mod keys;
mod oauth;
mod server;
