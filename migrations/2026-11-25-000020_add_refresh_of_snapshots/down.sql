drop table followed_root;
drop table shown_file;
drop index page_snapshot_due;
delete from page_snapshot where body_format = 'export_view';
delete from attachment_snapshot
  where sha256 is null
    or not exists (
      select from page_snapshot page
        where page.connection_id = attachment_snapshot.connection_id and page.content_id = attachment_snapshot.content_id
    );
alter table attachment_snapshot
  drop constraint attachment_snapshot_connection_id_fkey,
  alter column sha256 set not null,
  add constraint attachment_snapshot_connection_id_content_id_fkey
    foreign key (connection_id, content_id) references page_snapshot on delete cascade;
comment on column attachment_snapshot.sha256 is null;
alter table page_snapshot
  drop constraint page_snapshot_body_format_check,
  add constraint page_snapshot_body_format_check check (body_format in ('storage', 'wiki_markup')),
  drop column storage_body,
  drop column listed_version,
  drop column fetched_at,
  drop column files_listed_at,
  drop column gone_at,
  drop column taken_until,
  drop column failures,
  drop column failure,
  drop column retry_at,
  drop column comments;
