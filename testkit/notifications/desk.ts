import { sql } from 'drizzle-orm';
import { signSessionToken } from '../../src/access/sessions/session-token.ts';
import { newId } from '../../src/platform/ids.ts';
import type { TestOrganizer } from '../factories.ts';
import { type Notifications, notificationConfig } from './notification-world.ts';

/** The session token of a new member of an organiser's staff. */
export async function signedIn(
  world: Notifications,
  of: TestOrganizer,
  role: 'owner' | 'manager' | 'door',
): Promise<string> {
  const staffId = newId('stf');
  const session = { id: newId('ses'), staffId, createdAt: new Date(), expiresAt: new Date(Date.now() + 3_600_000) };
  await world.db.execute(sql`
    insert into staff (id, organizer_id, email, name, role, status, password_hash)
    values (${staffId}, ${of.id}, ${`${staffId}@example.test`}, 'Somebody', ${role}, 'active', 'x')`);
  await world.db.execute(sql`
    insert into sessions (id, staff_id, expires_at) values (${session.id}, ${staffId}, now() + interval '1 hour')`);
  return signSessionToken(notificationConfig.JWT_SECRET, session);
}

/** One call of the room's routes. */
export async function callDesk(
  world: Notifications,
  method: string,
  path: string,
  { as, body }: { as?: string | undefined; body?: unknown } = {},
) {
  const response = await world.app.request(path, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    json: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}
