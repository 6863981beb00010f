import type { Db } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';
import { type Acceptance, type Claim, acceptDeliveries, claimDeliveries, secondsInOtherHands } from './queries.ts';
import { sendable } from '../metrics.ts';
import type { OrderTemplate } from './order-rules.ts';
import { type OrderNotice, queueOrderDeliveries } from './queue-queries.ts';
import { type OrderSubject, findOrderSubjects } from './subject-queries.ts';

/** The result of claiming a delivery. */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  /** Another worker has it, or had it when it died. */
  | { readonly kind: 'busy'; readonly seconds: number }
  | { readonly kind: 'nothing_to_do' };

/** The reads of Postgres that every message needs, each batched with those of other messages. */
export type Deliveries = {
  /** Records the deliveries of a fact. Returns the ids of new ones that will be sent. */
  queue(template: OrderTemplate, notice: OrderNotice): Promise<string[]>;
  orderSubject(eventId: string, orderId: string): Promise<OrderSubject | undefined>;
  claim(id: string): Promise<ClaimResult>;
  accept(item: Acceptance): Promise<void>;
};

const limits = {
  batchMax: 100,
  queueMax: 5000,
  deadlineMs: 10_000,
  flushesMax: 1,
  // How long a busy lane collects, and how many end it sooner: fewer and larger calls.
  everyMs: 50,
  enough: 15,
};

export function createDeliveries(db: Db): Deliveries {
  const claims = createGroupCommit<string, ClaimResult>({
    name: 'delivery_claims',
    flush: (_lane, ids) => claimAll(db, ids),
    ...limits,
    keysOf: (id) => [id],
  });
  const acceptances = createGroupCommit<Acceptance, void>({
    name: 'delivery_acceptances',
    flush: async (_lane, items) => {
      await acceptDeliveries(db, items);
      return items.map(() => undefined);
    },
    ...limits,
    keysOf: (item) => [item.id],
  });
  const notices = createGroupCommit<OrderNotice, string[]>({
    name: 'delivery_notices',
    flush: async (template, items) => {
      const added = new Set(sendable(await queueOrderDeliveries(db, template as OrderTemplate, items)));
      return items.map(({ emailId, whatsappId }) => [emailId, whatsappId].filter((id) => added.has(id)));
    },
    ...limits,
    keysOf: (notice) => [notice.orderId],
  });
  const subjects = createGroupCommit<{ eventId: string; orderId: string }, OrderSubject | undefined>({
    name: 'delivery_subjects',
    flush: async (_lane, refs) => {
      const found = new Map((await findOrderSubjects(db, refs)).map((subject) => [subject.order.id, subject]));
      return refs.map((ref) => found.get(ref.orderId));
    },
    ...limits,
  });
  return {
    queue: (template, notice) => notices.submit(template, notice),
    orderSubject: (eventId, orderId) => subjects.submit('subjects', { eventId, orderId }),
    claim: (id) => claims.submit('claims', id),
    accept: (item) => acceptances.submit('acceptances', item),
  };
}

async function claimAll(db: Db, ids: readonly string[]): Promise<ClaimResult[]> {
  const claimed = new Map((await claimDeliveries(db, ids)).map((claim) => [claim.id, claim]));
  const others = ids.filter((id) => !claimed.has(id));
  const busy = others.length === 0 ? new Map<string, number>() : await secondsInOtherHands(db, others);
  return ids.map((id) => {
    const claim = claimed.get(id);
    if (claim !== undefined) return { kind: 'claimed', claim };
    const seconds = busy.get(id);
    return seconds === undefined ? { kind: 'nothing_to_do' } : { kind: 'busy', seconds };
  });
}
