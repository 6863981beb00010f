import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOutcomeUnknown, isUnavailable, sqlState } from '../../../src/platform/database/db-errors.ts';
import { type OpenDb, openDb, rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';
import { type TcpProxy, openTcpProxy } from '../../../testkit/services/tcp-proxy.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that the loss of a connection costs its own call, and neither the process nor the pool. */

let database: TestDatabase;
let proxy: TcpProxy;
let open: OpenDb;

const poolSize = 4;
const callTimeoutMs = 2000;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await openTcpProxy(database.url);
  open = openDb({
    url: proxy.url,
    name: 'test',
    poolSize,
    acquireTimeoutMs: 5000,
    callTimeoutMs,
    prepare: false,
  });
});
afterAll(async () => {
  await open.close();
  await proxy.close();
  await database.close();
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('connections that are cut under load', () => {
  test('cost at most the calls that were on them; each call fails at once, and the pool keeps serving', async () => {
    const cuts = 20;
    let working = true;
    let done = 0;
    const failures: unknown[] = [];
    const caller = async (work: () => Promise<unknown>): Promise<void> => {
      while (working) {
        const failure = await failureOf(work());
        if (failure === undefined) done += 1;
        else failures.push(failure);
      }
    };
    const callers = Array.from({ length: 20 }, (_, index) =>
      caller(
        index % 2 === 0
          ? () => open.db.execute(sql`select ${index}::int`)
          : () =>
              transaction(open.db, async (tx) => {
                await tx.execute(sql`select ${index}::int`);
                await tx.execute(sql`select pg_sleep(0.002)`);
              }),
      ),
    );
    for (let cut = 0; cut < cuts; cut += 1) {
      await sleep(40);
      proxy.cutAll();
    }
    const doneBefore = done;
    await until(() => done - doneBefore > poolSize);
    working = false;
    await Promise.all(callers);

    expect(failures.length).toBeGreaterThan(0);
    expect(failures.length).toBeLessThanOrEqual(cuts * poolSize);
    expect(failures.filter((failure) => !isUnavailable(failure))).toEqual([]);
    expect(failures.map(sqlState)).not.toContain('DEADLINE');
    expect(open.gate.inUse).toBe(0);
  });

  test('between two statements of a transaction: it fails, is rolled back, and later statements are not sent', async () => {
    const failure = await failureOf(
      open.db.transaction(async (tx) => {
        await tx.execute(sql`insert into limit_counters values ('evt_CUT', 'c', 1)`);
        proxy.cutAll();
        await sleep(50);
        await tx.execute(sql`insert into limit_counters values ('evt_CUT', 'd', 1)`);
      }),
    );
    expect(isOutcomeUnknown(failure)).toBe(true);
    expect(await rowsOf(open.db, sql`select 1 from limit_counters where event_id = 'evt_CUT'`)).toEqual([]);
  });

  test('in a nested transaction: the same', async () => {
    const failure = await failureOf(
      open.db.transaction((tx) =>
        tx.transaction(async (inner) => {
          await inner.execute(sql`select 1`);
          proxy.cutAll();
          await inner.execute(sql`select pg_sleep(0.2)`);
        }),
      ),
    );
    expect(isOutcomeUnknown(failure)).toBe(true);
    await expect(open.db.execute(sql`select 1`)).resolves.toBeDefined();
  });

  test('a transaction whose work throws is rolled back', async () => {
    const failure = await failureOf(
      open.db.transaction(async (tx) => {
        await tx.execute(sql`insert into limit_counters values ('evt_CUT', 'e', 1)`);
        throw new Error('changed my mind');
      }),
    );
    expect(failure).toMatchObject({ message: 'changed my mind' });
    expect(await rowsOf(open.db, sql`select 1 from limit_counters where event_id = 'evt_CUT'`)).toEqual([]);
  });
});

test('a server that accepts connections and drops them: every call fails, none hangs, and the pool recovers', async () => {
  proxy.cutAll();
  await sleep(20);
  proxy.refuse();
  const failures = await Promise.all(Array.from({ length: poolSize }, () => failureOf(open.db.execute(sql`select 1`))));
  for (const failure of failures) expect(isUnavailable(failure)).toBe(true);
  proxy.accept();
  await expect.poll(() => open.gate.inUse, { timeout: 10_000 }).toBe(0);
  await expect(open.db.execute(sql`select 1`)).resolves.toBeDefined();
});

test('a network path that is cut silently: calls end at their deadline, and the pool opens new connections', async () => {
  const way = await openTcpProxy(database.url);
  const patient = openDb({
    url: way.url,
    name: 'test',
    poolSize: 2,
    acquireTimeoutMs: 50,
    callTimeoutMs: 150,
    prepare: false,
  });
  const askTwice = () => Promise.all([1, 2].map(() => failureOf(patient.db.execute(sql`select 1`))));
  // A busy machine may take longer than the deadline to open both connections.
  await until(async () => (await askTwice()).every((failure) => failure === undefined));
  way.silenceAll();
  const failures = await askTwice();
  expect(failures.map(sqlState)).toEqual(['DEADLINE', 'DEADLINE']);
  // Nobody waits meanwhile: the calls still count as running.
  expect(patient.gate.inUse).toBe(2);
  expect(sqlState(await failureOf(patient.db.execute(sql`select 1`)))).toBe('POOL_FULL');
  await expect.poll(() => patient.gate.inUse, { timeout: 30_000 }).toBe(0);
  await expect.poll(() => failureOf(patient.db.execute(sql`select 1`)), { timeout: 30_000 }).toBeUndefined();
  await patient.close();
  await way.close();
});

test('a connection keeps no state of earlier calls', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const answers: WeakRef<object>[] = [];
  for (let call = 0; call < 200; call += 1) {
    answers.push(new WeakRef(await rowsOf(open.db, sql`select repeat('x', 1000) as text`)));
    answers.push(new WeakRef(await transaction(open.db, (tx) => rowsOf(tx, sql`select 1`))));
  }
  await sleep(10);
  collect();
  expect(answers.filter((answer) => answer.deref() !== undefined).length).toBeLessThan(20);
});

test('after closing, a call is refused at once', async () => {
  const short = openDb({
    url: database.url,
    name: 'test',
    poolSize: 1,
    acquireTimeoutMs: 500,
    callTimeoutMs: 500,
    prepare: false,
  });
  await short.db.execute(sql`select 1`);
  await short.close();
  expect(sqlState(await failureOf(short.db.execute(sql`select 1`)))).toBe('CONNECTION_CLOSED');
});

test('control: the driver alone ends the process', async () => {
  const program = fileURLToPath(new URL('../support/bare-transaction.ts', import.meta.url));
  const child = fork(program, [proxy.url], { execArgv: [], silent: true });
  child.on('message', (message) => {
    if (message === 'cut') setTimeout(() => proxy.cutAll(), 50);
  });
  const [code]: unknown[] = await once(child, 'exit');
  expect(code).toBe(1);
});
