import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { keyedHash } from '../../../src/access/buyers/buyer-key.ts';
import { signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import type { Load } from '../../bench/harness/measure.ts';
import { warmupSeconds } from '../../bench/harness/options.ts';
import { browseRequests } from '../../bench/surge/mix-requests.ts';
import { type SentClass, sentClasses } from '../../bench/surge/mix.ts';
import type { Stage } from '../../bench/surge/step.ts';
import { eventTags, settledSince } from '../../bench/surge/surge-stage.ts';
import { type Destination, requestBytes } from '../../generator/connection.ts';
import type { Buyers } from './buyers.ts';
import type { FollowedCallbacks } from './callbacks.ts';
import type { Copy } from '../copies/copy-event.ts';
import type { RehearsalStack } from './find-stack.ts';

const settleDeadlineMs = 120_000;
const lookEveryMs = 250;
const tokenLastsMs = 3_600_000;

export type LocalStageDeps = {
  readonly stack: RehearsalStack;
  readonly db: Db;
  readonly buyers: Buyers;
  readonly callbacks: FollowedCallbacks;
  /** Other events that people look at. */
  readonly otherSlugs: readonly string[];
  /** A copy whose waiting room accepts joins, if the event has a room. */
  readonly roomSlug: string | undefined;
};

/** A copy on the running stack as the stage of the mix. */
export function localStage(deps: LocalStageDeps, copy: Copy): Stage {
  const { stack, db, callbacks, roomSlug } = deps;
  return {
    to: stack.port,
    classes: sentClasses.filter((name) => name !== 'joins' || roomSlug !== undefined),
    parts: () => stack.parts(),
    loadOf: async (name, seconds, perSecond) =>
      name === 'joins'
        ? joinsOf(stack, roomSlug ?? '', perSecond * (seconds + warmupSeconds + 1))
        : loadOfBuyers({ ...deps, to: stack.port }, copy, name),
    callbacksSince: (fromMs) => callbacks.since(fromMs),
    untilSettled: () => untilSettled(db, copy.id),
    settledSince: (since) => settledSince(db, sql`event_id = ${copy.id}`, since),
  };
}

/** The requests of buyers, readers and gates to a copy. */
export async function loadOfBuyers(
  {
    to,
    buyers,
    otherSlugs,
    roomSlug,
  }: Omit<LocalStageDeps, 'stack' | 'db' | 'callbacks'> & { readonly to: Destination },
  copy: Copy,
  name: Exclude<SentClass, 'joins'>,
): Promise<Load> {
  switch (name) {
    case 'browse':
      return {
        next: browseRequests(await eventTags(to, [copy.slug, ...otherSlugs]), roomSlug),
        counts: ({ status }) => status === 200 || status === 304,
      };
    case 'orders':
      return buyers.orders(copy);
    case 'status':
      return buyers.reads();
    case 'check-ins':
      return buyers.scans();
  }
}

/** Joins of buyers with a confirmed address. After the last one, the first gets its existing place. */
function joinsOf({ queueTokenSecret }: RehearsalStack, slug: string, buyers: number): Load {
  const until = new Date(Date.now() + tokenLastsMs);
  const secret = `rehearsal ${Math.random()}`;
  const tokens = Array.from({ length: buyers }, (_, number) =>
    signBuyerToken(queueTokenSecret, { accountKey: keyedHash(secret, String(number)), until }),
  );
  let sent = 0;
  return {
    next: () => {
      sent += 1;
      const authorization = `Bearer ${tokens[sent % tokens.length] ?? ''}`;
      return requestBytes('POST', `/v1/events/${slug}/queue/places`, { authorization, 'content-length': '0' });
    },
    counts: ({ status }) => status === 201 || status === 200,
  };
}

/** Waits until every paying buyer has paid, and no job is due. */
async function untilSettled(db: Db, eventId: string): Promise<string[]> {
  const until = performance.now() + settleDeadlineMs;
  let left = { unpaid: -1, due: -1 };
  while (performance.now() < until) {
    const [row] = await rowsOf<{ unpaid: number; due: number }>(
      db,
      sql`select (select count(*)::int from orders where event_id = ${eventId} and status in ('pending_payment', 'closing')
                  and buyer_email like 'pays.%') as unpaid,
                 (select count(*)::int from outbox where available_at <= now()) as due`,
    );
    left = row ?? left;
    if (left.unpaid === 0 && left.due === 0) return [];
    await pause(lookEveryMs);
  }
  return [
    `after ${settleDeadlineMs / 1000} s ${left.unpaid} orders wait for their payment, and ${left.due} jobs are due`,
  ];
}
