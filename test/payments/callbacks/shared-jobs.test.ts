import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { type CallbackItem, storeCallbacks } from '../../../src/payments/callbacks/queries.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { newOrderId } from '../../../src/platform/ids.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';

const { open } = await useTestDb();

test('callbacks that are stored together share full jobs, whatever stands between them', async () => {
  const event = await createEvent(open.db);
  const { id: eventId, organizer } = event;
  const isKind = (n: number) => (['shared', 'traced', 'unknown'] as const)[n % 3] ?? 'shared';
  const attempts = Array.from({ length: 69 }, () => `pay_${newOrderId(eventId).slice(4)}01`);
  const known = attempts.filter((_, n) => isKind(n) !== 'unknown');
  await open.db.execute(sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status)
    select ${eventId}, a.id, 'ord_' || substr(a.id, 5, 28), ${organizer.id}, 1, 'midtrans', 'any', 1000, 'IDR', 'pending'
    from jsonb_array_elements_text(${JSON.stringify(known)}::jsonb) as a(id)`);
  const items = attempts.map(
    (attemptId, n): CallbackItem => ({
      gateway: 'midtrans',
      organizerId: organizer.id,
      eventId,
      attemptId,
      isPaying: true,
      // Rows get their ids in the order of their keys.
      dedupKey: n.toString(16).padStart(64, '0'),
      payload: '',
      ...(isKind(n) === 'traced' ? { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } : {}),
    }),
  );
  expect(await storeCallbacks(open.db, items)).toEqual(items.map(() => 'stored'));
  const jobs = await rowsOf<{ name: string; attempts: string[] }>(
    open.db,
    sql`select name, coalesce(jsonb_path_query_array(payload, '$.callbacks[*].attemptId'), '[]')
          || coalesce(jsonb_path_query_array(payload, '$.attemptId'), '[]') as attempts
        from outbox where name like 'payment.apply_callback%'`,
  );
  const sizes = jobs.filter(({ name }) => name === 'payment.apply_callbacks').map((job) => job.attempts.length);
  expect(sizes.toSorted((one, other) => one - other)).toEqual([3, 10, 10]);
  expect(jobs.filter(({ name }) => name === 'payment.apply_callback')).toHaveLength(46);
  expect(jobs.flatMap((job) => job.attempts).toSorted()).toEqual(attempts.toSorted());
  const ofShared = attempts.filter((_, n) => isKind(n) === 'shared');
  const inShared = jobs.filter(({ name }) => name.endsWith('callbacks')).flatMap((job) => job.attempts);
  expect(inShared.toSorted()).toEqual(ofShared.toSorted());
});
