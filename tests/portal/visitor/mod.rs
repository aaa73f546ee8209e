//! The public pages, as visitors and client sites meet them.

mod unlock;
