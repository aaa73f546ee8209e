//! Puts listed pages into the order of their tree.
