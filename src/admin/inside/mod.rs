//! The portal inside Confluence Cloud, in frames of our app: how people come in, and the first pages that they see.
//!
//! Further on they use the usual admin pages. What is different of their sessions is held by the gate.
//!
//! - [`enter`]: Connect's signed addresses. [`forge`]: a call of the Forge app, and the ticket that follows from it.
//! - [`admission`]: from a person to a session, and whether it goes on.
//! - [`cookie`]: the session's cookie in frames. [`frame`]: which site may frame what.
//! - [`share`] and [`lists`]: the pages. [`view`]: which of them was opened.

pub mod admission;
pub mod cookie;
pub mod enter;
pub mod forge;
pub mod frame;
pub mod lists;
pub mod share;
pub mod ticket;
pub mod view;
