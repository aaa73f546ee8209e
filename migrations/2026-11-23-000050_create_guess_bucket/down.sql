drop table guess_bucket;
