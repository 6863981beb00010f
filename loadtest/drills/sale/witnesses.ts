import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { invariants } from '../../../src/invariants.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { compareWithSandbox } from '../../../testkit/payments/compare-with-sandbox.ts';
import type { VerdictRow } from '../drill.ts';
import type { DrillWorld } from '../world/world.ts';
import type { Bought } from './buyers.ts';
import type { Strikes } from './strikes.ts';

/**
 * The fate of the orders, by independent witnesses: the buyers' answers, the database, and the messages that gateway,
 * mail server and WhatsApp accepted.
 */
export type Verdict = { readonly rows: readonly VerdictRow[]; readonly faults: readonly string[] };

const shownMax = 3;
/** The row whose gaps no later work can fill. */
export const toldOf = 'orders that buyers were told of';

export async function verdictOf(
  world: DrillWorld,
  sale: TestEvent,
  bought: readonly Bought[],
  strikes: Strikes,
): Promise<Verdict> {
  const kept = await keptOrders(world, sale);
  const byEmail = Map.groupBy(kept, ({ email }) => email);
  const gateway = Map.groupBy(world.sandbox.journal.captures(), (line) => orderOf(String(line['orderId'])));
  const mails = Map.groupBy(acceptedBy(world, 'mail.accepted'), (line) => String(line['messageId']));
  const messages = Map.groupBy(acceptedBy(world, 'whatsapp.accepted'), (line) => String(line['opaque']));
  const rows = [
    countRow(toldOf, bought, ({ ids, gaveUp, email }) => {
      const different = new Set([...ids, ...(byEmail.get(email) ?? []).map(({ id }) => id)]).size;
      return !gaveUp && ids.length > 0 && kept.some(({ id }) => id === ids[0]) ? different : 0;
    }),
    countRow('payments taken by the gateway', kept, ({ id }) => gateway.get(id)?.length ?? 0),
    countRow('orders paid, with all their tickets', kept, (order) => Number(order.isPaid && order.hasTickets)),
    countRow('mails with the tickets', kept, ({ mailId }) => mails.get(mailId ?? '')?.length ?? 0, [mails, strikes]),
    countRow(
      'WhatsApp messages with the tickets',
      kept,
      ({ messageId }) => messages.get(messageId ?? '')?.length ?? 0,
      [messages, strikes],
    ),
  ];
  return { rows, faults: [...rows.flatMap(faultsOf), ...(await booksOf(world))] };
}

type Kept = {
  readonly id: string;
  readonly email: string;
  readonly isPaid: boolean;
  readonly hasTickets: boolean;
  /** The Message-ID of the mail with the tickets. */
  readonly mailId: string | null;
  /** The id by which WhatsApp knows the message with the tickets. */
  readonly messageId: string | null;
};

function keptOrders({ owner }: DrillWorld, sale: TestEvent): Promise<Kept[]> {
  return rowsOf<Kept>(
    owner.db,
    sql`select o.id, o.buyer_email as email, o.status = 'paid' as "isPaid",
               (select count(*) from tickets t where t.event_id = o.event_id and t.order_id = o.id and t.status = 'live') = o.quantity as "hasTickets",
               mail.provider_message_id as "mailId", message.id as "messageId"
        from orders o
        left join deliveries mail on mail.subject_id = o.id and mail.template = 'tickets' and mail.channel = 'email'
        left join deliveries message on message.subject_id = o.id and message.template = 'tickets' and message.channel = 'whatsapp'
        where o.event_id = ${sale.id}`,
  );
}

type Accepted = { readonly at: string };

function acceptedBy({ sandbox }: DrillWorld, kind: string) {
  return sandbox.journal.messages().filter((line) => line.kind === kind);
}

const orderOf = (attemptId: string) => `ord_${attemptId.slice(4, -2)}`;

/** @param messages if given, a message may have been sent twice if its first copy was accepted while a fault struck */
function countRow<Item>(
  what: string,
  items: readonly Item[],
  timesOf: (item: Item) => number,
  messages?: readonly [ReadonlyMap<string, readonly Accepted[]>, Strikes],
): VerdictRow {
  const times = items.map(timesOf);
  const repeated = messages === undefined ? [] : [...messages[0].values()].filter((copies) => copies.length > 1);
  const allowed = repeated.filter((copies) => messages?.[1].mayRepeat(firstOf(copies)) === true);
  const found = times.filter((count) => count > 0).length;
  return {
    what,
    expected: items.length,
    found,
    missing: items.length - found,
    twice: messages === undefined ? times.filter((count) => count > 1).length : repeated.length,
    allowed: allowed.length,
  };
}

const firstOf = (copies: readonly Accepted[]) => Math.min(...copies.map(({ at }) => Date.parse(at)));

function faultsOf({ what, missing, twice, allowed }: VerdictRow): string[] {
  return [
    ...(missing > 0 ? [`${what}: ${missing} missing`] : []),
    ...(twice > allowed ? [`${what}: ${twice - allowed} twice without a reason`] : []),
  ];
}

/** All invariants, our ledger against the gateway's journal, and jobs that were given up. */
async function booksOf(world: DrillWorld): Promise<string[]> {
  const { db } = world.owner;
  const faults: string[] = [];
  for (const invariant of invariants)
    for (const violation of (await invariant.find(db)).slice(0, shownMax))
      faults.push(`${invariant.name}: ${violation}`);
  for (const violation of (await compareWithSandbox(db, world.sandbox.url)).slice(0, shownMax))
    faults.push(`the gateway's journal: ${violation}`);
  const buried = await rowsOf<{ name: string; failure: string; count: number }>(
    db,
    sql`select name, failure, count(*)::int as count from dead_letters group by name, failure order by count desc`,
  );
  return [...faults, ...buried.map(({ name, failure, count }) => `${count} times ${name} was given up: ${failure}`)];
}
