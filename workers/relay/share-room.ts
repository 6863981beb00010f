import type { Db } from '../../src/platform/database/db.ts';
import { type JobContract, queueNames } from '../../src/platform/jobs/job.ts';
import { type DueWork, dueEventsMax, findDueWork } from '../../src/platform/jobs/outbox.ts';
import { relayHeld } from '../metrics.ts';
import { type QueueName, type Queues, queueShares, waitingMax } from '../queues.ts';
import type { InPlace } from '../running/run-in-place.ts';
import type { JobMap } from '../running/run-job.ts';

export type SharingDeps = {
  readonly db: Db;
  readonly queues: Queues;
  readonly jobs: JobMap;
  readonly jobsMax: number;
  /** How many jobs of a queue may be started outside the queue. Without it none are. */
  readonly inPlace?: Pick<InPlace, 'room'> | undefined;
};

/** Jobs that one queue gets in one round. */
const queueRoundMax = 500;

/** How many jobs each kind and event may hand over in this round, and whether more are due than these. */
export type Shares = { readonly shares: readonly Share[]; readonly isShort: boolean };

/** Divides the room of each queue among its due work. */
export function createSharing(deps: SharingDeps): () => Promise<Shares> {
  const kinds = Object.values(deps.jobs);
  /** Where the search for events continues, by kind; a missing kind begins with its first event. */
  const cursors = new Map<string, string>();
  let turn = 0;

  return async () => {
    turn += 1;
    const open = kinds.filter(({ queue }) => deps.inPlace?.room(queue) !== 0);
    const due = await findDueWork(
      deps.db,
      open.map((kind) => ({
        name: kind.name,
        afterEventId: cursors.get(kind.name) ?? '',
        enough: enoughOf(kind, deps.inPlace?.room(kind.queue)),
      })),
    );
    const demands = Map.groupBy(due, ({ name }) => name);
    for (const { name } of open) moveCursor(cursors, name, demands.get(name) ?? []);
    // A job of several items needs the room of all of them.
    const demandOf = (queue: QueueName) =>
      open.flatMap((kind) =>
        kind.queue === queue
          ? (demands.get(kind.name) ?? []).map((demand) => ({ ...demand, jobs: demand.jobs * (kind.itemsMax ?? 1) }))
          : [],
      );
    const shares = await Promise.all(
      queueNames.map(async (queue) => {
        const own = demandOf(queue);
        // Redis is asked only about queues with due work.
        return own.length === 0 ? [] : shareRoom(own, await roomOf(deps, queue), turn);
      }),
    );
    const itemsOf = (name: string) => deps.jobs[name]?.itemsMax ?? 1;
    const given = shares.flatMap((ofQueue) => inJobs(ofQueue, itemsOf, turn));
    return { shares: given, isShort: sum(given.map(({ room }) => room)) < sum(due.map(({ jobs }) => jobs)) };
  };
}

/** One job more than a round can start of this kind: the round must know whether it leaves some behind. */
function enoughOf({ itemsMax = 1 }: JobContract, inPlace = queueRoundMax): number {
  return Math.ceil(Math.min(inPlace, queueRoundMax) / itemsMax) + 1;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Beyond `dueEventsMax` events the next round looks at the ones behind these. */
function moveCursor(cursors: Map<string, string>, name: string, found: readonly DueWork[]): void {
  const last = found.at(-1);
  if (found.length >= dueEventsMax && last !== undefined) cursors.set(name, last.eventId);
  else cursors.delete(name);
}

/** How many jobs this queue may get now. */
async function roomOf(deps: SharingDeps, queue: QueueName): Promise<number> {
  const counts = await deps.queues[queue].getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  const held = sum(Object.values(counts));
  const room = Math.floor(deps.jobsMax * queueShares[queue]) - held;
  if (room <= 0) relayHeld.inc({ reason: 'queue_full', queue });
  const inPlace = deps.inPlace?.room(queue) ?? Number.POSITIVE_INFINITY;
  return Math.min(room, waitingMax - (counts['waiting'] ?? 0), queueRoundMax, inPlace);
}

export type Share = { readonly name: string; readonly eventId: string; readonly room: number };

/** What shares the room of a queue equally, and then the room of each of these in turn. */
const levels: readonly ((work: DueWork) => string)[] = [
  ({ name }) => name,
  ({ organizerId }) => organizerId,
  ({ eventId }) => eventId,
];

/**
 * Shares the room of a queue: first between kinds of job, then of each kind between organizers, then of each organizer between events,
 * equally. What one of them does not need is shared between the others, so no room is left while work is due. Together the shares
 * are at most `room`.
 * @param turn counts the rounds. Where there is less room than takers, each of them gets its part by turns.
 */
export function shareRoom(due: readonly DueWork[], room: number, turn: number, [by, ...further] = levels): Share[] {
  if (by === undefined) return due.flatMap(({ name, eventId }) => (room > 0 ? [{ name, eventId, room }] : []));
  const groups = [...Map.groupBy(due, by).values()];
  const rooms = shareEqually(
    groups.map((group) => sum(group.map(({ jobs }) => jobs))),
    room,
    turn,
  );
  // Turns advance more slowly at each lower level, so that each event has its turn in each kind.
  const slower = Math.floor(turn / groups.length);
  return groups.flatMap((group, place) => shareRoom(group, rooms[place] ?? 0, slower, further));
}

/**
 * Shares of items as shares of jobs. A job that stands for several items starts if there is room for one of them; together the
 * jobs exceed the room by less than one job. Those that get none this time are first by turns.
 * @param itemsOf the most items of a job of this kind
 */
export function inJobs(shares: readonly Share[], itemsOf: (name: string) => number, turn: number): Share[] {
  let left = sum(shares.map(({ room }) => room));
  const first = shares.length === 0 ? 0 : turn % shares.length;
  return [...shares.slice(first), ...shares.slice(0, first)].flatMap((share) => {
    const items = itemsOf(share.name);
    const jobs = Math.min(Math.ceil(share.room / items), Math.ceil(Math.max(left, 0) / items));
    left -= jobs * items;
    return jobs > 0 ? [{ ...share, room: jobs }] : [];
  });
}

/** Equal shares of a whole number, none above its demand; together all of the room, or all that is demanded. */
function shareEqually(demands: readonly number[], room: number, turn: number): number[] {
  const shares = demands.map(() => 0);
  let left = Math.max(room, 0);
  for (;;) {
    const wanting = demands.flatMap((demand, index) => (demand > (shares[index] ?? 0) ? [index] : []));
    if (left === 0 || wanting.length === 0) return shares;
    const each = Math.floor(left / wanting.length);
    const first = turn % wanting.length;
    // With less room than takers, one each until it is used up, beginning with the one whose turn it is.
    const takers = each > 0 ? wanting : [...wanting.slice(first), ...wanting.slice(0, first)].slice(0, left);
    for (const index of takers) {
      const given = Math.min(Math.max(each, 1), (demands[index] ?? 0) - (shares[index] ?? 0));
      shares[index] = (shares[index] ?? 0) + given;
      left -= given;
    }
  }
}
