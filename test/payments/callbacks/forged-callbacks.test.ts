import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { postCallback, settlement, sign } from '../../../testkit/payments/callbacks.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { attemptsOf, callbacksOf, orderOf, tasksOf } from '../../../testkit/payments/payment-rows.ts';
import { placeReady, settle } from '../../../testkit/payments/payment-jobs.ts';

/**
 * Guards promise 3: a callback answered with 200 is on disk and applied once; a forged or wrong one changes nothing.
 */

const world = await usePaymentWorld();
const event = await createPaidEvent(world);

const post = (body: unknown, slug = event.organizer.slug) => postCallback(world, slug, body);

describe('forgery', () => {
  test('none of 2,000 mutated bodies is stored', async () => {
    const placed = await placeReady(world, event);
    const genuine = sign(settlement(placed));
    const mutations = fc.oneof(
      fc.record({ field: fc.constant('signature_key'), value: fc.stringMatching(/^[0-9a-f]{128}$/) }),
      fc.record({
        field: fc.constant('gross_amount'),
        value: fc.integer({ min: 0, max: 10_000_000 }).map((n) => `${n}.00`),
      }),
      fc.record({ field: fc.constant('status_code'), value: fc.integer({ min: 0, max: 999 }).map((n) => String(n)) }),
      fc.record({
        field: fc.constant('order_id'),
        value: fc.constantFrom(
          placed.attemptId.slice(0, -1),
          `${placed.attemptId}2`,
          placed.attemptId.replace(/01$/, '02'),
        ),
      }),
      fc.record({
        field: fc.constant('signature_key'),
        value: fc.constant(String(genuine['signature_key']).toUpperCase().replace(/A/, 'B')),
      }),
    );
    const samples = fc
      .sample(mutations, { numRuns: 2000, seed: 7 })
      .filter(({ field, value }) => genuine[field] !== value);
    const answers = new Set<number>();
    for (let start = 0; start < samples.length; start += 100) {
      const batch = samples.slice(start, start + 100).map(({ field, value }) => post({ ...genuine, [field]: value }));
      for (const response of await Promise.all(batch)) {
        answers.add(response.status);
        await response.body?.cancel();
      }
    }
    expect([...answers]).toEqual([400]);
    expect(await callbacksOf(world, placed)).toEqual([]);
  });

  test('a forged unsigned state is checked with the gateway and changes nothing', async () => {
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await settle(world, placed, 2);
    await control(world, `/payments/${placed.attemptId}/callbacks`, {
      kind: 'changed_status',
      transactionStatus: 'refund',
    });
    await settle(world, placed, 3);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
    expect((await callbacksOf(world, placed)).at(-1)).toEqual({ status: 'ignored', outcome: 'read_back: known' });
  });

  test('a settlement made from a signed pending callback is refused', async () => {
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/choose`, { method: 'qris' });
    await settle(world, placed, 1);
    await control(world, `/payments/${placed.attemptId}/callbacks`, {
      kind: 'changed_status',
      transactionStatus: 'settlement',
    });
    await settle(world, placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'pending_payment', tickets: 0 });
    expect((await callbacksOf(world, placed)).at(-1)).toEqual({
      status: 'refused',
      outcome: 'signed_for_another_state',
    });
  });
});

describe('wrong facts with a right signature', () => {
  test.each([
    ['another currency', { currency: 'USD' }, 'wrong_currency'],
    ['another merchant', { merchant_id: 'M-OTHER' }, 'wrong_merchant'],
  ])('%s is not believed, and a person is told', async (_name, change, outcome) => {
    const placed = await placeReady(world, event);
    expect((await post(sign(settlement(placed, change)))).status).toBe(200);
    await settle(world, placed, 1);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'pending_payment', tickets: 0 });
    expect(await callbacksOf(world, placed)).toEqual([{ status: 'refused', outcome }]);
    expect(await tasksOf(world, placed)).toMatchObject([{ kind: 'wrong_facts' }]);
  });

  test.each(['149999.00', '150001.00', '1.00'])('the amount %s is read back, and does not pay', async (amount) => {
    const placed = await placeReady(world, event);
    expect((await post(sign(settlement(placed, { gross_amount: amount })))).status).toBe(200);
    await settle(world, placed, 1);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'pending_payment', tickets: 0 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'pending', received: 0 }]);
  });
});
