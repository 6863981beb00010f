import { drillBacklog, withoutRoom } from './backlog/backlog.ts';
import { codesDrill } from './door/codes-drill.ts';
import { gatesDrill } from './door/gates-drill.ts';
import { offlineDrill } from './door/offline-drill.ts';
import type { Drill } from './drill.ts';
import { drillMatrix, withoutLastGood } from './matrix/matrix.ts';
import { clockDrills } from './faults/clock-drills.ts';
import { diskDrills } from './faults/disk-drills.ts';
import { failoverDrills } from './faults/failover-drills.ts';
import { machineDrills } from './faults/machine-drills.ts';
import { gatewayDrills } from './faults/gateway-drills.ts';
import { processDrills } from './faults/process-drills.ts';
import { restoreDrill } from './restore/restore.ts';
import { redisDrills } from './faults/redis-drills.ts';
import { rollingDrills } from './faults/rolling-drills.ts';
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
    mutant: withoutLastGood,
    run: drillMatrix,
  },
  ...redisDrills,
  backlog: {
    does: 'Orders are placed with an empty outbox and with a million rows in it. Then two workers drain it to a gateway and a mail server that take everything.',
    fault: 'outbox: 1,000,000 jobs wait, nine in ten for a payment page, the others for a mail with tickets',
    proof: 'Rows of the outbox when the workers start.',
    holds:
      'Placement at 0.9 of its rate or more. At most 50,000 jobs (of a smaller backlog a twentieth, or 2,500) and 30 % of its memory in Redis. 2,000 jobs drained a second, or a fifth of what a bare server answers on one core of a slow machine. Each payment made once, each mail sent once.',
    mutant: withoutRoom,
    run: drillBacklog,
  },
  ...gatewayDrills,
  ...processDrills,
  ...rollingDrills,
  ...machineDrills,
  ...failoverDrills,
  restore: restoreDrill,
  ...wireDrills,
  ...clockDrills,
  ...diskDrills,
  'door-gates': gatesDrill,
  'door-codes': codesDrill,
  'door-offline': offlineDrill,
};
