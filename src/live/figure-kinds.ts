import { isDeepStrictEqual } from 'node:util';
import type { PublicReadServer } from '../catalog/index.ts';
import { countCheckIns, presentSummary } from '../check-in/index.ts';
import type { OwnEvent } from '../orders/index.ts';
import { DomainError, isServiceRefusal } from '../platform/errors.ts';
import type { Computed, Figure } from './figures.ts';
import { topicOf } from './messages.ts';
import { type SalesDeps, readSales } from './sales-figure.ts';

export type FigureKinds = {
  /** The documents for the public of an event. */
  ofEvent(eventId: string, slug: string): readonly Figure[];
  ofDoor(eventId: string): readonly Figure[];
  ofSales(event: OwnEvent): readonly Figure[];
};

type Deps = SalesDeps & { readonly publicReads: Pick<PublicReadServer, 'answer'> };

/** The public document is cached for a second, and may have been read just before. */
const availabilityLagMs = 2000;

/** The documents that streams send besides messages. */
export function createFigureKinds(deps: Deps): FigureKinds {
  return {
    ofEvent: (eventId, slug) => {
      const topic = topicOf('event', eventId);
      const path = `/v1/events/${slug}`;
      return [
        {
          topic,
          name: 'availability',
          compute: () => readPublic(deps, `${path}/availability`, (reads) => reads.availability(slug)),
          isSame: (one, other) => one === other,
          lagMs: availabilityLagMs,
          isBounded: true,
        },
        {
          topic,
          name: 'queue',
          compute: () => readPublic(deps, `${path}/queue`, (reads) => reads.queue(slug)),
          isSame: isSameQueue,
          isBounded: true,
          changesByItself: true,
        },
      ];
    },
    ofDoor: (eventId) => [
      {
        topic: topicOf('door', eventId),
        name: 'counters',
        compute: async () => {
          const counts = await countCheckIns(deps.db, eventId);
          return { data: JSON.stringify(presentSummary({ asOf: deps.clock.now().toISOString(), ...counts })) };
        },
      },
    ],
    ofSales: (event) => [
      {
        topic: topicOf('sales', event.id),
        name: 'sales',
        compute: async () => ({ data: JSON.stringify(await readSales(deps, event)) }),
      },
    ],
  };
}

/**
 * A public document; undefined if the event has none, for example without a waiting room.
 * @throws DomainError if the service is too busy to say so, service.unavailable
 */
async function readPublic(
  { publicReads }: Deps,
  path: string,
  read: Parameters<PublicReadServer['answer']>[1],
): Promise<Computed | undefined> {
  try {
    const answer = await publicReads.answer(new Request(`http://localhost${path}`), read);
    if (!answer.ok) return undefined;
    return { data: await answer.text(), isStale: answer.headers.get('cache-status')?.includes('stale') === true };
  } catch (error) {
    if (error instanceof DomainError && !isServiceRefusal(error)) return undefined;
    throw error;
  }
}

/** From these a browser computes how far positions are called. */
const computedFields = ['serving', 'servingAt', 'serverTime', 'places', 'pollSeconds'];
/** How often a document that differs only in these fields is sent anyway. */
const queueEveryMs = 10_000;

function isSameQueue(one: string, other: string): boolean {
  const [before, now] = [one, other].map((text) => JSON.parse(text) as Record<string, unknown>);
  if (before === undefined || now === undefined) return false;
  const passedMs = Date.parse(String(now['serverTime'])) - Date.parse(String(before['serverTime']));
  if (passedMs >= queueEveryMs) return false;
  for (const document of [before, now]) for (const field of computedFields) delete document[field];
  return isDeepStrictEqual(before, now);
}
