import type { Answer } from '../../shared/calls/api.ts';
import { deviceId, doorCall } from '../session/door-session.ts';
import type { Conflict } from './door-database.ts';
import { keepConflicts } from './door-store.ts';

type Entry = {
  readonly scanId: string | null;
  readonly at: string;
  readonly gate: string | null;
  readonly by: string | null;
};
type ConflictPage = {
  readonly data: readonly (Entry & {
    readonly scanId: string;
    readonly fault: string | null;
    readonly other: Entry | null;
  })[];
  readonly nextCursor: string | null;
};

const pageSize = 200;
const pagesMax = 10;

/**
 * Reads the conflicts of this phone's scans. Those of a whole event with many gates would be too much to read at each sync. The
 * phone that was the first to let a ticket in learns here that another one did so later, and each phone that an undo has ended a
 * conflict.
 * @param onChange called if those of this phone have changed
 */
export async function readConflicts(eventId: string, onChange: () => void): Promise<Answer<unknown>> {
  const found = new Map<string, Conflict>();
  const add = (scanId: string, more: Partial<Conflict>) =>
    found.set(scanId, { fault: undefined, other: undefined, ...found.get(scanId), ...more });
  let cursor: string | null = null;
  for (let page = 1; ; page += 1) {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Answer<ConflictPage> = await doorCall<ConflictPage>(
      'GET',
      `/v1/events/${eventId}/check-ins/conflicts?limit=${pageSize}&deviceId=${encodeURIComponent(deviceId())}${query}`,
    );
    if (answer.kind !== 'ok') return answer;
    for (const { scanId, fault, other, ...own } of answer.body.data) {
      if (fault !== null) add(scanId, { fault });
      if (other === null) continue;
      add(scanId, { other: entryOf(other) });
      if (other.scanId !== null) add(other.scanId, { other: entryOf(own) });
    }
    cursor = answer.body.nextCursor;
    if (cursor !== null && page < pagesMax) continue;
    if (await keepConflicts(eventId, { found, isWhole: cursor === null })) onChange();
    return answer;
  }
}

function entryOf({ at, gate, by }: Omit<Entry, 'scanId'>): Conflict['other'] {
  return { at, gate, by: by ?? undefined };
}
