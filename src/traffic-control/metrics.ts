import { counter, gauge } from '../platform/metrics.ts';

export const limitedTotal = counter('traffic_limited_total', 'Requests refused with 429, by class and policy', [
  'class',
  'policy',
]);
export const shedTotal = counter('traffic_shed_total', 'Requests refused with 503, by class and cause', [
  'class',
  'cause',
]);
export const insuredTotal = counter('traffic_insured_total', 'Shares counted in memory because Redis did not answer', [
  'policy',
]);
export const shedLevel = gauge('traffic_shed_level', 'Classes that are refused now, by cause', ['cause']);
export const loopUtilization = gauge('traffic_loop_utilization', 'Event-loop utilisation of the last 200 ms');
export const loopDelay = gauge('traffic_loop_delay_seconds', 'Event-loop delay of the last 200 ms, 99th percentile');
export const poolPressure = gauge(
  'traffic_pool_pressure',
  'Waiting for database connections; 1 is the allowed maximum',
);
export const switchedTotal = counter('traffic_switched_total', 'Requests refused by a switch, by class', ['class']);
export const switchesOn = gauge('switch_on', 'Events (or all of them, as one) that the switch is on for', ['name']);
export const switchReadAge = gauge(
  'switch_read_age_seconds',
  'Time since the switches were last read, while that fails',
);

/**
 * Requests of the class of orders refused for lack of capacity since the process began. Sign-ins, which are in the same
 * class, wait for reads, and orders never do.
 */
export async function shedOrders(): Promise<number> {
  const { values } = await shedTotal.get();
  return values.reduce((sum, { labels, value }) => (isOfOrders(labels) ? sum + value : sum), 0);
}

function isOfOrders(labels: Partial<Record<'class' | 'cause', string | number>>): boolean {
  return labels.class === 'C2' && labels.cause !== 'postgres_reads';
}
