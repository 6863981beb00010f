import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import type { TestEvent } from '../../testkit/factories.ts';
import { createRoom } from '../../testkit/waiting-room/places.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/** However a request is framed or spelt, it is refused or served for what it is. */

let api: TestService;
let serving: Serving;
let event: TestEvent;

beforeAll(async () => {
  api = await startTestService();
  event = await createRoom(api.service.db);
  await api.service.rooms.refresh();
  serving = await serve(createApp(api.service), { host: '127.0.0.1', port: 0, reusePort: false });
});
afterAll(async () => {
  await serving?.close();
  await api?.close();
});

/** The answer to these bytes. */
async function raw(text: string): Promise<string> {
  const socket = connect(serving.port, '127.0.0.1');
  let answer = '';
  const answered = new Promise<void>((resolve) => {
    socket.on('error', resolve).on('close', resolve);
    socket.on('data', (chunk: Buffer) => {
      answer = (answer + chunk.toString('latin1')).replace('HTTP/1.1 100 Continue\r\n\r\n', '');
      if (answer !== '') resolve();
    });
  });
  await once(socket, 'connect');
  socket.write(text, 'latin1');
  await answered;
  socket.destroy();
  return answer;
}

describe('a request', () => {
  const body = '{"placeToken":"x"}';
  const json = 'Content-Type: application/json';
  const queue = () => `/v1/events/${event.slug}/queue`;
  const post = (path: string, fields = 'Host: a', version = '1.1') =>
    `POST ${path} HTTP/${version}\r\n${fields === '' ? '' : `${fields}\r\n`}${json}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const chunked = (path: string, coding = 'chunked') =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: ${coding}\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const get = (path: string, fields = 'Host: a') => `GET ${path} HTTP/1.1\r\n${fields}\r\n\r\n`;
  const passes = () => `${queue()}/passes`;

  it.each<[string, () => string, RegExp]>([
    // A health check of the old kind names no host; it is served as if it had named ours.
    ['of an older HTTP', () => post(passes(), '', '1.0'), /^HTTP\/1\.1 403/],
    ['without a host', () => post(passes(), ''), /^HTTP\/1\.1 400/],
    ['with a host that is none', () => post(passes(), 'Host: a b@c/d'), /^HTTP\/1\.1 400/],
    ['a read with such a host', () => get(queue(), 'Host: a b@c/d'), /^HTTP\/1\.1 400/],
    ['with a whole address', () => post(`http://other${passes()}`), /queue\.place_invalid/],
    ['with two slashes', () => post(`/${passes()}`), /request\.not_found/],
    ['with a slash at the end', () => post(`${passes()}/`), /request\.not_found/],
    ['spelt with escapes', () => post(passes().replace('queue', '%71ueue')), /queue\.place_invalid/],
    ['with a broken escape', () => post('/v1/events/%E0%A4%A/queue/passes'), /request\.invalid/],
    ['with U+0000 in the address', () => post('/v1/events/a%00b/queue/passes'), /request\.invalid/],
    ['in chunks', () => chunked(passes()), /queue\.place_invalid/],
    ['in chunks, by the router', () => chunked(`${passes()}?x`), /queue\.place_invalid/],
    ['in chunks of chunks', () => chunked(passes(), 'chunked, chunked'), /^HTTP\/1\.1 400/],
    ['of two lengths', () => post(passes(), 'Host: a\r\nContent-Length: 2'), /^HTTP\/1\.1 400/],
    ['in chunks and of a length', () => post(passes(), 'Host: a\r\nTransfer-Encoding: chunked'), /^HTTP\/1\.1 400/],
    ['compressed', () => post(passes(), 'Host: a\r\nContent-Encoding: gzip'), /^HTTP\/1\.1 4\d\d/],
    [
      'that would become something else',
      () => post(passes(), 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket'),
      /queue\.place_invalid/,
    ],
    ['that expect to be told', () => post(passes(), 'Host: a\r\nExpect: 100-continue'), /queue\.place_invalid/],
    [
      'with bytes in a credential',
      () => post(`${queue()}/places`, `Host: a\r\nAuthorization: Bearer ${'\xff'.repeat(20)}`),
      /^HTTP\/1\.1 40[01]/,
    ],
    ['with bytes for an address', () => post(passes(), 'Host: a\r\nX-Forwarded-For: \xff,,,'), /queue\.place_invalid/],
    [
      'for a part of a read',
      () => get(queue(), 'Host: a\r\nRange: bytes=0-1\r\nIf-None-Match: "\xff", "'),
      /^HTTP\/1\.1 200/,
    ],
    ['for a proof beyond all lists', () => get(`${queue()}/proofs/1152921504606846976`), /request\.invalid/],
    ['for leaves below the first', () => get(`${queue()}/draws/leaves/-1`), /request\.invalid/],
  ])('%s', async (_name, text, expected) => {
    expect(await raw(text())).toMatch(expected);
  });
});
