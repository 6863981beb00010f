import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, test } from 'vitest';
import { handleError, problemResponse } from '../../../src/http/problem.ts';
import { requestContext } from '../../../src/http/request-context.ts';
import type { AppEnv } from '../../../src/http/contract/router.ts';
import { DomainError, requestInvalid, serviceOverloaded } from '../../../src/platform/errors.ts';
import { inputFault } from '../../../src/platform/field-faults.ts';
import { createLog } from '../../../src/platform/log.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { problems } from '../../../src/problems.ts';

/** Guards the one shape of refusals: stable code, request id, nothing of the inside. */

const log = createLog({ level: 'silent', process: 'test' });

async function answerTo(error: unknown): Promise<{ response: Response; text: string; body: Record<string, unknown> }> {
  const app = new Hono<AppEnv>().use(requestContext(log)).get('/', () => {
    throw error;
  });
  app.onError(handleError(problems, log));
  const response = await app.request('/');
  const text = await response.text();
  return { response, text, body: JSON.parse(text) };
}

async function dataFaults(state: string): Promise<number> {
  const { values } = (await registry.getSingleMetric('antre_http_data_faults_total')?.get()) ?? { values: [] };
  return values.find(({ labels }) => (labels as { state?: string }).state === state)?.value ?? 0;
}

const failure = (code: string) => Object.assign(new Error('select secret from 10.0.0.7'), { code });

describe('a problem document', () => {
  test('of a refusal has its code, its sentence, its details and the id of the request', async () => {
    const { response, body } = await answerTo(
      requestInvalid([inputFault('lines.0.quantity', 'number.too_small', { limit: 1 })]),
    );
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-request-id')).toBe(body['requestId']);
    expect(body).toEqual({
      type: 'urn:antre:problem:request.invalid',
      title: problems['request.invalid'].title,
      status: 400,
      code: 'request.invalid',
      detail: 'The request is invalid; see errors.',
      requestId: expect.stringMatching(/^req_/),
      errors: [
        {
          path: 'lines.0.quantity',
          code: 'number.too_small',
          message: 'must be at least 1',
          messages: { en: 'must be at least 1', id: 'minimal 1' },
        },
      ],
    });
  });

  test.each(Object.entries(problems))(
    '%s has the status and title of the catalogue',
    async (code, { status, title }) => {
      const response = problemResponse(new DomainError(code, 'A sentence.'), 'req_1', problems);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ code, status, title });
      expect(response.headers.has('retry-after')).toBe(status === 503 || status === 429);
    },
  );

  test('carries Retry-After', async () => {
    const { response } = await answerTo(serviceOverloaded(7));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7']);
  });

  test.each(['ECONNREFUSED', 'CONNECTION_CLOSED', 'DEADLINE', 'POOL_FULL', '57014', '53300', '40P01'])(
    'of an unreachable database (%s) is 503, with Retry-After',
    async (code) => {
      const { response, text, body } = await answerTo(failure(code));
      expect([response.status, body['code']]).toEqual([503, 'service.unavailable']);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(text).not.toMatch(/select|10\.0\.0\.7/);
    },
  );

  test.each(['22P05', '22021', '22008', '22003', '22P02', '22007'])(
    'of a value that Postgres cannot take (%s) is 400, and counted apart',
    async (code) => {
      const before = await dataFaults(code);
      const wrapped = Object.assign(new Error('Failed query: select secret'), {
        query: 'select',
        cause: failure(code),
      });
      for (const error of [failure(code), wrapped]) {
        const { response, text, body } = await answerTo(error);
        expect([response.status, body['code']]).toEqual([400, 'request.invalid']);
        expect(body['errors']).toMatchObject([{ code: 'value.not_storable' }]);
        expect(text).not.toMatch(/select|10\.0\.0\.7/);
      }
      expect((await dataFaults(code)) - before).toBe(2);
    },
  );

  test.each<[string, unknown]>([
    ['a fault of the code', new TypeError('secret is not a function')],
    ['a fault of a statement', failure('42P01')],
    ['a code that nobody listed', new DomainError('nobody.listed', 'secret')],
    ['a 500 of the framework', new HTTPException(500, { message: 'secret' })],
  ])('of %s reveals nothing', async (_about, error) => {
    const { response, text } = await answerTo(error);
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/select|10\.0\.0\.7|at .*\.ts/);
    if (!(error instanceof DomainError)) {
      expect(text).not.toContain('secret');
      expect(JSON.parse(text)).toMatchObject({ code: 'internal' });
    }
  });

  test('of a request that the framework refuses is a 400', async () => {
    const { response, body } = await answerTo(new HTTPException(400, { message: 'Malformed JSON in request body' }));
    expect([response.status, body['code']]).toEqual([400, 'request.invalid']);
  });

  test('keeps its code and status whatever the details are', async () => {
    const error = new DomainError('order.not_found', 'No such order.', {
      details: { status: 200, code: 'fine', requestId: 'x' },
    });
    const { response, body } = await answerTo(error);
    expect(response.status).toBe(404);
    expect(body).toMatchObject({ status: 404, code: 'order.not_found', requestId: expect.stringMatching(/^req_/) });
  });
});
