import type { GroupCommit } from '../../../src/platform/database/group-commit.ts';

/**
 * The control of the benches of callbacks, check-ins and joins: the same database call with one item instead of a batch.
 */
export function callPerItem<Item, Result>(
  write: (lane: string, items: readonly Item[]) => Promise<readonly Result[]>,
): GroupCommit<Item, Result> {
  return {
    submit: async (lane, item) => {
      const [result] = await write(lane, [item]);
      if (result === undefined) throw new Error('no result for the item');
      return result;
    },
    drain: () => Promise.resolve(),
  };
}
