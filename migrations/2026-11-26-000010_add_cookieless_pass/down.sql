drop table used_ticket;
drop table cookieless_pass;
