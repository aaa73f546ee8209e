//! The portal as an app inside Confluence Cloud, against a fake Atlassian that checks what the real one checks.

mod descriptor;
mod forge_events;
mod forge_manifest;
mod forge_session;
mod frame;
mod framed;
mod lifecycle;
mod places;
mod rebind;
mod refusals;
mod reinstall;
mod rejected;
mod roles;
mod stage;
mod standing;
pub(crate) mod viewer;
