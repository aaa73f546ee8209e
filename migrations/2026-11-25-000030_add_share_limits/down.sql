drop table leak_report;
alter table shared_page
  drop column restricted_pages,
  drop column include_labels,
  drop column exclude_labels,
  drop column show_comments;
