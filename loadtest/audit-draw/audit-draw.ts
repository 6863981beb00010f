import { checkChain, checkClock, checkCommitments } from './check-commitments.ts';
import { checkKey, checkList } from './check-draw.ts';
import { checkOrder, checkOwnPlace, distributionTable } from './check-order.ts';
import { compareWithNotes } from './notes.ts';
import type { Options } from './options.ts';
import { allPositions } from './order.ts';
import { readDocument, readLeaves, readProof } from './published.ts';
import { type Verdict, createVerdicts } from './verdicts.ts';

export type DrawAudit = {
  readonly verdicts: readonly Verdict[];
  /** The positions of each tenth of the list; undefined before the draw. */
  readonly distribution: string | undefined;
  readonly drawKey: string | undefined;
};

/**
 * Repeats a room's draw from published data, and reports whether each step is right.
 * @param onProgress called with a sentence from time to time
 * @throws Error if the service does not answer
 */
export async function auditDraw(options: Options, onProgress: (sentence: string) => void): Promise<DrawAudit> {
  const { url, slug, place, notesFile } = options;
  const verdicts = createVerdicts();
  const { document, clockAheadSeconds } = await readDocument(url, slug);
  checkClock(clockAheadSeconds, verdicts);
  const chain = await checkChain(document, verdicts);
  checkCommitments(document, chain, verdicts);
  if (notesFile !== undefined) compareWithNotes(notesFile, document, new Date(), verdicts);
  const unfinished = { verdicts: verdicts.all, distribution: undefined, drawKey: undefined };
  const draw = document.draws.at(-1);
  if (draw === undefined || draw.places === null || draw.merkleRoot === null) {
    verdicts.open('list', 'not frozen yet');
    return unfinished;
  }
  const leaves = await readLeaves(url, slug, draw.places, (done, of) => onProgress(`leaves: ${done} of ${of} chunks`));
  checkList(draw, leaves, verdicts);
  const finished = await checkKey(document, draw, chain, verdicts);
  if (finished === undefined) return unfinished;
  const positions = await allPositions(finished.key, finished.places, (done) =>
    onProgress(`order: ${done} of ${finished.places} places`),
  );
  checkOrder(positions, verdicts);
  if (place !== undefined) {
    const leaf = leaves.subarray(place.index * 32, place.index * 32 + 32);
    const proof = await readProof(url, slug, place.index);
    checkOwnPlace(place, document.eventId, finished, leaf, proof, verdicts);
  }
  return {
    verdicts: verdicts.all,
    distribution: positions.length >= 10 ? distributionTable(positions) : undefined,
    drawKey: Buffer.from(finished.key).toString('hex'),
  };
}
