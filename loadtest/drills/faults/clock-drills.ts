import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dataFolder } from '../../../deploy/local/places.ts';
import type { Drill } from '../drill.ts';
import { type Scene, saleDrill } from '../sale/sale-drill.ts';
import type { Strikes } from '../sale/strikes.ts';
import { selling, shortSale, unknownOutcomeSeconds } from '../sale/selling.ts';

const stepMs = 120_000;
const eachForMs = 10_000;
/** The processes read the file ten times a second. */
const seenWithinMs = 1000;
const what = 'clocks of API and worker stepped';

const files = new WeakMap<Strikes, string>();

function clockFile(strikes: Strikes): string {
  const file = join(mkdtempSync(join(dataFolder, 'clock-')), 'offset');
  writeFileSync(file, '0');
  files.set(strikes, file);
  return file;
}

/** Two minutes ahead, two minutes behind, and right again: the processes themselves see each step. */
async function stepClocks({ strikes, wait, seconds }: Scene): Promise<void> {
  const file = files.get(strikes) ?? '';
  const seen = () => (existsSync(`${file}.seen`) ? readFileSync(`${file}.seen`, 'utf8').split('\n').length - 1 : 0);
  strikes.expect(what);
  await wait((seconds * 1000) / 4);
  for (const offsetMs of [stepMs, -stepMs, 0]) {
    const [before, atMs] = [seen(), Date.now()];
    writeFileSync(file, String(offsetMs));
    await pause(seenWithinMs);
    if (seen() > before) strikes.note(what, atMs);
    if (offsetMs !== 0) await wait(eachForMs);
  }
}

export const clockDrills: Readonly<Record<string, Drill>> = {
  'clock-stepped': saleDrill({
    ...selling,
    ...shortSale,
    fault: `API and worker: the wall clock is ${stepMs / 60_000} min ahead for ${eachForMs / 1000} s, then as much behind, then right`,
    proof: 'Each process notes the steps that it sees.',
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
  }),
};
