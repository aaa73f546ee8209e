create table account (
  id uuid primary key,
  email text not null unique check (email = lower(email) and char_length(email) between 3 and 254),
  password_hash text not null,
  session_epoch integer not null default 1,
  created_at timestamptz not null,
  last_sign_in_at timestamptz
);
comment on table account is 'An admin.';
comment on column account.session_epoch is 'Part of every sign-in session; raised by a password change, which ends all others.';

create table api_token (
  id uuid primary key,
  name text not null check (char_length(name) between 1 and 200),
  token_sha256 bytea not null unique check (octet_length(token_sha256) = 32),
  scope text not null check (scope in ('read', 'write')),
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz
);
comment on table api_token is 'A bearer token of the web API; only its hash is kept.';
