//! Tests of the pages as a browser would read them.
