import { isConflict, isOutcomeUnknown, isUnavailable } from './db-errors.ts';
import { serviceUnavailable } from '../errors.ts';
import type { GroupCommitOptions, Waiting } from './group-commit-lane.ts';
import { counter, histogram } from '../metrics.ts';

const resendsMax = 3;
const resendPauseMs = 150;

const batchSize = histogram(
  'group_commit_batch_size',
  'Items in one flush',
  ['group'],
  [1, 2, 5, 10, 20, 50, 100, 200],
);
const flushSeconds = histogram('group_commit_flush_seconds', 'Time of one flush, from call to answer', ['group']);
const bisected = counter('group_commit_bisected_total', 'Batches halved because one of their items failed', ['group']);

/** Gives each item of the batch its result or its error; never throws. */
export async function flushItems<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
  lane: string,
  batch: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await flushWithResends(options, lane, batch);
    for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result);
  } catch (error) {
    if (batch.length === 1 || isUnavailable(error)) {
      const reason = isUnavailable(error) ? serviceUnavailable(error) : error;
      for (const waiting of batch) waiting.reject(reason);
      return;
    }
    bisected.inc({ group: options.name });
    const middle = Math.ceil(batch.length / 2);
    await flushItems(options, lane, batch.slice(0, middle));
    await flushItems(options, lane, batch.slice(middle));
  }
}

async function flushWithResends<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
  lane: string,
  batch: readonly Waiting<Item, Result>[],
): Promise<readonly Result[]> {
  const labels = { group: options.name };
  const items = batch.map((waiting) => waiting.item);
  for (let tries = 1; ; tries += 1) {
    const stop = flushSeconds.startTimer(labels);
    try {
      batchSize.observe(labels, items.length);
      const results = await options.flush(lane, items);
      if (results.length !== items.length) {
        throw new Error(`${options.name}: ${results.length} results for ${items.length} items`);
      }
      return results;
    } catch (error) {
      const again = isConflict(error) || isOutcomeUnknown(error);
      if (!again || tries > resendsMax) throw error;
      if (!isConflict(error)) await pause(resendPauseMs * tries);
    } finally {
      stop();
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
