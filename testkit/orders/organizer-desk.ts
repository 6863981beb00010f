import { sql } from 'drizzle-orm';
import type { PlaceOrderDeps } from '../../src/orders/placement/place-order.ts';
import { type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { createTestDatabase } from '../services/database.ts';
import { type TestOrganizer, createOrganizer } from '../factories.ts';
import { json, keyFor, openDesk, read } from './order-desk.ts';
import { openTestDb, placingDeps } from './placing.ts';

type Headers = Record<string, string>;

/** One organiser with its own database, and its HTTP requests. */
export type OrganizerDesk = {
  readonly open: OpenDb;
  /** The address of its database for the owner of the tables. */
  readonly directUrl: string;
  readonly deps: PlaceOrderDeps;
  readonly organizer: TestOrganizer;
  readonly manager: Headers;
  readonly door: Headers;
  /** A manager of another organiser. */
  readonly stranger: Headers;
  /** A request to any address of the room. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** A request below the organiser's path. */
  request(path: string, init?: RequestInit): Promise<Response>;
  get(path: string, headers?: Headers): Promise<Response>;
  read(path: string, headers?: Headers): ReturnType<typeof read>;
  send(method: string, path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  /** The audit log of a subject, oldest first. */
  auditOf(subjectId: string): Promise<string[]>;
  close(): Promise<void>;
};

export async function startOrganizerDesk(): Promise<OrganizerDesk> {
  const database = await createTestDatabase();
  const open = openTestDb(database.url);
  const desk = openDesk(open);
  const organizer = await createOrganizer(open.db);
  const manager = await keyFor(desk, organizer, 'manager');
  const request = async (path: string, init: RequestInit = {}) =>
    desk.app.request(`/v1/organizers/${organizer.slug}${path}`, init);
  const get = (path: string, headers: Headers = manager) => request(path, { headers });
  return {
    open,
    directUrl: database.directUrl,
    deps: placingDeps(open),
    organizer,
    manager,
    door: await keyFor(desk, organizer, 'door'),
    stranger: await keyFor(desk, await createOrganizer(open.db), 'manager'),
    ask: async (path, init) => desk.app.request(path, init),
    request,
    get,
    read: async (path, headers = manager) => read(await get(path, headers)),
    send: async (method, path, body) => {
      const init = json(body, method);
      const answer = await request(path, { ...init, headers: { ...init.headers, ...manager } });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    auditOf: async (subjectId) => {
      const found = sql`select act from audit_log where subject_id = ${subjectId} order by id`;
      return (await rowsOf<{ act: string }>(open.db, found)).map((row) => row.act);
    },
    close: async () => {
      await open.close();
      await database.close();
    },
  };
}
