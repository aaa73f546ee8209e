//! The portal as an app inside Confluence Cloud, against a fake Atlassian that checks what the real one checks.

pub(crate) mod eyes;
