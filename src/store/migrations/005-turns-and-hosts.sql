-- When a team was last served, apart for operations that change and those that only read: whoever waited longest is next.
create table turns (
  team text collate "C" not null,
  reads boolean not null,
  served_at timestamptz not null,
  primary key (team, reads)
);

-- Each team's oldest operation of either sort that waits, or whose worker is gone, is looked up with every claim.
drop index operations_team_unfinished;
create index operations_turn on operations (team, (kind in ('preview', 'drift-check')), queued_at) where state in ('queued', 'running');

-- Hosts on which workers have run: only a host itself can tell which of its processes live.
create table hosts (
  name text collate "C" primary key,
  seen_at timestamptz not null default now()
);
-- Those of a time when nobody wrote this table may still have engines.
insert into hosts (name)
  select distinct engine->>'host' from operations where engine is not null and state in ('queued', 'running');
