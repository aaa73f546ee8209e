alter table shared_page drop column unlock_secret;
