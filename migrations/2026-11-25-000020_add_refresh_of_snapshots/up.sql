-- Waits for its short exclusive locks in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table page_snapshot
        drop constraint if exists page_snapshot_body_format_check,
        add constraint page_snapshot_body_format_check
          check (body_format in ('storage', 'wiki_markup', 'export_view')) not valid,
        add column if not exists storage_body text,
        add column if not exists listed_version integer,
        add column if not exists fetched_at timestamptz,
        add column if not exists files_listed_at timestamptz,
        add column if not exists gone_at timestamptz,
        add column if not exists taken_until timestamptz,
        add column if not exists failures integer not null default 0,
        add column if not exists failure text,
        add column if not exists retry_at timestamptz,
        add column if not exists comments jsonb;
      alter table attachment_snapshot
        drop constraint if exists attachment_snapshot_connection_id_content_id_fkey,
        drop constraint if exists attachment_snapshot_connection_id_fkey,
        add constraint attachment_snapshot_connection_id_fkey
          foreign key (connection_id) references connection on delete cascade not valid,
        alter column sha256 drop not null;
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  -- From here on nobody is locked out by waiting, and all may be done again after a crash.
  commit;
  reset lock_timeout;
  alter table page_snapshot validate constraint page_snapshot_body_format_check;
  commit;
  alter table attachment_snapshot validate constraint attachment_snapshot_connection_id_fkey;
  commit;
  comment on column page_snapshot.storage_body is 'The storage format beside an export view, from which failed macros are made good.';
  comment on column page_snapshot.listed_version is 'Live: the newest version that the site has told of; the body is of `version`.';
  comment on column page_snapshot.fetched_at is 'Live: when the body was last compared with the site; null until it was fetched once.';
  comment on column page_snapshot.files_listed_at is 'Live: when the page''s files were last listed.';
  comment on column page_snapshot.gone_at is 'Live: since when the site no longer has the page in a place that is shared. Nobody sees it; it comes back whole if it reappears.';
  comment on column page_snapshot.taken_until is 'Live: until when one node has taken the refresh of this page upon itself.';
  comment on column page_snapshot.failures is 'Live: refreshes that failed since the last one that did not.';
  comment on column page_snapshot.failure is 'A sentence for the admin.';
  comment on column page_snapshot.comments is 'Live: footer comments, where a share shows them.';
  comment on column attachment_snapshot.sha256 is 'Of the bytes, which lie in the object store under it; null until they were fetched.';

  create index if not exists page_snapshot_due on page_snapshot (connection_id, retry_at)
    where gone_at is null and (fetched_at is null or listed_version is distinct from version);

  create table if not exists shown_file (
    connection_id uuid not null references connection on delete cascade,
    content_id text not null,
    attachment_id text not null,
    primary key (connection_id, content_id, attachment_id)
  );
  create index if not exists shown_file_attachment on shown_file (connection_id, attachment_id);
  comment on table shown_file is 'Files of other pages that a page shows; they may be seen where the page may.';

  create table if not exists followed_root (
    connection_id uuid not null references connection on delete cascade,
    scope text not null check (scope in ('page', 'tree', 'space', 'blog_post')),
    space_key text not null,
    root_content_id text not null default '',
    due_at timestamptz not null,
    taken_until timestamptz,
    listed_at timestamptz,
    failures integer not null default 0,
    failure text,
    failed_at timestamptz,
    primary key (connection_id, scope, space_key, root_content_id)
  );
  create index if not exists followed_root_due on followed_root (due_at);
  comment on table followed_root is 'A part of a live site that shares show, listed again and again: one row for all shares of the same part.';
  comment on column followed_root.root_content_id is 'The page it begins with; empty for a space.';
  comment on column followed_root.listed_at is 'When it was last listed whole.';
end
$migration$;
