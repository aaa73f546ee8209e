drop table share_event;
