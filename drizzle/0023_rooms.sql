-- What the clockwork of the waiting rooms keeps from one second to the next.
alter table waiting_rooms
  -- Buyers per second that are let in now, as the order path can take them; at most rate_max. `rate` counts positions,
  -- and is higher by those who do not come: rate = admission_rate / show_ratio.
  add column admission_rate double precision not null default 0 check (admission_rate >= 0),
  add column show_ratio double precision not null default 1 check (show_ratio between 0.3 and 1),
  -- Places that were exchanged for a pass, as API processes have reported: for people to look at, nothing is decided by it.
  add column exchanged bigint not null default 0 check (exchanged >= 0),
  add column paused_at timestamptz,
  add constraint waiting_rooms_paused check (paused = (paused_at is not null));

-- Where serving stood, and how many had ordered, every few seconds of the last turn: what says whose turn is over. Older
-- rows are deleted.
create table serving_marks (
  event_id text not null,
  at timestamptz not null,
  serving double precision not null,
  orders integer not null,
  exchanged bigint not null,
  primary key (event_id, at)
);

-- Rooms that are over stay known to the API for a day, so that whoever comes late is told so.
create index waiting_rooms_over on waiting_rooms (changed_at) where phase = 'over';
