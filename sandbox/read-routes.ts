import { Hono, type Context } from 'hono';
import { parseMail } from './smtp/inbox.ts';
import { presentTransaction } from './midtrans/core/present-transaction.ts';
import type { JournalRecord } from './journal.ts';
import type { World } from './world.ts';

const listDefault = 100;
const listMax = 5000;
const journalPageMax = 10_000;

/** The reads of scripts and audits: mails, messages, transactions and the journal lists. */
export function readRoutes(world: World): Hono {
  const routes = new Hono()
    .get('/inbox', (context) => {
      const { to, subject } = context.req.query();
      const found = world.inbox
        .newest()
        .filter(
          (mail) =>
            (to === undefined || mail.to.some((address) => address.toLowerCase() === to.toLowerCase())) &&
            contains(mail.subject, subject) &&
            isSince(context, mail.at),
        );
      return context.json({ data: found.slice(0, limitOf(context)) });
    })
    .get('/inbox/:id', async (context) => {
      const mail = world.inbox.get(context.req.param('id'));
      if (mail === undefined) return context.json({ errors: ['no such mail'] }, 404);
      const raw = world.inbox.raw(mail.id);
      return context.json({ ...mail, ...(raw === undefined ? {} : await contentOf(raw)) });
    })
    .get('/inbox/:id/raw', (context) => {
      const raw = world.inbox.raw(context.req.param('id'));
      if (raw === undefined) return context.json({ errors: ['no such mail'] }, 404);
      return context.body(new Uint8Array(raw), 200, { 'content-type': 'message/rfc822' });
    })
    .get('/whatsapp/messages', (context) => {
      const { to, opaque } = context.req.query();
      const newest = [...world.graph.messages.values()].reverse();
      const found = newest.filter(
        (message) =>
          (to === undefined || message.to === to) &&
          (opaque === undefined || message.opaque === opaque) &&
          isSince(context, message.at),
      );
      return context.json({ data: found.slice(0, limitOf(context)) });
    })
    .get('/gateways/messages', (context) => {
      const { to, account } = context.req.query();
      const found = world.gateways.messages.filter(
        (message) => (to === undefined || message.to === to) && (account === undefined || message.account === account),
      );
      return context.json({ data: found.toReversed().slice(0, limitOf(context)) });
    })
    .get('/whatsapp/media/:id', (context) => {
      const media = world.graph.media.get(context.req.param('id'));
      if (media === undefined) return context.json({ errors: ['no such media'] }, 404);
      return context.body(media.bytes, 200, { 'content-type': media.type });
    })
    .get('/midtrans/transactions', (context) => {
      const { orderId, status, customerEmail } = context.req.query();
      const found: unknown[] = [];
      for (const transaction of world.midtrans.transactions.newest()) {
        if (found.length === limitOf(context)) break;
        if (orderId !== undefined && !transaction.orderId.startsWith(orderId)) continue;
        if (status !== undefined && transaction.status !== status) continue;
        if (customerEmail !== undefined && transaction.customer.email !== customerEmail) continue;
        if (isSince(context, transaction.createdAt)) found.push(presentTransaction(transaction));
      }
      return context.json({ data: found });
    })
    .get('/midtrans/transactions/:orderId', (context) => {
      const found = world.midtrans.transactions.findAnywhere(context.req.param('orderId'));
      return found === undefined
        ? context.json({ errors: ['no such order_id'] }, 404)
        : context.json(presentTransaction(found));
    });
  for (const name of ['captures', 'refunds', 'messages', 'lines'] as const) {
    routes.get(`/journal/${name}`, (context) => journalPage(context, world.journal[name](), world.journal.dropped()));
  }
  return routes;
}

/** NDJSON after the cursor `since` (a sequence number). `Next-Cursor` is set if there is more. */
function journalPage(context: Context, records: readonly JournalRecord[], dropped: number): Response {
  const since = Number(context.req.query('since') ?? 0);
  const limit = Math.min(Number(context.req.query('limit') ?? journalPageMax), journalPageMax);
  const start = firstAfter(records, since);
  const page = records.slice(start, start + limit);
  const last = page.at(-1);
  const headers = new Headers({ 'content-type': 'application/x-ndjson', 'journal-dropped': String(dropped) });
  if (last !== undefined && start + limit < records.length) headers.set('next-cursor', String(last.seq));
  return new Response(page.map(journalLine).join(''), { headers });
}

/** Only the sandbox's own restart needs the state change of a line. */
function journalLine({ patch: _patch, ...record }: JournalRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Records are in the order of their sequence numbers. */
function firstAfter(records: readonly JournalRecord[], seq: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function contentOf(raw: Buffer): Promise<Record<string, unknown>> {
  const mail = await parseMail(raw);
  return {
    text: mail.text,
    html: mail.html,
    headers: mail.headers.map(({ key, value }) => ({ key, value })),
    attachments: mail.attachments.map(({ filename, mimeType, contentId, content }) => ({
      filename,
      mimeType,
      contentId,
      size: typeof content === 'string' ? content.length : content.byteLength,
    })),
  };
}

function contains(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}

function limitOf(context: Context): number {
  const limit = Number(context.req.query('limit') ?? listDefault);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, listMax) : listDefault;
}

/** `since` is RFC 3339 or epoch milliseconds. */
function isSince(context: Context, at: string | number): boolean {
  const since = context.req.query('since');
  if (since === undefined) return true;
  const from = /^\d+$/.test(since) ? Number(since) : Date.parse(since);
  return Number.isNaN(from) || new Date(at).getTime() >= from;
}
