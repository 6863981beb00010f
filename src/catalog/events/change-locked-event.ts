import { writeAudit } from '../../access/audit/audit.ts';
import type { AuditChanges, SomeAuditChanges } from '../../access/index.ts';
import type { Actor } from '../../access/actor.ts';
import type { CachedReads } from '../../http/public-cache/cached-reads.ts';
import type { StagePurge } from '../../http/public-cache/cdn-purge.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { eventNotFound } from '../../access/errors.ts';
import { type MissingForPublication, eventCancelled, eventNotPublishable } from '../errors.ts';
import type { AvailabilityOf, EventChanged, UnpayableSale } from '../ports.ts';
import { missingForPublication } from './publication.ts';
import { surrogateKeysOf, tagsOf } from '../public/public-kinds.ts';
import { type EventRow, type TicketCategoryRow, ofOrganizer } from '../queries.ts';
import { listTicketCategories } from '../public/queries.ts';
import { events } from '../tables.ts';

/** The dependencies of every change by an organiser. */
export type ChangeDeps = {
  readonly db: Db;
  readonly cachedReads: Pick<CachedReads, 'changed'>;
  readonly stagePurge: StagePurge;
  readonly availabilityOf: AvailabilityOf;
  readonly unpayableSale: UnpayableSale;
  readonly eventChanged: EventChanged;
};

export type EventOfActor = { readonly actor: Actor; readonly eventId: string };

/** A category with its event, which decides its currency and whether it is on sale. */
export type CategoryOfEvent = { readonly event: EventRow; readonly category: TicketCategoryRow };

/** The outcome of a change, for the caller and the audit log. */
export type Change<Result> = {
  readonly event: EventRow;
  readonly result: Result;
  readonly act: string;
  readonly subjectId: string;
  readonly changes: SomeAuditChanges;
};

/**
 * Runs one change of an event under its lock, so that changes of one event run one after the other; orders do not wait.
 * The same transaction writes the audit row, tells other rooms of an event that is now another one, stages the purge of
 * the CDN, and refuses a change that takes something required from a published event. After the commit it invalidates our own caches. `work` returns a result without
 * `act` if nothing changes.
 * @throws DomainError event.not_found, event.cancelled, event.not_publishable
 */
export async function changeLockedEvent<Result>(
  deps: ChangeDeps,
  { actor, eventId }: EventOfActor,
  work: (tx: Db, event: EventRow) => Promise<Change<Result> | { readonly event: EventRow; readonly result: Result }>,
): Promise<Result> {
  const { wasSeen, done } = await transaction(deps.db, async (tx) => {
    const before = await lockEvent(tx, actor.organizerId, eventId);
    if (before === undefined) throw eventNotFound();
    if (before.status === 'cancelled') throw eventCancelled();
    const missingBefore = before.status === 'published' ? await missingOf(deps, tx, before) : [];
    const done = await work(tx, before);
    const wasSeen = 'act' in done && (before.status !== 'draft' || done.event.status !== 'draft');
    if ('act' in done) {
      if (done.event.status === 'published') refuseMissing(await missingOf(deps, tx, done.event), missingBefore);
      const changes = done.subjectId === eventId ? done.changes : { eventId, ...done.changes };
      await writeAudit(tx, { actor, act: done.act, subjectId: done.subjectId, changes });
      if (done.event.version !== before.version) await deps.eventChanged(tx, before, done.event);
    }
    if (wasSeen) await deps.stagePurge(tx, surrogateKeysOf(done.event));
    return { wasSeen, done };
  });
  if (wasSeen) await deps.cachedReads.changed(tagsOf(done.event));
  return done.result;
}

async function missingOf(deps: ChangeDeps, tx: Db, event: EventRow): Promise<MissingForPublication[]> {
  return findMissing(deps, tx, event, await listTicketCategories(tx, event.id));
}

/**
 * Refuses only what this change made missing. A payment account that disappeared earlier must not block other changes.
 */
function refuseMissing(after: readonly MissingForPublication[], before: readonly MissingForPublication[]): void {
  const isNew = ({ code, subjectId }: MissingForPublication) =>
    !before.some((known) => known.code === code && known.subjectId === subjectId);
  const added = after.filter(isNew);
  if (added.length > 0) throw eventNotPublishable(added);
}

/** Everything that a public event must have, including a way to pay for its tickets. */
export async function findMissing(
  deps: Pick<ChangeDeps, 'availabilityOf' | 'unpayableSale'>,
  tx: Db,
  event: EventRow,
  categories: readonly TicketCategoryRow[],
): Promise<MissingForPublication[]> {
  return [
    ...missingForPublication(event, categories, await deps.availabilityOf(tx, event.id)),
    ...(await deps.unpayableSale(tx, event, categories)),
  ];
}

/** Locks out other changes by organisers until the transaction ends; orders do not wait. */
async function lockEvent(tx: Db, organizerId: string, eventId: string): Promise<EventRow | undefined> {
  const [row] = await tx.select().from(events).where(ofOrganizer(organizerId, eventId)).for('no key update');
  return row;
}

/** Fields that differ, as `{ field: { from, to } }`; amounts with their currency, long texts as 'changed'. */
export function differences<Row extends object, Changes extends { [Name in keyof Row]?: Row[Name] | undefined }>(
  { currency }: Pick<EventRow, 'currency'>,
  before: Row,
  changes: AuditChanges<Changes>,
): { readonly [Name in keyof Changes]?: unknown } {
  const entries = Object.entries(changes).flatMap(([field, to]) => {
    const from: unknown = Reflect.get(before, field);
    if (isSame(from, to)) return [];
    if (longTexts.has(field)) return [[field, 'changed']];
    if (amounts.has(field)) return [[field, { from: { amount: from, currency }, to: { amount: to, currency } }]];
    return [[field, { from, to }]];
  });
  return Object.fromEntries(entries) as { [Name in keyof Changes]?: unknown };
}

const amounts = new Set(['price', 'feePerTicket']);
const longTexts = new Set(['description', 'descriptionEn', 'summary', 'summaryEn']);

function isSame(from: unknown, to: unknown): boolean {
  return from instanceof Date && to instanceof Date ? from.getTime() === to.getTime() : from === to;
}
