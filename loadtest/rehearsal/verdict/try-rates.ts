import { ladder, missedBy } from '../../bench/surge/ladder.ts';
import { type Stage, runStep } from '../../bench/surge/step.ts';
import type { WatchLimits } from './limited-by.ts';
import { ratesFor } from '../opening/people.ts';
import { type TriedRate, heldRate } from './verdict.ts';

const lowerTriesMax = 4;

/**
 * Goes up the rates until two in a row are not held, because one alone may be an accident. If none is held, goes down
 * from the lowest.
 */
export async function tryRates(
  stage: Stage,
  { seconds, peak, watchLimits }: { seconds: number; peak: number; watchLimits: WatchLimits },
): Promise<TriedRate[]> {
  const tryRate = async (offered: number): Promise<TriedRate> => {
    const limitsOf = await watchLimits();
    const step = await runStep(stage, { seconds }, { offered });
    return { step, missed: missedBy(step), limits: await limitsOf(step) };
  };
  const rates: TriedRate[] = [];
  const all = ratesFor(peak, ladder);
  for (const offered of all) {
    rates.push(await tryRate(offered));
    if (rates.slice(-2).filter(({ missed }) => missed.length > 0).length === 2) break;
  }
  for (let tries = 1, offered = all[0] ?? 1; heldRate(rates) === 0 && tries <= lowerTriesMax; tries += 1) {
    offered = Math.max(1, Math.round(offered / 2));
    rates.unshift(await tryRate(offered));
  }
  return rates;
}
