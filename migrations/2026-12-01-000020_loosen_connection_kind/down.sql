alter table connection
  drop constraint connection_kind_check,
  add constraint connection_kind_check check (kind in ('space_export', 'cloud', 'data_center'));
comment on column connection.kind is null;
