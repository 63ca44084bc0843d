-- One row: which cloud what is stored here lives in. Environments of one must never be run in the other.
create table installation (
  single boolean primary key default true check (single),
  cloud text not null check (cloud in ('sandbox', 'aws')),
  created_at timestamptz not null default now()
);

-- A database from before this table keeps the cloud of its environments.
insert into installation (cloud) select cloud from environments limit 1;
