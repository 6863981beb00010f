import type { Db } from '../../platform/database/db.ts';
import { purgeGatewayStatuses } from '../callbacks/gateway-statuses.ts';
import { purgeSenderDays } from '../senders/take-turns.ts';
import { purgeInbound } from './list-inbound.ts';

/** Removes expired rows: messages that people wrote, kept statuses of messages, and days of senders. */
export async function purgeMessages({ db }: { db: Db }): Promise<void> {
  await purgeInbound(db);
  await purgeGatewayStatuses(db);
  await purgeSenderDays(db);
}
