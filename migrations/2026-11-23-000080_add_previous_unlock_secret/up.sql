-- Waits for its short exclusive lock in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table shared_page
        add column previous_unlock_secret bytea check (octet_length(previous_unlock_secret) = 32),
        add column previous_unlock_secret_expires_at timestamptz,
        add column previous_unlock_secret_used_at timestamptz,
        add constraint shared_page_previous_unlock_secret_has_end
          check ((previous_unlock_secret is null) = (previous_unlock_secret_expires_at is null));
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  comment on column shared_page.previous_unlock_secret is 'Accepted beside the current one until its end, so that client sites can change over.';
  comment on column shared_page.previous_unlock_secret_used_at is 'When a token signed with it was last accepted.';
  reset lock_timeout;
end
$migration$;
