import { describe, expect, it } from 'vitest';
import { useLimitedApps } from './support/limited-app.ts';

const { start } = useLimitedApps();

describe('callbacks', () => {
  it('are never limited while they are genuine', async () => {
    const app = await start({ requests: 10 });
    for (let request = 0; request < 100; request += 1) {
      expect((await app.call('POST', '/v1/callbacks/midtrans/demo')).status).toBe(200);
    }
  });

  it.each([400, 401, 403, 404, 413, 415, 422, 500, 503])(
    'that do not verify and are answered %i are refused in the end, and verified ones are not',
    async (status) => {
      const app = await start();
      const statuses = [];
      for (let request = 0; request < 70; request += 1) {
        statuses.push((await app.call('POST', `/v1/callbacks/midtrans/answered-${status}`)).status);
      }
      expect(statuses.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => status));
      expect(statuses.at(-1)).toBe(429);
      expect((await app.call('POST', '/v1/callbacks/midtrans/demo')).status).toBe(200);
    },
  );

  it.each([404, 500, 503])('that are genuine are never refused, even when they are answered %i', async (status) => {
    const app = await start();
    const statuses = new Set<number>();
    for (let request = 0; request < 100; request += 1) {
      statuses.add((await app.call('POST', `/v1/callbacks/midtrans/answered-${status}-verified`)).status);
    }
    expect([...statuses]).toEqual([status]);
  });

  it('that are forged are refused after a while, even when each comes from its own address', async () => {
    const app = await start();
    let verified = 0;
    for (let round = 0; round < 14; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, place) =>
          app.call('POST', `/v1/callbacks/midtrans/answered-401-${round}-${place}`),
        ),
      );
      verified += answers.filter(({ status }) => status === 401).length;
    }
    // Those under way when the limit is crossed are answered.
    expect(verified).toBeGreaterThanOrEqual(1200);
    expect(verified).toBeLessThanOrEqual(1300);
  });
});
