delete from share_event where kind in
  ('cookie_kept', 'cookie_refused', 'cookieless_pass', 'framed_view', 'frame_blocked', 'policy_report');
drop index share_event_framed;
alter table share_event
  drop constraint share_event_kind_check,
  add constraint share_event_kind_check check (kind in ('password_accepted', 'password_refused', 'password_throttled', 'token_accepted', 'token_refused')),
  drop column framed,
  drop column embed_origin,
  drop column browser;
comment on table share_event is 'Ways into a share and refusals; never the token.';
comment on column share_event.code is 'Why an unlock token was refused; see the token rule.';
