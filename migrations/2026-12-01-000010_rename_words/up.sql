-- One word per thing: a share has a creator, and its viewers are those in whose names Confluence renders its pages. Nodes
-- of the release before do not know the new names, so they have to be stopped first.
--
-- Waits for its short exclusive lock in turns, so that readers never queue behind it; see add_unlock_secret.
do $migration$
begin
  set lock_timeout = '200ms';
  loop
    -- After a crash all of it is done or nothing.
    exit when not exists (
      select from pg_attribute where attrelid = 'shared_page'::regclass and attname = 'maker_account');
    begin
      alter table shared_page rename column maker_account to creator_account;
      alter table shared_page rename column maker_person to creator_person;
      alter table shared_page rename constraint shared_page_maker_account_fkey to shared_page_creator_account_fkey;
      alter index shared_page_of_maker rename to shared_page_of_creator;
      alter table seen_page rename to viewer_rendering;
      alter table viewer_rendering rename column maker to creator;
      alter table viewer_rendering rename column eyes to viewer;
      alter table viewer_rendering rename constraint seen_page_pkey to viewer_rendering_pkey;
      alter table viewer_rendering rename constraint seen_page_connection_id_content_id_fkey
        to viewer_rendering_connection_id_content_id_fkey;
      alter table viewer_rendering drop constraint seen_page_eyes_check;
      alter index seen_page_withheld rename to viewer_rendering_withheld;
      update viewer_rendering set viewer = 'creator' where viewer = 'maker';
      alter table viewer_rendering
        add constraint viewer_rendering_viewer_check check (viewer in ('creator', 'stand_in', 'app', 'none'));
    exception when lock_not_available then
      null;
    end;
    commit;
    perform pg_sleep(0.1);
  end loop;
  comment on column shared_page.creator_account is 'Whose share it is; sharers see their own.';
  comment on column shared_page.creator_person is 'The creator''s id at the connection''s site, in whose name its pages are rendered.';
  comment on column shared_page.stand_in_person is 'Whose name is used when the creator''s cannot be: another admin, named for this share.';
  comment on table viewer_rendering is 'A page as Confluence renders it for a share''s viewers: its creator, or who stands in.';
  comment on column viewer_rendering.creator is 'shared_page.creator_person, empty where a share has none.';
  comment on column viewer_rendering.viewer is 'In whose name it was rendered: the creator, who stands in, the app user, or nobody (by us).';
  comment on column viewer_rendering.withheld is 'The creator may not see the page, so the share does not show it.';
  comment on column viewer_rendering.reason is 'Why it was not rendered in the creator''s name: a sentence for the admin.';
  reset lock_timeout;
end
$migration$;
