create table share_event (
  id bigint primary key generated always as identity,
  share_id uuid not null references shared_page on delete cascade,
  at timestamptz not null,
  kind text not null check (kind in ('password_accepted', 'password_refused', 'password_throttled', 'token_accepted', 'token_refused')),
  code text,
  token_not_before bigint,
  token_expires bigint,
  clock_difference_seconds bigint,
  signing_key text check (signing_key in ('current', 'current_hex_text', 'previous', 'previous_hex_text'))
);
create index share_event_share on share_event (share_id, id desc);
create index share_event_share_at on share_event (share_id, at);
create index share_event_at on share_event (at);
comment on table share_event is 'Ways into a share and refusals; never the token.';
comment on column share_event.code is 'Why an unlock token was refused; see the token rule.';
comment on column share_event.token_not_before is 'The token''s nbf, in Unix seconds, when it could be read.';
comment on column share_event.clock_difference_seconds is 'How far the client''s clock seems to be ahead of ours, when the token''s times say so.';
comment on column share_event.signing_key is 'Which secret, and in which form, the token was signed with.';
