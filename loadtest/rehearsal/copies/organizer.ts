import { at, demoUser, request, untilTaken } from '../../demo/http.ts';
import { RehearsalRefused } from '../options.ts';

/** The API as the organiser of the event uses it, and its answers. */
export type Organizer = {
  readonly slug: string;
  /** Also scans at the door. */
  readonly token: string;
  /** @throws Error with the answer, if it is not a success */
  send(method: string, path: string, body?: unknown): Promise<unknown>;
  /** All items of a list, page by page. */
  list(path: string): Promise<readonly unknown[]>;
  /** The answer, also if it is a refusal. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Ends the session, if there is one. */
  signOut(): Promise<void>;
};

/**
 * The key must be able to make copies, scan their tickets and read their orders, and to refund by calling a copy off.
 */
export const neededScopes = ['events.write', 'orders.read', 'check_in', 'refunds'];
const pagesMax = 200;

/** @param key an API key; without it the demo organiser signs in. @throws RehearsalRefused */
export async function signIn(url: string, key: string | undefined): Promise<Organizer> {
  const token = key ?? (await demoToken(url));
  const headers = { authorization: `Bearer ${token}` };
  const who = await untilTaken(() => request(`${url}/v1/sessions/current`, { headers }));
  if (who.status >= 500) throw new Error(`GET /v1/sessions/current answered ${who.status} ${JSON.stringify(who.body)}`);
  const slug = at(who.body, 'organizer', 'slug');
  if (typeof slug !== 'string') throw new RehearsalRefused('REHEARSAL_TOKEN is not a valid API key here.');
  if (!['owner', 'manager'].includes(String(at(who.body, 'role'))))
    throw new RehearsalRefused('The key in REHEARSAL_TOKEN needs the role of a manager.');
  const scopes = at(who.body, 'scopes');
  const missing = Array.isArray(scopes) ? neededScopes.filter((scope) => !scopes.includes(scope)) : [];
  if (missing.length > 0)
    throw new RehearsalRefused(
      `The key in REHEARSAL_TOKEN lacks scopes that a rehearsal needs: ${missing.join(', ')}.`,
    );
  const ask: Organizer['ask'] = (method, path, body) =>
    untilTaken(() =>
      request(`${url}/v1/organizers/${slug}${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
    );
  const send: Organizer['send'] = async (method, path, body) => {
    const reply = await ask(method, path, body);
    if (reply.status < 300) return reply.body;
    throw new Error(`${method} ${path} answered ${reply.status} ${JSON.stringify(reply.body)}`);
  };
  return {
    slug,
    token,
    ask,
    send,
    signOut: async () => {
      if (key === undefined) await request(`${url}/v1/sessions/current`, { method: 'DELETE', headers });
    },
    list: async (path) => {
      const items: unknown[] = [];
      let cursor: unknown;
      for (let page = 0; page < pagesMax; page += 1) {
        const query = typeof cursor === 'string' ? `?cursor=${encodeURIComponent(cursor)}` : '';
        const body = await send('GET', `${path}${query}`);
        const data = at(body, 'data');
        items.push(...(Array.isArray(data) ? data : []));
        cursor = at(body, 'nextCursor');
        if (typeof cursor !== 'string') break;
      }
      return items;
    },
  };
}

/** A service that has no time is not one that refuses the organiser. */
async function demoToken(url: string): Promise<string> {
  const ask = () => request(`${url}/v1/sessions`, { method: 'POST', body: demoUser('owner') });
  // A second session does no harm, so every 503 is tried again, also one whose outcome is not known.
  const reply = await untilTaken(ask, { isRefused: ({ status }) => status === 429 || status === 503 });
  const token = at(reply.body, 'accessToken');
  if (typeof token === 'string') return token;
  const said = `POST /v1/sessions answered ${reply.status} ${JSON.stringify(reply.body)}`;
  if (reply.status >= 429) throw new Error(said);
  throw new RehearsalRefused(
    `The demo organiser cannot sign in here (${said}). Set REHEARSAL_TOKEN to an API key of the organiser, with the role of a manager.`,
  );
}
