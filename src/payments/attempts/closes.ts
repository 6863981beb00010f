import { sql } from 'drizzle-orm';
import { tellChange } from '../../platform/changes.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { tellStaged } from '../../platform/jobs/tell-staged.ts';
import { attemptGroupLimits, closedCheckSeconds } from '../limits.ts';

/**
 * The batched path of orders whose holds have ended with an open attempt. Every order that nobody pays comes here, so a rush brings as many
 * in one stretch when its holds end. They are read and written together, up to a hundred in one call.
 */
export type Closes = {
  /**
   * Records that the order's open attempt is about to be closed at the gateway, and returns it; undefined if the order is not closing, or
   * is not the common case: nothing is open, the attempt was never sent, or another transaction has it.
   */
  request(orderId: string): Promise<RequestedClose | undefined>;
  /**
   * The gateway has closed the attempt: it expires, and the hold is released. False if the single path must decide, because the order or
   * the attempt has changed, is locked, or cannot be released.
   */
  finish(closed: ClosedAttempt): Promise<boolean>;
};

export type RequestedClose = {
  readonly id: string;
  readonly organizerId: string;
  readonly gateway: string;
  readonly amount: number;
  readonly expiresAt: Date | null;
  /** Since the close was first requested. */
  readonly seconds: number;
};

export type ClosedAttempt = { readonly orderId: string; readonly attemptId: string };

export function createCloses(db: Db): Closes {
  const requests = createGroupCommit<string, RequestedClose | undefined>({
    name: 'requested_closes',
    flush: async (_lane, orderIds) => {
      const found = new Map((await requestCloses(db, orderIds)).map(({ orderId, ...attempt }) => [orderId, attempt]));
      return orderIds.map((orderId) => found.get(orderId));
    },
    ...attemptGroupLimits,
    keysOf: (orderId) => [orderId],
  });
  const ends = createGroupCommit<ClosedAttempt, boolean>({
    name: 'finished_closes',
    flush: async (_lane, items) => {
      const ended = await finishCloses(db, items);
      tellStaged(db);
      for (const [eventId, ids] of Map.groupBy(ended, eventIdOf)) {
        tellChange({ eventId, orders: ids.map((id) => ({ id })) });
      }
      return items.map(({ orderId }) => ended.has(orderId));
    },
    ...attemptGroupLimits,
    keysOf: ({ orderId }) => [orderId],
  });
  return {
    request: (orderId) => requests.submit('requests', orderId),
    finish: (closed) => ends.submit('ends', closed),
  };
}

type RequestRow = Omit<RequestedClose, 'amount' | 'expiresAt'> & {
  readonly orderId: string;
  readonly amount: string | number;
  readonly expiresAt: Date | string | null;
};

async function requestCloses(
  db: Db,
  orderIds: readonly string[],
): Promise<readonly (RequestedClose & { readonly orderId: string })[]> {
  const rows = await rowsOf<RequestRow>(
    db,
    sql`
      select order_id as "orderId", id, organizer_id as "organizerId", gateway, amount, expires_at as "expiresAt", seconds
      from request_closes(${arrayText(orderIds.map(eventIdOf))}::text[], ${arrayText(orderIds)}::text[]) ${prepared}`,
  );
  return rows.map(({ amount, expiresAt, ...row }) => ({
    ...row,
    amount: Number(amount),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  }));
}

async function finishCloses(db: Db, items: readonly ClosedAttempt[]): Promise<Set<string>> {
  const orderIds = items.map(({ orderId }) => orderId);
  const attemptIds = items.map(({ attemptId }) => attemptId);
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      select finish_closes(${arrayText(orderIds.map(eventIdOf))}::text[], ${arrayText(orderIds)}::text[], ${arrayText(attemptIds)}::text[],
        ${closedCheckSeconds}::integer) as id ${prepared}`,
  );
  return new Set(rows.map(({ id }) => id));
}
