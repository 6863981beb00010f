import type { Db } from '../../platform/database/db.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../platform/log.ts';
import { purgeGatewayStatuses } from '../callbacks/gateway-statuses.ts';
import { purgeSenderDays } from '../senders/take-turns.ts';
import { purgeInbound } from './list-inbound.ts';

/**
 * Removes expired rows: messages that people wrote, kept statuses of messages, and days of senders.
 * @throws the first fault, after all were tried
 */
export async function purgeMessages({ db, log }: { db: Db; log: Log }): Promise<void> {
  await eachInTurn(
    [purgeInbound, purgeGatewayStatuses, purgeSenderDays],
    (purge) => purge(db),
    (error, { name }) => log.error({ err: error, part: name }, 'expired rows of messages were not removed'),
  );
}
