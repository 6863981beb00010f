import { once } from 'node:events';
import net from 'node:net';
import fc from 'fast-check';
import { createRoute, z } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hotRequestOfContext } from '../../../src/http/hot-path/hot-request.ts';
import { jsonBody, jsonBytesMax, jsonDepthMax, readJson } from '../../../src/http/contract/json-body.ts';
import { createRouter } from '../../../src/http/contract/router.ts';
import { answer, body } from '../../../src/http/contract/schemas.ts';
import { handleError } from '../../../src/http/problem.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { createLog } from '../../../src/platform/log.ts';
import { problems } from '../../../src/problems.ts';
import { closed } from '../../../testkit/closed.ts';

/** Guards the edge against bodies that no schema sees: too large, too deep, or with what Postgres cannot store. */

const contract = (path: string, required: boolean) =>
  createRoute({
    method: 'post',
    path,
    middleware: [jsonBody(jsonBytesMax, { optional: !required })] as const,
    request: { body: { ...body(z.object({ a: z.number() })), required } },
    responses: { 200: answer(z.object({ a: z.number() }), 'The same.') },
  });
const app = createRouter()
  .openapi(contract('/contract', true), (c) => c.json(c.req.valid('json'), 200))
  .openapi(contract('/contract-optional', false), (c) => c.json(c.req.valid('json'), 200))
  .post('/', async (c) => c.json({ got: await readJson(hotRequestOfContext(c)) }))
  .post('/validated', jsonBody(), async (c) => c.json({ got: await c.req.json() }));
app.onError(handleError(problems, createLog({ level: 'silent', process: 'test' })));

const post = async (body: string | Uint8Array<ArrayBuffer>, type = 'application/json', path = '/') =>
  app.request(path, { method: 'POST', body, headers: type === '' ? {} : { 'content-type': type } });
const codeOf = async (response: Response): Promise<string> => {
  const { code }: { code: string } = JSON.parse(await response.text());
  return `${response.status} ${code}`;
};
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

describe('a body that is JSON', () => {
  test('reaches the handler as it was sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }), async (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\\u0000|"__proto__"/.test(text));
        const response = await post(text);
        expect(await response.text()).toBe(JSON.stringify({ got: JSON.parse(text) }));
      }),
    );
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;charset="UTF-8"',
    'application/json ; charset = utf-8 ',
    'application/json;charset=utf8',
    'application/json; charset="utf8"',
    'application/json; charset=UTF-8; profile=a',
    'application/json;',
    'application/json; profile="https://example.test/a"',
    'application/problem+json',
    'application/vnd.api+json; charset=utf-8',
    'application/merge-patch+json',
  ])('comes as %s, to the validator of a contract too', async (type) => {
    expect((await post('{"a":1}', type)).status).toBe(200);
    expect((await post('{"a":1}', type, '/contract')).status).toBe(200);
    expect((await post('{"a":1}', type, '/contract-optional')).status).toBe(200);
    expect(await codeOf(await post('{"a":"x"}', type, '/contract'))).toBe('400 request.invalid');
  });

  test('reaches the validator unchanged', async () => {
    const response = await post('{"a":[1,"\\u00e9"]}', 'application/json', '/validated');
    expect(await response.json()).toEqual({ got: { a: [1, 'é'] } });
  });

  test('may be as deep and as large as the limits allow', async () => {
    const deepest = '['.repeat(jsonDepthMax) + ']'.repeat(jsonDepthMax);
    expect((await post(deepest)).status).toBe(200);
    const largest = `"${'a'.repeat(jsonBytesMax - 2)}"`;
    expect((await post(largest)).status).toBe(200);
    // Brackets and quotes inside a string are not depth.
    expect((await post(JSON.stringify('[{"\\'.repeat(50)))).status).toBe(200);
  });
});

describe('a body of another media type', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json-patch+json',
    'application/json; charset=latin1',
    'application/json; charset',
    'application/json; charset=utf-8; charset=utf-16',
    'application/jsonp',
    'application/x-json',
    'application/+json',
    'text/vnd.api+json',
    'application/json, text/html',
    'text/json',
    '',
  ])('"%s" is refused', async (type) => {
    for (const path of ['/', '/contract', '/contract-optional', '/validated']) {
      expect([path, await codeOf(await post(bytes('{"a":1}'), type, path))]).toEqual([
        path,
        '415 request.unsupported_media_type',
      ]);
    }
  });
});

describe('no body at all', () => {
  const send = (path: string, headers: Record<string, string>) => app.request(path, { method: 'POST', headers });

  test.each([{}, { 'content-length': '0' }])('is refused where one is needed, with the headers %j', async (headers) => {
    for (const path of ['/', '/contract', '/validated']) {
      expect([path, await codeOf(await send(path, headers))]).toEqual([path, '415 request.unsupported_media_type']);
    }
  });

  test.each([{}, { 'content-length': '0' }])(
    'is accepted where the contract allows it, with the headers %j',
    async (headers) => {
      expect((await send('/contract-optional', headers)).status).toBe(200);
    },
  );
});

const invalid: Record<string, string | Uint8Array<ArrayBuffer>> = {
  nothing: '',
  'half of it': '{"a":',
  'something behind it': '{} {}',
  'a comment': '{"a":1 /* one */}',
  'single quotes': "{'a':1}",
  'not a number': '{"a":NaN}',
  'a byte order mark': bytes('\xef\xbb\xbf{}'),
  'U+0000 as it is': '{"a":"x\0y"}',
  'U+0000 escaped': '{"a":"x\\u0000y"}',
  'U+0000 in a name': '{"x\\u0000y":1}',
  'a lone high surrogate': '{"a":"x\\ud800y"}',
  'a lone low surrogate': '{"a":["\\uDFFF"]}',
  'a pair the wrong way round': '{"a":"\\udc00\\ud800"}',
  'a lone surrogate in a name': '{"\\ud83c":1}',
  __proto__: '{"a":{"__proto__":{"admin":true}}}',
  '__proto__ with an escaped underscore': '{"\\u005f_proto__":1}',
  '__proto__ with an escaped letter': '{"__pr\\u006fto__":1}',
  'bytes that are no UTF-8': bytes('{"a":"\xff"}'),
  'an overlong encoding': bytes('{"a":"\xc0\xaf"}'),
  'a surrogate in UTF-8': bytes('{"a":"\xed\xa0\x80"}'),
  'a cut character': bytes('{"a":"\xe2\x82"}'),
  'a cut character beside a true replacement character': bytes('{"b":"\xef\xbf\xbd","a":"\xe2\x82"}'),
  'too many arrays': '['.repeat(jsonDepthMax + 1) + ']'.repeat(jsonDepthMax + 1),
  'too many objects': '{"a":'.repeat(jsonDepthMax + 1) + '1' + '}'.repeat(jsonDepthMax + 1),
  'a flood of brackets': '['.repeat(60_000),
};

describe('a body that is refused', () => {
  for (const [about, body] of Object.entries(invalid)) {
    test(about, async () => {
      for (const path of ['/', '/validated']) {
        const response = await post(body, 'application/json', path);
        expect(response.headers.get('content-type')).toBe('application/problem+json');
        expect(await codeOf(response)).toBe('400 request.invalid');
      }
    });
  }

  test('an escaped character that is allowed is accepted', async () => {
    const response = await post('{"name":"Ni\\u00f1o \\ud83c\\udfab","\\u006bey":1}');
    expect(await response.json()).toEqual({ got: { name: 'Niño 🎫', key: 1 } });
  });
});

describe('a body that is too large', () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve(app, { host: '127.0.0.1', port: 0, reusePort: false });
  });
  afterAll(() => serving.close());

  test('is refused with the size that is allowed', async () => {
    const response = await post(`"${'a'.repeat(jsonBytesMax)}"`);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'request.too_large', bytesMax: jsonBytesMax });
  });

  /** What the server answers to these bytes on a connection of their own; the rest of the body follows only then. */
  const raw = async (head: string, chunk: string, chunks: number): Promise<{ answer: string; sent: number }> => {
    const socket = net.connect(serving.port, '127.0.0.1');
    let answer = '';
    let sent = 0;
    socket.on('data', (data) => (answer += data.toString('latin1')));
    const answered = new Promise((resolve) => socket.once('data', resolve));
    const ended = closed(socket);
    socket.write(head);
    for (; sent < chunks && answer === '' && !socket.destroyed; sent += 1) {
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), ended]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.race([ended, answered]);
    socket.destroy();
    return { answer, sent };
  };
  const head = (framing: string) =>
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;

  test('is refused by its length before it is read', async () => {
    const { answer, sent } = await raw(head('Content-Length: 1048576'), '', 1);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThanOrEqual(1);
  });

  test('is not read to its end when it has no length', async () => {
    const size = 8192;
    const chunk = `${size.toString(16)}\r\n${'a'.repeat(size)}\r\n`;
    const { answer, sent } = await raw(head('Transfer-Encoding: chunked'), chunk, 4096);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(1024);
  });

  test('with two lengths is refused', async () => {
    const { answer } = await raw(head('Content-Length: 2\r\nTransfer-Encoding: chunked'), '', 1);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});
