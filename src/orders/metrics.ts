import { counter } from '../platform/metrics.ts';

export const placements = counter('orders_placement_total', 'Placements by outcome, as the placement call names it', [
  'outcome',
]);
export const holdsEnded = counter('orders_holds_ended_total', 'Holds ended by the sweeper');
export const holdsStuck = counter(
  'orders_holds_stuck_total',
  'Holds that could not be ended without breaking a constraint; their orders wait for a person',
);
