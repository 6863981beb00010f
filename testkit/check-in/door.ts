import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { createActors } from '../../src/access/actors.ts';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { gateRoutes } from '../../src/check-in/gates/routes.ts';
import { zoneRoutes } from '../../src/check-in/zones/routes.ts';
import { guestRoutes } from '../../src/check-in/guests/routes.ts';
import { createScanLane } from '../../src/check-in/index.ts';
import { checkInInvariants } from '../../src/check-in/invariants.ts';
import { offlineRoutes } from '../../src/check-in/offline/routes.ts';
import { checkInRoutes } from '../../src/check-in/routes.ts';
import { doorSettingsRoutes } from '../../src/check-in/settings/routes.ts';
import { ticketCodeRoutes } from '../../src/orders/tickets/codes/routes.ts';
import { handleError } from '../../src/http/problem.ts';
import { createRouter } from '../../src/http/contract/router.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type OpenDb, openDb } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';
import { problems } from '../../src/problems.ts';
import { type DoorEvent, type HeldTicket, addDoorEvent, addTickets } from './door-event.ts';
import { type TestDatabase, createTestDatabase } from '../services/database.ts';
import { testEncryptionKey, testTicketKeys } from './ticket-keys.ts';

export type Answer = { status: number; body: ReturnType<typeof JSON.parse> };

/** The door's API on a database of its own, with one event whose doors are open. */
export interface Door {
  readonly sql: postgres.Sql;
  readonly open: OpenDb;
  readonly event: DoorEvent;
  addKey(of: DoorEvent, role: string): Promise<string>;
  addDevice(of: DoorEvent): Promise<string>;
  /** A live ticket of the event. */
  ticket(of?: DoorEvent, categoryId?: string): Promise<HeldTicket>;
  call(credential: string | undefined, method: string, path: string, body?: unknown): Promise<Answer>;
  /** A read as it comes over the wire, for example compressed. */
  read(credential: string, path: string, headers: Readonly<Record<string, string>>): Promise<Response>;
  /** An online scan at the event, with a new scan id unless one is given. */
  scan(credential: string | undefined, more: Record<string, unknown>): Promise<Answer>;
  /** Sends offline scans of the event; `batch` is added to the body. */
  sync(credential: string, scans: readonly unknown[], batch?: Record<string, unknown>): Promise<Answer>;
  conflicts(credential: string): Promise<Answer['body'][]>;
  summary(credential: string): Promise<Answer['body']>;
  /** Violations of the door's invariants. */
  faults(): Promise<string[]>;
  close(): Promise<void>;
}

const secrets = { JWT_SECRET: 'x'.repeat(32), ENCRYPTION_KEY: testEncryptionKey };

/** @param given.database a migrated one; by default a new one of this test run */
export async function openDoor(
  categories: readonly { name: string }[] = [{ name: 'Regular' }],
  given: { readonly database?: TestDatabase } = {},
): Promise<Door> {
  const database = given.database ?? (await createTestDatabase());
  const sql = postgres(database.directUrl, { max: 2 });
  // Refusals because of a busy machine are not the subject here: a batch of 500 scans takes about a second beside other tests.
  const timeouts = { acquireTimeoutMs: 20_000, callTimeoutMs: 30_000 };
  const open = openDb({ url: database.url, name: 'door', poolSize: 4, ...timeouts, prepare: false });
  const event = await addDoorEvent(sql, { categories });
  const log = createLog({ level: 'silent', process: 'test' });
  const actors = createActors({ db: open.db, clock: systemClock, config: secrets, invalidations: ownInvalidations() });
  const deps = {
    db: open.db,
    countsDb: open.db,
    actors,
    clock: systemClock,
    scans: createScanLane({ db: open.db, flushesMax: 4 }),
    ticketKeys: testTicketKeys(open.db),
    encryptionKey: testEncryptionKey,
  };
  const app = createRouter();
  app.onError(handleError(problems, log));
  app.route('/', checkInRoutes(deps));
  app.route('/', offlineRoutes(deps));
  app.route('/', guestRoutes(deps));
  app.route('/', doorSettingsRoutes(deps));
  app.route('/', gateRoutes(deps));
  app.route('/', zoneRoutes(deps));
  app.route('/', ticketCodeRoutes(deps));

  const call: Door['call'] = async (credential, method, path, body) => {
    const response = await app.request(path, {
      method,
      headers: {
        ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  return {
    sql,
    open,
    event,
    call,
    read: async (credential, path, headers) =>
      app.request(path, { headers: { ...headers, authorization: `Bearer ${credential}` } }),
    addKey: async (of, role) => {
      const { text, hash } = newCredential('apiKey', secrets);
      await sql`insert into api_keys (id, organizer_id, name, role, key_hash, created_by, responsible_id)
        values (${newId('key')}, ${of.organizerId}, 'test', ${role}, ${hash}, 'test', 'test')`;
      return text;
    },
    addDevice: async (of) => {
      const { text, hash } = newCredential('device', secrets);
      await sql`insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
        values (${newId('dev')}, ${of.organizerId}, ${of.eventId}, 'test', ${hash}, 'test', 'test')`;
      return text;
    },
    ticket: async (of = event, categoryId) => {
      const [ticket] = await addTickets(sql, of, 1, categoryId === undefined ? {} : { categoryId });
      if (ticket === undefined) throw new Error('no ticket');
      return ticket;
    },
    scan: (credential, more) =>
      call(credential, 'POST', '/v1/check-ins', { eventId: event.eventId, scanId: randomUUID(), ...more }),
    sync: (credential, scans, batch = {}) =>
      call(credential, 'POST', '/v1/check-ins/batch', { eventId: event.eventId, scans, ...batch }),
    conflicts: async (credential) =>
      (await call(credential, 'GET', `/v1/events/${event.eventId}/check-ins/conflicts?limit=200`)).body.data,
    summary: async (credential) =>
      (await call(credential, 'GET', `/v1/events/${event.eventId}/check-ins/summary`)).body,
    faults: async () => {
      const found: string[] = [];
      for (const invariant of checkInInvariants) found.push(...(await invariant.find(open.db)));
      return found;
    },
    close: async () => {
      await open.close();
      await sql.end();
      await database.close();
    },
  };
}
