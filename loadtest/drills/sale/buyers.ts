import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../../sandbox/random.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { say } from '../../bench/harness/stack.ts';
import { networkAddress } from '../../bench/load/order-requests.ts';

/** One buyer's order: what was sent, and what the buyer was told, in the order of the answers. */
export type Bought = {
  readonly number: number;
  readonly email: string;
  readonly phone: string;
  readonly quantity: number;
  /** Ids of the order in answers with 201. More than one different id is a fault. */
  readonly ids: string[];
  /** Requests that were not answered with 201: their outcome is unknown, and the key is sent again. */
  failures: number;
  /** Whether a request with its key got no answer within the buyer's patience. */
  gaveUp: boolean;
  /** When the buyer learned of the order, in milliseconds since 1970. */
  knownAtMs?: number;
};

export type BuyersOptions = {
  readonly url: string;
  readonly sale: TestEvent;
  readonly orders: number;
  readonly seconds: number;
  readonly seed: number;
  readonly random: Random;
  /** For a mutant: what shows that it is noticed, and need not be waited out: a lost order, or a request that failed. */
  readonly enough?: 'loss' | 'failure' | undefined;
};

/** Shared by all buyers of a run. */
type Sale = BuyersOptions & { isNoticed: boolean };

const answerDeadlineMs = 6000;
const againAfterMs = 500;
/** A buyer gives up after this long, which is a fault, because no part is down for that long. */
const patienceMs = 60_000;
/** A fault of ours. The same request meets it again; an order that has to wait is refused with 503. */
const faultStatus = 500;
/** Buyers who press twice. */
const pressesTwice = 0.05;
const networks = 20_000;
const tellEveryMs = 5000;

/**
 * Buyers arrive at random moments, at a steady average rate, whatever the answers are. Each sends its order with its
 * key until it is acknowledged. Some of them send it again afterwards, which must return the same order.
 */
export async function placeOrders(given: BuyersOptions): Promise<Bought[]> {
  const { orders, seconds, random } = given;
  const sale = { ...given, isNoticed: false };
  const arrivals = Array.from({ length: orders }, () => random() * seconds * 1000).sort((one, two) => one - two);
  const started = performance.now();
  const all: Bought[] = [];
  const running: Promise<void>[] = [];
  let done = 0;
  const telling = setInterval(() => say(`${all.length} of ${orders} buyers have come, ${done} are done`), tellEveryMs);
  try {
    for (const [index, atMs] of arrivals.entries()) {
      const waitMs = started + atMs - performance.now();
      if (waitMs > 0) await pause(waitMs);
      const bought = someBuyer(given.seed, index, random);
      all.push(bought);
      running.push(buy(sale, bought, random() < pressesTwice).then(() => void (done += 1)));
    }
    await Promise.all(running);
  } finally {
    clearInterval(telling);
  }
  return all;
}

/** The longest time in seconds in which no buyer got an order. */
export function longestSilence(bought: readonly Bought[]): number {
  const told = bought.flatMap(({ knownAtMs }) => knownAtMs ?? []).sort((one, two) => one - two);
  const gaps = told.map((atMs, place) => atMs - (told[place - 1] ?? atMs));
  return Math.round(Math.max(0, ...gaps) / 100) / 10;
}

function someBuyer(seed: number, number: number, random: Random): Bought {
  const digits = `${seed}`.padStart(3, '0').slice(-3) + String(number).padStart(7, '0');
  return {
    number,
    email: `buyer.${digits}@drill.test`,
    phone: `+6281${digits}`,
    quantity: 1 + Math.floor(random() * 2),
    ids: [],
    failures: 0,
    gaveUp: false,
  };
}

async function buy(sale: Sale, bought: Bought, again: boolean): Promise<void> {
  const init = requestOf(sale, bought);
  for (let presses = again ? 2 : 1; presses > 0; presses -= 1) {
    const id = await askUntilTold(sale, init, bought);
    if (id === undefined) bought.gaveUp = true;
    else bought.ids.push(id);
    if (bought.gaveUp && sale.enough !== undefined) break;
  }
  bought.knownAtMs = Date.now();
}

/** When one buyer has shown enough of a mutant, those who still wait give up, too. */
async function askUntilTold(sale: Sale, init: RequestInit, bought: Bought): Promise<string | undefined> {
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt) {
    const answer = await askOnce(sale.url, init);
    if (typeof answer === 'string') return answer;
    bought.failures += 1;
    if (sale.enough === 'failure') sale.isNoticed = true;
    if (sale.enough !== undefined && (answer === faultStatus || sale.isNoticed)) return undefined;
    await pause(againAfterMs * (1 + Math.random()));
  }
  sale.isNoticed = true;
  return undefined;
}

function requestOf({ sale, seed }: BuyersOptions, { number, email, phone, quantity }: Bought): RequestInit {
  const category = sale.categories[number % sale.categories.length];
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `drill-${hash('md5', `${sale.id} ${seed} ${number}`)}`,
      'x-forwarded-for': networkAddress(number % networks),
    },
    body: JSON.stringify({
      eventSlug: sale.slug,
      buyer: { name: 'Ayu Lestari', email, phone },
      lines: [{ ticketCategoryId: category?.id, quantity }],
      locale: 'id',
    }),
  };
}

/** The order's id, or the status of a refusal; 0 if there was no answer. */
async function askOnce(url: string, init: RequestInit): Promise<string | number> {
  try {
    const answer = await fetch(`${url}/v1/orders`, { ...init, signal: AbortSignal.timeout(answerDeadlineMs) });
    const body = await answer.text();
    return answer.status === 201 ? (JSON.parse(body) as { id: string }).id : answer.status;
  } catch {
    return 0;
  }
}
