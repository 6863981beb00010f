import { sql } from 'drizzle-orm';
import type { Context } from 'hono';
import { afterAll } from 'vitest';
import { type Actors, createActors } from '../../src/access/actors.ts';
import { createOrganizer } from '../../src/access/staff/create-organizer.ts';
import type { AccessDeps } from '../../src/access/deps.ts';
import { acceptInvitation } from '../../src/access/links/accept-invitation.ts';
import { accessRoutes } from '../../src/access/routes.ts';
import type { Role } from '../../src/access/actor.ts';
import type { TryLimiter } from '../../src/access/sessions/try-limiter.ts';
import { createFindNames } from '../../src/desk/index.ts';
import { handleError } from '../../src/http/problem.ts';
import { createLog } from '../../src/platform/log.ts';
import { type OpenDb, openDb, rowsOf } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';
import { problems } from '../../src/problems.ts';
import { testPasswords } from '../processes/helpers.ts';
import { type TestDatabase, createTestDatabase } from '../services/database.ts';
import { hashTestPassword } from './hash-test-password.ts';

/** The access room on a database of its own, with a clock that tests may move and cheap hashes. */
export type AccessWorld = {
  readonly database: TestDatabase;
  readonly open: OpenDb;
  readonly deps: AccessDeps & {
    readonly config: AccessDeps['config'] & { readonly PUBLIC_URL: string };
  };
  /** Every route of the room, as published. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  readonly time: { advance(milliseconds: number): void };
  /** One request; the body is sent as JSON. */
  request(
    method: string,
    path: string,
    options?: { as?: string; authorization?: string; body?: unknown; network?: string },
  ): Promise<Response>;
  /** Another process: the same database, its own memory. */
  anotherProcess(): Actors;
  close(): Promise<void>;
};

export const testPassword = 'sandi yang cukup panjang';

const unlimited: TryLimiter = {
  consume: () => Promise.resolve({ allowed: true, retryAfterSeconds: 0 }),
  reset: () => Promise.resolve(),
};

export async function openAccessWorld(
  options: { signInLimiter?: TryLimiter; passwordResetLimiter?: TryLimiter } = {},
): Promise<AccessWorld> {
  const database = await createTestDatabase();
  const open = openDb({
    url: database.url,
    name: 'test',
    poolSize: 6,
    acquireTimeoutMs: 10_000,
    callTimeoutMs: 10_000,
    prepare: false,
  });
  let ahead = 0;
  const clock = { now: () => new Date(Date.now() + ahead) };
  const config = {
    JWT_SECRET: 'test-only-jwt-secret-0123456789abcdef',
    HASH_SECRET: 'test-only-hash-secret-0123456789abcdef',
    ENCRYPTION_KEY: 'c3'.repeat(32),
    SELF_SIGN_UP: false,
    PUBLIC_URL: 'http://localhost:3000',
  };
  const base = { db: open.db, clock, config };
  const deps = {
    ...base,
    passwords: testPasswords,
    actors: createActors({ ...base, invalidations: ownInvalidations() }),
    findNames: createFindNames(base),
    signInLimiter: options.signInLimiter ?? unlimited,
    passwordResetLimiter: options.passwordResetLimiter ?? unlimited,
    networkOf: (c: Context) => c.req.header('x-test-network') ?? '203.0.113.0/24',
  };
  const app = accessRoutes(deps);
  const log = createLog({ level: 'silent', process: 'test' });
  app.onError(handleError(problems, log));
  return {
    database,
    open,
    deps,
    routes: Object.entries(
      app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'access', version: '1' } }).paths ?? {},
    ).flatMap(([path, item]) => Object.keys(item ?? {}).map((method) => ({ method: method.toUpperCase(), path }))),
    time: {
      advance: (milliseconds) => {
        ahead += milliseconds;
      },
    },
    request: async (method, path, { as, authorization = as && `Bearer ${as}`, body, network } = {}) =>
      app.request(path, {
        method,
        headers: {
          ...(authorization === undefined ? {} : { authorization }),
          ...(network === undefined ? {} : { 'x-test-network': network }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    anotherProcess: () => createActors({ ...base, invalidations: ownInvalidations() }),
    close: async () => {
      await open.close();
      await database.close();
    },
  };
}

let made = 0;

export type OrganizerWorld = {
  readonly id: string;
  readonly slug: string;
  readonly ownerId: string;
  readonly ownerEmail: string;
  /** The owner's access token. */
  readonly owner: string;
};

/** An organiser created by the operator's command, with an owner who has accepted and signed in. */
export async function anOrganizer(world: AccessWorld): Promise<OrganizerWorld> {
  made += 1;
  const slug = `organizer-${process.pid}-${made}`;
  const ownerEmail = `owner-${made}@organizer.test`;
  const created = await createOrganizer(world.deps, {
    slug,
    name: 'Senja',
    ownerEmail,
    ownerName: 'Owner',
    locale: 'id',
  });
  await acceptInvitation(world.deps, { token: tokenOf(created.link), name: 'Owner', password: testPassword });
  return {
    id: created.organizerId,
    slug,
    ownerId: created.ownerId,
    ownerEmail,
    owner: await signIn(world, ownerEmail),
  };
}

export function tokenOf(link: string): string {
  return new URL(link).hash.replace('#token=', '');
}

export async function signIn(world: AccessWorld, email: string, password = testPassword): Promise<string> {
  const response = await world.request('POST', '/v1/sessions', { body: { email, password } });
  if (response.status !== 201) throw new Error(`sign-in answered ${response.status}`);
  return (await bodyOf<{ accessToken: string }>(response)).accessToken;
}

/** An active member with this role, signed in. */
export async function aMember(
  world: AccessWorld,
  organizer: { id: string },
  role: Role,
): Promise<{ id: string; email: string; token: string }> {
  made += 1;
  const member = { id: newId('stf'), email: `member-${made}@organizer.test` };
  const hash = hashTestPassword(testPassword);
  await world.open.db.execute(sql`
    insert into staff (id, organizer_id, email, name, role, status, password_hash)
    values (${member.id}, ${organizer.id}, ${member.email}, 'Member', ${role}, 'active', ${hash})`);
  return { ...member, token: await signIn(world, member.email) };
}

export async function bodyOf<Body>(response: Response): Promise<Body> {
  return (await response.json()) as Body;
}

export async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${(await bodyOf<{ code: string }>(response)).code}`;
}

export type AuditRow = {
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly act: string;
  readonly subject_id: string;
  readonly changes: Record<string, unknown>;
};

/** The audit log of a subject, oldest first. */
export function auditOf(world: AccessWorld, subjectId: string): Promise<AuditRow[]> {
  return rowsOf<AuditRow>(
    world.open.db,
    sql`select actor_kind, actor_id, act, subject_id, changes from audit_log where subject_id = ${subjectId} order by id`,
  );
}

export function stagedJobs(world: AccessWorld, name: string): Promise<{ payload: { tokenId: string } }[]> {
  return rowsOf(world.open.db, sql`select payload from outbox where name = ${name} order by id`);
}

/** The room for all tests of a file, with an organizer. */
export async function useAccessWorld() {
  const world = await openAccessWorld();
  afterAll(() => world.close());
  return { world, organizer: await anOrganizer(world) };
}
