create table audit_event (
  seq bigint primary key check (seq > 0),
  version smallint not null,
  at timestamptz not null,
  kind text not null,
  actor_kind text not null,
  actor_id uuid,
  subject_kind text not null,
  subject_id uuid,
  subject_name text,
  changes jsonb not null check (jsonb_typeof(changes) = 'array'),
  commitments jsonb not null check (jsonb_typeof(commitments) = 'object'),
  request_id text,
  previous_hash bytea not null check (octet_length(previous_hash) = 32),
  hash bytea not null check (octet_length(hash) = 32)
);
create index audit_event_of_subject on audit_event (subject_id, seq) where subject_id is not null;
create index audit_event_of_actor on audit_event (actor_id, seq) where actor_id is not null;
create index audit_event_of_kind on audit_event (kind, seq);
create index audit_event_by_time on audit_event (at);
comment on table audit_event is 'Who did what, as a chain: each row holds the SHA-256 over the one before and itself. Rows are only added.';
comment on column audit_event.seq is 'Counts without gaps.';
comment on column audit_event.version is 'Of the bytes that are hashed.';
comment on column audit_event.subject_name is 'As it was then; null where it is personal.';
comment on column audit_event.changes is 'Names of fields with their old and new values; those of personal fields stand in audit_personal.';
comment on column audit_event.commitments is 'Of each value in audit_personal the SHA-256 over its salt, field and text, as hex.';
comment on column audit_event.previous_hash is 'The hash of the row before; zeros in the first row.';
comment on column audit_event.hash is 'SHA-256 over previous_hash and the canonical bytes of the row.';

create table audit_personal (
  seq bigint not null references audit_event on delete cascade,
  field text not null,
  salt bytea not null check (octet_length(salt) = 16),
  value text not null,
  primary key (seq, field)
);
-- Of equality only: texts may be longer than a b-tree takes.
create index audit_personal_by_value on audit_personal using hash (value);
comment on table audit_personal is 'What audit_event says of people. Rows may be removed; the chain holds only commitments to them.';
comment on column audit_personal.salt is 'Random, so that nobody finds the value by trying, once this row is gone.';

create table audit_checkpoint (
  seq bigint primary key,
  hash bytea not null check (octet_length(hash) = 32),
  at timestamptz not null,
  signature bytea not null check (octet_length(signature) = 32)
);
comment on table audit_checkpoint is 'Up to where old rows of audit_event were removed; the chain goes on from here.';
comment on column audit_checkpoint.seq is 'Of the last row that was removed.';
comment on column audit_checkpoint.hash is 'Of the same row.';
comment on column audit_checkpoint.signature is 'HMAC-SHA256 with a key that is derived from VESTIBULE_SECRET_KEY.';

create table audit_tally (
  kind text not null,
  hour timestamptz not null,
  client text not null,
  count bigint not null,
  primary key (kind, hour, client)
);
comment on table audit_tally is 'What strangers do, added up by hour; becomes one event per row when the hour is over.';
comment on column audit_tally.client is 'An address or network; empty for those that no row is kept for.';

create table audit_showing (
  hour timestamptz not null,
  actor text not null,
  share_id uuid not null,
  primary key (hour, actor, share_id)
);
comment on table audit_showing is 'Who was shown the unlock secret of a share in this hour, so that it is one event.';
comment on column audit_showing.actor is 'The kind of the actor with its id, or with the digest of its name.';

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_table_name = 'audit_event' then
    if exists (select from audit_checkpoint where seq >= old.seq) then
      return old;
    end if;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_event_keeps_rows before update or delete on audit_event
  for each row execute function audit_is_append_only();
create trigger audit_event_keeps_all before truncate on audit_event
  for each statement execute function audit_is_append_only();
create trigger audit_personal_keeps_rows before update on audit_personal
  for each row execute function audit_is_append_only();
create trigger audit_personal_keeps_all before truncate on audit_personal
  for each statement execute function audit_is_append_only();
create trigger audit_checkpoint_keeps_rows before update or delete on audit_checkpoint
  for each row execute function audit_is_append_only();
create trigger audit_checkpoint_keeps_all before truncate on audit_checkpoint
  for each statement execute function audit_is_append_only();
-- Also in sessions that apply changes of a replica, where triggers do not run otherwise.
alter table audit_event enable always trigger audit_event_keeps_rows, enable always trigger audit_event_keeps_all;
alter table audit_personal enable always trigger audit_personal_keeps_rows, enable always trigger audit_personal_keeps_all;
alter table audit_checkpoint
  enable always trigger audit_checkpoint_keeps_rows, enable always trigger audit_checkpoint_keeps_all;
