import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dataFolder } from '../../../deploy/local/places.ts';
import type { Drill } from '../drill.ts';
import { type Scene, saleDrill } from '../sale/sale-drill.ts';
import type { Strikes } from '../sale/strikes.ts';
import type { Mutant } from '../world/mutants.ts';
import { selling, shortSale, unknownOutcomeSeconds } from '../sale/selling.ts';

const stepMs = 120_000;
const eachForMs = 10_000;
/** The processes read the file ten times a second. */
const seenWithinMs = 1000;
/** Orders that the database refuses by a wrong clock are refused until the clock is right again. */
const silenceMaxSeconds = 5;
const what = 'clocks of API and worker stepped';

const files = new WeakMap<Strikes, string>();

function clockFile(strikes: Strikes): string {
  const file = join(mkdtempSync(join(dataFolder, 'clock-')), 'offset');
  writeFileSync(file, '0');
  files.set(strikes, file);
  return file;
}

/** Two minutes behind, which is worse and comes first in a short sale, two minutes ahead, and right again: the processes themselves see each step. */
async function stepClocks({ strikes, wait, seconds }: Scene): Promise<void> {
  const file = files.get(strikes) ?? '';
  const seen = () => (existsSync(`${file}.seen`) ? readFileSync(`${file}.seen`, 'utf8').split('\n').length - 1 : 0);
  strikes.expect(what);
  await wait((seconds * 1000) / 4);
  for (const offsetMs of [-stepMs, stepMs, 0]) {
    const [before, atMs] = [seen(), Date.now()];
    writeFileSync(file, String(offsetMs));
    await pause(seenWithinMs);
    if (seen() > before) strikes.note(what, atMs);
    if (offsetMs !== 0) await wait(eachForMs);
  }
}

const withoutClockOfPostgres: Mutant = {
  without: "the deadline of an order at Postgres is told by Postgres' clock, which the API learns from its answers",
  edits: [
    {
      file: 'src/orders/placement/clock.ts',
      text: 'clock.wallMs() + (aheadMs ?? 0) + callMs',
      instead: 'clock.wallMs() + callMs',
    },
  ],
};

export const clockDrills: Readonly<Record<string, Drill>> = {
  'clock-stepped': saleDrill({
    ...selling,
    ...shortSale,
    fault: `API and worker: the wall clock is ${stepMs / 60_000} min behind for ${eachForMs / 1000} s, then as much ahead, then right`,
    proof: 'Each process notes the steps that it sees.',
    holds: `${selling.holds} Buyers are told of orders without a pause of more than ${silenceMaxSeconds} s.`,
    silenceMaxSeconds,
    // A job that was postponed by the wrong clock waits until the right clock gets there.
    stallMaxSeconds: stepMs / 1000 + unknownOutcomeSeconds,
    world: (strikes) => {
      const file = clockFile(strikes);
      return {
        nodeArguments: ['--import', new URL('shift-clock.ts', import.meta.url).href],
        environment: { DRILL_CLOCK_FILE: file },
        // Not earlier: a process that does not find its file ends.
        prepareFolder: () => () => rmSync(dirname(file), { recursive: true, force: true }),
      };
    },
    strike: stepClocks,
    mutant: withoutClockOfPostgres,
  }),
};
