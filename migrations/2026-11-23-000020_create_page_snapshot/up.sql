create table page_snapshot (
  connection_id uuid not null references connection on delete cascade,
  content_id text not null,
  kind text not null check (kind in ('page', 'blog_post')),
  space_key text not null,
  title text not null,
  parent_content_id text,
  position integer not null,
  body text not null,
  body_format text not null check (body_format in ('storage', 'wiki_markup')),
  version integer not null,
  author_name text,
  created_at timestamptz,
  modified_at timestamptz,
  labels text[] not null default '{}',
  view_restricted boolean not null default false,
  search_text text not null,
  search_vector tsvector not null generated always as (
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', search_text), 'B')
  ) stored,
  findings jsonb not null,
  primary key (connection_id, content_id)
);
create index page_snapshot_parent on page_snapshot (connection_id, parent_content_id, position);
create index page_snapshot_title on page_snapshot (connection_id, space_key, lower(title));
create index page_snapshot_search on page_snapshot using gin (search_vector);
comment on table page_snapshot is 'Our stored copy of a wiki page; sanitized HTML is made from it for one share at a time.';
comment on column page_snapshot.position is 'Order among the children of one parent, from 0 without gaps.';
comment on column page_snapshot.search_text is 'Plain text of the rendered page, cut to 200,000 characters (a tsvector holds 1 MB).';
comment on column page_snapshot.findings is 'What the renderer could not show, for the admin.';

create table attachment_snapshot (
  connection_id uuid not null,
  attachment_id text not null,
  content_id text not null,
  file_name text not null,
  media_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  width integer,
  height integer,
  version integer not null,
  comment text,
  modified_at timestamptz,
  primary key (connection_id, attachment_id),
  foreign key (connection_id, content_id) references page_snapshot on delete cascade
);
create index attachment_snapshot_page on attachment_snapshot (connection_id, content_id, file_name);
comment on table attachment_snapshot is 'A file of a page, newest version; its bytes lie in the object store under its SHA-256.';
comment on column attachment_snapshot.media_type is 'By magic bytes where those are known, else by file name; what the wiki claimed is not trusted.';
