import { counter, gauge } from '../platform/metrics.ts';

export const limitedTotal = counter('traffic_limited_total', 'Requests refused with 429, by class and policy', [
  'class',
  'policy',
]);
export const shedTotal = counter('traffic_shed_total', 'Requests refused with 503, by class and cause', [
  'class',
  'cause',
]);
export const insuredTotal = counter('traffic_insured_total', 'Shares counted in memory since Redis did not answer', [
  'policy',
]);
export const shedLevel = gauge('traffic_shed_level', 'Classes that are refused now, by cause', ['cause']);
export const loopUtilization = gauge('traffic_loop_utilization', 'Event-loop utilisation of the last 200 ms');
export const loopDelay = gauge('traffic_loop_delay_seconds', 'Event-loop delay of the last 200 ms, 99th percentile');
export const poolPressure = gauge('traffic_pool_pressure', 'Waiting for database connections; 1 is as long as allowed');
