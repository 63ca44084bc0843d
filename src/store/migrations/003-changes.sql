-- A preview of an environment that does not exist yet belongs to a team only.
alter table operations alter column environment_id drop not null;
alter table operations add column team text collate "C";
update operations o set team = e.team from environments e where e.id = o.environment_id;
alter table operations alter column team set not null;
alter table operations add check (environment_id is not null or kind = 'preview');

-- input: what it was asked with beyond the environment's spec; result: what it found. Both by kind.
-- retries: how often the worker tried again by itself; retry_at: not before, in the database's time.
alter table operations
  add column input jsonb not null default '{}',
  add column result jsonb,
  add column retry_of text collate "C" references operations (id) on delete set null,
  add column retries integer not null default 0,
  add column retry_at timestamptz,
  add column events_pruned boolean not null default false;

-- Whose turn it is, is asked with every start of an operation.
create index operations_team_unfinished on operations (team, state, queued_at) where state in ('queued', 'running');
create index operations_with_events on operations (finished_at) where finished_at is not null and not events_pruned;
create index operations_retry_of on operations (retry_of) where retry_of is not null;

-- Every spec an environment has had: what a stale If-Match is compared with.
create table generations (
  environment_id text collate "C" not null references environments (id) on delete cascade,
  generation integer not null,
  spec jsonb not null,
  created_at timestamptz not null default now(),
  primary key (environment_id, generation)
);
insert into generations (environment_id, generation, spec) select id, generation, spec from environments;

-- What older specs mean by the fields they could not have.
update environments set resolved = resolved
  || '{"deletion": {"protected": false, "bucket": "refuse", "jobs": "refuse", "logs": "delete"}, "driftIgnore": {"tagKeys": [], "tagKeyPrefixes": []}}';
create index environments_deleted_at on environments (deleted_at) where deleted_at is not null;
