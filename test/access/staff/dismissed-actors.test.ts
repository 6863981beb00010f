import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import {
  type AccessWorld,
  type OrganizerWorld,
  aMember,
  anOrganizer,
  codeOf,
  openAccessWorld,
} from '../../../testkit/access/access-world.ts';
import { createEvent } from '../../../testkit/factories.ts';

/** Guards that a person's access ends with the person, in every process, unless somebody takes it over. */

let world: AccessWorld;
let organizer: OrganizerWorld;
let eventId: string;

beforeAll(async () => {
  world = await openAccessWorld();
  organizer = await anOrganizer(world);
  ({ id: eventId } = await createEvent(world.open.db, { organizer }));
});
afterAll(() => world?.close());

const at = (rest: string) => `/v1/organizers/${organizer.slug}${rest}`;

describe('a process that still remembers a dismissed member', () => {
  const acts: [string, (token: string) => Promise<Response>][] = [
    [
      'makes no API key',
      (as) => world.request('POST', at('/api-keys'), { as, body: { name: 'K', role: 'manager', scopes: ['team'] } }),
    ],
    ['makes no device', (as) => world.request('POST', at('/devices'), { as, body: { name: 'D', eventId } })],
    [
      'invites nobody',
      (as) =>
        world.request('POST', at('/staff'), { as, body: { email: 'sleeper@made.test', name: 'S', role: 'owner' } }),
    ],
    [
      'raises nobody',
      async (as) => {
        const { id } = await aMember(world, organizer, 'door');
        return world.request('PATCH', at(`/staff/${id}`), { as, body: { role: 'owner' } });
      },
    ],
    [
      'dismisses nobody',
      async (as) => {
        const { id } = await aMember(world, organizer, 'door');
        return world.request('DELETE', at(`/staff/${id}`), { as });
      },
    ],
  ];

  /** Ends the member without this process's knowledge, as another process does. */
  const dismissed = async (how: 'disabled' | 'session' | 'lowered') => {
    const member = await aMember(world, organizer, 'owner');
    expect((await world.request('GET', '/v1/sessions/current', { as: member.token })).status).toBe(200);
    if (how === 'disabled')
      await world.open.db.execute(
        sql`update staff set status = 'disabled', password_hash = null where id = ${member.id}`,
      );
    if (how === 'session')
      await world.open.db.execute(sql`update sessions set ended_at = now() where staff_id = ${member.id}`);
    if (how === 'lowered') await world.open.db.execute(sql`update staff set role = 'door' where id = ${member.id}`);
    expect((await world.request('GET', '/v1/sessions/current', { as: member.token })).status).toBe(200);
    return member.token;
  };

  it.each(acts)('%s', async (_what, act) => {
    expect(await codeOf(await act(await dismissed('disabled')))).toBe('401 access.unauthenticated');
    expect(await codeOf(await act(await dismissed('session')))).toBe('401 access.unauthenticated');
    expect(await codeOf(await act(await dismissed('lowered')))).toBe('403 access.forbidden');
  });

  it('makes no API key in the moment of the dismissal', async () => {
    for (let round = 0; round < 10; round += 1) {
      const member = await aMember(world, organizer, 'owner');
      await world.request('GET', '/v1/sessions/current', { as: member.token });
      await Promise.all([
        world.request('DELETE', at(`/staff/${member.id}`), { as: organizer.owner }),
        ...Array.from({ length: 4 }, () =>
          world.request('POST', at('/api-keys'), {
            as: member.token,
            body: { name: 'K', role: 'manager', scopes: ['team'] },
          }),
        ),
      ]);
      const left = await rowsOf(
        world.open.db,
        sql`select id from api_keys where created_by = ${member.id} and ended_at is null`,
      );
      expect(left).toEqual([]);
    }
  });
});
