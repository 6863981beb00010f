import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { Agent, fetch } from 'undici';
import { startSandbox } from '../../sandbox/start-sandbox.ts';
import { openDb, rowsOf } from '../../src/platform/database/db.ts';
import { createEvent } from '../../testkit/factories.ts';
import { until } from '../../testkit/until.ts';
import type { Sold } from './buyers.ts';

/**
 * Buyers on the loopback of a machine that `npm run deploy:try` has made: free tickets, through the edge with TLS,
 * mailed to a mail server of the sandbox. It answers each line on standard input with the results since the previous
 * line, as JSON. When standard input ends, it waits until every order has its tickets and its mail, reports that, and
 * ends.
 */
const { PUBLIC_URL = '', CERTIFICATE = '', DATABASE_DIRECT_URL = '', SMTP_PORT = '' } = process.env;
// Below the limits of one network, which all these buyers share.
const everyMs = 250;
const answerDeadlineMs = 10_000;
/** Of so many orders one has its tickets printed. */
const pdfEvery = 20;
const settleWithinMs = 120_000;

const owner = openDb({
  url: DATABASE_DIRECT_URL,
  name: 'sell',
  poolSize: 2,
  acquireTimeoutMs: 5000,
  callTimeoutMs: 30_000,
  prepare: false,
});
const sandbox = await startSandbox({ smtpPort: Number(SMTP_PORT) });
const sale = await createEvent(owner.db, { categories: [{ capacity: 100_000, price: 0 }] });
// The name of the domain means this machine.
const edge = new Agent({
  connect: {
    ca: readFileSync(CERTIFICATE, 'utf8'),
    lookup: (_host, _options, answer) => answer(null, [{ address: '127.0.0.1', family: 4 }]),
  },
});
let sold: Sold = { placed: 0, failed: {}, slowestMs: 0 };
let number = 0;
let isOver = false;

async function buy(): Promise<void> {
  number += 1;
  const began = performance.now();
  const outcome = await fetch(`${PUBLIC_URL}/v1/orders`, {
    dispatcher: edge,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `deploy-try-${process.pid}-${number}` },
    body: JSON.stringify({
      eventSlug: sale.slug,
      buyer: {
        name: 'Ayu Lestari',
        email: `buyer.${number}@try.test`,
        phone: `+62811${String(number).padStart(7, '0')}`,
      },
      lines: [{ ticketCategoryId: sale.categories[0]?.id, quantity: 1 }],
      locale: 'id',
    }),
    signal: AbortSignal.timeout(answerDeadlineMs),
  }).then(
    async (answer) => {
      if (answer.status !== 201) return `${answer.status} ${(await answer.text()).slice(0, 200)}`;
      return number % pdfEvery === 1 ? printed((await answer.json()) as Placed) : undefined;
    },
    (error: unknown) => String(error instanceof Error && error.cause !== undefined ? error.cause : error),
  );
  if (outcome === undefined) sold.placed += 1;
  else sold.failed[outcome] = (sold.failed[outcome] ?? 0) + 1;
  sold.slowestMs = Math.max(sold.slowestMs, Math.round(performance.now() - began));
}

type Placed = { readonly id: string; readonly accessToken: string };

/** Prints an order's tickets, which the API has a helper process do. The fault, if there was one. */
async function printed({ id, accessToken }: Placed): Promise<string | undefined> {
  const answer = await fetch(`${PUBLIC_URL}/v1/orders/${id}/tickets.pdf`, {
    dispatcher: edge,
    headers: { authorization: `Bearer ${accessToken}` },
    signal: AbortSignal.timeout(answerDeadlineMs),
  });
  const text = await answer.text();
  return answer.status === 200 && text.startsWith('%PDF') ? undefined : `PDF ${answer.status} ${text.slice(0, 200)}`;
}

async function unserved(): Promise<number> {
  const [left] = await rowsOf<{ count: number }>(
    owner.db,
    sql`select count(*)::int as count from orders o where o.event_id = ${sale.id} and not (o.status = 'paid' and exists (
          select from tickets t where t.event_id = o.event_id and t.order_id = o.id and t.status = 'live') and exists (
          select from deliveries d where d.subject_id = o.id and d.template = 'tickets' and d.channel = 'email' and d.accepted_at is not null))`,
  );
  return left?.count ?? 0;
}

const lines = createInterface({ input: process.stdin });
lines.on('line', () => {
  process.stdout.write(`${JSON.stringify(sold)}\n`);
  sold = { placed: 0, failed: {}, slowestMs: 0 };
});
lines.on('close', () => (isOver = true));
const running = new Set<Promise<void>>();
while (!isOver) {
  const one = buy();
  running.add(one);
  void one.then(() => running.delete(one));
  await pause(everyMs);
}
await Promise.all(running);
await until(async () => (await unserved()) === 0, settleWithinMs).catch(() => {});
const mails = sandbox.journal.messages().filter(({ kind }) => kind === 'mail.accepted').length;
process.stdout.write(`${JSON.stringify({ unserved: await unserved(), mails })}\n`);
process.exit();
