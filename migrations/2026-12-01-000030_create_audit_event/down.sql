drop table audit_showing;
drop table audit_tally;
drop table audit_checkpoint;
drop table audit_personal;
drop table audit_event;
drop function audit_is_append_only;
