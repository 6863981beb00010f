import type { Drill } from './drill.ts';
import { drillMatrix } from './matrix/matrix.ts';
import { clockDrills } from './faults/clock-drills.ts';
import { diskDrills } from './faults/disk-drills.ts';
import { gatewayDrills } from './faults/gateway-drills.ts';
import { processDrills } from './faults/process-drills.ts';
import { redisDrills } from './faults/redis-drills.ts';
import { wireDrills } from './faults/wire-drills.ts';

/** Every drill by its name, in the order in which they run. */
export const drills: Readonly<Record<string, Drill>> = {
  matrix: {
    does: 'A steady load of everyday requests, about 80 a second: browse, availability, hold, pay, callback, ticket, check-in.',
    fault:
      'Each part stands still for a while: Redis in both roles, the worker, PgBouncer, Postgres, the gateway, the mail server.',
    proof: 'Every process of the part is stopped; gateway and mail server keep their requests open.',
    holds:
      'Each cell of the resiliency matrix: normal, stale or refused. All is as before within 10 s. Nothing acknowledged is missing.',
    run: drillMatrix,
  },
  ...redisDrills,
  ...gatewayDrills,
  ...processDrills,
  ...wireDrills,
  ...clockDrills,
  ...diskDrills,
};
