-- Every query on what a share of an app's connection reaches leaves these out; they are few.
create index if not exists seen_page_withheld on seen_page (connection_id, maker, stand_in) where withheld;
