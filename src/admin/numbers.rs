//! The numbers below a list that has several pages.

/// A number, or the dots between numbers.
#[derive(Debug, PartialEq, Eq)]
pub enum PageLink {
    To {
        number: i64,
        url: String,
        current: bool,
    },
    Gap,
}

/// The first, the last and the numbers around the current page; nothing when there is only one.
pub fn page_links(current: i64, pages: i64, url: impl Fn(i64) -> String) -> Vec<PageLink> {
    if pages <= 1 {
        return Vec::new();
    }
    let near = |number: &i64| *number == 1 || *number == pages || (number - current).abs() <= 2;
    let mut links = Vec::new();
    let mut last = 0;
    for number in (1..=pages).filter(near) {
        if number > last + 1 {
            links.push(PageLink::Gap);
        }
        links.push(PageLink::To {
            number,
            url: url(number),
            current: number == current,
        });
        last = number;
    }
    links
}

#[cfg(test)]
mod tests {
    use super::{PageLink, page_links};

    fn numbers(current: i64, pages: i64) -> Vec<i64> {
        let number = |link: PageLink| match link {
            PageLink::To { number, .. } => number,
            PageLink::Gap => 0,
        };
        let links = page_links(current, pages, |number| number.to_string());
        links.into_iter().map(number).collect()
    }

    #[test]
    fn one_page_needs_no_numbers() {
        assert!(numbers(1, 1).is_empty());
    }

    #[test]
    fn far_pages_hide_behind_gaps() {
        assert_eq!(numbers(1, 3), [1, 2, 3]);
        assert_eq!(numbers(6, 20), [1, 0, 4, 5, 6, 7, 8, 0, 20]);
        assert_eq!(numbers(20, 20), [1, 0, 18, 19, 20]);
    }
}
