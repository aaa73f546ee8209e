drop table api_token;
drop table account;
