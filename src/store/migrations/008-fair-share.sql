-- Names that say what they hold: when a team was last served, for operations that change and for those that only read.
alter table turns rename to fair_share;
alter table fair_share rename column reads to read_only;
alter index turns_pkey rename to fair_share_pkey;
alter index operations_turn rename to operations_fair_share;
