import { z } from 'zod';
import type { Load } from '../../bench/harness/measure.ts';
import type { OrderShape } from '../../bench/load/order-requests.ts';
import { paidShare } from '../../bench/surge/mix.ts';
import { nextNetwork } from '../../bench/surge/step.ts';
import { at, listOf, request } from '../../demo/http.ts';
import { type Answer, type Destination, openConnection, originOf, requestBytes } from '../../generator/connection.ts';
import { eventIdOf } from '../../../src/platform/ids.ts';
import type { Copy } from '../copies/copy-event.ts';

export type Person = { readonly number: number; readonly email: string };

/** All buyers of a rehearsal: who comes next, their orders, and their tickets. */
export type Buyers = {
  nextPerson(): Person;
  orderOf(shape: OrderShape, person: Person, headers?: Readonly<Record<string, string>>): string;
  /** Orders of a copy, each by another buyer. Sold-out categories are left out once the page shows them as such. */
  orders(copy: Copy): Load;
  /** Reads of placed orders, and of the tickets of paid ones. */
  reads(): Load;
  /** Scans of unused tickets; if there is none, of a used one. */
  scans(): Load;
  /** Called with each answer to an order. */
  placed(answer: Answer): void;
  /** Places free orders of a copy, and reads their tickets after `settled`. */
  fillDoor(copy: Copy, settled: () => Promise<unknown>): Promise<void>;
};

/** Orders and tickets that are kept. */
const rememberedMax = 20_000;
const guestTickets = 500;
const availabilityEveryMs = 1000;
const soldOutCode = '"stock.sold_out"';

/** Buyers whose address begins with `pays` pay. The sandbox knows this, and nothing else tells them apart. */
const mailbox = (run: string, kind: 'pays' | 'leaves', number: number | '*') =>
  `${kind}.${number}@${run}.rehearsal.test`;
export const payersPattern = (run: string) => mailbox(run, 'pays', '*');

export function createBuyers(given: {
  readonly run: string;
  readonly doorToken: string;
  readonly to: Destination;
}): Buyers {
  const { run, doorToken, to } = given;
  const book = createOrderBook();
  let people = 0;
  const person = (kind: 'pays' | 'leaves'): Person => {
    people += 1;
    return { number: people, email: mailbox(run, kind, people) };
  };
  const nextPerson = () =>
    person(Math.floor((people + 1) * paidShare) > Math.floor(people * paidShare) ? 'pays' : 'leaves');
  const orderOf: Buyers['orderOf'] = ({ slug, lines }, { number, email }, headers = {}) => {
    const digits = String(number).padStart(10, '0');
    const buyer = { name: 'Ayu Lestari', email, phone: `+6281${digits}` };
    return requestBytes(
      'POST',
      '/v1/orders',
      { 'idempotency-key': `rehearsal-${run}-${digits}`, 'event-slug': slug, ...headers },
      JSON.stringify({ eventSlug: slug, buyer, lines, locale: 'id' }),
    );
  };
  return {
    nextPerson,
    orderOf,
    placed: book.placed,
    orders: (copy) => {
      const shelf = createShelf(copy, to);
      return {
        next: () => orderOf(shelf.next(), nextPerson()),
        onAnswer: (answer) => {
          book.placed(answer);
          if (isSoldOut(answer)) shelf.look();
        },
        counts: (answer) => answer.status === 201 || isSoldOut(answer),
      };
    },
    reads: () => ({ next: book.nextRead, onAnswer: book.read, counts: ({ status }) => status === 200 }),
    scans: () => scansOf(book, { run, doorToken }),
    fillDoor: async ({ guests }, settled) => {
      if (guests === undefined) throw new Error('the copy has no guests');
      const tickets = guests.lines.reduce((sum, { quantity }) => sum + quantity, 0);
      for (let left = guestTickets; left > 0; left -= tickets)
        await send(to, orderOf(guests, person('pays')), book.placed);
      await settled();
      // Each order is read once and found paid, and then its tickets are read.
      for (let reads = 2 * Math.ceil(guestTickets / tickets); reads > 0; reads -= 1)
        await send(to, book.nextRead(), book.read);
    },
  };
}

/** A sale that answers for its last ticket is correct. */
function isSoldOut({ status, body }: Answer): boolean {
  return status === 409 && body.includes(soldOutCode);
}

/** One request from a network of its own. */
async function send(to: Destination, bytes: string, take: (answer: Answer) => void): Promise<void> {
  const connection = await openConnection(to, nextNetwork());
  take(await connection.send(bytes));
  connection.close();
}

type Placed = { readonly id: string; readonly token: string };
type Held = { readonly eventId: string; readonly code: string };
type OrderBook = ReturnType<typeof createOrderBook>;

const orderSchema = z.object({ id: z.string(), status: z.string(), accessToken: z.string().optional() });

/** Orders that were placed lately, and the tickets of paid ones. */
function createOrderBook() {
  const ring: Placed[] = [];
  const tokens = new Map<string, string>();
  const unread: Placed[] = [];
  const fresh: Held[] = [];
  const shown: Held[] = [];
  let placed = 0;
  let reads = 0;
  let shows = 0;
  return {
    placed: ({ status, body }: Answer): void => {
      if (status !== 201) return;
      const { id, accessToken: token = '' } = orderSchema.parse(JSON.parse(body.toString()));
      const place = placed % rememberedMax;
      tokens.delete(ring[place]?.id ?? '');
      tokens.set(id, token);
      ring[place] = { id, token };
      placed += 1;
    },
    nextRead: (): string => {
      const paid = unread.shift();
      const { id, token } = paid ?? ring[reads % Math.max(1, ring.length)] ?? { id: 'ord_none', token: 'none' };
      if (paid === undefined) reads += 1;
      const path = `/v1/orders/${id}${paid === undefined ? '' : '/tickets'}`;
      return requestBytes('GET', path, { authorization: `Bearer ${token}` });
    },
    read: ({ status, body }: Answer): void => {
      if (status !== 200) return;
      const content: unknown = JSON.parse(body.toString());
      for (const ticket of listOf(content))
        fresh.push({ eventId: eventIdOf(String(at(ticket, 'id'))), code: String(at(ticket, 'code')) });
      const order = orderSchema.safeParse(content).data;
      const token = order?.status === 'paid' ? tokens.get(order.id) : undefined;
      if (order === undefined || token === undefined) return;
      // Its tickets are read once.
      tokens.delete(order.id);
      unread.push({ id: order.id, token });
    },
    nextTicket: (): Held => {
      const ticket = fresh.shift();
      if (ticket !== undefined && shown.length < rememberedMax) shown.push(ticket);
      shows += 1;
      return ticket ?? shown[shows % Math.max(1, shown.length)] ?? { eventId: '', code: '' };
    },
  };
}

function scansOf(book: OrderBook, { run, doorToken }: { run: string; doorToken: string }): Load {
  return {
    next: () => {
      const body = JSON.stringify({ ...book.nextTicket(), scanId: `rehearsal-${run}-${process.hrtime.bigint()}` });
      return requestBytes('POST', '/v1/check-ins', { authorization: `Bearer ${doorToken}` }, body);
    },
    counts: ({ status }) => status === 200,
  };
}

/** The categories that buyers may still choose: those that the page shows as sold out are left out. */
function createShelf({ slug, shapes }: Copy, to: Destination) {
  let left = shapes;
  let taken = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async () => {
    const { body } = await request(`${originOf(to)}/v1/events/${slug}/availability`);
    const gone = new Set(
      listOf(body)
        .filter((one) => at(one, 'band') === 'none')
        .map((one) => at(one, 'ticketCategoryId')),
    );
    const rest = shapes.filter(({ lines }) => lines.every(({ ticketCategoryId }) => !gone.has(ticketCategoryId)));
    // Nothing is left: the order's answer tells later buyers.
    left = rest.length > 0 ? rest : shapes.slice(0, 1);
  };
  return {
    next: (): OrderShape => {
      taken += 1;
      const shape = left[taken % left.length];
      if (shape === undefined) throw new Error('the copy has no category on sale');
      return shape;
    },
    look: (): void => {
      if (performance.now() - lookedAt < availabilityEveryMs) return;
      lookedAt = performance.now();
      // The next refusal looks again.
      look().catch(() => {});
    },
  };
}
