-- Gives every share its own unlock secret without locking readers out: each step commits by itself, and running
-- the whole again after a crash goes on where it stopped. One statement, because a `commit` is only possible
-- in a `do` block that is sent alone (see metadata.toml).
--
-- Random bytes: a version 4 UUID carries 122 bits of PostgreSQL's strong random source; SHA-256 over three of
-- them gives 32 bytes of full strength without the pgcrypto extension.
do $migration$
declare
  filled integer;
  step text;
begin
  -- A step that waits for its short exclusive lock queues every reader behind it. So each waits only briefly, lets the
  -- readers go ahead and tries again.
  set lock_timeout = '200ms';

  foreach step in array array[
    'alter table shared_page add column if not exists unlock_secret bytea',
    -- For shares that a node of the previous release creates from now on; ours draw theirs from the operating system.
    'alter table shared_page alter column unlock_secret set default
       sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))',
    'fill',
    'alter table shared_page drop constraint if exists shared_page_unlock_secret_check',
    -- `not valid` and `validate` apart: the check of all rows then blocks nobody, and `set not null` takes the
    -- validated check for its proof instead of reading the table under an exclusive lock.
    'alter table shared_page add constraint shared_page_unlock_secret_check
       check (unlock_secret is not null and octet_length(unlock_secret) = 32) not valid',
    'alter table shared_page validate constraint shared_page_unlock_secret_check',
    'alter table shared_page alter column unlock_secret set not null'
  ] loop
    loop
      if step = 'fill' then
        loop
          update shared_page
            set unlock_secret = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
            where id in (
              select id from shared_page where unlock_secret is null order by id limit 1000 for update skip locked
            );
          get diagnostics filled = row_count;
          commit;
          exit when filled = 0;
        end loop;
        -- Rows that others held were skipped.
        exit when not exists (select from shared_page where unlock_secret is null);
        perform pg_sleep(0.1);
      else
        begin
          execute step;
          exit;
        exception when lock_not_available then
          null;
        end;
        commit;
        perform pg_sleep(0.1);
      end if;
    end loop;
    commit;
  end loop;

  comment on column shared_page.unlock_secret is 'The 32 bytes that client sites sign unlock tokens with.';
  reset lock_timeout;
end
$migration$;
