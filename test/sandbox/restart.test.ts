import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { merchantOf } from './support/merchant.ts';
import { startReceiver } from './support/receiver.ts';
import { until } from '../../testkit/until.ts';

/** Promise: a killed sandbox has answered nothing that its log does not hold, and continues where it was. */

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const log = () => join(folder, 'log', 'journal.jsonl');

async function launch(environment: Record<string, string> = {}): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [new URL('../../sandbox/main.ts', import.meta.url).pathname], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      SANDBOX_PORT: '0',
      SANDBOX_SMTP_PORT: '0',
      SANDBOX_LOG: log(),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(() => output.includes('ready') || child.exitCode !== null);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
  if (url === undefined) throw new Error(output);
  return { url, child };
}

const gone = (child: ChildProcess) => until(() => child.exitCode !== null || child.signalCode !== null);

describe('restart after kill -9', () => {
  it('keeps transactions, refunds, scenarios and parties, and sends the callbacks that are due', async () => {
    let reachable = 503;
    const receiver = await startReceiver(() => reachable);
    const slowRetries = { SANDBOX_NOTIFICATION_URL: receiver.url, SANDBOX_TIME_SCALE: '1' };
    const first = await launch(slowRetries);
    const merchant = merchantOf(first.url);
    await merchant.scenario({ match: { orderId: 're-*' }, callback: { pending: false } });
    await merchant.call('PUT', '/control/midtrans/accounts/M-NEW', { serverKey: 'new-key' });
    await merchant.create('re-1', 1000);
    await merchant.move('re-1', 'pay');
    await merchant.core('POST', 're-1', 'refund', { refund_key: 'r1', amount: 400 });
    await merchant.create('re-2', 2000);
    await until(() => receiver.received.length > 0);
    first.child.kill('SIGKILL');
    await gone(first.child);
    appendFileSync(log(), '{"seq":99999,"kind":"capt');

    reachable = 200;
    const before = receiver.received.length;
    const second = await launch(slowRetries);
    const again = merchantOf(second.url);
    const { body } = await again.core('GET', 're-1', 'status');
    expect(body).toMatchObject({ transaction_status: 'partial_refund', refund_amount: '400.00' });
    await until(() => receiver.received.slice(before).some(({ body }) => body.includes('"settlement"')));
    expect((await again.move('re-2', 'pay')).body).toMatchObject({ status: 'settlement', amount: 2000 });
    expect((await merchantOf(second.url, 'new-key').create('re-3')).status).toBe(201);
    const captures = await (await fetch(`${second.url}/journal/captures`)).text();
    expect(
      captures
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line).orderId),
    ).toEqual(['re-1', 're-2']);
    const sequence = readFileSync(log(), 'utf8')
      .trim()
      .split('\n')
      .map((line): number => JSON.parse(line).seq);
    expect(sequence).toEqual(sequence.map((_, index) => index + 1));
    receiver.close();
  });

  it('stops on SIGTERM, and reports clearly that its port is taken', async () => {
    const first = await launch();
    const second = launch({ SANDBOX_PORT: new URL(first.url).port });
    await expect(second).rejects.toThrow(/port \d+ is taken; set SANDBOX_PORT/);
    first.child.kill('SIGTERM');
    await gone(first.child);
    expect(first.child.exitCode).toBe(0);
  });
});

describe('journal pages', () => {
  it('are read by cursor', async () => {
    const { url } = await launch({ SANDBOX_LOG: 'memory' });
    const merchant = merchantOf(url);
    for (let index = 0; index < 5; index += 1) {
      await merchant.create(`wit-${index}`, 100 + index);
      await merchant.move(`wit-${index}`, 'pay');
    }
    const amounts: number[] = [];
    let cursor: string | null = '0';
    while (cursor !== null) {
      const page: Response = await fetch(`${url}/journal/captures?since=${cursor}&limit=2`);
      cursor = page.headers.get('next-cursor');
      for (const line of (await page.text()).trim().split('\n')) amounts.push(JSON.parse(line).amount);
    }
    expect(amounts).toEqual([100, 101, 102, 103, 104]);
  });
});
