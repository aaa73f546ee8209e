-- Waits for its short exclusive lock in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table shared_page
        add column embed_only boolean not null default false,
        add constraint shared_page_embed_only_names_sites check (not embed_only or cardinality(embed_origins) > 0);
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  comment on column shared_page.embed_only is 'Whether the share opens only by an unlock token, and only inside a frame of its embed_origins.';
  reset lock_timeout;
end
$migration$;
