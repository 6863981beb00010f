import { sql } from 'drizzle-orm';
import { orderPaid } from '../../orders/jobs.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../platform/log.ts';
import { stageAll } from '../../platform/jobs/outbox.ts';
import { takeDueDeliveries } from './queries.ts';
import { deliveryJobOf, sendAnnouncementJob, tellHolders } from '../jobs.ts';
import { announcementsWithoutJob, purgeDrafts } from '../announcements/recover-announcements.ts';
import { noticesWithoutJob } from '../notices/queries.ts';
import { type PaidLooks, createPaidLooks } from './paid-looks.ts';
import { paidOrdersWithoutDelivery } from './subject-queries.ts';

const batchMax = 500;
const pauseSeconds = 900;
const noticeLateMinutes = 5;
/** Twenty seconds of a rush leave fewer. */
const sharesPurgedMax = 20_000;

type RecoverDeps = { readonly db: Db; readonly log: Log };

/**
 * Finds deliveries that were missed: those whose time to look has come (a crash, a lost job, a WhatsApp message without
 * status), paid orders without delivery, events whose holders are not all told, and announcements that are not
 * completely sent. They are staged again; nothing is sent twice by that. It also removes expired counts of caps, and
 * old drafts.
 * @param paidLooks of this process, which remember what it has seen
 * @throws the first fault, after all parts have run
 */
export async function recoverDeliveries(deps: RecoverDeps, paidLooks: PaidLooks = createPaidLooks()): Promise<void> {
  await eachInTurn(
    [sendDueAgain, notifyPaidOrders, tellHoldersAgain, sendAnnouncementsAgain, purgeMessageShares, purgeOldDrafts],
    (part) => part(deps, paidLooks),
    (error, { name }) => deps.log.error({ err: error, part: name }, 'a part of the recovery of messages failed'),
  );
}

async function sendDueAgain({ db, log }: RecoverDeps): Promise<void> {
  const due = await transaction(db, async (tx) => {
    const taken = await takeDueDeliveries(tx, batchMax, pauseSeconds);
    for (const [contract, own] of Map.groupBy(taken, ({ template }) => deliveryJobOf(template))) {
      await stageAll(
        tx,
        contract,
        own.map((delivery) => ({
          deliveryId: delivery.id,
          ...(delivery.event_id === null ? {} : { eventId: delivery.event_id }),
        })),
      );
    }
    return taken;
  });
  if (due.length > 0) log.info({ deliveries: due.length }, 'unfinished deliveries are sent again');
}

async function notifyPaidOrders({ db, log }: RecoverDeps, paidLooks: PaidLooks): Promise<void> {
  await paidLooks.look(async (ranges) => {
    const orders = await paidOrdersWithoutDelivery(db, ranges, batchMax);
    await stageAll(db, orderPaid, orders);
    if (orders.length > 0)
      log.error({ orders: orders.length, first: orders[0]?.orderId }, 'paid orders had no delivery');
    return orders.length < batchMax;
  });
}

async function tellHoldersAgain({ db, log }: RecoverDeps): Promise<void> {
  const notices = await noticesWithoutJob(db, { minutes: noticeLateMinutes, limit: batchMax });
  await stageAll(db, tellHolders, notices);
  if (notices.length > 0) log.error({ notices: notices.length }, 'holders of an event were not all told');
}

async function sendAnnouncementsAgain({ db, log }: RecoverDeps): Promise<void> {
  const announcements = await announcementsWithoutJob(db, { minutes: noticeLateMinutes, limit: batchMax });
  await stageAll(db, sendAnnouncementJob, announcements);
  if (announcements.length > 0)
    log.error({ announcements: announcements.length }, 'announcements were not completely sent');
}

async function purgeOldDrafts({ db }: RecoverDeps): Promise<void> {
  await purgeDrafts(db, batchMax);
}

/** Removes a bounded number of expired counts. */
async function purgeMessageShares({ db }: RecoverDeps): Promise<void> {
  await db.execute(sql`
    delete from message_shares where (channel, recipient_key, share) in (
      select channel, recipient_key, share from message_shares
      where asked_at < now() - interval '2 hours' order by asked_at limit ${sharesPurgedMax} for update skip locked)`);
}
