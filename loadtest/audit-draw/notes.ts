import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { PublishedDocument, PublishedDraw } from './published.ts';
import type { Verdicts } from './verdicts.ts';

/**
 * An auditor's observations, with the time of the auditor's clock. A service can claim any time for its commitments,
 * but it cannot change other people's notes.
 */
const noteSchema = z.object({ seenAt: z.string(), draws: z.array(z.record(z.string(), z.unknown())) });
const notesSchema = z.object({ eventId: z.string(), notes: z.array(noteSchema) });

/** Published facts that must never change. */
const fixed = [
  'seedHash',
  'beaconChain',
  'beaconRound',
  'committedAt',
  'frozenAt',
  'places',
  'voidedPlaces',
  'merkleRoot',
  'rootedAt',
  'seed',
  'beaconSignature',
  'drawKey',
  'voidReason',
] as const satisfies readonly (keyof PublishedDraw)[];

const notesMax = 10_000;

/** Compares the published data with the notes, then notes new data. */
export function compareWithNotes(file: string, document: PublishedDocument, now: Date, verdicts: Verdicts): void {
  const kept = existsSync(file)
    ? notesSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    : { eventId: document.eventId, notes: [] };
  if (kept.eventId !== document.eventId) throw new Error(`${file} holds notes of another event`);
  const changes = kept.notes.flatMap(({ seenAt, draws }) => draws.flatMap((draw) => changesOf(draw, document, seenAt)));
  const [first] = kept.notes;
  if (first === undefined) verdicts.note('notes', `started in ${file}`);
  else verdicts.check('notes', changes.length === 0, changes[0] ?? `nothing has changed since ${first.seenAt}`);
  const last = kept.notes.at(-1);
  if (last !== undefined && JSON.stringify(last.draws) === JSON.stringify(document.draws)) return;
  const notes = [...kept.notes, { seenAt: now.toISOString(), draws: document.draws }].slice(-notesMax);
  writeFileSync(file, `${JSON.stringify({ eventId: document.eventId, notes }, null, 2)}\n`);
}

function changesOf(noted: Record<string, unknown>, { draws }: PublishedDocument, seenAt: string): string[] {
  const shown = draws.find(({ number }) => number === noted['number']);
  if (shown === undefined) return [`draw ${String(noted['number'])} was shown at ${seenAt} and is gone`];
  return fixed
    .filter((name) => (noted[name] ?? null) !== null && JSON.stringify(noted[name]) !== JSON.stringify(shown[name]))
    .map((name) => `draw ${shown.number} had another ${name} at ${seenAt}`);
}
