-- Ids are TypeIDs made by the service: a prefix and a UUIDv7, so byte order (collate "C") is the order of creation.

create table teams (
  name text collate "C" primary key,
  placement jsonb not null,
  guardrails jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Only the SHA-256 of a key is kept: keys are 256 random bits, so nothing slower is needed to protect them.
create table keys (
  id text collate "C" primary key,
  hash bytea not null unique check (octet_length(hash) = 32),
  scope text not null check (scope in ('admin', 'team')),
  team text collate "C" references teams (name),
  name text not null,
  created_at timestamptz not null default now(),
  check ((scope = 'team') = (team is not null))
);

-- placement is the team's as it was at creation: a later change of the team moves nothing that exists.
create table environments (
  id text collate "C" primary key,
  team text collate "C" not null references teams (name),
  name text collate "C" not null,
  cloud text not null check (cloud in ('sandbox', 'aws')),
  phase text not null check (phase in ('creating', 'ready', 'updating', 'degraded', 'failed', 'deleting', 'deleted')),
  generation integer not null default 1,
  observed_generation integer,
  placement jsonb not null,
  spec jsonb not null,
  resolved jsonb not null,
  outputs jsonb,
  conditions jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  check ((phase = 'deleted') = (deleted_at is not null))
);

-- A name is free again as soon as its environment is deleted.
create unique index environments_team_name on environments (team, name) where phase <> 'deleted';

-- Lists are read backwards by id under one of these, whatever is filtered; deleted environments are listed only by
-- their phase, so however many there are, they are never walked over.
create index environments_live on environments (id) where phase <> 'deleted';
create index environments_live_team on environments (team, id) where phase <> 'deleted';
create index environments_live_name on environments (name, id) where phase <> 'deleted';
create index environments_phase on environments (phase, id);
create index environments_team_phase on environments (team, phase, id);

-- serial orders operations by the database's own count: ids come from the clocks of several replicas.
-- last_event is the id of the newest event; it is raised under the row's lock, which is what makes event ids gapless.
create table operations (
  id text collate "C" primary key,
  serial bigint generated always as identity,
  environment_id text collate "C" not null references environments (id) on delete cascade,
  kind text not null check (kind in ('create', 'update', 'delete', 'drift-check', 'preview')),
  state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  generation integer not null,
  attempt integer not null default 0,
  worker text,
  lease_until timestamptz,
  engine jsonb,
  progress_done integer not null default 0,
  progress_total integer,
  error jsonb,
  request_id text,
  last_event integer not null default 0,
  created_at timestamptz not null default now(),
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  cancel_requested_at timestamptz,
  finished_at timestamptz,
  check (state <> 'running' or (worker is not null and lease_until is not null)),
  check ((state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null))
) with (fillfactor = 80);

create index operations_environment on operations (environment_id, serial);
create index operations_unfinished on operations (state, queued_at) where state in ('queued', 'running');

-- One changing operation runs and one waits per environment; previews and drift checks change nothing.
create unique index operations_one_running on operations (environment_id)
  where state = 'running' and kind in ('create', 'update', 'delete');
create unique index operations_one_queued on operations (environment_id)
  where state = 'queued' and kind in ('create', 'update', 'delete');

create table events (
  operation_id text collate "C" not null references operations (id) on delete cascade,
  id integer not null,
  at timestamptz not null,
  body jsonb not null,
  primary key (operation_id, id)
);
