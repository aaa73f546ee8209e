//! The portal as an app inside Confluence Cloud, against a fake Atlassian that checks what the real one checks.

mod descriptor;
mod forge_events;
mod lifecycle;
mod rebind;
mod reinstall;
mod rejected;
mod stage;
