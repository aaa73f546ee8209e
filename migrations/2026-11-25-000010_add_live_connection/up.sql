-- Waits for its short exclusive lock in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table connection
        drop constraint connection_kind_check,
        add constraint connection_kind_check check (kind in ('space_export', 'cloud', 'data_center')),
        add column credentials bytea,
        add column auth text,
        add column cloud_id text,
        add column refresh_after_seconds integer not null default 300 check (refresh_after_seconds between 60 and 86400),
        add column requests_per_hour integer not null default 20000 check (requests_per_hour between 100 and 1000000),
        add column file_limit_bytes bigint not null default 268435456 check (file_limit_bytes between 0 and 109951162777600),
        add column webhook_generation integer not null default 1,
        add constraint connection_live_has_address check (kind = 'space_export' or (wiki_url is not null and auth is not null));
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  comment on column connection.credentials is 'How we sign in to a live site, encrypted with a key that is derived from VESTIBULE_SECRET_KEY; null until they are given.';
  comment on column connection.auth is 'Which kind of credentials they are; null for an export.';
  comment on column connection.cloud_id is 'Cloud: Atlassian''s id of the site, for its API gateway.';
  comment on column connection.refresh_after_seconds is 'How old a snapshot may be before it is compared with the site.';
  comment on column connection.requests_per_hour is 'Our own budget of requests to the site.';
  comment on column connection.file_limit_bytes is 'Larger attachments are not fetched.';
  comment on column connection.webhook_generation is 'Part of the webhook''s address and secret; raising it makes the old ones useless.';

  create table connection_health (
    connection_id uuid primary key references connection on delete cascade,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_failure text,
    stopped boolean not null default false,
    hour bigint not null default 0,
    requests_in_hour integer not null default 0,
    limits jsonb,
    test_report jsonb,
    tested_at timestamptz
  );
  comment on table connection_health is 'How a live connection is doing; changes with every refresh, so it is apart from the connection.';
  comment on column connection_health.last_failure is 'A sentence for the admin; never an answer of the site as it came.';
  comment on column connection_health.stopped is 'The site refused our credentials; nothing is sent until somebody changes or tests them.';
  comment on column connection_health.hour is 'The hour that requests_in_hour counts, in hours since 1970.';
  comment on column connection_health.limits is 'What the site last said of its own limits.';
  reset lock_timeout;
end
$migration$;
