alter table shared_page drop column embed_only;
