import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { StoryFault, call } from '../../loadtest/demo/http.ts';
import { passwordMsMax } from '../../src/access/sessions/passwords.ts';
import { deadlineMsDefault } from '../../src/web/client/shared/calls/api.ts';
import { timeoutMs } from '../../src/web/server/desk/api.ts';

/** Guards that the demo waits for a busy service, as our pages do, and says so. */

let server: Server;
let url: string;
let answers: readonly { readonly status: number; readonly code: string }[] = [];
let asked = 0;
beforeAll(async () => {
  server = createServer((_request, response) => {
    const { status, code } = answers[Math.min(asked, answers.length - 1)] ?? { status: 500, code: 'none' };
    asked += 1;
    response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '0.01' });
    response.end(JSON.stringify({ code }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/orders/x`;
});
afterAll(() => server.close());
beforeEach(() => {
  asked = 0;
});

test('a refusal for load is sent again when it says so, and the demo tells of it; control: other answers are taken as they are', async () => {
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  answers = [
    { status: 503, code: 'service.overloaded' },
    { status: 429, code: 'traffic.rate_limited' },
    { status: 404, code: 'request.not_found' },
  ];
  expect((await call(url)).status).toBe(404);
  const lines = said.mock.calls.map(([text]) => String(text));
  said.mockRestore();
  expect([asked, lines.length]).toEqual([3, 2]);
  expect(lines[0]).toContain('GET /v1/orders/x was refused for load: 503 service.overloaded; again in 0.01 s');
  asked = 0;
  // Its outcome is not known, so it is not sent again blindly.
  answers = [{ status: 503, code: 'service.unavailable' }];
  expect([(await call(url)).status, asked]).toEqual([503, 1]);
});

test('a service that stays busy is named', async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const start = performance.now();
  const now = vi
    .spyOn(performance, 'now')
    .mockReturnValueOnce(start)
    .mockReturnValue(start + 61_000);
  answers = [{ status: 503, code: 'service.busy' }];
  const failed = call(url);
  await expect(failed).rejects.toThrow(StoryFault);
  await expect(failed).rejects.toThrow('503 service.busy, for 60 s');
  now.mockRestore();
  vi.restoreAllMocks();
});

test('our pages wait for a sign-in as long as it may wait for its turn, and no longer than the edge', () => {
  const edgeMs = 20_000;
  for (const waitMs of [timeoutMs, deadlineMsDefault]) {
    expect(waitMs).toBeGreaterThan(passwordMsMax);
    expect(waitMs).toBeLessThanOrEqual(edgeMs);
  }
});
