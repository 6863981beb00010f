import { sql } from 'drizzle-orm';
import { tellChange } from '../../platform/changes.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { eventIdOf, newId, orderIdOf } from '../../platform/ids.ts';
import { tellStaged } from '../../platform/jobs/tell-staged.ts';
import { checkAfterSeconds } from '../attempts/check-plan.ts';
import type { GatewayAccount, GatewayFact } from '../gateways/gateway.ts';
import {
  settlementBatchMax,
  settlementDeadlineMs,
  settlementFlushesMax,
  settlementQueueMax,
  workerFlushEnough,
  workerFlushEveryMs,
} from '../limits.ts';
import { callbacksApplied, moneyReceived } from '../metrics.ts';
import { type StoredCallback, findCallbacks } from './queries.ts';

/**
 * The batched path of callbacks that arrive together: a signed success for a waiting attempt of a waiting order. Up to
 * a hundred of one event are read and applied by one call each, with one flush to disk. One by one, they would queue
 * for the stock row of their pool, and each order would wait for the previous one's flush.
 */
export type Settlements = {
  /** A stored callback, read in a batch; undefined if there is none. */
  find(callbackId: number): Promise<StoredCallback | undefined>;
  /** False if the single path must decide. Nothing was changed then. */
  settle(callbackId: number, account: GatewayAccount, fact: GatewayFact): Promise<boolean>;
};

type Item = { readonly callbackId: number; readonly fact: GatewayFact; readonly buyerPaysFee: boolean };

export function createSettlements({ db, clock }: { db: Db; clock: Clock }): Settlements {
  const limits = {
    batchMax: settlementBatchMax,
    queueMax: settlementQueueMax,
    deadlineMs: settlementDeadlineMs,
    flushesMax: settlementFlushesMax,
    everyMs: workerFlushEveryMs,
    enough: workerFlushEnough,
  };
  const reads = createGroupCommit<number, StoredCallback | undefined>({
    name: 'stored_callbacks',
    flush: async (_lane, ids) => {
      const found = new Map((await findCallbacks(db, ids)).map((callback) => [callback.id, callback]));
      return ids.map((id) => found.get(id));
    },
    ...limits,
  });
  const writes = createGroupCommit<Item, boolean>({
    name: 'settlements',
    flush: (eventId, items) => applySettlements(db, clock, eventId, items),
    ...limits,
    keysOf: ({ fact }) => [orderIdOf(fact.attemptId)],
  });

  return {
    find: (callbackId) => reads.submit('callbacks', callbackId),
    settle: async (callbackId, account, fact) => {
      if (!isCommon(account, fact)) return false;
      const { buyerPaysFee } = account;
      const isPaid = await writes.submit(eventIdOf(fact.attemptId), { callbackId, fact, buyerPaysFee });
      if (isPaid) {
        callbacksApplied.inc({ outcome: 'applied' });
        moneyReceived.inc({ outcome: 'paid' });
      }
      return isPaid;
    },
  };
}

/** The conditions that need no row. The function checks the others. */
function isCommon(account: GatewayAccount, { state, signedClass, merchantId, isExact }: GatewayFact): boolean {
  const isSuccess = signedClass === 'success' && (state === 'settled' || state === 'captured');
  return isSuccess && isExact && merchantId === account.merchantId;
}

/** The items that were paid (`drizzle/functions/payments/apply_settlements.sql`). */
async function applySettlements(db: Db, clock: Clock, eventId: string, items: readonly Item[]): Promise<boolean[]> {
  const now = clock.now();
  const given = items.map(({ callbackId, buyerPaysFee, fact }) => ({
    callbackId,
    orderId: orderIdOf(fact.attemptId),
    attemptId: fact.attemptId,
    status: fact.state,
    amount: fact.amount,
    currency: fact.currency,
    reference: fact.gatewayReference,
    method: fact.method,
    instructions: fact.instructions,
    checkSeconds: checkAfterSeconds(fact.state === 'captured' ? 'captured' : 'settled', fact.method ?? 'any'),
    fee: fact.fee,
    buyerPaysFee,
    emailId: newId('dlv', now),
    whatsappId: newId('dlv', now),
  }));
  const [row] = await rowsOf<{ paid: number[] }>(
    db,
    sql`select to_jsonb(apply_settlements(${eventId}, ${JSON.stringify(given)}::jsonb)) as paid ${prepared}`,
  );
  const paid = new Set(row?.paid);
  const orders = given
    .filter((_, place) => paid.has(place + 1))
    .map(({ orderId }) => ({ id: orderId, status: 'paid' }));
  if (orders.length > 0) {
    tellStaged(db);
    tellChange({ eventId, orders, paid: orders.length });
  }
  return items.map((_, place) => paid.has(place + 1));
}
