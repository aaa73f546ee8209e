create table shared_page (
  id uuid primary key,
  connection_id uuid not null references connection,
  name text not null check (char_length(name) between 1 and 200),
  description text not null default '' check (char_length(description) <= 2000),
  scope text not null check (scope in ('page', 'tree', 'space', 'blog_post')),
  space_key text not null,
  root_content_id text check (scope = 'space' or root_content_id is not null),
  password_hash text,
  epoch integer not null default 1,
  enabled boolean not null default true,
  starts_at timestamptz,
  expires_at timestamptz,
  pass_lifetime_seconds integer not null default 43200 check (pass_lifetime_seconds between 60 and 2592000),
  embed_origins text[] not null default '{}',
  keep_external_links boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by text not null,
  constraint shared_page_ends_after_start check (expires_at > starts_at)
);
create index shared_page_connection on shared_page (connection_id);
comment on table shared_page is 'A share: what people outside may read, and how they get in.';
comment on column shared_page.root_content_id is 'The root page; for a space share the space''s home page at the time of sharing, if it has one.';
comment on column shared_page.password_hash is 'Argon2id PHC string; null means that the share is open to whoever has the link.';
comment on column shared_page.epoch is 'Part of every pass; raising it ends all passes.';
comment on column shared_page.pass_lifetime_seconds is 'How long a pass lives after its last use.';
comment on column shared_page.embed_origins is 'Origins that may frame the share, normalised; ''*'' alone means any; none means none.';
comment on column shared_page.keep_external_links is 'Whether links to the outside web stay links; links to the wiki itself never do.';
