//! The client against small servers that say what each test wants. Fakes of whole sites are in the portal's tests.

mod check;
mod cloud;
mod data_center;
mod download;
mod faults;
mod oauth;
mod server;
