import type { Db } from '../../platform/database/db.ts';
import { readWitness } from './read-witness.ts';
import { findGatewayEntries } from './witness-queries.ts';

/** A line of an outside witness: money that the gateway took for one of our attempts, or gave back. */
export type WitnessMoney = {
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  /** capture; refund, void, reversal or chargeback. */
  readonly kind: string;
};

export type MoneyWitness = { readonly captures: readonly WitnessMoney[]; readonly refunds: readonly WitnessMoney[] };

type Moves = { captures: string[]; returns: string[] };

/**
 * Compares our ledger with what the gateway really did: per attempt the same captures and the same returns, amount by
 * amount. Money that the gateway took and gave back by itself before we heard of either may be missing on our side.
 * @param given the witness's records, or where they are served
 * @returns a sentence per attempt that differs, ids and amounts only
 */
export async function compareWithWitness(db: Db, given: MoneyWitness | string): Promise<string[]> {
  const witness = typeof given === 'string' ? await readWitness(given) : given;
  const theirs = new Map<string, Moves>();
  for (const { orderId, amount, currency } of witness.captures)
    movesOf(theirs, orderId).captures.push(`${amount} ${currency}`);
  for (const { orderId, amount, currency } of witness.refunds)
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
