import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../testkit/services/database.ts';

/** Guards promise 10: what people typed never reaches a log. */

test('a log line says what failed and where, and nothing that a person typed', async () => {
  const database = await createTestDatabase();
  const canary = 'canary.7f3a@example.test';
  const program = fileURLToPath(new URL('support/logging.ts', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, database.url, canary]);
  await database.close();
  expect(stderr).toBe('');
  expect(stdout).not.toContain('canary');
  const lines: Record<string, unknown>[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ msg }) => msg)).toEqual([...Array.from({ length: 6 }, () => 'failed'), 'line']);
  expect(lines.slice(0, 5).map(({ err }) => (err as { code: string }).code)).toEqual([
    '22P02',
    '22P02',
    '42703',
    '23514',
    '23505',
  ]);
  expect(lines[3]).toMatchObject({ err: { constraint: 'limit_counters_quantity_check' } });
  for (const line of lines.slice(0, 6)) expect((line['err'] as { stack: string }).stack).toMatch(/^\s+at /);
  expect(lines[6]).toMatchObject({ level: 'info', process: 'test', orderId: 'ord_1', request: {} });
});

test('a process keeps running when the disk of its log is full', async () => {
  const program = fileURLToPath(new URL('support/logging-in-vain.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await once(child, 'close');
  expect(said).toBe('still at work\n');
});
