import { appendFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createRoutes } from '../../src/api-routes.ts';
import { createApp } from '../../src/app.ts';
import { type Service, compose } from '../../src/compose.ts';
import type { Patience } from '../../src/compose/lanes.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { type Log, createLog } from '../../src/platform/log.ts';
import { createTestDatabase } from '../services/database.ts';
import { createTestRedis } from '../services/redis.ts';
import { testStack } from '../services/stack.ts';
import { patientMs } from '../until.ts';
import { testEnvironment } from './environment.ts';
import { testLinkCards, testPasswords, testPrinter } from './helpers.ts';

/** The whole API in this process, on its own database and Redis. */
export type TestService = {
  readonly service: Service;
  /** The database as the owner of its tables, past PgBouncer. */
  readonly directUrl: string;
  readonly routes: ReturnType<typeof createRoutes>;
  /** @param remoteAddress of the connection; the loopback if not given */
  fetch(path: string, init?: RequestInit, remoteAddress?: string): Promise<Response>;
  close(): Promise<void>;
};

/**
 * @param options.databaseWire the address of a proxy before PgBouncer that the test may stop
 * @param options.orderMs how long an order waits for its lane, for tests that hold the lane
 */
export async function startTestService(
  environment: Record<string, string> = {},
  options: { databaseWire?: { readonly url: string }; orderMs?: number } = {},
): Promise<TestService> {
  const { databaseWire, ...waits } = options;
  // A test that takes the database away also wants the last good answers.
  const patience = databaseWire === undefined ? waits : { staleAfterMs: undefined, ...waits };
  const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const config = loadConfig({
    ...testEnvironment(database, redis),
    ...(databaseWire === undefined ? {} : { DATABASE_URL: byWay(database.url, databaseWire.url) }),
    ...environment,
  });
  const service = composePatient(config, createLog({ level: 'silent', process: 'test' }), patience);
  Object.assign(service.passwords, testPasswords);
  Object.assign(service.ticketPrinter, testPrinter);
  Object.assign(service.linkCards, testLinkCards);
  // A file keeps its variables until the test worker ends, and a service takes 6 MB, so it is let go when it is closed.
  let running: { readonly service: Service; readonly app: ReturnType<typeof createApp> } | undefined = {
    service,
    app: createApp(service),
  };
  const open = () => {
    if (running === undefined) throw new Error('The service of this test is closed.');
    return running;
  };
  const seen = new Set<string>();
  return {
    get service() {
      return open().service;
    },
    directUrl: database.directUrl,
    // Made only for tests that read them.
    get routes() {
      return createRoutes(open().service);
    },
    fetch: async (path, init, remoteAddress) => {
      const request = new Request(`http://localhost${path}`, init);
      const response = await open().app.fetch(
        request,
        remoteAddress === undefined ? undefined : connectionFrom(remoteAddress),
      );
      return noted(seen, request, response);
    },
    close: async () => {
      appendFileSync(testStack().answersFile, [...seen].join(''));
      await running?.service.closers.close();
      running = undefined;
      await redis.close();
      await database.close();
    },
  };
}

/**
 * The service in the process of a test. It waits longer for newer bytes, and refuses nothing because the event loop is late: the test itself and
 * other work on the machine make it so.
 */
export function composePatient(config: Config, log: Log, patience: Patience = {}): Service {
  const service = compose(config, log, { staleAfterMs: patientMs, ...patience });
  const { shedder } = service.traffic;
  const { cause } = shedder;
  Object.assign(shedder, {
    cause: (...asked: Parameters<typeof cause>) => {
      const found = cause(...asked);
      return found === 'loop' ? undefined : found;
    },
  });
  return service;
}

function byWay(url: string, wayUrl: string): string {
  const [target, way] = [new URL(url), new URL(wayUrl)];
  target.host = way.host;
  return target.href;
}

/** The part of a connection that the router reads. */
function connectionFrom(remoteAddress: string) {
  return { incoming: { socket: { remoteAddress } } as IncomingMessage };
}

/** Headers of a successful answer that programs act on. */
const headersForPrograms = ['etag', 'location', 'idempotent-replayed', 'retry-after'];

/**
 * Notes the code of a refusal, or the headers of a success, to be compared with the contract at the end of the run. Ids are `:id`, so that
 * what thousands of requests get is one line.
 * @returns the answer, whose body nobody has read
 */
async function noted(seen: Set<string>, { method, url }: Request, response: Response): Promise<Response> {
  const path = new URL(url).pathname.replaceAll(/[a-z]{3}_[0-9A-Za-z]+/g, ':id');
  const note = (fact: string) => seen.add(`${method} ${path} ${fact}\n`);
  if (!(response.headers.get('content-type') ?? '').startsWith('application/problem+json')) {
    for (const name of headersForPrograms) if (response.ok && response.headers.has(name)) note(name);
    return response;
  }
  // Half as expensive as a clone of the answer.
  const text = await response.text();
  note((JSON.parse(text) as { code: string }).code);
  return new Response(text, response);
}
