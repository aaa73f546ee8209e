-- Waits for its short exclusive lock in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table shared_page
        add column restricted_pages text not null default 'root'
          check (restricted_pages in ('none', 'root', 'all')),
        add column include_labels text[] not null default '{}',
        add column exclude_labels text[] not null default '{}',
        add column show_comments boolean not null default false;
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  comment on column shared_page.restricted_pages is 'Which pages with a view restriction in the wiki may be shown: none, only the root page, or all.';
  comment on column shared_page.include_labels is 'Only pages with one of these labels are shown; none means all. The root page always is.';
  comment on column shared_page.exclude_labels is 'Pages with one of these labels, and those below them, are not shown.';
  comment on column shared_page.show_comments is 'Whether footer comments are shown under a page, to be read only.';

  create table leak_report (
    share_id uuid primary key references shared_page on delete cascade,
    made_at timestamptz not null,
    content_revision bigint not null,
    report jsonb not null,
    seen jsonb not null default '[]'
  );
  comment on table leak_report is 'What a share lets out beyond its pages'' text, as of the last check.';
  comment on column leak_report.content_revision is 'Of the connection when the report was made.';
  comment on column leak_report.seen is 'Keys of the findings that an admin has marked as seen; others raise a badge.';
  reset lock_timeout;
end
$migration$;
