import { invariant } from '../../../platform/assert.ts';
import type { Db } from '../../../platform/database/db.ts';
import { type ChunkRow, insertLeaves, listChunkRoots, listMissingChunks, readChunkKeys } from './queries.ts';
import { createLeafWriter, type WriteLeaf } from './leaf-writer.ts';
import { levelsOf, rootOf, rootOfLevels } from './merkle.ts';
import { chunksOf, hashBytes, leavesPerChunk } from '../order/method.ts';

/** Rows of leaves in one statement: 256 KB, and about 20 ms of hashing before the event loop continues. */
const chunksPerStep = 8;

/**
 * Writes the leaves of a frozen list, a bounded number of rows per call; the next call continues. Each caller begins at
 * another row, so that concurrent ones share the work. Memory does not grow with the list.
 * @param workMs yields after this long
 * @returns the root once all leaves exist, else undefined
 */
export async function writeLeaves(
  deps: { readonly db: Db; readonly queueTokenSecret: string },
  { eventId, places }: { eventId: string; places: number },
  workMs: number,
): Promise<Uint8Array | undefined> {
  const chunks = chunksOf(places);
  const endsAt = performance.now() + workMs;
  const steps = stepsOf(rotated(await listMissingChunks(deps.db, eventId, chunks)));
  const writeLeaf = createLeafWriter(deps.queueTokenSecret, eventId);
  const read = (step: readonly number[] | undefined) =>
    step === undefined ? undefined : readChunkKeys(deps.db, eventId, step, places);
  let keys = await read(steps[0]);
  for (const [at, step] of steps.entries()) {
    const rows = step.map((chunk) => chunkRow(writeLeaf, { eventId, places }, chunk, keys?.get(chunk) ?? []));
    const isOver = performance.now() > endsAt;
    // Postgres reads the next rows while it writes these.
    [keys] = await Promise.all([isOver ? undefined : read(steps[at + 1]), insertLeaves(deps.db, rows)]);
    if (isOver && at + 1 < steps.length) return undefined;
  }
  const roots = await listChunkRoots(deps.db, eventId);
  return roots.length === chunks ? rootOf(roots) : undefined;
}

function chunkRow(
  writeLeaf: WriteLeaf,
  { eventId, places }: { eventId: string; places: number },
  chunk: number,
  accountKeys: readonly string[],
): ChunkRow {
  const first = chunk * leavesPerChunk;
  const expected = Math.min(leavesPerChunk, places - first);
  invariant(accountKeys.length === expected, `places of ${eventId} have no gaps: chunk ${chunk}`);
  const leaves = Buffer.allocUnsafe(expected * hashBytes);
  accountKeys.forEach((accountKey, at) => writeLeaf(first + at, accountKey, leaves, at * hashBytes));
  return { eventId, chunk, leaves, root: rootOfLevels(levelsOf(leaves)) };
}

function stepsOf(chunks: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(chunks.length / chunksPerStep) }, (_, step) =>
    chunks.slice(step * chunksPerStep, (step + 1) * chunksPerStep),
  );
}

function rotated(chunks: readonly number[]): number[] {
  const start = Math.floor(Math.random() * chunks.length);
  return [...chunks.slice(start), ...chunks.slice(0, start)];
}
