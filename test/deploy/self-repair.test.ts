import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { intoPlace } from '../../deploy/local/binaries/fetch-debian-package.ts';
import { readLedger } from '../../deploy/local/host/ledger.ts';
import { takeLock } from '../../deploy/local/host/lock.ts';
import { freePort, requireFreePorts } from '../../deploy/local/host/ports.ts';
import { identify, isAlive } from '../../deploy/local/host/process-identity.ts';
import { LaunchProblem } from '../../deploy/local/launch-problem.ts';
import { dataFolder } from '../../deploy/local/places.ts';
import { discardData } from '../../deploy/local/services/discard-data.ts';
import { type ServiceAddresses, startServices } from '../../deploy/local/services/start-services.ts';

/** Guards: a killed stack, a half-made data folder, a dead lock and a taken port end in repair or in a clear sentence. */
describe('self-repair of the local stack', () => {
  const folder = join(dataFolder, `test-self-repair-${process.pid}`);
  afterEach(() => discardData(folder));

  it('stops what a killed launcher left running, and keeps committed data', async () => {
    const launcher = fork(join(import.meta.dirname, 'support/start-and-wait.ts'), [folder], { execArgv: [] });
    const addresses = await new Promise<ServiceAddresses>((resolve, reject) => {
      launcher.once('message', (message) => resolve(message as ServiceAddresses));
      launcher.once('exit', (code) => reject(new Error(`the launcher ended with ${code}`)));
    });
    await write(addresses.databaseDirectUrl);
    const orphans = readLedger(join(folder, 'stack.json'))?.children ?? [];
    launcher.kill('SIGKILL');
    expect(orphans.map(({ name }) => name).toSorted()).toEqual(['pgbouncer', 'postgres', 'redis-cache', 'redis-queue']);

    const services = await startServices({ dataFolder: folder, ports: 'free', durable: true });
    expect(orphans.filter(isAlive)).toEqual([]);
    expect(await read(services.addresses.databaseDirectUrl)).toBe(42);
    await services.stop();
    expect(readLedger(join(folder, 'stack.json'))).toBeUndefined();
  });

  it('starts anew over an incomplete data folder and an unreadable list of processes', async () => {
    for (const half of ['postgres', 'postgres.new']) {
      mkdirSync(join(folder, half), { recursive: true });
      writeFileSync(join(folder, half, 'base'), 'half');
    }
    writeFileSync(join(folder, 'stack.json'), '{"launcher":');
    const services = await startServices({ dataFolder: folder, ports: 'free', durable: false });
    await write(services.addresses.databaseDirectUrl);
    await services.stop();
  });

  it('restarts a server that dies', async () => {
    const services = await startServices({ dataFolder: folder, ports: 'free', durable: false, restart: true });
    const cache = services.children.get('redis-cache');
    const before = cache?.pid();
    cache?.signal('SIGKILL');
    const redis = new Redis(services.addresses.redisCacheUrl, { retryStrategy: () => 50, maxRetriesPerRequest: null });
    redis.on('error', () => {});
    await expect.poll(() => cache?.pid() !== before && cache?.pid() !== 0).toBe(true);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    await services.stop();
  });

  it('gives a lock to one process, and takes over the lock of a dead process', () => {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'some.lock');
    const first = takeLock(file);
    expect(takeLock(file)).toEqual({ heldBy: identify(process.pid) });
    if ('release' in first) first.release();
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: 'another time' }));
    const second = takeLock(file);
    expect(second).toHaveProperty('release');
    if ('release' in second) second.release();
  });

  it('fetches a program once for all that look for it at the same moment', async () => {
    const place = join(folder, 'program');
    let fetched = 0;
    const fetchIt = () =>
      intoPlace(place, async (partial) => {
        fetched += 1;
        writeFileSync(join(partial, 'program'), '');
      });
    expect(await Promise.all([fetchIt(), fetchIt()])).toEqual([undefined, undefined]);
    expect([fetched, readdirSync(folder)]).toEqual([1, ['program']]);
  });

  it('names every taken port with the variable that moves it', async () => {
    const [taken, free] = [await freePort(), await freePort()];
    const holder = createServer().listen(taken, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const wanted = [
      { port: taken, variable: 'PORT', use: 'the API' },
      { port: free, variable: 'SANDBOX_PORT', use: 'the sandbox' },
    ];
    const problem = await requireFreePorts(wanted).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(LaunchProblem);
    expect(String(problem)).toMatch(new RegExp(`${taken}, wanted for the API.*PORT=`));
    expect(String(problem)).not.toContain(String(free));
    await new Promise((resolve) => holder.close(resolve));
  });
});

async function write(url: string): Promise<void> {
  const sql = postgres(url, { max: 1 });
  await sql`create table kept (value int)`;
  await sql`insert into kept values (42)`;
  await sql.end();
}

async function read(url: string): Promise<number | undefined> {
  const sql = postgres(url, { max: 1 });
  const [row] = await sql<{ value: number }[]>`select value from kept`;
  await sql.end();
  return row?.value;
}
