//! Tests of the reader of exports.
