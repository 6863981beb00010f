import { prepare } from './lib/prepare.ts';
import { runOptions } from './lib/profiles.ts';

/**
 * browse -> checkout -> pay at the sandbox -> check-in, on a running stack with demo data:
 *
 *     npm run loadtest -- --rate 50 --duration 1m
 *     k6 run -e RATE=50 -e DURATION=1m loadtest/k6/journey.ts
 *
 * See `loadtest/README.md`.
 */
export const options = runOptions();

export const setup = prepare;
export { browse } from './scenarios/browse.ts';
export { checkout } from './scenarios/checkout.ts';
export { door } from './scenarios/door.ts';
