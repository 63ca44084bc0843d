-- The newest change of each environment of a page: without it previews and drift checks, hourly for a month, are read too
-- (50 environments with 720 each: 5,052 buffers instead of 200).
create index operations_changes on operations (environment_id, serial) where kind in ('create', 'update', 'delete');

-- Deleted environments by name: without it 100,000 of them are read, 100 ms.
create index environments_deleted_name on environments (name, id) where phase = 'deleted';
