import type { Measurement } from './report.ts';

/** Two workers send this many times what one sends. */
const scaleMin = 1.7;

/** The gain of a second worker. The bar applies if the machine has the cores that so many mails keep busy. */
export function scaleOut([one, two]: readonly Measurement[], cores: number): Measurement[] {
  if (one === undefined || two === undefined) return [];
  const wanted = Object.values(one.cores).reduce((sum, busy) => sum + busy, 0) * scaleMin;
  const row = { ...two, name: 'mails, 2 workers against 1', ratio: two.perSecond / one.perSecond };
  if (cores >= wanted) return [{ ...row, bar: { ratioMin: scaleMin } }];
  const note = `no bar: ${scaleMin} times the mails of one worker keep ${wanted.toFixed(1)} cores busy, and this machine has ${cores}`;
  return [{ ...row, note }];
}
