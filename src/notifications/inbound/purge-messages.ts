import type { Db } from '../../platform/database/db.ts';
import { purgeGatewayStatuses } from '../callbacks/gateway-statuses.ts';
import { purgeSenderDays } from '../senders/take-turns.ts';
import { purgeInbound } from './list-inbound.ts';

/** Removes what has had its time: messages that people wrote, statuses that were kept for messages, and days of senders. */
export async function purgeMessages({ db }: { db: Db }): Promise<void> {
  await purgeInbound(db);
  await purgeGatewayStatuses(db);
  await purgeSenderDays(db);
}
