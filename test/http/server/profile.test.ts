import { expect, test } from 'vitest';
import { operationsApp } from '../../../src/http/server/health.ts';

const token = 'test-only-operations-token-0123456789abc';
const app = operationsApp({ probes: [], isDraining: () => false, token });
const ask = (query: string, credential?: string) =>
  app.request(
    `/debug/profile${query}`,
    credential === undefined ? {} : { headers: { authorization: `Bearer ${credential}` } },
  );

test('a profile needs the token, is bounded, and runs one at a time', async () => {
  expect((await ask('')).status).toBe(401);
  expect((await ask('', 'wrong')).status).toBe(401);
  expect((await ask('?seconds=0', token)).status).toBe(400);
  expect((await ask('?seconds=3600', token)).status).toBe(400);
  const taking = ask('?seconds=1', token);
  expect((await ask('?seconds=1', token)).status).toBe(409);
  const taken = await taking;
  expect(taken.status).toBe(200);
  expect(await taken.json()).toHaveProperty('nodes');
});

test('without a token there is nothing', async () => {
  const bare = operationsApp({ probes: [], isDraining: () => false });
  expect((await bare.request('/debug/profile', { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
});
