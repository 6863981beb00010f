import type { Threshold } from 'k6/options';
import type { Settings } from './settings.ts';

const droppedShareMax = 0.01;

/** The conditions for a green run. `kind:api` are the calls to the service; the sandbox's time does not count. */
export function thresholdsOf({ rate, durationSeconds }: Settings): Record<string, Threshold[]> {
  return {
    'http_req_duration{kind:api}': ['p(95)<200'],
    checks: ['rate>0.99'],
    unexplained_5xx: ['count<1'],
    refused: ['rate<0.01'],
    dropped_iterations: [`count<${Math.max(1, Math.ceil(rate * durationSeconds * droppedShareMax))}`],
  };
}
