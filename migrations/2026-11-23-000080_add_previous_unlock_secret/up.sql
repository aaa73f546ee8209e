alter table shared_page
  add column previous_unlock_secret bytea check (octet_length(previous_unlock_secret) = 32),
  add column previous_unlock_secret_expires_at timestamptz,
  add column previous_unlock_secret_used_at timestamptz,
  add constraint shared_page_previous_unlock_secret_has_end
    check ((previous_unlock_secret is null) = (previous_unlock_secret_expires_at is null));
comment on column shared_page.previous_unlock_secret is 'Accepted beside the current one until its end, so that client sites can change over.';
comment on column shared_page.previous_unlock_secret_used_at is 'When a token signed with it was last accepted.';
