create table cookieless_pass (
  key_sha256 bytea primary key check (octet_length(key_sha256) = 32),
  share_id uuid not null references shared_page on delete cascade,
  epoch integer not null,
  way_in text not null check (way_in in ('password', 'token')),
  user_agent_sha256 bytea not null check (octet_length(user_agent_sha256) = 32),
  began_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null
);
create index cookieless_pass_of_share on cookieless_pass (share_id, last_used_at);
comment on table cookieless_pass is 'Visitors inside frames whose browser keeps no cookie of ours; the key stands in the path of their pages.';
comment on column cookieless_pass.key_sha256 is 'Of the key in the path; the key itself is not kept.';
comment on column cookieless_pass.epoch is 'Of the share when the visitor got in.';
comment on column cookieless_pass.user_agent_sha256 is 'Of the browser''s User-Agent; the key is good in no other.';
comment on column cookieless_pass.began_at is 'When the visitor got in.';
comment on column cookieless_pass.last_used_at is 'At most a minute behind.';

create table used_ticket (
  nonce bytea primary key check (octet_length(nonce) = 16),
  expires_at timestamptz not null
);
create index used_ticket_expires_at on used_ticket (expires_at);
comment on table used_ticket is 'Signed single-use tickets (cookie probes, hand-overs to a new tab) that were used, until they expire.';
