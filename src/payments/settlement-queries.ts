import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../platform/db.ts';
import { eventIdOf, orderIdOf } from '../platform/ids.ts';
import type { GatewayFact } from './gateway.ts';

/** Pays a waiting order by a waiting attempt, all in one call; `other` when it is anything else, and nothing was changed. */
export async function callApplySettlement(
  db: Db,
  callbackId: number,
  fact: GatewayFact,
  checkInSeconds: number | null,
): Promise<'paid' | 'other'> {
  const { attemptId, state, amount, currency, gatewayReference, method = null, instructions } = fact;
  const [row] = await rowsOf<{ outcome: 'paid' | 'other' }>(
    db,
    sql`
      select apply_settlement(
        ${callbackId}::bigint, ${eventIdOf(attemptId)}, ${orderIdOf(attemptId)}, ${attemptId}, ${state}, ${amount}::bigint,
        ${currency}, ${gatewayReference}, ${method}::text, ${JSON.stringify(instructions)}::jsonb, ${checkInSeconds}::integer
      ) as outcome`,
  );
  return row?.outcome ?? 'other';
}
