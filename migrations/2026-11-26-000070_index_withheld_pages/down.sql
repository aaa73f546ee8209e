drop index if exists seen_page_withheld;
