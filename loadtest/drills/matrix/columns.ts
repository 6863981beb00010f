import { hash, randomUUID } from 'node:crypto';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { bulkOrderId } from '../../bench/fill/bulk-orders.ts';
import { demoMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { midtransSignature } from '../../../sandbox/midtrans/notifications/signature.ts';
import type { MatrixWorld } from './open-matrix-world.ts';

/** The columns of the resiliency matrix: what people do, each as one request. */
export const columnNames = ['browse', 'availability', 'hold', 'pay', 'callback', 'ticket', 'check-in'] as const;
export type ColumnName = (typeof columnNames)[number];

export type Column = {
  readonly perSecond: number;
  /** Statuses of a good answer. */
  readonly good: readonly number[];
  readonly request: () => { readonly path: string; readonly init?: RequestInit } | undefined;
  /** Called for each answer. */
  readonly onAnswer?: (status: number, body: string, init: RequestInit | undefined) => void;
};

export type Columns = Readonly<Record<ColumnName, Column>> & {
  /** Acknowledged orders, and keys whose order was not acknowledged. */
  readonly acknowledged: { readonly id: string; readonly key: string }[];
  readonly unknown: RequestInit[];
  /** Attempts whose callback was answered with 200. */
  readonly stored: string[];
};

/** The age of an order when its buyer chooses a payment method. */
const chosenAfterMs = 1000;

export function createColumns(world: MatrixWorld): Columns {
  const acknowledged: { id: string; key: string }[] = [];
  const unknown: RequestInit[] = [];
  const stored: string[] = [];
  const fresh: { id: string; accessToken: string; at: number }[] = [];
  let made = 0;
  const network = () => `10.${(made >> 8) & 255}.${made & 255}.7`;
  const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': network(), ...headers },
    body,
  });
  const next = () => (made += 1);
  return {
    acknowledged,
    unknown,
    stored,
    browse: {
      perSecond: 20,
      good: [200],
      request: () => ({ path: ['/', `/v1/events/${world.sale.slug}`, '/v1/events'][next() % 3] ?? '/' }),
    },
    availability: {
      perSecond: 10,
      good: [200],
      request: () => ({ path: `/v1/events/${world.sale.slug}/availability` }),
    },
    hold: {
      perSecond: 20,
      good: [201],
      request: () => {
        const number = String(next()).padStart(9, '0');
        const key = randomUUID();
        const buyer = { name: 'Ayu Lestari', email: `ayu.${number}@example.test`, phone: `+62812${number}` };
        const lines = [{ ticketCategoryId: world.sale.categories[0]?.id, quantity: 1 }];
        const body = JSON.stringify({ eventSlug: world.sale.slug, buyer, lines, locale: 'id' });
        return { path: '/v1/orders', init: post(body, { 'idempotency-key': key }) };
      },
      onAnswer: (status, body, init) => {
        if (status !== 201) {
          if (init !== undefined) unknown.push(init);
          return;
        }
        const { id, accessToken } = JSON.parse(body) as { id: string; accessToken: string };
        acknowledged.push({ id, key: new Headers(init?.headers).get('idempotency-key') ?? '' });
        fresh.push({ id, accessToken, at: performance.now() });
      },
    },
    pay: {
      perSecond: 5,
      // 409: it was paid meanwhile.
      good: [202, 409],
      request: () => {
        next();
        if ((fresh[0]?.at ?? Infinity) > performance.now() - chosenAfterMs) return undefined;
        const order = fresh.shift();
        const authorization = `Bearer ${order?.accessToken ?? ''}`;
        return { path: `/v1/orders/${order?.id ?? ''}/payments`, init: post('{"method":"qris"}', { authorization }) };
      },
    },
    callback: callbackColumn(world, post, stored),
    ticket: {
      perSecond: 5,
      good: [200],
      request: () => {
        const id = bulkOrderId(world.door.event, next() % 1000);
        const authorization = `Bearer ${orderAccessToken(world.orderTokenSecret, id, 1)}`;
        return { path: `/v1/orders/${id}/tickets`, init: { headers: { authorization, 'x-forwarded-for': network() } } };
      },
    },
    'check-in': checkInColumn(world, post),
  };
}

type Post = (body: string, headers?: Record<string, string>) => RequestInit;

/** A correctly signed "pending": it is stored and applied, and moves no money that the sandbox does not know. */
function callbackColumn(world: MatrixWorld, post: Post, stored: string[]): Column {
  let attempt = 0;
  const amount = `${world.waiting.categories[0]?.price ?? 0}.00`;
  return {
    perSecond: 10,
    good: [200],
    request: () => {
      attempt += 1;
      const orderId = `pay_${bulkOrderId(world.waiting, attempt).slice(4)}01`;
      const { serverKey, merchantId } = demoMidtransAccount;
      const signature = midtransSignature({ orderId, statusCode: '201', grossAmount: amount, serverKey });
      const body = {
        transaction_time: '2026-01-05 10:00:00',
        transaction_status: 'pending',
        transaction_id: `00000000-0000-4000-8000-${String(attempt).padStart(12, '0')}`,
        status_code: '201',
        signature_key: signature,
        payment_type: 'qris',
        order_id: orderId,
        merchant_id: merchantId,
        gross_amount: amount,
        currency: 'IDR',
        fraud_status: 'accept',
      };
      return { path: `/v1/callbacks/midtrans/${world.waiting.organizer.slug}`, init: post(JSON.stringify(body)) };
    },
    onAnswer: (status, _body, init) => {
      const sent = typeof init?.body === 'string' ? init.body : '{}';
      if (status === 200) stored.push((JSON.parse(sent) as { order_id: string }).order_id);
    },
  };
}

function checkInColumn({ door }: MatrixWorld, post: Post): Column {
  let ticket = 0;
  return {
    perSecond: 10,
    good: [200],
    request: () => {
      ticket += 1;
      const code = encodeBase32(hash('md5', `${door.secret} ${ticket}`, 'buffer'));
      const body = JSON.stringify({ eventId: door.event.id, code, scanId: `scan-${ticket}`, gate: 'North' });
      return { path: '/v1/check-ins', init: post(body, { authorization: `Bearer ${door.token}` }) };
    },
  };
}
