-- Waits for its short exclusive lock in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table connection
        add column unavailable_from timestamptz;
      alter table shared_page
        add column rebound_from uuid;
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  comment on column connection.unavailable_from is 'The app was uninstalled: from then on its shares answer that they are not available.';
  comment on column shared_page.rebound_from is 'The connection of an installation before a re-installation, from which the share was moved; it can be moved back as long as that is there.';

  create table installation (
    connection_id uuid primary key references connection on delete cascade,
    kind text not null check (kind in ('connect', 'forge')),
    client_key text not null,
    app_key text not null,
    oauth_client_id text,
    base_url text not null,
    display_url text,
    secret bytea,
    state text not null check (state in ('enabled', 'disabled', 'uninstalled', 'superseded')),
    state_since timestamptz not null,
    superseded_by uuid references connection on delete set null,
    stale_since timestamptz,
    problem text,
    problem_at timestamptz,
    quiet_calls bigint not null default 0,
    last_quiet_call_at timestamptz,
    installed_at timestamptz not null,
    updated_at timestamptz not null,
    unique (kind, client_key)
  );
  create index installation_of_site on installation (base_url);
  comment on table installation is 'Our app at a Confluence Cloud site, by Connect or Forge: the other side of its connection.';
  comment on column installation.client_key is 'Connect: the clientKey; Forge: the ARI of the installation.';
  comment on column installation.oauth_client_id is 'Connect: what impersonation signs in with; a re-installation replaces it.';
  comment on column installation.base_url is 'As the site told it, with /wiki and without a slash at its end.';
  comment on column installation.display_url is 'A custom domain, for links only.';
  comment on column installation.secret is 'Connect: the shared secret; Forge: the last token of the app user with its end. Encrypted with a key that is derived from VESTIBULE_SECRET_KEY.';
  comment on column installation.superseded_by is 'The installation at the same site that came after this one, as after the import of a site.';
  comment on column installation.stale_since is 'The authorization server no longer knows oauth_client_id: the app has to be installed again. Nobody is impersonated until then.';
  comment on column installation.problem is 'The last thing that went wrong, as a sentence for the admin.';
  comment on column installation.quiet_calls is 'Calls in the name of system users and other apps, which were answered with nothing.';

  create table seen_page (
    connection_id uuid not null,
    content_id text not null,
    maker text not null,
    stand_in text not null,
    version integer not null,
    body text,
    eyes text not null check (eyes in ('maker', 'stand_in', 'app', 'none')),
    withheld boolean not null default false,
    reason text,
    fetched_at timestamptz not null,
    primary key (connection_id, content_id, maker, stand_in),
    foreign key (connection_id, content_id) references page_snapshot on delete cascade
  );
  comment on table seen_page is 'A page as Confluence renders it for the people of a share: its maker, or who stands in.';
  comment on column seen_page.maker is 'shared_page.maker_person, empty where a share has none.';
  comment on column seen_page.stand_in is 'shared_page.stand_in_person, empty where a share has none.';
  comment on column seen_page.version is 'Of the page when it was rendered.';
  comment on column seen_page.body is 'The export view; null when none could be had, so that the storage format is rendered by us.';
  comment on column seen_page.eyes is 'In whose name it was rendered: the maker, who stands in, the app user, or nobody (by us).';
  comment on column seen_page.withheld is 'The maker may not see the page, so the share does not show it.';
  comment on column seen_page.reason is 'Why other eyes than the maker''s were used, or none: a sentence for the admin.';
  reset lock_timeout;
end
$migration$;
