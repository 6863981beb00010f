import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { events } from '../../catalog/tables.ts';
import type { EventNotice, NoticeKind } from './tables.ts';
import { isMoved, planOf } from './event-plan.ts';
import { sendable } from '../metrics.ts';
import { queueHolderNotices } from './new-holders.ts';
import type { HolderNoticeTemplate } from '../templates/holder-notice.ts';
import { advanceNotice, findHolders, lockNotice, startNotice } from './queries.ts';
import type { OrderTemplate } from '../deliveries/order-rules.ts';
import { type NewDelivery, queueOrderDeliveries } from '../deliveries/queue-queries.ts';

/** Orders per transaction, and transactions per run of the job. The next run continues where this one stopped. */
const ordersPerPage = 200;
const pagesPerRun = 10;
const pauseSeconds = 1;

type EventRow = typeof events.$inferSelect;
type Page = { readonly kind: 'done' | 'more'; readonly added: readonly NewDelivery[] };

/**
 * Tells the holders of an event, buyers and people who were given tickets, that it was called off, moved or postponed.
 * It works page by page: each page's deliveries are in one transaction with the mark of how far it got. An interrupted
 * run loses nothing and repeats nothing. A change that was taken back before it was due, or that was made after the
 * event's end, is told to nobody.
 * @throws RetryLater before the notice is due, and while holders are left
 */
export async function tellHoldersOfEvent(
  deps: { db: Db; clock: Clock },
  { noticeId }: { noticeId: string },
): Promise<void> {
  for (let page = 1; page <= pagesPerRun; page += 1) {
    const { kind, added } = await transaction(deps.db, (tx) => tellPage(deps, tx, noticeId));
    sendable(added);
    if (kind === 'done') return;
  }
  throw new RetryLater(pauseSeconds, 'more holders are left');
}

const done: Page = { kind: 'done', added: [] };

async function tellPage({ clock }: { clock: Clock }, tx: Db, noticeId: string): Promise<Page> {
  const found = await lockNotice(tx, noticeId);
  if (found === undefined || found.notice.endedAt !== null) return done;
  const { notice, event, waitSeconds, isOver } = found;
  if (notice.isHeld && notice.startedAt === null) return done;
  if (notice.startedAt === null && waitSeconds > 0) throw new RetryLater(waitSeconds, 'the notice is not due');
  if (notice.kind !== 'cancelled' && (isOver || !isStillSo(notice, event))) {
    await advanceNotice(tx, { id: notice.id, afterOrderId: notice.afterOrderId, isEnd: true });
    return done;
  }
  const version = notice.startedAt === null ? event.version : notice.eventVersion;
  if (notice.startedAt === null) await startNotice(tx, notice.id, version);

  const orderIds = await findHolders(tx, notice, ordersPerPage);
  const now = clock.now();
  const template = noticeTemplates[notice.kind];
  const added = await queueOrderDeliveries(
    tx,
    template,
    orderIds.map((orderId) => ({
      eventId: notice.eventId,
      orderId,
      emailId: newId('dlv', now),
      whatsappId: newId('dlv', now),
    })),
    { version },
  );
  added.push(...(await queueHolderNotices(tx, notice, { orderIds, template, version, now })));
  const isEnd = orderIds.length < ordersPerPage;
  await advanceNotice(tx, { id: notice.id, afterOrderId: orderIds.at(-1) ?? notice.afterOrderId, isEnd });
  return { kind: isEnd ? 'done' : 'more', added };
}

export const noticeTemplates = {
  cancelled: 'event_cancelled',
  moved: 'event_moved',
  postponed: 'event_postponed',
} as const satisfies Record<NoticeKind, OrderTemplate & HolderNoticeTemplate>;

/**
 * Whether the event is still as the notice says: moved, or without a date. Once the telling has begun, every holder is
 * told.
 */
export function isStillSo({ kind, before, startedAt }: EventNotice, event: EventRow): boolean {
  const isPostponed = event.postponedAt !== null;
  if (event.status !== 'published' || isPostponed !== (kind === 'postponed')) return false;
  return startedAt !== null || isMoved(before, planOf(event));
}
