drop table wiki_user;
drop table wiki_space;
drop table connection;
