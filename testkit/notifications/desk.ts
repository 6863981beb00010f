import type { Role } from '../../src/access/actor.ts';
import { type TestOrganizer, sessionTokenOf, signedInMember } from '../factories.ts';
import { type Notifications, notificationConfig } from './notification-world.ts';

/** The session token of a new member of an organiser's staff. */
export async function signedIn({ db }: Notifications, of: TestOrganizer, role: Role): Promise<string> {
  return sessionTokenOf(notificationConfig, await signedInMember(db, of, role));
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
