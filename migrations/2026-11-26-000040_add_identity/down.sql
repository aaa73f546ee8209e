drop table person_credentials;
drop table identity;
alter table shared_page drop column maker_account, drop column maker_person, drop column stand_in_person;
-- Accounts without a password cannot sign in at the earlier release.
delete from account where email is null or password_hash is null;
alter table account
  drop constraint account_has_name,
  drop constraint account_password_needs_email,
  drop column display_name,
  drop column role,
  alter column email set not null,
  alter column password_hash set not null;
comment on table account is 'An admin.';
comment on column account.password_hash is null;
