import { sql } from 'drizzle-orm';
import { arrayText } from '../../src/platform/database/array-text.ts';
import { type Db, rowsOf } from '../../src/platform/database/db.ts';
import { type SubjectIds, idPatterns, subjectIds } from '../../src/platform/ids.ts';
import type { StagedJob } from '../../src/platform/jobs/outbox.ts';
import type { Log } from '../../src/platform/log.ts';
import { type Trace, endTrace, isTracing, subjectAttributes } from '../../src/platform/tracing/trace.ts';

/** The order and the event that a payload names. */
export function subjectOfPayload(payload: unknown): SubjectIds {
  if (typeof payload !== 'object' || payload === null) return {};
  const given = payload as Readonly<Record<string, unknown>>;
  const id = given['orderId'] ?? given['attemptId'] ?? given['eventId'];
  return typeof id === 'string' ? subjectIds(id) : {};
}

/**
 * Gives jobs of a traced order the order's trace. The order stores its trace, because the callback that brings the money does not carry
 * it. One query for all jobs of a round, and only while tracing is on.
 */
export async function withOrderTraces(
  deps: { readonly db: Db; readonly log: Log },
  staged: readonly StagedJob[],
): Promise<readonly StagedJob[]> {
  if (!isTracing() || staged.length === 0) return staged;
  try {
    const traces = await findOrderTraces(deps.db, staged);
    if (traces.size === 0) return staged;
    return staged.map((job) => {
      const ofOrder = [...ordersOf(job).map(([order]) => order), ...deliveriesOf(job)]
        .map((id) => traces.get(id))
        .find((trace) => trace !== undefined);
      if (ofOrder === undefined || isOneTrace(ofOrder, job.traceparent)) return job;
      return { ...job, traceparent: ofOrder, linked: job.traceparent ?? null };
    });
  } catch (error) {
    deps.log.debug({ err: error }, 'traces of orders could not be looked up');
    return staged;
  }
}

/** The orders of a job, with their events. A job that stands for several belongs to the first traced one. */
function ordersOf({ payload }: StagedJob): [string, string][] {
  const { callbacks } = (payload ?? {}) as Readonly<Record<string, unknown>>;
  const parts: unknown[] = Array.isArray(callbacks) ? callbacks : [payload];
  return parts.map(subjectOfPayload).flatMap(pairOf);
}

function deliveriesOf({ payload }: StagedJob): string[] {
  const { deliveryId, deliveryIds = [deliveryId] } = (payload ?? {}) as Readonly<Record<string, unknown>>;
  const ids: unknown[] = Array.isArray(deliveryIds) ? deliveryIds : [];
  return ids.filter((id): id is string => typeof id === 'string' && idPatterns.plain.test(id));
}

const traceIdEnd = 35;
const isOneTrace = (one: string, other: string | null | undefined) =>
  one.slice(0, traceIdEnd) === other?.slice(0, traceIdEnd);

/** By the id of the order, or of the delivery. */
async function findOrderTraces(db: Db, staged: readonly StagedJob[]): Promise<Map<string, string>> {
  const orders = [...new Map(staged.flatMap(ordersOf))];
  const deliveries = staged.flatMap(deliveriesOf);
  const rows = await rowsOf<{ id: string; traceparent: string }>(
    db,
    sql`
      select o.id, o.traceparent
      from unnest(${arrayText(orders.map(([, event]) => event))}::text[], ${arrayText(orders.map(([order]) => order))}::text[])
        as given (event_id, id)
      cross join lateral (
        select id, traceparent from orders where event_id = given.event_id and id = given.id and traceparent is not null limit 1) o
      union all
      select d.id, o.traceparent
      from unnest(${arrayText(deliveries)}::text[]) as given (id)
      cross join lateral (select id, event_id, subject_id from deliveries where id = given.id limit 1) d
      cross join lateral (
        select traceparent from orders
        where event_id = d.event_id and id = d.subject_id and traceparent is not null limit 1) o`,
  );
  return new Map(rows.map((row) => [row.id, row.traceparent]));
}

const pairOf = ({ order, event }: SubjectIds): [string, string][] =>
  order === undefined || event === undefined ? [] : [[order, event]];

/** Ends the trace of a run of a job. */
export function endJobTrace(
  trace: Trace,
  job: { readonly name: string; readonly id: string | undefined; readonly payload: unknown; readonly waitedMs: number },
  fault: string | undefined,
): void {
  endTrace(trace, {
    name: `job ${job.name}`,
    attributes: {
      'antre.job': job.name,
      'antre.job_id': job.id ?? '',
      'antre.waited_ms': Math.round(job.waitedMs),
      ...subjectAttributes(subjectOfPayload(job.payload)),
    },
    fault,
  });
}
