import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Server, createServer } from 'node:tls';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { chooseAccount } from '../../deploy/local/host/account.ts';
import { reachableFolder } from '../../deploy/local/host/reachable-folder.ts';
import { ruleFiles } from '../../deploy/local/observe/prometheus-file.ts';
import { alertInboxes } from './support/alert-inboxes.ts';
import { type OwnStack, startObservedStack } from './support/own-stack.ts';

/**
 * Guards that alerts arrive: their causes are caused, and mail, webhook and WhatsApp are read. The rules are production's with short times,
 * and the routes production's with a webhook more.
 */

const deadlockEveryMs = 5000;

describe('an alert whose cause is caused', () => {
  let stack: OwnStack;
  let inboxes: ReturnType<typeof alertInboxes>;
  let queue: Redis;
  let files: string;
  const sessions: postgres.Sql[] = [];
  const session = () => {
    const sql = postgres(stack.environment['DATABASE_DIRECT_URL'] ?? '', { max: 1, onnotice: () => {} });
    sessions.push(sql);
    return sql;
  };
  const signal = (part: string, name: NodeJS.Signals) => process.kill(stack.pid(part), name);
  const rewrite = (name: string, change: (text: string) => string) =>
    writeFileSync(join(files, name), change(readFileSync(join(files, name), 'utf8')));

  beforeAll(async () => {
    stack = await startObservedStack('alerting', 1);
    inboxes = alertInboxes(`http://127.0.0.1:${stack.port('SANDBOX_PORT')}`);
    queue = new Redis(stack.environment['REDIS_QUEUE_URL'] ?? '');
    files = join(reachableFolder(stack.folder, chooseAccount()), 'observe');
    for (const name of ruleFiles) rewrite(name, withShortTimes);
    rewrite('alertmanager.yml', (text) => withSink(text, stack.port('SANDBOX_PORT')));
    for (const part of ['prometheus', 'alertmanager']) signal(part, 'SIGHUP');
  }, 240_000);

  afterAll(async () => {
    queue.disconnect();
    await Promise.all(sessions.map((sql) => sql.end({ timeout: 1 })));
    await stack.close();
  }, 90_000);

  it('arrives and ends: statements, locks, memory of the queue, a switch, a certificate', {
    timeout: 240_000,
  }, async () => {
    const [idle, slow, holder, waiter] = [session(), session(), session(), session()];
    await idle`begin`;
    const sleeping = slow`select pg_sleep(600)`;
    const slept = sleeping.catch(() => undefined);
    await holder`select pg_advisory_lock(1)`;
    const waiting = waiter`select pg_advisory_lock(1)`.catch(() => undefined);
    // One alone is seen for the twenty seconds of the short rules, in which a busy machine may not look.
    const [one, other] = [session(), session()];
    const deadlocks = repeat(() => deadlock(one, other), deadlockEveryMs);
    await fillTo(queue, 0.8);
    await turn(stack, true);
    const tls = await serveCertificate(2);
    rewrite('probes.yml', (text) => withProbe(text, tls.port));

    const first = [
      'AntreStatementSlow',
      'AntreLocksWaiting',
      'AntreDeadlocks',
      'AntreQueueMemoryHigh',
      'AntreSwitchLeftOn',
      'AntreCertificate3Days',
      'AntreTransactionIdle',
    ];
    await inboxes.expectAll(first, 'firing');
    await deadlocks.stop();
    await inboxes.expectText('A certificate of redis at');
    await fillTo(queue, 0.95);
    await inboxes.expectAll(['AntreQueueMemoryFull'], 'firing');

    sleeping.cancel();
    await Promise.all([idle`rollback`, holder`select pg_advisory_unlock(1)`, waiting, slept]);
    await queue.config('SET', 'maxmemory', '256mb');
    await turn(stack, false);
    tls.renew(90);
    await inboxes.expectAll([...first, 'AntreQueueMemoryFull'], 'resolved');
    tls.server.close();
  });

  it('arrives and ends: a queue that drops jobs, parts that hang', { timeout: 240_000 }, async () => {
    await queue.config('SET', 'maxmemory-policy', 'allkeys-random');
    await fillTo(queue, 1.2);
    await inboxes.expectAll(['AntreQueueEvicting'], 'firing');
    await queue.config('SET', 'maxmemory', '256mb');
    await queue.config('SET', 'maxmemory-policy', 'noeviction');

    const parts = ['pgbouncer', 'node-exporter', 'redis-cache'];
    for (const part of parts) signal(part, 'SIGSTOP');
    const gone = ['AntrePgBouncerAway', 'AntreUnwatched', 'AntreRedisGone'];
    await inboxes.expectAll(gone, 'firing');
    for (const part of parts) signal(part, 'SIGCONT');
    await inboxes.expectAll([...gone, 'AntreQueueEvicting'], 'resolved');
  });

  it('arrives and ends through the other process: a worker that hangs', { timeout: 240_000 }, async () => {
    signal('worker', 'SIGSTOP');
    await inboxes.expectAll(['AntreWorkerGone'], 'firing');
    await inboxes.expectText('No worker answers');
    signal('worker', 'SIGCONT');
    await inboxes.expectAll(['AntreWorkerGone'], 'resolved');
  });

  it('arrives for the cause and not for its consequences: an API that hangs', { timeout: 240_000 }, async () => {
    const before = await inboxes.notices('AntreApiDown', 'firing');
    signal('api-1', 'SIGSTOP');
    await inboxes.expectAll(['AntreApiGone'], 'firing');
    await inboxes.expectText('No API process answers');
    const { data } = (await (
      await fetch(`http://127.0.0.1:${stack.port('PROMETHEUS_PORT')}/api/v1/alerts`)
    ).json()) as { data: { alerts: readonly { labels: { alertname: string }; state: string }[] } };
    expect(data.alerts).toContainEqual(
      expect.objectContaining({ state: 'firing', labels: expect.objectContaining({ alertname: 'AntreApiDown' }) }),
    );
    expect(await inboxes.notices('AntreApiDown', 'firing')).toBe(before);
    signal('api-1', 'SIGCONT');
    await inboxes.expectAll(['AntreApiGone'], 'resolved');
  });
});

/**
 * Rates over seconds instead of minutes, ages of seconds instead of a minute, and no waiting before an alert. The real times are tested in
 * `alerts.test.ts`.
 */
function withShortTimes(text: string): string {
  return text
    .replace(/^ +for: .*\n/gm, '')
    .replace(/(longest_\w+_seconds > )\d+/g, '$15')
    .replace(/\[\d+[mhd]\]/g, '[20s]')
    .replace(/offset \d+[mh]/g, 'offset 20s');
}

type Receiver = { readonly name: string; readonly webhook_configs?: readonly object[] };
type Routing = { readonly group_wait?: string; readonly group_interval?: string; readonly routes?: readonly Routing[] };

/** Groups are sent at once, and every receiver also posts to the sandbox. */
function withSink(text: string, sandboxPort: string): string {
  const file = parse(text) as { readonly route: Routing; readonly receivers: readonly Receiver[] };
  const sink = { url: `http://127.0.0.1:${sandboxPort}/webhook-sink/alerts`, send_resolved: true };
  const quick = (route: Routing): Routing => ({
    ...route,
    group_wait: '1s',
    group_interval: '2s',
    ...(route.routes === undefined ? {} : { routes: route.routes.map(quick) }),
  });
  const receivers = file.receivers.map((one) => ({ ...one, webhook_configs: [...(one.webhook_configs ?? []), sink] }));
  return stringify({ ...file, route: quick(file.route), receivers });
}

function withProbe(text: string, port: number): string {
  const probes = parse(text) as readonly object[];
  return stringify([...probes, { targets: [`127.0.0.1:${port}`], labels: { part: 'redis', module: 'certificate' } }]);
}

/** Large enough that what the stack itself writes meanwhile changes no share. */
const queueBytesMax = 32 * 1024 * 1024;

/** Fills the queue to this share of its memory; beyond 1, jobs are dropped. */
async function fillTo(queue: Redis, share: number): Promise<void> {
  const used = async () => Number(/used_memory:(\d+)/.exec(await queue.info('memory'))?.[1]);
  await queue.config('SET', 'maxmemory', String(queueBytesMax));
  const piece = 'x'.repeat(64 * 1024);
  for (let written = 0; written < 600 && (await used()) < queueBytesMax * Math.min(share, 0.97); written += 1)
    await queue.set(`filler:${share}:${written}`, piece);
  for (let written = 0; share > 1 && written < 100; written += 1) await queue.set(`filler:more:${written}`, piece);
}

/** Two sessions that wait for each other; Postgres ends one. */
async function deadlock(one: postgres.Sql, other: postgres.Sql): Promise<void> {
  const cross = (sql: postgres.Sql, first: number, second: number, met: Promise<unknown>, arrived: () => void) =>
    sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${first})`;
      arrived();
      await met;
      await tx`select pg_advisory_xact_lock(${second})`;
    });
  const [a, b] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const met = Promise.all([a.promise, b.promise]);
  const ends = await Promise.allSettled([cross(one, 11, 12, met, a.resolve), cross(other, 12, 11, met, b.resolve)]);
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
}

/** Does it again and again until it is stopped. */
function repeat(act: () => Promise<void>, everyMs: number) {
  let isOver = false;
  const acting = (async () => {
    for (; !isOver; await pause(everyMs)) await act();
  })();
  return {
    stop: async () => {
      isOver = true;
      await acting;
    },
  };
}

async function turn(stack: OwnStack, on: boolean): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${stack.port('OPERATIONS_PORT')}/switches/drop_class_5`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${stack.environment['OPERATIONS_TOKEN']}`,
    },
    body: JSON.stringify({ on, reason: 'a test', by: 'the tests' }),
  });
  expect(answer.status).toBe(200);
}

/** A TLS server with a certificate of some days, and a way to renew it while it runs. */
async function serveCertificate(
  days: number,
): Promise<{ server: Server; port: number; renew: (days: number) => void }> {
  const server = createServer(certificate(days), (socket) => socket.on('error', () => {}).end());
  server.on('tlsClientError', () => {});
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port, renew: (more) => server.setSecureContext(certificate(more)) };
}

function certificate(days: number): { readonly key: string; readonly cert: string } {
  const made = execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-subj', '/CN=test', '-days', String(days), '-keyout', '-'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return { key: made, cert: made };
}
