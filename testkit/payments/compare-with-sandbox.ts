import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { ledgerEntries } from '../../src/payments/tables.ts';
import type { Db } from '../../src/platform/database/db.ts';

/** A line of the sandbox's journal: money that the gateway captured for one of our attempts, or gave back. */
const line = z.looseObject({
  orderId: z.string(),
  amount: z.number(),
  currency: z.string(),
  /** capture; refund, void, reversal or chargeback. */
  kind: z.string(),
});
type MoneyLine = z.output<typeof line>;
type MoneyLines = { readonly captures: readonly MoneyLine[]; readonly refunds: readonly MoneyLine[] };
type Moves = { captures: string[]; returns: string[] };

const pageSize = 10_000;
const pagesMax = 10_000;
const deadlineMs = 30_000;

/**
 * Compares our ledger with the gateway's journal: the same captures and returns per attempt, with the same amounts. Money
 * that the gateway captured and gave back before we learned of either may be missing in the ledger.
 * @param given the lines of the journal, or the address of the sandbox
 * @returns a sentence per attempt that differs, with ids and amounts only
 */
export async function compareWithSandbox(db: Db, given: MoneyLines | string): Promise<string[]> {
  const journal = typeof given === 'string' ? await readJournal(given) : given;
  const theirs = new Map<string, Moves>();
  for (const { orderId, amount, currency } of journal.captures)
    movesOf(theirs, orderId).captures.push(`${amount} ${currency}`);
  for (const { orderId, amount, currency } of journal.refunds)
    movesOf(theirs, orderId).returns.push(`${amount} ${currency}`);
  const ours = new Map<string, Moves>();
  for (const { attemptId, amount, currency } of await findGatewayEntries(db)) {
    const moves = movesOf(ours, attemptId);
    if (amount > 0) moves.captures.push(`${amount} ${currency}`);
    else moves.returns.push(`${-amount} ${currency}`);
  }
  const sentences: string[] = [];
  for (const attemptId of new Set([...theirs.keys(), ...ours.keys()])) {
    const [gateway, ledger] = [theirs.get(attemptId) ?? none, ours.get(attemptId) ?? none];
    const cameAndWent = ledger === none && same(gateway.captures, gateway.returns);
    if (cameAndWent || (same(gateway.captures, ledger.captures) && same(gateway.returns, ledger.returns))) continue;
    sentences.push(`${attemptId}: the gateway ${describe(gateway)}; our ledger ${describe(ledger)}`);
  }
  return sentences;
}

/** Every movement of money at a gateway in the ledger. */
function findGatewayEntries(db: Db): Promise<{ attemptId: string; amount: number; currency: string }[]> {
  return db
    .select({ attemptId: ledgerEntries.attemptId, amount: ledgerEntries.amount, currency: ledgerEntries.currency })
    .from(ledgerEntries)
    .where(eq(ledgerEntries.account, 'gateway'))
    .orderBy(asc(ledgerEntries.postedAt));
}

const none: Moves = { captures: [], returns: [] };

function movesOf(map: Map<string, Moves>, attemptId: string): Moves {
  const known = map.get(attemptId);
  if (known !== undefined) return known;
  const moves: Moves = { captures: [], returns: [] };
  map.set(attemptId, moves);
  return moves;
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join() === other.toSorted().join();
}

function describe({ captures, returns }: Moves): string {
  return `took [${captures.join(', ')}] and gave back [${returns.join(', ')}]`;
}

/** Reads all lines about money, page by page (NDJSON, `Next-Cursor`). */
async function readJournal(url: string): Promise<MoneyLines> {
  return { captures: await readAll(`${url}/journal/captures`), refunds: await readAll(`${url}/journal/refunds`) };
}

async function readAll(url: string): Promise<MoneyLine[]> {
  const lines: MoneyLine[] = [];
  let cursor: string | null = '0';
  for (let page = 0; cursor !== null && page < pagesMax; page += 1) {
    const response: Response = await fetch(`${url}?since=${encodeURIComponent(cursor)}&limit=${pageSize}`, {
      signal: AbortSignal.timeout(deadlineMs),
    });
    if (!response.ok) throw new Error(`the journal answered ${response.status}`);
    const texts = (await response.text()).split('\n').filter((text) => text !== '');
    lines.push(...texts.map((text) => line.parse(JSON.parse(text))));
    cursor = response.headers.get('next-cursor');
  }
  return lines;
}
