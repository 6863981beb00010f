import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { createApp } from '../../src/app.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import { newId } from '../../src/platform/ids.ts';
import { type DoorEvent, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/**
 * Guards that a scan is the same route whichever way it takes: past the router (its exact address) or through it (with a
 * query, which nobody reads). Who may scan, what is refused, headers and bodies must not differ.
 */

/** Of one device; a door's credential may make twice the requests of others. */
const scansPerMinute = 60;
const ways = { past: '/v1/check-ins', through: '/v1/check-ins?way=router' };
let api: TestService;
let serving: Serving;
let sql: postgres.Sql;
let event: DoorEvent;
let other: DoorEvent;
let foreign: DoorEvent;

beforeAll(async () => {
  api = await startTestService({ REQUESTS_PER_MINUTE_PER_NETWORK: String(scansPerMinute / 2) });
  sql = postgres(api.directUrl, { max: 1 });
  serving = await serve(createApp(api.service), { host: '127.0.0.1', port: 0, reusePort: false });
  event = await addDoorEvent(sql);
  other = await addDoorEvent(sql, event);
  foreign = await addDoorEvent(sql);
});
afterAll(async () => {
  await serving.close();
  await sql.end();
  await api.close();
});

async function device(of: DoorEvent = event): Promise<string> {
  const { text, hash } = newCredential('device', api.service.config);
  await sql`insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
    values (${newId('dev')}, ${of.organizerId}, ${of.eventId}, 'test', ${hash}, 'test', 'test')`;
  return text;
}

/** @param scopes of the key; null for one that may do all that its role may */
async function key(scopes: readonly string[] | null): Promise<string> {
  const { text, hash } = newCredential('apiKey', api.service.config);
  await sql`insert into api_keys (id, organizer_id, name, role, scopes, key_hash, created_by, responsible_id)
    values (${newId('key')}, ${event.organizerId}, 'test', 'door', ${scopes === null ? null : [...scopes]}, ${hash}, 'test', 'test')`;
  return text;
}

async function post(
  way: keyof typeof ways,
  credential: string | undefined,
  body: string | object,
  type = 'application/json',
) {
  const response = await fetch(`http://127.0.0.1:${serving.port}${ways[way]}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      'content-type': type,
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
    },
  });
  const said: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, headers: response.headers, said };
}
type Posted = Awaited<ReturnType<typeof post>>;

/** What must be equal. Ids of requests and times differ. */
const shapeOf = ({ status, headers, said }: Posted) => ({
  status,
  headers: [...headers.keys()].filter((name) => !['keep-alive', 'connection'].includes(name)).sort(),
  type: headers.get('content-type'),
  said: Object.entries(said).filter(([name]) => name !== 'requestId'),
});

async function bothWays(credential: string | undefined, body: () => string | object, type?: string): Promise<Posted> {
  const [past, through] = [
    await post('past', credential, body(), type),
    await post('through', credential, body(), type),
  ];
  expect(shapeOf(past)).toEqual(shapeOf(through));
  return past;
}

const scanOf = (code: string, more: object = {}) => ({ eventId: event.eventId, scanId: randomUUID(), code, ...more });

describe('a scan past the router answers as through it', () => {
  test('an admission, its repeat the other way, and a second scan of the ticket', async () => {
    const credential = await device();
    const [ticket, second] = await addTickets(sql, event, 2);
    if (ticket === undefined || second === undefined) throw new Error('two tickets');
    const sent = scanOf(ticket.code, { gate: 'North' });
    const first = await post('past', credential, sent);
    expect(first.said).toMatchObject({ result: 'admitted', ticket: { id: ticket.id } });
    expect((await post('through', credential, sent)).said).toEqual(first.said);
    const admitted = await post('through', credential, scanOf(second.code));
    expect(Object.keys(first.said)).toEqual(Object.keys(admitted.said));
    expect(shapeOf(first).headers).toEqual(shapeOf(admitted).headers);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect((await bothWays(credential, () => scanOf(ticket.code))).said['result']).toBe('already_used');
  });

  test.each([
    ['no code of ours', 'x'],
    ['text that Postgres does not store', 'a\0b'],
    ['half a character', '\ud83c'],
  ])('%s is an invalid ticket', async (_about, code) => {
    const { status, said } = await bothWays(await device(), () => scanOf(code));
    expect([status, said]).toEqual([200, { result: 'invalid' }]);
  });

  test("another organiser's ticket is an invalid one, and a device of another event is refused", async () => {
    const [theirs] = await addTickets(sql, foreign, 1);
    expect((await bothWays(await device(), () => scanOf(theirs?.code ?? ''))).said).toEqual({ result: 'invalid' });
    const refused = await bothWays(await device(other), () => scanOf('x'));
    expect([refused.status, refused.said['code']]).toEqual([403, 'check_in.other_event']);
  });

  test.each([
    ['no credential', () => Promise.resolve(undefined), 401, 'access.unauthenticated'],
    ['a credential that is none', () => Promise.resolve('nobody'), 401, 'access.unauthenticated'],
    ['a key without the scope', () => key(['orders.read']), 403, 'access.scope_missing'],
  ])('%s is refused before the body is judged', async (_about, credential, status, code) => {
    const refused = await bothWays(await credential(), () => '{');
    expect([refused.status, refused.said['code']]).toEqual([status, code]);
    expect(String(refused.said['requestId'])).toBe(refused.headers.get('x-request-id'));
  });

  test('a key of the door may scan', async () => {
    const [ticket] = await addTickets(sql, event, 1);
    const { status, said } = await post('past', await key(null), scanOf(ticket?.code ?? ''));
    expect([status, said['result']]).toEqual([200, 'admitted']);
  });

  test.each([
    ['bad JSON', '{', undefined, 400, 'request.invalid'],
    ['another media type', '{}', 'text/plain', 415, 'request.unsupported_media_type'],
    ['no body', '', undefined, 400, 'request.invalid'],
    ['a field too many', '{"more":1}', undefined, 400, 'request.invalid'],
    ['too large a body', `{"a":"${'x'.repeat(70_000)}"}`, undefined, 413, 'request.too_large'],
  ])('%s is refused', async (_about, body, type, status, code) => {
    const refused = await bothWays(await device(), () => body, type);
    expect([refused.status, refused.said['code']]).toEqual([status, code]);
  });

  test('both ways share one limit', async () => {
    const credential = await device();
    const statuses = await Promise.all(
      Array.from({ length: 2 * scansPerMinute }, (_, index) =>
        post(index % 2 === 0 ? 'past' : 'through', credential, scanOf('x')).then(({ status }) => status),
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });
});
