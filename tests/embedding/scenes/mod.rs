//! What a reader, an integrator and a thief do with a framed share. Each scene makes its own shares and pages.

pub(crate) mod arrangements;
pub(crate) mod inside;
pub(crate) mod leaks;
pub(crate) mod left_open;
mod reading;
pub(crate) mod renewal;
pub(crate) mod sandboxes;
pub(crate) mod tabs;
pub(crate) mod theft;
pub(crate) mod walk;
pub(crate) mod ways_in;
