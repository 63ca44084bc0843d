-- What was answered to requests that carried an Idempotency-Key. hash: SHA-256 of the caller's scope and the key; the
-- answer is sealed with a key that only the Idempotency-Key itself gives, because answers can hold secrets.
create table idempotency_keys (
  hash bytea primary key check (octet_length(hash) = 32),
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  answer bytea,
  created_at timestamptz not null default clock_timestamp()
);
create index idempotency_keys_created_at on idempotency_keys (created_at);
