create table guess_bucket (
  bucket text primary key check (char_length(bucket) <= 400),
  full_again_at timestamptz not null
);
create index guess_bucket_full_again_at on guess_bucket (full_again_at);
comment on table guess_bucket is 'Password guesses still held against a share, an address or an account.';
comment on column guess_bucket.full_again_at is 'When every guess is available again; the row means nothing afterwards.';
