-- Which products of Confluence there are is known to the portal alone.
--
-- Waits for its short exclusive lock in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table connection
        drop constraint connection_kind_check,
        add constraint connection_kind_check check (kind ~ '^[a-z_]{1,40}$');
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  comment on column connection.kind is 'space_export, or the product that the site is of.';
  reset lock_timeout;
end
$migration$;
