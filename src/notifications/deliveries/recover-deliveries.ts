import { sql } from 'drizzle-orm';
import { orderPaid } from '../../orders/jobs.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import type { Log } from '../../platform/log.ts';
import { stageAll } from '../../platform/jobs/outbox.ts';
import { takeDueDeliveries } from './queries.ts';
import {
  announcementSend,
  deliveryJobOf,
  deliverySend,
  sendAnnouncementJob,
  tellHolders,
  ticketsSend,
} from '../jobs.ts';
import { announcementsWithoutJob, purgeDrafts } from '../announcements/recover-announcements.ts';
import { noticesWithoutJob } from '../notices/queries.ts';
import { paidOrdersWithoutDelivery } from './subject-queries.ts';

const batchMax = 500;
const pauseSeconds = 900;
/** Orders paid within this window are checked. Older ones are left to the invariant, and to a person. */
const paidFromMinutes = 15;
const paidToMinutes = 2;
const noticeLateMinutes = 5;
/** Twenty seconds of a rush leave fewer. */
const sharesPurgedMax = 20_000;

/**
 * Finds deliveries that were missed: those whose time to look has come (a crash, a lost job, a WhatsApp message without
 * status), paid orders without delivery, events whose holders are not all told, and announcements that are not
 * completely sent. They are staged again; nothing is sent twice by that. It also removes expired counts of caps, and
 * old drafts.
 */
export async function recoverDeliveries(deps: { db: Db; log: Log }): Promise<void> {
  const due = await transaction(deps.db, async (tx) => {
    const taken = await takeDueDeliveries(tx, batchMax, pauseSeconds);
    for (const contract of [ticketsSend, deliverySend, announcementSend]) {
      const own = taken.filter(({ template }) => deliveryJobOf(template) === contract);
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
  const orders = await paidOrdersWithoutDelivery(deps.db, {
    fromMinutes: paidFromMinutes,
    toMinutes: paidToMinutes,
    limit: batchMax,
  });
  await stageAll(deps.db, orderPaid, orders);
  const notices = await noticesWithoutJob(deps.db, { minutes: noticeLateMinutes, limit: batchMax });
  await stageAll(deps.db, tellHolders, notices);
  const announcements = await announcementsWithoutJob(deps.db, { minutes: noticeLateMinutes, limit: batchMax });
  await stageAll(deps.db, sendAnnouncementJob, announcements);
  await purgeMessageShares(deps.db, sharesPurgedMax);
  await purgeDrafts(deps.db, batchMax);
  if (announcements.length > 0)
    deps.log.error({ announcements: announcements.length }, 'announcements were not completely sent');
  if (notices.length > 0) deps.log.error({ notices: notices.length }, 'holders of an event were not all told');
  if (due.length > 0) deps.log.info({ deliveries: due.length }, 'unfinished deliveries are sent again');
  if (orders.length > 0)
    deps.log.error({ orders: orders.length, first: orders[0]?.orderId }, 'paid orders had no delivery');
}

/** Removes a bounded number of expired counts. */
async function purgeMessageShares(db: Db, limit: number): Promise<void> {
  await db.execute(sql`
    delete from message_shares where (channel, recipient_key, share) in (
      select channel, recipient_key, share from message_shares
      where asked_at < now() - interval '2 hours' order by asked_at limit ${limit} for update skip locked)`);
}
