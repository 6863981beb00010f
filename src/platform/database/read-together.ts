import type { Db } from './db.ts';
import { type GroupCommit, createGroupCommit } from './group-commit.ts';

/**
 * A statement of a hundred rows takes a few milliseconds. A reader behind four waiting statements is refused at once,
 * so that a hanging database does not keep thousands of readers waiting.
 */
const limits = {
  batchMax: 100,
  queueMax: 400,
  deadlineMs: 500,
  answerMs: 1700,
  flushesMax: 1,
  // How long busy readers wait for each other, and how many end it sooner.
  everyMs: 10,
  enough: 20,
};

/**
 * A read by id of rows that thousands of buyers poll. Readers that ask while a statement is in flight share the next
 * one. A rush then costs a few statements of many rows instead of one plan, one connection and one round trip per
 * reader. Nobody joins a statement that has begun, so readers see everything that was committed before they asked. A
 * transaction is a `Db` of its own and shares with nobody.
 * @param name the group, as metrics name it
 * @param read all rows that exist of these ids, by id
 * @throws DomainError service.overloaded or service.unavailable; or the error of `read`
 */
export function readTogether<Row>(
  name: string,
  read: (db: Db, ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>,
): (db: Db, id: string) => Promise<Row | undefined> {
  const groups = new WeakMap<Db, GroupCommit<string, Row | undefined>>();
  const groupOf = (db: Db): GroupCommit<string, Row | undefined> => {
    const known = groups.get(db);
    if (known !== undefined) return known;
    const group = createGroupCommit<string, Row | undefined>({
      name,
      flush: async (_lane, ids) => {
        const rows = await read(db, [...new Set(ids)]);
        return ids.map((id) => rows.get(id));
      },
      ...limits,
    });
    groups.set(db, group);
    return group;
  };
  return (db, id) => groupOf(db).submit('all', id);
}
