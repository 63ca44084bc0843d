-- How many events of its engine an attempt has stored: a batch whose commit was not answered is not stored a second time.
alter table operations add column recorded integer not null default 0;
