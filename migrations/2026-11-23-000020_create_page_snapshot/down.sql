drop table attachment_snapshot;
drop table page_snapshot;
