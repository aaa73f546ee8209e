//! Patterns of paths: `*` is one segment, `**` at the end any number of them, `{id}` the same as `*`.

pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let mut left = pattern.split('/');
    let mut right = path.split('/');
    loop {
        match (left.next(), right.next()) {
            (Some("**"), _) | (None, None) => return true,
            (Some(wanted), Some(given)) if is_any(wanted) && !given.is_empty() => {}
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return false,
        }
    }
}

fn is_any(segment: &str) -> bool {
    segment == "*" || (segment.starts_with('{') && segment.ends_with('}'))
}
