create table connection (
  id uuid primary key,
  kind text not null check (kind in ('space_export')),
  name text not null check (char_length(name) between 1 and 200),
  wiki_url text check (char_length(wiki_url) <= 2000),
  content_revision bigint not null default 0,
  report jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index connection_name on connection (lower(name));
comment on table connection is 'A Confluence site or an imported space export.';
comment on column connection.wiki_url is 'Base URL of the wiki the content came from; links to it are treated as wiki links.';
comment on column connection.content_revision is 'Rises with every change to the pages of the connection; rendered pages in memory are keyed by it.';
comment on column connection.report is 'What the last import brought in and what it left out.';

create table wiki_space (
  connection_id uuid not null references connection on delete cascade,
  space_key text not null,
  name text not null,
  home_content_id text,
  primary key (connection_id, space_key)
);
comment on table wiki_space is 'A Confluence space of a connection.';

create table wiki_user (
  connection_id uuid not null references connection on delete cascade,
  user_key text not null,
  username text not null,
  display_name text not null,
  primary key (connection_id, user_key)
);
comment on table wiki_user is 'Display names of the people that pages mention; never mail addresses.';
