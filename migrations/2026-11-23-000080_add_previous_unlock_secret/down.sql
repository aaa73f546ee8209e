alter table shared_page
  drop constraint shared_page_previous_unlock_secret_has_end,
  drop column previous_unlock_secret_used_at,
  drop column previous_unlock_secret_expires_at,
  drop column previous_unlock_secret;
