drop table connection_health;
delete from shared_page where connection_id in (select id from connection where kind <> 'space_export');
delete from connection where kind <> 'space_export';
alter table connection
  drop constraint connection_live_has_address,
  drop constraint connection_kind_check,
  add constraint connection_kind_check check (kind in ('space_export')),
  drop column credentials,
  drop column auth,
  drop column cloud_id,
  drop column refresh_after_seconds,
  drop column requests_per_hour,
  drop column file_limit_bytes,
  drop column webhook_generation;
