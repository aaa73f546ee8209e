-- Waits for its short exclusive lock in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table account
        alter column password_hash drop not null,
        alter column email drop not null,
        add column display_name text check (char_length(display_name) between 1 and 254),
        add column role text not null default 'admin' check (role in ('admin', 'sharer')),
        add constraint account_has_name check (email is not null or display_name is not null),
        add constraint account_password_needs_email check (password_hash is null or email is not null);
      alter table shared_page
        add column maker_account uuid references account on delete set null,
        add column maker_person text,
        add column stand_in_person text;
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  comment on table account is 'Somebody who may use the admin pages.';
  comment on column account.display_name is 'Of accounts that another system vouches for; may change with every sign-in.';
  comment on column account.role is 'admin: everything; sharer: shares of content that they may see, and nothing else.';
  comment on column account.password_hash is 'Argon2id PHC string; null for accounts that another system vouches for.';
  comment on column shared_page.maker_account is 'Whose share it is; sharers see their own.';
  comment on column shared_page.maker_person is 'The maker''s id at the connection''s site, in whose name its pages are rendered.';
  comment on column shared_page.stand_in_person is 'Whose name is used when the maker''s cannot be: another admin, named for this share.';
  create index if not exists shared_page_of_maker on shared_page (maker_account) where maker_account is not null;

  create table identity (
    issuer text not null,
    subject text not null,
    account_id uuid not null references account on delete cascade,
    created_at timestamptz not null,
    primary key (issuer, subject)
  );
  create index identity_of_account on identity (account_id);
  comment on table identity is 'Which account a person of another system has: an OpenID provider, or the site of a connection.';
  comment on column identity.issuer is 'The OpenID issuer''s URL, or connection:{id}.';
  comment on column identity.subject is 'The issuer''s own name for the person: sub, an Atlassian account id, a user key.';

  create table person_credentials (
    account_id uuid not null references account on delete cascade,
    connection_id uuid not null references connection on delete cascade,
    credentials bytea not null,
    checked_at timestamptz not null,
    primary key (account_id, connection_id)
  );
  comment on table person_credentials is 'By what a signed-in person is known at a site, for as long as the sign-in lasts: single sign-on cookies or a user token.';
  comment on column person_credentials.credentials is 'Encrypted with a key that is derived from VESTIBULE_SECRET_KEY, bound to both ids.';
  comment on column person_credentials.checked_at is 'When the site last said who they belong to.';
  reset lock_timeout;
end
$migration$;
