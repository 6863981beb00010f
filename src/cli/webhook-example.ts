import { createHmac, timingSafeEqual } from 'node:crypto';
import { catalogue, webhookBody } from '../notifications/webhooks/catalogue.ts';
import { newWebhookSecret, signedHeaders } from '../notifications/webhooks/sign.ts';

/**
 * Prints a webhook as an endpoint receives it, and checks its signature step by step, as `docs/features/webhooks.md` describes:
 *
 *     npm run webhook:example
 *     npm run webhook:example -- whsec_...     with a secret of yours
 */
const secretPattern = /^whsec_[\w+/]{32,100}={0,2}$/;

const [given] = process.argv.slice(2);
const secret = given ?? newWebhookSecret();
if (given === '--help' || given === '-h') process.stdout.write('usage: webhook-example [whsec_...]\n');
else if (secretPattern.test(secret)) print();
else {
  process.stderr.write(
    'webhook-example: the secret must look like whsec_..., as it was shown when the endpoint was made\n',
  );
  process.exitCode = 2;
}

function print(): void {
  const at = new Date('2027-03-20T12:31:07.214Z');
  const data = catalogue['order.paid'].data.parse({
    orderId: 'ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE',
    eventId: 'evt_7K3M9XQ2',
    code: '9QX4T-0RBVE',
    status: 'paid',
    quantity: 2,
    liveTickets: 2,
    total: { amount: 700_000, currency: 'IDR' },
    placedAt: '2027-03-20T12:30:41.090Z',
    paidAt: '2027-03-20T12:31:07.201Z',
    closedAt: null,
    cancelledBy: null,
  });
  const id = 'msg_01KE7Q5W3XZ9QX4T0RBV';
  const body = webhookBody({ type: 'order.paid', occurredAt: at, data });
  const headers = signedHeaders([secret], { id, sentAt: new Date(at.getTime() + 400), body });
  const signed = `${id}.${headers['webhook-timestamp']}.${body}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(signed).digest();
  const given = Buffer.from(headers['webhook-signature'].slice('v1,'.length), 'base64');
  const isRight = given.length === expected.length && timingSafeEqual(given, expected);
  process.stdout.write(
    [
      'POST /antre HTTP/1.1',
      'content-type: application/json',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
      '',
      `secret           ${secret}`,
      `key              its ${key.length} bytes after whsec_, from base64`,
      `signed text      ${signed.slice(0, 60)}...   (id, timestamp and raw body, joined by dots)`,
      `HMAC-SHA256      ${expected.toString('base64')}`,
      `the same as v1   ${isRight ? 'yes' : 'NO'}`,
      '',
    ].join('\n'),
  );
  if (!isRight) process.exitCode = 1;
}
