//! Live connections against a fake Confluence that holds every request against the official specification.

mod faults;
mod files;
mod numbers;
mod oauth;
mod site;
mod snapshots;
