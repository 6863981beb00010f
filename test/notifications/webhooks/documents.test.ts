import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { webhookTypes } from '../../../src/notifications/webhooks/catalogue.ts';
import { type CallFailure, disabledReasons } from '../../../src/notifications/webhooks/tables.ts';
import { connectionWords } from '../../../src/web/i18n/words/desk/connections.ts';
import { newWebhookSecret, signedHeaders } from '../../../src/notifications/webhooks/sign.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that `docs/features/webhooks.md` is true: its types, its consumer, and the command that prints an example. */

const text = readFileSync('docs/features/webhooks.md', 'utf8');
// Inside the repository, so that the consumer finds the library. Not below `node_modules`, where Node strips no types.
const folder = mkdtempSync(join(process.cwd(), '.data/webhook-consumer-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('it lists every type', () => {
  for (const type of webhookTypes) expect(text).toContain(`\`${type}\``);
});

test('its consumer accepts a valid signature once, and refuses a wrong, an old and a missing one', async () => {
  const [, source = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
  const port = await freePort();
  const file = join(folder, 'consumer.ts');
  writeFileSync(file, source.replace('listen(8080)', `listen(${port})`));
  const secret = newWebhookSecret();
  const consumer = spawn(process.execPath, [file], {
    env: { ...process.env, ANTRE_WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  consumer.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const body = '{"type":"order.paid","timestamp":"2027-03-20T12:31:07.214Z","data":{"orderId":"ord_1"}}';
  const post = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body }).then(
      ({ status }) => status,
      () => 0,
    );
  const sign = (by: string, sentAt = new Date()) => signedHeaders([by], { id: 'msg_1', sentAt, body });
  try {
    await until(async () => (await post({})) === 401);
    expect(await post(sign(secret))).toBe(204);
    expect(await post(sign(secret))).toBe(204);
    expect(await post(sign(newWebhookSecret()))).toBe(401);
    expect(await post(sign(secret, new Date(Date.now() - 600_000)))).toBe(401);
    await until(() => printed.includes('order.paid'));
    expect(printed.match(/order\.paid/g)).toHaveLength(1);
  } finally {
    consumer.kill();
  }
});

test('the command prints an example with a valid signature', () => {
  const run = (...given: string[]) =>
    spawnSync(process.execPath, [...process.execArgv, 'src/cli/webhook-example.ts', ...given], { encoding: 'utf8' });
  const own = newWebhookSecret();
  for (const { status, stdout } of [run(), run(own)]) {
    expect(status).toBe(0);
    expect(stdout).toContain('the same as v1   yes');
  }
  expect(run(own).stdout).toContain(own);
  expect(run('whsec_short').status).toBe(2);
});

test('the desk has words for each type, each failure and each reason to stop, in both languages', () => {
  for (const { typeNames, failures, stoppedBecause } of Object.values(connectionWords)) {
    expect(Object.keys(typeNames)).toEqual(webhookTypes);
    expect(Object.keys(stoppedBecause)).toEqual(disabledReasons);
    const named: Readonly<Record<CallFailure, string>> = failures;
    expect(Object.values(named)).not.toContain('');
  }
});
