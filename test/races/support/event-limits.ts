import { sql } from 'drizzle-orm';
import * as catalog from '../../../src/catalog/limits.ts';
import { createScheduleItem } from '../../../src/catalog/schedule/create-schedule-item.ts';
import { createScheduleItemSchema } from '../../../src/catalog/schedule/schemas.ts';
import { createGate } from '../../../src/check-in/gates/create-gate.ts';
import * as door from '../../../src/check-in/limits.ts';
import { createZone } from '../../../src/check-in/zones/create-zone.ts';
import { createPool, poolsPerEventMax } from '../../../src/orders/pools/create-pool.ts';
import { createPromoCode, promoCodesPerEventMax } from '../../../src/orders/promo-codes/create-promo-code.ts';
import { createQuestion } from '../../../src/orders/questions/create-question.ts';
import { questionsPerEventMax } from '../../../src/orders/questions/limits.ts';
import { entriesPerEventMax } from '../../../src/orders/waiting-list/limits.ts';
import { confirmWaitingEntry } from '../../../src/orders/waiting-list/waiting-entry.ts';
import { systemClock as clock } from '../../../src/platform/clock.ts';
import { newWaitingId } from '../../../src/platform/ids.ts';
import { type CountedLimit, type Scene, at, changes } from './counted-limit.ts';

const ofEvent = ['event_id', ({ event }: Scene) => event.id] as const;

/** Each entry waits for another category with a pool of its own, as two people may who confirm at once. */
const addWaiting: CountedLimit['add'] = async (db, scene) => {
  const { event, n } = scene;
  const id = newWaitingId(event.id);
  const category = event.categories[n % event.categories.length];
  await scene.db.execute(sql`
    insert into waiting_entries (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status)
    values (${event.id}, ${id}, ${category?.id}, ${category?.poolId}, 1, 'Ayu', 'ayu@example.test', ${id}, '+62812', 'id', 'unconfirmed')`);
  return confirmWaitingEntry(db, id);
};

/** Limits of an event, with the act that adds a row. */
export const eventLimits: Readonly<Record<string, CountedLimit>> = {
  'pools of an event': {
    table: 'pools',
    max: poolsPerEventMax,
    of: ofEvent,
    copy: { id: 'id || n' },
    add: (db, { actor, event }) => createPool({ db, clock }, actor, event.id, { name: 'x', capacity: 1, blocked: 0 }),
  },
  'promo codes of an event': {
    table: 'promo_codes',
    max: promoCodesPerEventMax,
    of: ofEvent,
    copy: { id: 'id || n', code: "'COPY' || n" },
    add: (db, { actor, event, n }) =>
      createPromoCode({ db, clock }, actor, event.id, { code: `RACE${n}`, kind: 'percent', value: 10 }),
  },
  'questions of an event': {
    table: 'questions',
    max: questionsPerEventMax,
    of: ofEvent,
    copy: { id: 'id || n' },
    add: (db, { actor, event }) => {
      const rest = { textEn: null, choices: [], isRequired: false, position: 0 };
      return createQuestion(
        { db, clock },
        { actor, eventId: event.id, input: { text: 'x', kind: 'text', scope: 'order', ...rest } },
      );
    },
  },
  'gates of an event': {
    table: 'gates',
    max: door.gatesPerEventMax,
    of: ofEvent,
    copy: { id: 'id || n', name_key: "'copy ' || n" },
    add: (db, { actor, event, n }) => {
      const rules = { ticketCategoryIds: null, opensAt: null, closesAt: null, reEntry: 'none', zoneId: null } as const;
      return createGate({ db, clock }, actor, { eventId: event.id, name: `Gate ${n}`, ...rules });
    },
  },
  'zones of an event': {
    table: 'zones',
    max: door.zonesPerEventMax,
    of: ofEvent,
    copy: { id: 'id || n', name_key: "'copy ' || n" },
    add: (db, { actor, event, n }) =>
      createZone({ db, clock }, actor, { eventId: event.id, name: `Zone ${n}`, capacity: null }),
  },
  'schedule items of an event': {
    table: 'schedule_items',
    max: catalog.scheduleItemsPerEventMax,
    of: ofEvent,
    copy: { id: 'id || n' },
    add: (db, { actor, event }) => {
      const values = createScheduleItemSchema.parse({ title: 'x', startsAt: at(48), endsAt: at(49) });
      return createScheduleItem({ db, ...changes }, { actor, eventId: event.id, values });
    },
  },
  'people who wait for an event': {
    table: 'waiting_entries',
    max: entriesPerEventMax,
    of: ofEvent,
    copy: { id: 'id || n', email_key: 'email_key || n' },
    pause: /^\s*update stock set is_listed/,
    add: addWaiting,
  },
};
