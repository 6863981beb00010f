import { sql } from 'drizzle-orm';
import { sqlState } from '../../platform/database/db-errors.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf, orderIdOf } from '../../platform/ids.ts';
import type { GatewayFact } from '../gateways/gateway.ts';

/** The call's own: only paying showed that the order cannot be paid, and all that it wrote was taken back. */
const notPaid = 'AN001';

/** Pays a waiting order by a waiting attempt, all in one call; `other` when it is anything else, and nothing was changed. */
export async function callApplySettlement(
  db: Db,
  callbackId: number,
  fact: GatewayFact,
  checkInSeconds: number | null,
  buyerPaysFee: boolean,
): Promise<'paid' | 'other'> {
  const { attemptId, state, amount, currency, gatewayReference, method = null, instructions, fee = null } = fact;
  const called = rowsOf<{ outcome: 'paid' | 'other' }>(
    db,
    sql`
      select apply_settlement(
        ${callbackId}::bigint, ${eventIdOf(attemptId)}, ${orderIdOf(attemptId)}, ${attemptId}, ${state}, ${amount}::bigint,
        ${currency}, ${gatewayReference}, ${method}::text, ${JSON.stringify(instructions)}::jsonb, ${checkInSeconds}::integer,
        ${fee}::bigint, ${buyerPaysFee}
      ) as outcome`,
  );
  const [row] = await called.catch((error: unknown) => {
    if (sqlState(error) === notPaid) return [];
    throw error;
  });
  return row?.outcome ?? 'other';
}
