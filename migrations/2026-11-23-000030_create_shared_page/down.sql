drop table shared_page;
