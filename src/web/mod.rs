//! HTTP plumbing shared by the rooms that answer requests.

pub mod assets;
