//! Queries of the app: what call-backs change of installations, and shares that move between them.

pub mod lifecycle;
pub mod rebind;
