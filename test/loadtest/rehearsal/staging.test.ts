import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import { at, listOf, request, until } from '../../../loadtest/demo/http.ts';
import { neededScopes } from '../../../loadtest/rehearsal/copies/organizer.ts';
import { type OwnStack, startOwnStack } from '../../deploy/support/own-stack.ts';
import { type RehearseProgram, bundleRehearse } from '../support/rehearse-program.ts';

/** An organiser rehearses against a deployment elsewhere: a stack that says it is a copy for rehearsals plays it. */

const startDeadlineMs = 180_000;
const rehearsalDeadlineMs = 240_000;
const slug = 'senja-di-selatan';
const run = promisify(execFile);

let stack: OwnStack;
let program: RehearseProgram;
beforeAll(async () => {
  program = await bundleRehearse('staging');
  // The machine of the rehearsal is a trusted proxy there.
  stack = await startOwnStack('staging', [], { REHEARSALS_ALLOWED: 'true', TRUSTED_PROXIES: '127.0.0.1' });
}, startDeadlineMs);
afterAll(async () => {
  program?.close();
  await stack?.close();
}, startDeadlineMs);

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** With a folder of its own instead of the stack's, so that the command knows nothing but the address. */
const rehearse = (address: string, token: string, ...more: string[]) =>
  run(process.execPath, [program.file, '--event', slug, '--people', '60', '--against', address, ...more], {
    env: { ...process.env, ANTRE_DATA: join(stack.folder, 'organiser'), REHEARSAL_TOKEN: token },
    cwd: repositoryFolder,
    timeout: rehearsalDeadlineMs,
  });

async function keyOfOrganiser(scopes: readonly string[]): Promise<string> {
  const api = stack.environment['API_URL'];
  const owner = { email: 'owner@demo.test', password: 'demo-password-please-change' };
  // On a busy machine the check of a password may be refused for a moment.
  const token = await until(30, 'the owner could not sign in', async () =>
    at((await request(`${api}/v1/sessions`, { method: 'POST', body: owner })).body, 'accessToken'),
  );
  const headers = { authorization: `Bearer ${String(token)}` };
  const made = await request(`${api}/v1/organizers/demo/api-keys`, {
    method: 'POST',
    headers,
    body: { name: 'Rehearsal', role: 'manager', scopes },
  });
  expect(made).toMatchObject({ status: 201 });
  return String(at(made.body, 'key'));
}

/** A deployment with scripted answers, which records the requests. */
async function deployment(answer: RequestListener): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    answer(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const says = (body: unknown, status = 200): RequestListener => {
  return (_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

test.each([
  ['production', says({ state: 'ok', takesRehearsals: false }), 'does not say that it is a copy for rehearsals'],
  ['an older release', says({ state: 'ok' }), 'does not answer as antre does'],
  ['a word instead of a yes', says({ state: 'ok', takesRehearsals: 'yes' }), 'does not answer as antre does'],
  ['a refusal', says({ state: 'ok', takesRehearsals: true }, 503), 'does not answer as antre does'],
  ['one that is down', says({ state: 'down', takesRehearsals: true }), 'says that it is down'],
  [
    'one that sends elsewhere',
    (_, response) => response.writeHead(302, { location: `${stack.environment['API_URL']}/status.json` }).end(),
    'does not answer',
  ],
] satisfies [string, RequestListener, string][])(
  '%s is asked one question and gets no load, nor the token',
  async (_, answer, said) => {
    const { url, asked } = await deployment(answer);
    const failed = await rehearse(url, 'a-token').catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
    expect(failed).toMatchObject({ stderr: expect.stringContaining('No load was sent') });
    expect(asked).toEqual(['GET /status.json']);
  },
);

test('a key that is not valid there, may not do enough, or is missing is refused before anything is made', async () => {
  const url = stack.environment['API_URL'] ?? '';
  await expect(rehearse(url, '')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('REHEARSAL_TOKEN'),
  });
  await expect(rehearse(url, 'no-key')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not a valid API key'),
  });
  const poor = await keyOfOrganiser(['events.write', 'check_in']);
  await expect(rehearse(url, poor)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('needs: orders.read, refunds'),
  });
});

test('a sale is rehearsed from outside, says what cannot be seen there, and its copies are called off', {
  timeout: rehearsalDeadlineMs,
}, async () => {
  const url = stack.environment['API_URL'] ?? '';
  const sandbox = stack.environment['SANDBOX_URL'] ?? '';
  const before = await request(`${url}/v1/events/${slug}/availability`);
  const few = ['--seconds', '2', '--opening', '10'];
  const { stdout } = await rehearse(url, await keyOfOrganiser(neededScopes), '--sandbox', sandbox, ...few);
  expect(stdout).toContain(`against ${url}`);
  expect(stdout).toContain('60 people make up to 10 requests a second');
  expect(stdout).toContain('## What cannot be seen from outside');
  expect(stdout).not.toContain('answers of 429');
  const [, orders, paid] = /: (\d+) orders, (\d+) paid/.exec(stdout) ?? [];
  expect(Number(orders)).toBeGreaterThan(0);
  expect(Number(paid)).toBeGreaterThan(0);
  expect(stdout.match(/is called off/g)).toHaveLength(2);
  const { body } = await request(`${url}/v1/events?limit=100`);
  const onSale = listOf(body).filter((event) => at(event, 'status') === 'published');
  expect(onSale.filter((event) => String(at(event, 'slug')).startsWith('rehearsal-'))).toEqual([]);
  expect(listOf((await request(`${url}/v1/events/${slug}/availability`)).body)).toEqual(listOf(before.body));
});
