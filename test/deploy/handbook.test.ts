import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commandsAfter, restoreCommands } from '../../loadtest/deploy-try/restore-as-written.ts';

/**
 * Guards that the commands of docs/operations.md do what it says. `npm run deploy:try` runs those that need a machine
 * of their own.
 */

const handbook = readFileSync('docs/operations.md', 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'antre-handbook-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the commands of a restore are found, with the moment that is asked for', () => {
  const commands = restoreCommands(handbook, '2027-01-02 03:04:05+00');
  expect(commands).toMatch(/^cd \/\nsystemctl stop [^\n]*\n/);
  expect(commands).toContain("--target='2027-01-02 03:04:05+00' --target-action=promote restore\n");
  // The server answers while it replays its log, and then refuses every write.
  expect(commands.indexOf('pg_is_in_recovery')).toBeLessThan(commands.indexOf('command audit'));
  expect(commands).toMatch(/systemctl start antre-api@1 antre-api@2\n$/);
  const elsewhere = commandsAfter(handbook, 'To restore on a new machine, when the old one is lost:');
  expect(elsewhere).toMatch(/^antre\/deploy\/vps\/install\ncd \/\n[^]* --repo=2 restore\n/);
  expect(() => restoreCommands('nothing', '2027-01-02')).toThrow(/no commands/);
});

test('the commands for DKIM make a key, and what the DNS publishes of it', () => {
  const [make, show] = ['openssl genrsa -out dkim.pem 2048', 'openssl rsa -in dkim.pem -pubout'];
  for (const command of [make, show]) expect(handbook).toContain(`\`${command}\``);
  execFileSync('sh', ['-c', make], { cwd: folder, stdio: 'ignore' });
  const shown = execFileSync('sh', ['-c', show], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(shown).toMatch(/^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PUBLIC KEY-----\n$/);
});

describe('the script that hands bounces over', () => {
  const token = join(folder, 'header');
  writeFileSync(token, 'Authorization: Bearer a-token\n');

  /** Runs the script as the mail server does, against an API that answers with this status. */
  async function handOver(mail: string, status: number) {
    const script = (/ {4}#!\/bin\/sh\n(?: {4}.*\n)+/.exec(handbook)?.[0] ?? '').replaceAll(/^ {4}/gm, '');
    const got: { headers?: http.IncomingHttpHeaders; url?: string | undefined; bytes: number } = { bytes: 0 };
    const server = http.createServer((request, response) => {
      got.headers = request.headers;
      got.url = request.url;
      request.on('data', (chunk: Buffer) => (got.bytes += chunk.length));
      request.on('end', () => response.writeHead(status).end());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const text = script.replace('https://tickets.example', here).replace('/etc/antre/mail-callback-header', token);
    const child = spawn('sh', ['-c', text], { stdio: ['pipe', 'ignore', 'ignore'] });
    // A mail that is cut off is not read to its end.
    child.stdin.on('error', () => {});
    child.stdin.end(mail);
    const [code] = (await once(child, 'exit')) as [number];
    server.close();
    return { code, ...got };
  }

  test('sends the mail unchanged, with the token, and no more than the API accepts', async () => {
    const { code, headers, url, bytes } = await handOver('a'.repeat(400_000), 204);
    expect([code, url, bytes]).toEqual([0, '/v1/callbacks/mail', 250_000]);
    expect(headers).toMatchObject({ authorization: 'Bearer a-token', 'content-type': 'message/rfc822' });
  });

  test.each([401, 429, 503])('makes the mail server try again after %i', async (status) => {
    expect((await handOver('a mail', status)).code).toBe(75);
  });
});
