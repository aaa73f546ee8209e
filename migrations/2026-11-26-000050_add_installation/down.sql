drop table seen_page;
drop table installation;
alter table shared_page drop column rebound_from;
alter table connection drop column unavailable_from;
