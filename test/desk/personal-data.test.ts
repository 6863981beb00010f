import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buyerKey } from '../../src/access/index.ts';
import type { PersonalData } from '../../src/desk/personal-data/schemas.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { createEvent, sessionTokenOf, signedInMember, signedInOwner } from '../../testkit/factories.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';
import { columnsOfPersons, otherColumns } from './support/columns.ts';
import { type PersonWorld, columnsWithMarks, elsewhere, enterByEveryWay, marks } from './support/person.ts';

/** Guards that a person who asks an organiser for their data gets all of it, and nothing of other organisers or other people. */

let api: TestService;
let world: PersonWorld;

beforeAll(async () => {
  api = await startTestService();
  world = await enterByEveryWay(api);
});
afterAll(() => api.close());

async function ask(body: object, as = world.owner, slug = world.event.organizer.slug) {
  const answer = await api.fetch(`/v1/organizers/${slug}/personal-data`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${as}` },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, text, data: JSON.parse(text) as PersonalData & { code?: string } };
}

describe('the document of one person', () => {
  test('by email has what came in by every way, and nothing of another organiser', async () => {
    const { status, text, data } = await ask({ email: marks.email });
    expect(status, text).toBe(200);
    const { message, ...byEmail } = marks;
    for (const [way, mark] of Object.entries(byEmail)) expect([way, text.includes(mark)]).toEqual([way, true]);
    expect(text).not.toContain(elsewhere);
    expect(text).not.toContain(message);
    expect(data.isComplete).toBe(true);
    expect(data.orders.map(({ id }) => id).toSorted()).toEqual([world.ids['paid'], world.ids['unpaid']].toSorted());
    expect(data.orders.find(({ id }) => id === world.ids['paid'])).toMatchObject({
      facts: { newsConsent: { wording: '2026-11', withdrawnAt: null } },
      messages: [expect.objectContaining({ template: 'tickets', channel: 'email' })],
    });
    for (const list of [
      data.heldTickets,
      data.waitingEntries,
      data.waitingRoomPlaces,
      data.verifications,
      data.suppressions,
    ])
      expect(list).toHaveLength(1);
    expect([data.heldTickets[0]?.['isHolder'], data.waitingEntries[0]?.['messages']]).toMatchObject([
      true,
      [{ template: 'waiting_confirm' }],
    ]);
  });

  test('by phone has the orders of the phone, and what the person wrote and said to the number of the organiser', async () => {
    const { data } = await ask({ phone: '0812 9876 0777' });
    expect(data.orders).toHaveLength(2);
    expect(data.inboundMessages.map(({ text }) => String(text)).toSorted()).toEqual([marks.message, 'STOP'].toSorted());
    expect(data.newsStops).toMatchObject([{ channel: 'whatsapp', isStopped: true }]);
    expect(data.waitingEntries).toHaveLength(1);
    expect(data.heldTickets).toEqual([]);
  });

  test('compares the address as a whole, in whatever case', async () => {
    expect((await ask({ email: marks.email.toUpperCase() })).data.orders).toHaveLength(2);
    for (const email of [marks.email.slice(1), `x${marks.email}`, marks.email.replace('.m', '_m'), '%@example.test'])
      expect((await ask({ email })).data.orders ?? []).toEqual([]);
    expect((await ask({ phone: '0812 9876 077' })).data.orders ?? []).toEqual([]);
  });

  test('masks the address of somebody to whom a ticket was given on', async () => {
    const [row] = await rowsOf<{ email: string }>(
      api.service.db,
      sql`select o.buyer_email as email from ticket_transfers g join tickets t on t.id = g.ticket_id join orders o on o.id = t.order_id`,
    );
    const { text, data } = await ask({ email: row?.email ?? '' });
    expect(data.orders[0]?.tickets[0]).toMatchObject({
      holderName: null,
      transfers: [{ recipient: 'k•••@example.test' }],
    });
    for (const mark of [marks.email, marks.given]) expect(text).not.toContain(mark);
  });

  test('is recorded in the audit log with the keyed hash of the address, before it is given out', async () => {
    const log = sql`select act, subject_id as subject, changes from audit_log where act = 'buyer.data_shown' order by id desc limit 1`;
    await ask({ email: marks.email });
    const subject = buyerKey(api.service.config.HASH_SECRET, 'email', marks.email);
    expect(await rowsOf(api.service.db, log)).toEqual([
      { act: 'buyer.data_shown', subject, changes: { fields: ['email'] } },
    ]);
  });

  test('leaves out the oldest orders beyond its limit, and says so', async () => {
    const event = await createEvent(api.service.db, { organizer: world.event.organizer });
    await api.service.db.execute(sql`
      insert into orders select (jsonb_populate_record(o, jsonb_build_object('event_id', ${event.id}::text,
        'id', 'ord_' || ${event.id.slice(4)}::text || lpad(n::text, 20, '0'), 'idempotency_key_hash', gen_random_uuid(),
        'buyer_keys', array['many', 'many']))).*
      from orders o cross join generate_series(1, 201) n where o.id = ${world.ids['paid']}`);
    await api.service.db.execute(sql`
      update orders set buyer_keys = array[${buyerKey(api.service.config.HASH_SECRET, 'email', 'banyak@example.test')}, 'many']
      where event_id = ${event.id}`);
    const { data } = await ask({ email: 'banyak@example.test' });
    expect([data.isComplete, data.orders.length, data.orders.at(-1)?.id.slice(-3)]).toEqual([false, 200, '002']);
  });

  test('is for owners and managers of the organiser, with exactly one address', async () => {
    const { db, config } = api.service;
    const token = async (role: 'manager' | 'door') =>
      sessionTokenOf(config, await signedInMember(db, world.event.organizer, role));
    expect((await ask({ email: marks.email }, await token('manager'))).status).toBe(200);
    expect((await ask({ email: marks.email }, await token('door'))).data.code).toBe('access.forbidden');
    const stranger = await sessionTokenOf(config, await signedInOwner(db, (await createEvent(db)).organizer));
    expect((await ask({ email: marks.email }, stranger)).status).toBe(404);
    for (const body of [{}, { email: marks.email, phone: marks.phone }, { phone: '12' }, { email: 'nobody' }])
      expect((await ask(body)).data.code).toBe('request.invalid');
  });
});

describe('the columns of all tables', () => {
  test('are each of a person or not, by list: a new one must be put into one of the two, and into the document', async () => {
    const columns = await rowsOf<{ table: string; columns: string[] }>(
      api.service.db,
      sql`
        select table_name as "table", array_agg(column_name::text order by column_name) as columns from information_schema.columns
        where table_schema = 'public' and (data_type in ('text', 'jsonb', 'bytea', 'ARRAY', 'json', 'character varying'))
          and table_name in (select relname from pg_class where relkind in ('r', 'p') and not relispartition)
        group by 1`,
    );
    const listed = new Map<string, string[]>();
    for (const list of [columnsOfPersons, otherColumns])
      for (const [table, names] of Object.entries(list))
        listed.set(table, [
          ...(listed.get(table) ?? []),
          ...(typeof names === 'string' ? names.split(' ') : Object.keys(names)),
        ]);
    const all = columns.map(({ table, columns: names }) => [table, names.toSorted()] as const);
    expect(Object.fromEntries([...listed].map(([table, names]) => [table, names.toSorted()]))).toEqual(
      Object.fromEntries(all),
    );
  });

  test('hold what came in only where the list of persons says so', async () => {
    const inClear = Object.entries(columnsOfPersons).flatMap(([table, columns]) =>
      Object.entries(columns).flatMap(([column, how]) => (how.startsWith('clear') ? [`${table}.${column}`] : [])),
    );
    expect(await columnsWithMarks(api)).toEqual(inClear.toSorted());
  });
});
