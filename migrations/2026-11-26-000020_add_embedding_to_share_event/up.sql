-- Waits for its short exclusive lock in turns, so that nobody queues behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    begin
      alter table share_event
        add column if not exists framed boolean not null default false,
        add column if not exists embed_origin text,
        add column if not exists browser text,
        drop constraint if exists share_event_kind_check,
        add constraint share_event_kind_check check (kind in (
          'password_accepted', 'password_refused', 'password_throttled', 'token_accepted', 'token_refused',
          'cookie_kept', 'cookie_refused', 'cookieless_pass', 'framed_view', 'frame_blocked', 'policy_report'
        )) not valid,
        drop constraint if exists share_event_browser_check,
        add constraint share_event_browser_check
          check (browser in ('chrome', 'edge', 'firefox', 'safari', 'other')) not valid,
        drop constraint if exists share_event_embed_origin_check,
        add constraint share_event_embed_origin_check
          check (embed_origin is null or framed and length(embed_origin) <= 300) not valid;
      exit;
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  commit;
  reset lock_timeout;
  alter table share_event validate constraint share_event_kind_check;
  commit;
  alter table share_event validate constraint share_event_browser_check;
  commit;
  alter table share_event validate constraint share_event_embed_origin_check;
  commit;
  -- Holds all that the embed health of a share is counted from, so that no row has to be looked up.
  create index if not exists share_event_framed on share_event (share_id, at)
    include (kind, code, embed_origin, browser, clock_difference_seconds) where framed;
  comment on table share_event is 'Ways into a share, refusals and what became of its frames; never the token, an address or a path.';
  comment on column share_event.code is 'Why an unlock token was refused, see the token rule; how a blocked frame was noticed; the directive of a policy report.';
  comment on column share_event.framed is 'It happened in a frame of another site.';
  comment on column share_event.embed_origin is 'Origin of the site around the frame, as the browser said; anybody can pretend to be one. Null where it said nothing.';
  comment on column share_event.browser is 'Family of the browser, by its User-Agent; every browser on iOS counts as safari.';
end
$migration$;
