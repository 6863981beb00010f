import { settings } from './lib/settings.ts';
import { prepareSurge } from './lib/prepare-surge.ts';
import { surgeOptions } from './lib/surge-profile.ts';

/**
 * The mix of `npm run bench -- surge` (`loadtest/bench/surge/mix.ts`), one request an iteration, on a running stack with demo data:
 *
 *     npm run loadtest -- --profile surge
 *
 * See `loadtest/README.md`.
 */
export const options = surgeOptions();

export const setup = prepareSurge;
export { visit } from './scenarios/visit.ts';
export { buy } from './scenarios/buy.ts';
export { door } from './scenarios/door.ts';
export { join } from './scenarios/join.ts';

/** The figures as JSON, for the command that searches the highest rate. */
export function handleSummary({ metrics }: { readonly metrics: unknown }): Record<string, string> {
  return settings.summaryFile === undefined ? {} : { [settings.summaryFile]: JSON.stringify(metrics) };
}
