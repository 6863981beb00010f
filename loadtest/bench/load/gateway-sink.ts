import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { midtransSignature } from '../../../sandbox/midtrans/notifications/signature.ts';

/**
 * A minimal payment gateway. It accepts each payment, and a while later reports it as paid by a signed callback, as
 * Midtrans would, from a process of its own. The sandbox, with its scripted faults, uses too much processor time for a
 * bench.
 */
export type GatewayTask = {
  readonly apiPort: number;
  readonly organizerSlug: string;
  readonly serverKey: string;
  readonly merchantId: string;
  readonly payAfterMs: number;
  /** The share of the payments that buyers pay. The others are left open. Default: 1. */
  readonly payShare?: number;
};
/** When each payment was made, and when its callback was sent and acknowledged, in milliseconds since 1970. */
export type Payment = {
  readonly attemptId: string;
  readonly madeMs: number;
  readonly toldMs: number;
  readonly acknowledgedMs: number;
};
export type GatewayReport =
  | { readonly port: number }
  | {
      readonly payments: readonly Payment[];
      readonly refused: number;
      /** Payments that were made so far, paid or not. */
      readonly made: number;
      /** Calls that made a payment which was made before. */
      readonly repeated: number;
    };

const callbackConnections = 64;
const repeatAfterMs = 250;

let task: GatewayTask | undefined;
let payments: Payment[] = [];
let refused = 0;
let repeated = 0;
const made = new Set<string>();
const paid = new Map<string, string>();
const agent = new Agent({ keepAlive: true, maxSockets: callbackConnections });
const nowMs = () => performance.timeOrigin + performance.now();

const server = createServer((incoming, outgoing) => {
  const answer = (status: number, body: object) => {
    const text = JSON.stringify(body);
    outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    outgoing.end(text);
  };
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    if (incoming.method === 'GET') {
      const body = paid.get(/^\/v2\/([^/]+)\/status$/.exec(incoming.url ?? '')?.[1] ?? '');
      return body === undefined ? answer(404, { status_code: '404' }) : answer(200, JSON.parse(body) as object);
    }
    const closed = /^\/v2\/([^/]+)\/expire$/.exec(incoming.url ?? '')?.[1];
    if (closed !== undefined) return answer(200, { status_code: paid.has(closed) ? '412' : '404' });
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as {
      transaction_details: { order_id: string; gross_amount: number };
    };
    const { order_id: attemptId, gross_amount: amount } = asked.transaction_details;
    answer(201, { token: attemptId, redirect_url: `http://gateway.test/${attemptId}` });
    // The page is made again to end the first one, or because its answer was lost. Nobody pays a second time.
    if (made.has(attemptId)) {
      repeated += 1;
      return;
    }
    const { payShare = 1 } = task ?? {};
    const isPaid = Math.floor((made.size + 1) * payShare) > Math.floor(made.size * payShare);
    made.add(attemptId);
    const madeMs = nowMs();
    if (task !== undefined && isPaid) setTimeout(pay, task.payAfterMs, task, { attemptId, amount, madeMs });
  });
});

type Made = { readonly attemptId: string; readonly amount: number; readonly madeMs: number };

function pay(given: GatewayTask, { attemptId, amount, madeMs }: Made): void {
  const gross = `${amount}.00`;
  const { serverKey } = given;
  const signature = midtransSignature({ orderId: attemptId, statusCode: '200', grossAmount: gross, serverKey });
  const digits = String(paid.size).padStart(12, '0');
  const body = JSON.stringify({
    transaction_time: '2026-01-05 10:00:00',
    transaction_status: 'settlement',
    transaction_id: `00000000-0000-4000-8000-${digits}`,
    status_code: '200',
    signature_key: signature,
    payment_type: 'qris',
    order_id: attemptId,
    merchant_id: given.merchantId,
    gross_amount: gross,
    currency: 'IDR',
    fraud_status: 'accept',
    settlement_time: '2026-01-05 10:01:00',
  });
  paid.set(attemptId, body);
  tell(given, body, { attemptId, madeMs, toldMs: nowMs() });
}

/** Repeated until acknowledged, as gateways do, but sooner. */
function tell(given: GatewayTask, body: string, payment: Omit<Payment, 'acknowledgedMs'>): void {
  const again = () => {
    refused += 1;
    setTimeout(tell, repeatAfterMs, given, body, payment);
  };
  const sent = request(
    {
      agent,
      port: given.apiPort,
      method: 'POST',
      path: `/v1/callbacks/midtrans/${given.organizerSlug}`,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-forwarded-for': '10.0.0.7',
      },
    },
    (answer) => {
      answer.resume();
      if (answer.statusCode === 200) payments.push({ ...payment, acknowledgedMs: nowMs() });
      else again();
    },
  );
  sent.on('error', again);
  sent.end(body);
}

const report = (said: GatewayReport) => process.send?.(said);
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }));
process.on('message', (message: GatewayTask | 'report') => {
  if (message !== 'report') {
    task = message;
    return;
  }
  report({ payments, refused, made: made.size, repeated });
  payments = [];
});
process.once('disconnect', () => process.exit());
